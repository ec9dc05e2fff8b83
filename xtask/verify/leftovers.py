"""Removing what the checks made: uploads, objects, unfinished parts and rows."""

import time
from concurrent.futures import ThreadPoolExecutor

from boto3.dynamodb.conditions import Key
from botocore.exceptions import BotoCoreError, ClientError

from .caller import Caller, Upload
from .errors import Otherwise, named
from .stack import Place, Stack
from .users import User

# How long the rows must have stayed as they are before they are deleted: a late event would write them again.
QUIET = 20
# Locally events come within milliseconds.
QUIET_LOCALLY = 0.3
LONGEST = 300


def by_api(made: tuple[Caller, Upload]) -> None:
    """Cancels an upload, or deletes what it stored."""
    caller, upload = made
    try:
        if caller.call("DELETE", f"/uploads/{upload.id}").status == 409:
            caller.call("DELETE", f"/uploads/{upload.id}/content")
    except Otherwise:
        # The operator's rights are enough.
        pass


class Leftovers:
    """Knows every upload of the run, and removes all of it by the API and then with the operator's rights."""

    def __init__(self, place: Place, stack: Stack) -> None:
        self.place, self.stack = place, stack
        self.s3 = place.client("s3")
        self.rows = place.session.resource("dynamodb", region_name=place.region, endpoint_url=place.endpoint) \
            .Table(stack.table)
        self.uploads: list[tuple[Caller, Upload]] = []

    def made(self, caller: Caller, upload: Upload) -> None:
        """Notes an upload."""
        self.uploads.append((caller, upload))

    def remove(self, users: list[User]) -> list[str]:
        """Removes everything; returns what is left, in words."""
        left = []
        # By the API first: a removal by its owner releases the quota and marks the record.
        with ThreadPoolExecutor(8) as several:
            list(several.map(by_api, self.uploads))
        # Also what a check made past the API. A user from CROWFLY_TOKEN may have uploads of its own: there key by key.
        prefixes = [f"uploads/{user.owner}/" for user in users if user.name]
        prefixes += [upload.key for _, upload in self.uploads if not upload.key.startswith(tuple(prefixes))]
        for prefix in prefixes:
            left += self._tried(f"objects below {prefix}", lambda: self._delete(prefix))
        return left + self._tried("rows of the table", lambda: self._delete_rows(users))

    def _tried(self, what: str, remove) -> list[str]:
        try:
            return [what] if remove() else []
        except (BotoCoreError, ClientError) as error:
            return [f"{what} ({named(error)})"]

    def _delete(self, prefix: str) -> int:
        """Deletes objects below a prefix in all versions, and aborts multipart uploads; returns how many are left."""
        bucket = self.stack.bucket
        for upload in self._unfinished(prefix):
            self.s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        for one in self._versions(prefix):
            version = {} if one.get("VersionId", "null") == "null" else {"VersionId": one["VersionId"]}
            self.s3.delete_object(Bucket=bucket, Key=one["Key"], **version)
        return len(self._unfinished(prefix)) + len(self._versions(prefix))

    def _unfinished(self, prefix: str) -> list[dict]:
        return self.s3.list_multipart_uploads(Bucket=self.stack.bucket, Prefix=prefix).get("Uploads", [])

    def _versions(self, prefix: str) -> list[dict]:
        listed = self.s3.list_object_versions(Bucket=self.stack.bucket, Prefix=prefix)
        return listed.get("Versions", []) + listed.get("DeleteMarkers", [])

    def _delete_rows(self, users: list[User]) -> int:
        """Deletes the users' rows once no event changes them any more; returns how many are left."""
        def rows() -> list[dict]:
            return [row for user in users for row in self._rows(user)]

        started, before = time.monotonic(), None
        while (now := rows()) != before and time.monotonic() - started < LONGEST:
            before = now
            time.sleep(QUIET_LOCALLY if self.place.local else QUIET)
        with self.rows.batch_writer() as batch:
            for row in now:
                batch.delete_item(Key={"owner": row["owner"], "id": row["id"]})
        return len(rows())

    def _rows(self, user: User) -> list[dict]:
        """The rows of a user that this run made: of a throw-away user all, with the counts of quota and rates."""
        ids = {upload.id for _, upload in self.uploads}
        found = []
        for owner in (user.owner, f"reads:{user.owner}"):
            asked = {"KeyConditionExpression": Key("owner").eq(owner), "ConsistentRead": True}
            while True:
                page = self.rows.query(**asked)
                found += [row for row in page["Items"] if user.name or row["id"] in ids]
                if "LastEvaluatedKey" not in page:
                    break
                asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return found
