"""What S3 refuses before it looks at an object."""

from ministack.core import iam_evaluator, router
from ministack.services import s3

from . import rule

MAX_KEY = 1024
MAX_METADATA = 2048
SYSTEM_METADATA = {"cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"}


@rule
def sent_headers_are_signed():
    """An x-amz-* header that a presigned URL did not sign is refused: 403 AccessDenied, HeadersNotSigned."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

    def check(_method, _path, headers, query):
        signed = s3._qp(query, "X-Amz-SignedHeaders")
        if not signed:
            return None
        allowed = {*signed.lower().split(";"), "x-amz-content-sha256"}
        extra = sorted(name for name in headers if name.startswith("x-amz-") and name not in allowed)
        if not extra:
            return None
        return s3._object_error("AccessDenied", "There were headers present in the request which were not signed", 403,
                                HeadersNotSigned=", ".join(extra))

    before_request(check)


@rule
def keys_have_a_limit():
    """A key has at most 1,024 bytes of UTF-8: 400 KeyTooLongError."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html

    def check(_method, path, headers, _query):
        size = len(s3._parse_bucket_key(path, headers)[1].encode(errors="surrogatepass"))
        if size <= MAX_KEY:
            return None
        return s3._object_error("KeyTooLongError", "Your key is too long", 400, Size=str(size),
                                MaxSizeAllowed=str(MAX_KEY))

    before_request(check)


@rule
def metadata_has_a_limit():
    """The headers that S3 keeps, and those of x-amz-meta-*, have at most 2,048 bytes each: 400 MetadataTooLarge."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html

    def check(method, path, headers, query):
        makes = method == "PUT" or (method == "POST" and "uploads" in query)
        if not makes or not s3._parse_bucket_key(path, headers)[1]:
            return None
        of_s3 = {name: value for name, value in headers.items() if name in SYSTEM_METADATA}
        of_user = {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
        of_user = {name.removeprefix("x-amz-meta-"): value for name, value in of_user.items()}
        size = max(sum(len((name + value).encode(errors="surrogatepass")) for name, value in kept.items())
                   for kept in (of_s3, of_user))
        if size <= MAX_METADATA:
            return None
        return s3._object_error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size",
                                400, Size=str(size), MaxSizeAllowed=str(MAX_METADATA))

    before_request(check)


@rule
def bodies_have_a_length():
    """A body of unknown length is refused: 501 for chunked, 411 without a length."""

    def check(method, path, headers, _query):
        if method != "PUT" or not s3._parse_bucket_key(path, headers)[1]:
            return None
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return s3._object_error("NotImplemented",
                                    "A header you provided implies functionality that is not implemented", 501,
                                    Header="Transfer-Encoding")
        if "content-length" not in headers:
            return s3._object_error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
        return None

    before_request(check)


@rule
def missing_is_forbidden_to_who_may_not_list():
    """HEAD and GET of a missing object answer 403, not 404, to a caller without s3:ListBucket."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    handle = s3.handle_request

    async def handle_request(method, path, headers, body, query, *args, **kwargs):
        answer = await handle(method, path, headers, body, query, *args, **kwargs)
        bucket, key = s3._parse_bucket_key(path, headers)
        if answer[0] != 404 or method not in ("GET", "HEAD") or not key or s3._bucket_owner_account(bucket) is None:
            return answer
        caller = router.extract_access_key_id(headers, query)
        if iam_evaluator.enforce(caller, "s3:ListBucket", "s3", "", resource_arn=f"arn:aws:s3:::{bucket}") is None:
            return answer
        status, fields, xml = s3._object_error("AccessDenied", "Access Denied", 403)
        return status, fields, b"" if method == "HEAD" else xml

    s3.handle_request = handle_request


def before_request(check):
    """Runs `check(method, path, headers, query)` before S3 handles a request; an answer refuses it."""
    handle = s3.handle_request

    async def handle_request(method, path, headers, body, query, *args, **kwargs):
        if refused := check(method, path, headers, query):
            status, fields, xml = refused
            return status, fields, b"" if method == "HEAD" else xml
        return await handle(method, path, headers, body, query, *args, **kwargs)

    s3.handle_request = handle_request
