"""What a Lambda function finds around it."""

import os

from ministack.services import lambda_svc

from . import rule

# MiniStack's own settings, and variables that every process needs.
KEPT = {
    "AUTH", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY", "BIND_HOST",
    "GATEWAY_PORT", "IOT_MTLS_ENABLED", "LANG", "LOG_LEVEL", "MINISTACK_HOST", "MINISTACK_REGION", "PATH", "S3_DATA_DIR",
    "STATE_DIR", "TMPDIR",
}


@rule
def functions_do_not_see_this_machine():
    """A function's environment is its own: it inherits no variable of the developer's, and no HOME with credentials."""
    for name in os.environ.keys() - KEPT:
        del os.environ[name]


@rule
def functions_may_name_an_endpoint():
    """A function's own AWS_ENDPOINT_URL is what it was given, so that a test can put a proxy between it and the services."""
    environment = lambda_svc._provided_worker_env

    def named(config, code_dir, port):
        given = ((config.get("Environment") or {}).get("Variables") or {}).get("AWS_ENDPOINT_URL")
        return environment(config, code_dir, port) | ({"AWS_ENDPOINT_URL": given} if given else {})

    lambda_svc._provided_worker_env = named
