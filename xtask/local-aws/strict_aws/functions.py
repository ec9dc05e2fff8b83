"""What a Lambda function finds around it."""

import os

from . import rule

# What MiniStack itself is told, and what a process cannot do without.
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
