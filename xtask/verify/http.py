"""HTTP as a client other than a browser speaks it: the request goes out as written, nothing is followed or retried."""

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from botocore.httpsession import get_cert_path

from .errors import Otherwise

# What urllib3 sends with a length, and an iterator, which it sends in chunks.
Body = bytes | str | Iterator[bytes] | None
# Those that boto3 uses, since not every Python finds those of its system.
CERTIFICATES = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
TIMEOUT = urllib3.Timeout(connect=10, read=60)


@dataclass(frozen=True, repr=False)
class Answer:
    """The answer to a request. It has no representation: a body may contain a presigned URL."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The error code: `<Code>` of S3, `error.code` of our functions, or `message` of the gateway."""
        text = self.body.decode(errors="replace")
        if found := re.search(r"<Code>(\w+)</Code>", text):
            return found[1]
        try:
            body = json.loads(text)
        except ValueError:
            return ""
        if not isinstance(body, dict):
            return ""
        error = body.get("error")
        return str(error.get("code", "") if isinstance(error, dict) else body.get("message", ""))

    def __str__(self) -> str:
        """Status and error code, such as `403 SignatureDoesNotMatch`."""
        return f"{self.status} {self.code}".strip()

    def json(self) -> dict:
        """The body, which must be a JSON object."""
        try:
            body = json.loads(self.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Otherwise(f"{self.status} with a body that is no JSON object")
        return body

    def wanted(self, *statuses: int) -> "Answer":
        """This answer, if it has one of these statuses."""
        if self.status not in statuses:
            raise Otherwise(str(self))
        return self


class Http:
    """Sends requests, and counts them by kind and method, such as `s3 PUT`."""

    def __init__(self) -> None:
        self.pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False, maxsize=8, ca_certs=CERTIFICATES)
        self.sent: Counter[str] = Counter()
        self.counting = threading.Lock()

    def send(self, kind: str, method: str, url: str, headers: dict | None = None, body: Body = None) -> Answer:
        """Sends one request. A failure below HTTP is an `Otherwise` that names its kind."""
        with self.counting:
            self.sent[f"{kind} {method}"] += 1
        try:
            got = self.pool.request(method, url, headers=headers, body=body, redirect=False, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise Otherwise(f"no answer from {urlsplit(url).hostname}: {type(error).__name__}") from None
        return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, got.data)
