"""Paths at the gateway, and keys that do not exist."""

from .caller import new_id
from .registry import check
from .run import Run


def _path(label: str, sentence: str, path: str, expected: str) -> None:
    @check(f"path-{label}", sentence, expected)
    def answered(run: Run) -> str:
        return str(run.api.call("GET", path.replace("ID", run.spare().id)))


NOT_FOUND = "404 Not Found"
_path("trailing-slash", "/uploads/ is not /uploads.", "/uploads/", NOT_FOUND)
_path("trailing-slash-of-id", "/uploads/{id}/ is not /uploads/{id}.", "/uploads/ID/", NOT_FOUND)
# The gateway chooses the route of /uploads; the function refuses what `rawPath` says of it.
_path("double-slash", "//uploads is not /uploads.", "//uploads", "404 not_found")
_path("dots", "%2e%2e in a path leads nowhere.", "/uploads/%2e%2e/uploads", NOT_FOUND)
_path("case", "/UPLOADS is not /uploads.", "/UPLOADS", NOT_FOUND)
_path("stage", "The name of the stage is no part of the path.", "/$default/uploads", NOT_FOUND)
_path("id", "An id that is no id has no upload.", "/uploads/x", "404 not_found")


@check("path-encoded-id", "An id whose first character is percent-encoded is the same id.", "200")
def encoded_id(run: Run) -> str:
    """The gateway decodes path parameters."""
    known = run.spare().id
    return str(run.api.call("GET", f"/uploads/%{ord(known[0]):02X}{known[1:]}"))


@check("method", "A method that the route does not have is not found.", "404 Not Found")
def method(run: Run) -> str:
    """A gateway has no 405."""
    return str(run.api.call("PATCH", "/uploads"))


@check("unknown-id", "An id that nobody has is not found.", "404 not_found")
def unknown_id(run: Run) -> str:
    """As that of another user."""
    return str(run.api.call("GET", f"/uploads/{new_id()}"))


@check("missing-key-presign", "The presign function, which may list the bucket, sees 404 for a key without an object.",
       "409 not_stored")
def missing_for_presign(run: Run) -> str:
    """HEAD of a missing key: with 403 in place of 404 the function could not tell it from a refusal, and answers 503.

    The right is bound to `s3:prefix` with IfExists: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html.
    """
    return str(run.api.call("POST", f"/uploads/{run.spare().id}/complete", {}))


@check("missing-key-read", "The read function, which may not list the bucket, signs URLs that answer 403 for a missing key.",
       "403 AccessDenied")
def missing_for_read(run: Run) -> str:
    """The operator deletes the object between signing and downloading."""
    upload = run.sent()
    run.api.stored(upload)
    url = run.api.call("GET", f"/uploads/{upload.id}/content").wanted(200).json()["url"]
    run.s3.delete_object(Bucket=run.stack.bucket, Key=upload.key)
    return str(run.http.send("s3", "GET", url))


@check("anonymous", "Without a signature an object cannot be read, nor the bucket listed.",
       "403 AccessDenied, 403 AccessDenied")
def anonymous(run: Run) -> str:
    """The address in the record is unsigned."""
    upload = run.sent()
    record, _ = run.api.stored(upload)
    bucket = record["url"].split("/uploads/")[0]
    return f"{run.http.send('s3', 'GET', record['url'])}, {run.http.send('s3', 'GET', bucket + '/?list-type=2')}"
