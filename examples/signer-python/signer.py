"""The five functions in Python. They store nothing: what a later call must know is sealed in `state`."""

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import quote

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

MIB = 1024**2
MAX_BYTES = 50 * 1024**3
GONE = ("NoSuchUpload", "NoSuchKey")  # of S3, and of Ceph
CRC = "x-amz-checksum-crc64nvme"


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Signer:
    def __init__(self, bucket, secret, region, endpoint=None, lifetime=300, checksums=True, on_stored=print):
        self.bucket, self.secret, self.lifetime, self.checksums = bucket, secret.encode(), lifetime, checksums
        self.on_stored = on_stored
        # By default boto3 computes a CRC32 of what it sends, and asks for one of what it reads.
        when = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        style = {"addressing_style": "path" if endpoint else "virtual"}
        config = Config(signature_version="s3v4", s3=style, **when)
        self.s3 = boto3.client("s3", region_name=region, endpoint_url=endpoint, config=config)

    def call(self, method, key, gone=(), **inputs):
        """The answer, or None for one of the errors in `gone`."""
        try:
            return getattr(self.s3, method)(Bucket=self.bucket, Key=key, **inputs)
        except ClientError as error:
            if error.response["Error"]["Code"] in gone:
                return None
            raise

    def seal(self, **facts):
        text = base64.urlsafe_b64encode(json.dumps(facts).encode())
        return f"{text.decode()}.{hmac.new(self.secret, text, hashlib.sha256).hexdigest()}"

    def facts(self, user, upload_id, state):
        text, _, given = str(state).partition(".")
        ours = hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(ours.encode(), given.encode())
        facts = json.loads(base64.urlsafe_b64decode(text)) if genuine else {}
        if facts.get("key") != self.key(user, upload_id):
            raise Refusal(404, "not_found")
        return facts

    def key(self, user, upload_id):
        return f"uploads/{user}/{upload_id}"

    def grant(self, method, crc, headers, **inputs):
        """Leave for one PUT of exactly ContentLength bytes: its URL, and the headers it must be sent with."""
        params = {"Bucket": self.bucket, **inputs}
        if self.checksums and crc:
            headers = {**headers, CRC: crc}
            params["ChecksumCRC64NVME"] = crc
        url = self.s3.generate_presigned_url(method, Params=params, ExpiresIn=self.lifetime)
        return {"url": url, "headers": headers, "expiresInMs": self.lifetime * 1000}

    def head(self, key):
        mode = {"ChecksumMode": "ENABLED"} if self.checksums else {}
        return self.call("head_object", key, gone=("404", "NoSuchKey"), **mode)

    def unfinished(self, key):
        """The multipart uploads of a key that are neither completed nor aborted."""
        found = self.s3.list_multipart_uploads(Bucket=self.bucket, Prefix=key).get("Uploads", [])
        return [upload["UploadId"] for upload in found if upload["Key"] == key]

    def list_parts(self, facts):
        """Every part in storage, or None if the multipart upload is gone."""
        parts, marker = [], 0
        while True:
            page = self.call("list_parts", facts["key"], GONE, UploadId=facts["uploadId"], PartNumberMarker=marker)
            if page is None:
                return None
            parts += page.get("Parts", [])
            if not page.get("IsTruncated"):
                return parts
            marker = page["NextPartNumberMarker"]

    def create(self, user, request):
        return {"uploads": [self.try_begin(user, item) for item in request["uploads"]]}

    def try_begin(self, user, item):
        try:
            return self.begin(user, **item)
        except Refusal as refusal:
            return {"id": item["id"], "error": {"code": refusal.code, "message": refusal.code}}

    def begin(self, user, id, name, size, type, crc64nvme=None, **_):
        if not re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", id):
            raise Refusal(400, "invalid_id")
        if not isinstance(size, int) or size < 0:
            raise Refusal(400, "invalid_size")
        if size > MAX_BYTES:
            raise Refusal(413, "too_large")
        key = self.key(user, id)
        # The name is a stranger's text: no part of the key, and the object is never shown as a page.
        disposition = "attachment; filename*=UTF-8''" + quote(name.encode(errors="replace"), safe="")
        about = {"Key": key, "ContentType": type, "ContentDisposition": disposition}
        if size <= 16 * MIB:
            headers = {"content-type": type, "content-disposition": disposition, "if-none-match": "*"}
            put = self.grant("put_object", crc64nvme, headers, IfNoneMatch="*", ContentLength=size, **about)
            plan = {"kind": "single", "put": put}
            return {"id": id, "key": key, "confirm": True, "state": self.seal(key=key, size=size), "plan": plan}
        open_ids = self.unfinished(key)  # a repeated call begins no second one
        if not open_ids and self.head(key):
            raise Refusal(409, "already_stored")
        if not open_ids:
            algorithm = {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "FULL_OBJECT"} if self.checksums else {}
            about.pop("Key")
            open_ids = [self.call("create_multipart_upload", key, **about, **algorithm)["UploadId"]]
        part_size = -(-max(8 * MIB, size / 10_000) // MIB) * MIB
        state = self.seal(key=key, size=size, partSize=int(part_size), uploadId=open_ids[0])
        plan = {"kind": "multipart", "partSize": int(part_size), "partCount": int(-(-size // part_size))}
        return {"id": id, "key": key, "confirm": True, "state": state, "plan": plan}

    def sign(self, user, upload_id, request):
        facts = self.facts(user, upload_id, request.get("state"))
        return {"grants": [self.sign_part(facts, **part) for part in request["parts"]]}

    def sign_part(self, facts, number, crc64nvme=None):
        length = part_length(facts, number) if isinstance(number, int) and number > 0 else 0
        if length <= 0:
            raise Refusal(400, "invalid_part")
        inputs = {"Key": facts["key"], "UploadId": facts["uploadId"], "PartNumber": number, "ContentLength": length}
        return {"number": number, **self.grant("upload_part", crc64nvme, {}, **inputs)}

    def parts(self, user, upload_id, state):
        facts = self.facts(user, upload_id, state)
        found = self.list_parts(facts)
        if found is None:
            raise Refusal(409, "already_stored" if self.head(facts["key"]) else "multipart_gone")
        return {"parts": [shown(part) for part in found]}

    def assemble(self, facts, crc):
        found = self.list_parts(facts)
        if found is None:
            return
        count = -(-facts["size"] // facts["partSize"])
        planned = [(number, part_length(facts, number)) for number in range(1, count + 1)]
        if [(part["PartNumber"], part["Size"]) for part in found] != planned:
            raise Refusal(409, "parts_mismatch")
        names = ("PartNumber", "ETag", "ChecksumCRC64NVME")
        listed = [{name: part[name] for name in names if name in part} for part in found]
        whole = {"ChecksumCRC64NVME": crc, "ChecksumType": "FULL_OBJECT"} if self.checksums and crc else {}
        inputs = {"UploadId": facts["uploadId"], "MultipartUpload": {"Parts": listed}, "IfNoneMatch": "*"}
        try:
            # Gone, or there already: another call was first.
            self.call("complete_multipart_upload", facts["key"], (*GONE, "PreconditionFailed"), **inputs, **whole)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("BadDigest", "InvalidDigest"):
                raise Refusal(409, "checksum_mismatch") from error
            raise

    def complete(self, user, upload_id, request):
        facts, crc = self.facts(user, upload_id, request.get("state")), request.get("crc64nvme")
        multipart = "uploadId" in facts
        if multipart and not self.head(facts["key"]):
            self.assemble(facts, crc)
        found = self.head(facts["key"])
        if not found:
            raise Refusal(409, "multipart_gone" if multipart else "not_stored")
        if found["ContentLength"] != facts["size"]:
            raise Refusal(409, "size_mismatch")
        stored = {"id": upload_id, "key": facts["key"], "size": facts["size"], "etag": found["ETag"]}
        optional = {"crc64nvme": found.get("ChecksumCRC64NVME"), "versionId": found.get("VersionId")}
        stored |= {name: value for name, value in optional.items() if value}
        self.on_stored(json.dumps({"user": user, **stored}))  # YOUR DATABASE; may be called twice
        return stored

    def abort(self, user, upload_id):
        key = self.key(user, upload_id)
        for open_id in self.unfinished(key):
            self.call("abort_multipart_upload", key, GONE, UploadId=open_id)
        if self.head(key):
            raise Refusal(409, "already_stored")


def part_length(facts, number):
    return min(facts["partSize"], facts["size"] - (number - 1) * facts["partSize"])


def shown(part):
    crc = {"crc64nvme": part["ChecksumCRC64NVME"]} if part.get("ChecksumCRC64NVME") else {}
    return {"number": part["PartNumber"], "size": part["Size"], "etag": part["ETag"], **crc}
