"""What S3 knows about the bytes it holds."""

import base64
import re

from awscrt import checksums as native
from ministack.services import s3

from . import rule

MIN_PART = 5 * 1024 * 1024


def text(crc):
    """A CRC64 in S3's form: base64 of eight big-endian bytes."""
    return base64.b64encode(crc.to_bytes(8, "big")).decode()


def number(checksum):
    """A CRC64 from S3's form."""
    return int.from_bytes(base64.b64decode(checksum), "big")


@rule
def native_checksums():
    """CRC64NVME and CRC32C run at the speed of the processor, not of Python."""
    s3._crc64nvme = native.crc64nvme
    s3._crc32c = native.crc32c


@rule
def every_object_has_a_checksum():
    """S3 computes CRC64NVME for an object that was sent without a checksum."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
    build = s3._build_object_record

    def build_with_checksum(body, headers, etag=None, checksums=None):
        if not checksums:
            checksums = {"CRC64NVME": text(native.crc64nvme(body))}
        return build(body, headers, etag=etag, checksums=checksums)

    s3._build_object_record = build_with_checksum


@rule
def put_answers_with_the_checksum():
    """PutObject's answer names the object's checksum and its type."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    put = s3._put_object

    def put_and_tell(bucket, key, body, headers):
        status, answer, xml = put(bucket, key, body, headers)
        if status == 200:
            for algorithm, value in s3._ensure_bucket(bucket)["objects"][key]["checksums"].items():
                answer[f"x-amz-checksum-{algorithm.lower()}"] = value
                answer["x-amz-checksum-type"] = "FULL_OBJECT"
        return status, answer, xml

    s3._put_object = put_and_tell


@rule
def multipart_is_crc64nvme_by_default():
    """A multipart upload that names no checksum gets CRC64NVME; with CRC64NVME the type is FULL_OBJECT and no other."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
    create = s3._create_multipart_upload

    def create_full_object(bucket, key, headers):
        asked = headers.get("x-amz-checksum-algorithm") or headers.get("x-amz-sdk-checksum-algorithm")
        if asked and asked.upper() != "CRC64NVME":
            return create(bucket, key, headers)
        if headers.get("x-amz-checksum-type", "FULL_OBJECT").upper() != "FULL_OBJECT":
            return s3._error("InvalidRequest",
                             "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.", 400)
        status, answer, xml = create(bucket, key, {**headers, "x-amz-checksum-algorithm": "CRC64NVME"})
        if asked and status == 200:
            answer["x-amz-checksum-type"] = "FULL_OBJECT"
        elif status == 200:
            answer.pop("x-amz-checksum-algorithm", None)
            answer.pop("x-amz-checksum-type", None)
        return status, answer, xml

    s3._create_multipart_upload = create_full_object


@rule
def parts_are_not_too_small():
    """Every part but the last has at least 5 MiB."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html

    def check(_upload, _numbers, parts):
        if any(len(part["body"]) < MIN_PART for part in parts[:-1]):
            return "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
        return None

    before_complete(check)


@rule
def parts_come_in_order():
    """CompleteMultipartUpload wants at least one part, in ascending order."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html

    def check(_upload, numbers, _parts):
        if not numbers:
            return "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
        if numbers != sorted(set(numbers)):
            return ("InvalidPartOrder", "The list of parts was not in ascending order. "
                                        "Parts must be ordered by part number.")
        return None

    before_complete(check)


@rule
def multipart_checksum_is_of_the_whole_object():
    """CompleteMultipartUpload checks the CRC64NVME of the whole object; HEAD, ListParts' sums and attributes agree on it."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    complete, attributes = s3._complete_multipart_upload, s3._get_object_attributes

    def complete_full_object(bucket, key, body, query, headers=None):
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if upload is None or upload.get("checksum_algorithm") != "CRC64NVME":
            return complete(bucket, key, body, query, headers)
        parts = [upload["parts"][n] for n in part_numbers(body) if n in upload["parts"]]
        crc = 0
        for part in parts:
            crc = native.combine_crc64nvme(crc, number(part["checksums"]["CRC64NVME"]), len(part["body"]))
        whole = text(crc)
        headers = dict(headers or {})
        sent = headers.pop("x-amz-checksum-crc64nvme", None)
        if sent and sent != whole:
            return s3._error("BadDigest", "The CRC64NVME you specified did not match the calculated checksum.", 400,
                             f"/{bucket}/{key}")
        status, answer, xml = complete(bucket, key, body, query, headers)
        if status == 200:
            stored = s3._ensure_bucket(bucket)["objects"][key]
            stored["checksums"], stored["checksum_type"] = {"CRC64NVME": whole}, "FULL_OBJECT"
            xml = re.sub(rb"<ChecksumCRC64NVME>[^<]*<", f"<ChecksumCRC64NVME>{whole}<".encode(), xml)
            xml = xml.replace(b">COMPOSITE<", b">FULL_OBJECT<")
            s3._completed_multipart_uploads[s3._qp(query, "uploadId")]["response"] = (status, answer, xml)
        return status, answer, xml

    def attributes_full_object(bucket, key, headers, query):
        status, answer, xml = attributes(bucket, key, headers, query)
        stored = (s3._ensure_bucket(bucket) or {"objects": {}})["objects"].get(key, {})
        if stored.get("checksum_type") == "FULL_OBJECT":
            xml = xml.replace(b"<ChecksumType>COMPOSITE<", b"<ChecksumType>FULL_OBJECT<")
        return status, answer, xml

    s3._complete_multipart_upload = complete_full_object
    s3._get_object_attributes = attributes_full_object


def part_numbers(body):
    """The part numbers of a CompleteMultipartUpload, in the order given."""
    return [int(n) for n in re.findall(rb"<PartNumber>\s*(\d+)\s*</PartNumber>", body or b"")]


def before_complete(check):
    """Runs `check(upload, numbers, parts)` first; a (code, message) pair refuses the completion."""
    complete = s3._complete_multipart_upload

    def checked(bucket, key, body, query, headers=None):
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if upload is not None:
            numbers = part_numbers(body)
            parts = [upload["parts"][n] for n in numbers if n in upload["parts"]]
            if refused := check(upload, numbers, parts):
                return s3._error(*refused, 400, f"/{bucket}/{key}")
        return complete(bucket, key, body, query, headers)

    s3._complete_multipart_upload = checked
