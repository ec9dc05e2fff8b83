"""What policies can say about a request."""

import contextvars
import datetime
import json

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb, iam, s3

from . import rule

LOOPBACK = ("127.0.0.1", "::1")


@rule
def loopback_is_tls():
    """A request of this machine counts as TLS, unless it says x-forwarded-proto: http (CROWFLY_LOCAL_TLS=off: none does)."""
    pin, serve = app.pin_request_origin, app.app
    plain = contextvars.ContextVar("plain", default=False)

    async def tell(scope, *channels):
        plain.set((b"x-forwarded-proto", b"http") in scope.get("headers", ()))
        await serve(scope, *channels)

    app.app = tell
    app.pin_request_origin = lambda address, tls: pin(address, tls or (address in LOOPBACK and not plain.get()))


@rule
def policies_see_how_a_request_was_signed():
    """Bucket policies know s3:signatureAge, in milliseconds, of a presigned request."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html

    def keys(_action, query, _headers):
        try:
            signed = datetime.datetime.strptime(s3._qp(query, "X-Amz-Date"), "%Y%m%dT%H%M%SZ")
        except ValueError:
            # Not presigned, or tampered with; the signature check refuses the latter.
            return {}
        age = datetime.datetime.now(datetime.timezone.utc) - signed.replace(tzinfo=datetime.timezone.utc)
        return {"s3:signatureAge": str(int(age.total_seconds() * 1000))}

    more_condition_keys(keys)


@rule
def policies_see_conditional_writes():
    """Bucket policies know s3:if-none-match, and by s3:ObjectCreationOperation what makes an object."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html

    def keys(action, query, headers):
        if action != "s3:PutObject":
            return {}
        context = {"s3:ObjectCreationOperation": "false" if {"partNumber", "uploads"} & query.keys() else "true"}
        if "if-none-match" in headers:
            context["s3:if-none-match"] = headers["if-none-match"]
        return context

    more_condition_keys(keys)


@rule
def acl_needs_its_own_right():
    """Writing an object with x-amz-acl needs s3:PutObjectAcl beside s3:PutObject."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    more = iam_actions.s3_additional_checks

    def checks(method, path, headers, body, query):
        bucket, _, key = path.lstrip("/").partition("/")
        found = more(method, path, headers, body, query)
        writes = iam_actions._s3_action(method, path, query) == "PutObject"
        if writes and key and "uploadId" not in query and "x-amz-acl" in headers:
            found = [*found, ("s3:PutObjectAcl", f"arn:aws:s3:::{bucket}/{key}")]
        return found

    iam_actions.s3_additional_checks = checks


@rule
def batches_need_the_right_of_the_single_call():
    """SQS allows SendMessageBatch to who may SendMessage, and so with the other batches; the batches are no rights."""
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    extract = iam_actions.extract_iam_action

    def extract_iam_action(service, *request):
        action = extract(service, *request)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    iam_actions.extract_iam_action = extract_iam_action


@rule
def policies_see_the_source_of_events():
    """Policies know events:source, the source or sources of what PutEvents publishes."""
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    context = iam_actions.request_tag_context

    def request_tag_context(service, action, body, *rest):
        keys = context(service, action, body, *rest)
        if service != "events" or not str(action).endswith("PutEvents"):
            return keys
        try:
            entries = json.loads(body)["Entries"]
            sources = sorted({entry["Source"] for entry in entries})
        except (KeyError, TypeError, ValueError):
            # The service itself refuses malformed input.
            return keys
        return {**keys, "events:source": sources[0] if len(sources) == 1 else sources}

    iam_actions.request_tag_context = request_tag_context


@rule
def policies_see_the_partition():
    """Policies know dynamodb:LeadingKeys, the partition key of the item that a request reads or writes."""
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    context = iam_actions.dynamodb_service_context

    def dynamodb_service_context(body):
        keys = context(body)
        try:
            request = json.loads(body)
            item, wanted = request.get("Key") or request["Item"], request["TableName"]
            names = {table["pk_name"] for (*_, name), table in dynamodb._tables.all_items() if name == wanted}
            leading = [value for name in names for value in item[name].values()]
        except (AttributeError, KeyError, TypeError, ValueError):
            # A request of another form, or one that the service itself refuses.
            return keys
        return {**keys, "dynamodb:LeadingKeys": leading}

    iam_actions.dynamodb_service_context = dynamodb_service_context


@rule
def policies_see_the_role_of_a_session():
    """aws:PrincipalArn of an assumed role is the ARN of the role, not that of the session."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    resolve = iam_evaluator._resolve_condition_key

    def resolve_role(key, context):
        value = resolve(key, context)
        if key.lower() != "aws:principalarn" or ":assumed-role/" not in str(value):
            return value
        role = iam._roles.get_scoped(context.principal_account, None, iam_evaluator._role_name_from_assumed_arn(value))
        return role["Arn"] if role else value

    iam_evaluator._resolve_condition_key = resolve_role


@rule
def encrypted_objects_need_their_key():
    """In a bucket with a KMS key, writing an object needs kms:GenerateDataKey and reading it kms:Decrypt, through S3."""
    # A part and a completion need kms:Decrypt, and so does a HEAD that asks for the checksum:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    more, enforce = iam_actions.s3_additional_checks, iam_evaluator.enforce

    def checks(method, path, headers, body, query):
        found = more(method, path, headers, body, query)
        bucket, _, key = path.lstrip("/").partition("/")
        arn = key and key_of(bucket)
        if not arn:
            return found
        action = iam_actions._s3_action(method, path, query)
        if action == "PutObject":
            return [*found, ("kms:Decrypt" if "uploadId" in query else "kms:GenerateDataKey", arn)]
        if action == "GetObject" and (method == "GET" or "x-amz-checksum-mode" in headers):
            return [*found, ("kms:Decrypt", arn)]
        return found

    def enforce_through_s3(access_key, action, service, region, **more):
        if action.startswith("kms:") and service == "s3":
            keys = more.get("service_context") or {}
            more["service_context"] = {**keys, "kms:ViaService": f"s3.{region}.amazonaws.com"}
        return enforce(access_key, action, service, region, **more)

    iam_actions.s3_additional_checks = checks
    iam_evaluator.enforce = enforce_through_s3


def key_of(bucket):
    """The KMS key by which a bucket encrypts, if any."""
    return s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id")


def more_condition_keys(keys):
    """Adds what `keys(action, query, headers)` returns to the condition keys of an S3 request."""
    context = iam_actions.s3_service_context

    def s3_service_context(action, query, path="", headers=None):
        return {**context(action, query, path, headers), **keys(action, query or {}, headers or {})}

    iam_actions.s3_service_context = s3_service_context
