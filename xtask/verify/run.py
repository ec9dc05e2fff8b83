"""One run: the stack, its callers, and what the checks share."""

import time
from functools import cached_property

from .caller import Caller, Upload
from .crc import Blocks, crc64nvme
from .errors import Otherwise, Skip, Unusable
from .http import Answer, Http
from .leftovers import Leftovers
from .stack import Place, Stack
from .users import User, Users

SMALL = b"exactly these bytes"
SMALL_CRC = crc64nvme(SMALL)


class Run:
    """What every check is given."""

    def __init__(self, place: Place, stack: Stack, origin: str | None, slow: bool) -> None:
        self.place, self.stack, self.slow = place, stack, slow
        self.origin = origin or stack.origins[0]
        self.http = Http()
        self.users = Users(place, stack)
        self.leftovers = Leftovers(place, stack)
        self.known: list[User] = []
        # Measured figures, printed below the table.
        self.notes: list[str] = []
        self.contents = Blocks()
        self.s3 = self.leftovers.s3
        self._spare: tuple[Upload | None, float] = None, 0.0
        self.dead_before = 0

    def caller(self, token: str) -> Caller:
        """A caller with any token."""
        return Caller(self.http, self.stack.api, token, self.leftovers.made, self.stack.parameters.get("KeySuffix", ""))

    def user(self, given: bool = False) -> User:
        """A new user; with `given` that of CROWFLY_TOKEN if there is one."""
        user = (self.users.given() if given else None) or self.users.new()
        self.known.append(user)
        return user

    @cached_property
    def me(self) -> User:
        """The user of most checks."""
        return self.user(given=True)

    def sign_in(self) -> None:
        """Makes the caller, without which nothing can be checked."""
        self.dead_before = self.dead_letters()
        try:
            self.api.call("GET", "/uploads").wanted(200)
        except Otherwise as otherwise:
            raise Unusable(f"the API does not list the uploads of a signed-in user ({otherwise}): is the token still valid, "
                           "and does the stack's dashboard show errors?") from None

    @cached_property
    def api(self) -> Caller:
        """The caller of most checks."""
        return self.caller(self.me.access)

    @cached_property
    def other(self) -> Caller:
        """Another user; a check that needs one is skipped with a foreign issuer."""
        if not self.stack.pool:
            raise Skip("needs a second user, and the tokens come from another issuer")
        return self.caller(self.user().access)

    def small(self, name: str = "verify.txt", checksum: bool = True) -> Upload:
        """A new upload of SMALL."""
        return self.api.create(name, len(SMALL), SMALL_CRC if checksum else None)

    def spare(self) -> Upload:
        """An upload that is not sent, shared by checks that storage must refuse; renewed before its URL expires."""
        kept, until = self._spare
        if kept is None or time.monotonic() > until:
            kept = self.small()
            self._spare = kept, time.monotonic() + kept.plan["put"]["expiresInMs"] / 2000
        return kept

    def sent(self, name: str = "verify.txt") -> Upload:
        """An upload of SMALL that was sent."""
        upload = self.small(name)
        self.api.put(upload.plan["put"], SMALL).wanted(200)
        return upload

    def holds(self, upload: Upload) -> bool:
        """Whether the bucket has its object, as the operator sees it."""
        listed = self.s3.list_objects_v2(Bucket=self.stack.bucket, Prefix=upload.key)
        return any(one["Key"] == upload.key for one in listed.get("Contents", []))

    def refused(self, upload: Upload, answer: Answer) -> str:
        """What came of a request that storage must refuse."""
        if not self.holds(upload):
            return f"{answer}; nothing stored"
        self._spare = None, 0.0
        return f"{answer}; STORED"

    def dead_letters(self) -> int:
        """How many messages are in the dead-letter queue."""
        name = "ApproximateNumberOfMessages"
        found = self.place.client("sqs").get_queue_attributes(QueueUrl=self.stack.dead_letters, AttributeNames=[name])
        return int(found["Attributes"][name])
