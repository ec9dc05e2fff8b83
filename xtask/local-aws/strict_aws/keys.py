"""Which access keys are accepted, and for what."""

import hashlib
import hmac
import os
import secrets

from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.iam_evaluator import AuthError
from ministack.services import lambda_svc, sts

from . import access, rule

# For these actions MiniStack lets the service decide about unsigned requests.
ANONYMOUS = ("execute-api:Invoke", "lambda:InvokeFunctionUrl")
MISSING = ("MissingAuthenticationToken", "Request is missing Authentication Token")


@rule
def root_has_one_key():
    """The account's root has the one key that this start was given: not `test`, nor the account's number."""
    # MiniStack treats an unsigned S3 request as one with an empty key; S3 then looks for a public grant.
    iam_evaluator.is_root_access_key = lambda key: not key or key == os.environ["AWS_ACCESS_KEY_ID"]


@rule
def roots_signature_is_checked():
    """A request that names root's key is refused without root's signature: 403."""
    iam_evaluator._is_root_key = lambda _key: False


@rule
def requests_need_a_signature():
    """What is unsigned reaches the API, public objects, sign-in, a pool's keys and the health check: 403 for all else."""
    enforce, check_credentials = iam_evaluator.enforce, iam_evaluator.check_credentials

    def missing(head):
        if head.signed:
            return None
        access.only_s3.set(head.aim == "bucket")
        return None if head.aim else MISSING

    def proven(key, service, public):
        # S3 checks presigned URLs and public grants itself.
        return service == "s3" or (iam_evaluator._verified_key.get() == key if key else public)

    def strict_enforce(key, action, service, *request, **context):
        answer = enforce(key, action, service, *request, **context)
        public = action in ANONYMOUS or iam_evaluator._served_unsigned(service, action)
        return answer if isinstance(answer, AuthError) or proven(key, service, public) else AuthError(*MISSING)

    def strict_check(key, service=None):
        answer = check_credentials(key, service)
        return answer if answer or proven(key, service, False) else AuthError(*MISSING)

    iam_evaluator.enforce, iam_evaluator.check_credentials = strict_enforce, strict_check
    access.keep_buckets_to_s3()
    access.guard(missing)


@rule
def functions_have_random_keys():
    """A function's temporary credentials cannot be computed from its name."""
    salt = secrets.token_bytes(32)

    def execution_credentials(config):
        account, _region = lambda_runtime._account_region_from_function_config(config)
        role, function = config.get("Role", ""), config.get("FunctionArn", "")

        def derived(what):
            # The same for each process of a function, as in MiniStack.
            return hmac.new(salt, f"{what}:{function}:{role}".encode(), hashlib.sha256).hexdigest()

        key, secret, token = f"ASIA{derived('key')[:16].upper()}", derived("secret"), derived("token")
        role, session = role.rsplit("/", 1)[-1], config.get("FunctionName", "ministack-lambda")[:64]
        sts.register_session(key, {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}", "UserId": f"{role}:{session}",
            "SecretAccessKey": secret, "SessionToken": token})
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = execution_credentials
