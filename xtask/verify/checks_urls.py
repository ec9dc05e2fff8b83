"""A presigned URL allows one exact request, once, for minutes."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from .caller import Upload
from .crc import crc64nvme
from .errors import Skip
from .http import Answer
from .registry import check
from .run import SMALL, Run

# With which code S3 refuses depends on what it looks at first: the signature, or who may do what.
REFUSED = "403; nothing stored"
UNSIGNED = "403 AccessDenied; nothing stored"


def _other_digit(text: str) -> str:
    """The text with another last digit."""
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def _with(url: str, name: str, change: Callable[[str], str]) -> str:
    """The URL with another value of a parameter."""
    value = parse_qs(urlsplit(url).query)[name][0]
    return url.replace(f"{name}={value}", f"{name}={change(value)}")


URLS = {
    "path": ("the id in the path changed", lambda url, upload: url.replace(upload.id, _other_digit(upload.id))),
    "prefix": ("the key moved out of uploads/", lambda url, _: url.replace("/uploads/", "/elsewhere/")),
    "expiry": ("a longer lifetime", lambda url, _: _with(url, "X-Amz-Expires", lambda _: "604800")),
    "signature": ("another signature", lambda url, _: _with(url, "X-Amz-Signature", _other_digit)),
    "query": ("one more parameter", lambda url, _: url + "&x-amz-acl=public-read"),
}
HEADERS: dict[str, tuple[str, dict[str, str | None]]] = {
    "type": ("another content type", {"content-type": "text/html"}),
    "checksum": ("another checksum", {"x-amz-checksum-crc64nvme": crc64nvme(b"other")}),
    "without-checksum": ("the checksum left out", {"x-amz-checksum-crc64nvme": None}),
    "without-condition": ("if-none-match left out", {"if-none-match": None}),
    "without-type": ("the content type left out", {"content-type": None}),
}
SMUGGLED = {
    "x-amz-acl": "public-read",
    "x-amz-meta-owner": "somebody",
    "x-amz-tagging": "a=b",
    "x-amz-storage-class": "GLACIER",
}


def coded(run: Run, label: str, upload: Upload, answer: Answer) -> str:
    """What came of a changed request, by its status; the code is noted."""
    run.notes.append(f"url-{label}: {answer}")
    return f"{answer.status}; {run.refused(upload, answer).rsplit('; ', 1)[1]}"


def _changed_url(label: str, what: str, change) -> None:
    @check(f"url-{label}", f"A presigned PUT is refused with {what}.", REFUSED)
    def refused(run: Run) -> str:
        upload = run.spare()
        url = change(upload.url, upload)
        if url == upload.url:
            raise Skip("the URL has no such part")
        return coded(run, label, upload, run.api.put(upload.plan["put"], SMALL, url=url))


def _changed_header(label: str, what: str, headers: dict) -> None:
    @check(f"url-{label}", f"A presigned PUT is refused with {what}.", REFUSED)
    def refused(run: Run) -> str:
        upload = run.spare()
        return coded(run, label, upload, run.api.put(upload.plan["put"], SMALL, headers=headers))


def _smuggled(name: str, value: str) -> None:
    @check(f"smuggled-{name}", f"A presigned PUT with {name} added is refused.", UNSIGNED)
    def refused(run: Run) -> str:
        upload = run.spare()
        return run.refused(upload, run.api.put(upload.plan["put"], SMALL, headers={name: value}))


for _label, (_what, _change) in URLS.items():
    _changed_url(_label, _what, _change)
for _label, (_what, _headers) in HEADERS.items():
    _changed_header(_label, _what, _headers)


@check("url-size", "A presigned PUT is refused with a byte more than was announced.", REFUSED)
def longer(run: Run) -> str:
    """Content-Length is signed."""
    upload = run.spare()
    return coded(run, "size", upload, run.api.put(upload.plan["put"], SMALL + b"!"))


@check("url-method", "The URL of a PUT is none for DELETE.", REFUSED)
def method(run: Run) -> str:
    """The method is signed."""
    upload = run.spare()
    return coded(run, "method", upload, run.http.send("s3", "DELETE", upload.url))


for _name, _value in SMUGGLED.items():
    _smuggled(_name, _value)


@check("smuggled-content-encoding", "A content-encoding, which no signature covers, is taken; the download is withheld.",
       "200; withheld: content_encoding")
def encoded(run: Run) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html: host and x-amz-* must be signed."""
    upload = run.small()
    answer = run.api.put(upload.plan["put"], SMALL, headers={"content-encoding": "gzip"})
    if answer.status != 200:
        return run.refused(upload, answer)
    record, _ = run.api.stored(upload)
    return f"{answer}; withheld: {record.get('withheld')}"


@check("overwrite", "The same URL a second time is refused, and the first bytes stay.",
       "412 PreconditionFailed; the first bytes stay")
def overwrite(run: Run) -> str:
    """`If-None-Match: *` is signed."""
    upload = run.sent()
    answer = run.api.put(upload.plan["put"], SMALL)
    held = run.s3.get_object(Bucket=run.stack.bucket, Key=upload.key)["Body"].read()
    return f"{answer}; {'the first bytes stay' if held == SMALL else 'OTHER BYTES'}"


@check("overwrite-operator", "The bucket's policy refuses a PUT without If-None-Match, also of the operator.",
       "403 AccessDenied")
def overwrite_operator(run: Run) -> str:
    """The operator has every right but this one. Where no policy refuses it, the object is removed in the end."""
    if run.place.local and run.place.client("sts").get_caller_identity()["Arn"].endswith(":root"):
        raise Skip("the owner of the local account is above every policy")
    at = {"Bucket": run.stack.bucket, "Key": run.small().key}
    url = run.s3.generate_presigned_url("put_object", Params=at, ExpiresIn=60)
    return str(run.http.send("s3", "PUT", url, {}, SMALL))


@check("wrong-bytes", "Other bytes of the announced length are refused by their checksum.",
       "400 BadDigest; nothing stored")
def wrong_bytes(run: Run) -> str:
    """The checksum is signed, so the bytes must have it."""
    upload = run.spare()
    return run.refused(upload, run.api.put(upload.plan["put"], SMALL[::-1]))


@check("chunked", "A body without a length is refused.", "411 or 501; nothing stored")
def chunked(run: Run) -> str:
    """urllib3 sends an iterator in chunks. Before the local AWS there may be a proxy, which wants a length."""
    upload = run.spare()
    answer = run.api.put(upload.plan["put"], iter([SMALL]))
    seen = coded(run, "chunked", upload, answer)
    return seen.replace(str(answer.status), "411 or 501", 1) if answer.status in (411, 501) else seen


@check("expired", "A URL is refused after its lifetime.", UNSIGNED)
def expired(run: Run) -> str:
    """Waits for the lifetime that the API gives: `UrlLifetimeSeconds`, 30 s at the least."""
    if not run.slow:
        raise Skip("takes as long as a URL lives; --slow waits for it")
    upload = run.small()
    time.sleep(upload.plan["put"]["expiresInMs"] / 1000 + 3)
    return run.refused(upload, run.api.put(upload.plan["put"], SMALL))
