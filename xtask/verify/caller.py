"""The API and the presigned URLs, as a client uses them."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import Otherwise
from .http import Answer, Body, Http

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A ULID: https://github.com/ulid/spec."""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(26)))


@dataclass(frozen=True, repr=False)
class Upload:
    """A created upload. It has no representation: its URL is a credential."""

    id: str
    key: str
    plan: dict

    @property
    def url(self) -> str:
        """The presigned URL of a single PUT."""
        return self.plan["put"]["url"]

    @property
    def headers(self) -> dict[str, str]:
        """The headers that are signed with it."""
        return dict(self.plan["put"]["headers"])


@dataclass
class Caller:
    """A caller of the API with one token."""

    http: Http
    base: str
    token: str = field(repr=False)
    # Told of every upload that was created, so that it is removed in the end.
    created: Callable[["Caller", Upload], None] = field(repr=False)
    # What the stack wants every name to end with (`KeySuffix`).
    suffix: str = ""
    # How long a record may take after its object, in seconds.
    patience: float = 180

    def call(self, method: str, path: str, body: dict | None = None, headers: dict | None = None) -> Answer:
        """Calls a path such as `/uploads`."""
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["content-type"] = "application/json"
        text = None if body is None else json.dumps(body)
        return self.http.send("api", method, self.base + path, {**sent, **(headers or {})}, text)

    def create(self, name: str, size: int, crc: str | None = None, media_type: str = "text/plain") -> Upload:
        """Creates an upload."""
        item = {"id": new_id(), "name": name + self.suffix, "size": size, "type": media_type}
        if crc:
            item["crc64nvme"] = crc
        answer = self.call("POST", "/uploads", {"uploads": [item]}).wanted(200, 201)
        made = answer.json()["uploads"][0]
        if "plan" not in made:
            raise Otherwise(f"create: {made.get('error', {}).get('code', 'neither plan nor error')}")
        upload = Upload(made["id"], made["key"], made["plan"])
        self.created(self, upload)
        return upload

    def put(self, grant: dict, body: Body, headers: dict | None = None, url: str | None = None) -> Answer:
        """Sends what a grant allows, or something else: `headers` replace signed ones, and None leaves one out."""
        changed = {**grant["headers"], **(headers or {})}
        sent = {name: value for name, value in changed.items() if value is not None}
        return self.http.send("s3", "PUT", url or grant["url"], sent, body)

    def sign(self, upload: Upload, number: int, crc: str | None = None) -> dict:
        """The grant of a part."""
        part = {"number": number} | ({"crc64nvme": crc} if crc else {})
        answer = self.call("POST", f"/uploads/{upload.id}/parts", {"parts": [part]}).wanted(200)
        return answer.json()["grants"][0]

    def complete(self, upload: Upload, crc: str) -> Answer:
        """Completes a multipart upload, and asks again while S3 works on it."""
        started = time.monotonic()
        while True:
            answer = self.call("POST", f"/uploads/{upload.id}/complete", {"crc64nvme": crc})
            if answer.status != 202 or time.monotonic() - started > self.patience:
                return answer
            time.sleep(2)

    def record(self, upload: Upload) -> dict:
        """The record of an upload."""
        return self.call("GET", f"/uploads/{upload.id}").wanted(200).json()

    def wait(self, upload: Upload, reached: Callable[[dict], bool], what: str) -> tuple[dict, float]:
        """Reads the record until `reached` holds for it; returns it with the seconds that it took."""
        started, pause = time.monotonic(), 0.02
        while True:
            record = self.record(upload)
            taken = time.monotonic() - started
            if reached(record):
                return record, taken
            if taken > self.patience:
                raise Otherwise(f"the record was {record.get('status')} for {self.patience:.0f} s, not {what}")
            time.sleep(pause)
            pause = min(pause * 1.6, 2)

    def stored(self, upload: Upload) -> tuple[dict, float]:
        """Waits for the record of a stored object."""
        return self.wait(upload, lambda record: record["status"] == "stored", "stored")

    def content(self, upload: Upload) -> Answer:
        """Downloads a stored object by the URL that the API signs."""
        url = self.call("GET", f"/uploads/{upload.id}/content").wanted(200).json()["url"]
        return self.http.send("s3", "GET", url)
