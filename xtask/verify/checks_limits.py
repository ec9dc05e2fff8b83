"""Limits of S3 that the local AWS adds to its emulator, tried with the operator's rights."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from .checks_parts import begin
from .registry import check
from .run import SMALL, Run


def answered(call: Callable, **asked: object) -> str:
    """Status and code of a call."""
    try:
        return str(call(**asked)["ResponseMetadata"]["HTTPStatusCode"])
    except ClientError as error:
        said = error.response
        return f"{said['ResponseMetadata']['HTTPStatusCode']} {said['Error']['Code']}"


def put(run: Run, **more: object) -> str:
    """A PUT of the operator, under the prefix of the run's user."""
    return answered(run.s3.put_object, Bucket=run.stack.bucket, Body=SMALL, IfNoneMatch="*", **more)


def completed(run: Run, numbers: tuple[int, ...], order: Callable) -> str:
    """Sends these small parts, and completes them in an order."""
    # At the key of an upload that is removed in the end.
    at = {"Bucket": run.stack.bucket, "Key": begin(run).key}
    at["UploadId"] = run.s3.create_multipart_upload(**at)["UploadId"]
    sent = {number: run.s3.upload_part(**at, PartNumber=number, Body=SMALL) for number in numbers}
    parts = [{"PartNumber": number, "ETag": part["ETag"]} for number, part in sent.items()]
    return answered(run.s3.complete_multipart_upload, **at, IfNoneMatch="*", MultipartUpload={"Parts": order(parts)})


@check("key-limit", "A key of 1,025 bytes is refused.", "400 KeyTooLongError")
def key_limit(run: Run) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html."""
    prefix = run.spare().key + "/"
    return put(run, Key=prefix + "x" * (1025 - len(prefix)))


@check("metadata-limit", "Metadata of more than 2,048 bytes is refused.", "400 MetadataTooLarge")
def metadata_limit(run: Run) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html."""
    return put(run, Key=run.spare().key + "/x", Metadata={"a": "x" * 2048})


@check("part-too-small", "Parts before the last that have less than 5 MiB are refused at the completion.",
       "400 EntityTooSmall")
def part_too_small(run: Run) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html."""
    return completed(run, (1, 2), list)


@check("parts-order", "Parts out of order are refused at the completion.", "400 InvalidPartOrder")
def parts_order(run: Run) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html."""
    return completed(run, (1, 2), lambda parts: parts[::-1])


@check("parts-none", "A completion without parts is refused.", "400 MalformedXML")
def parts_none(run: Run) -> str:
    """The same page."""
    return completed(run, (), list)
