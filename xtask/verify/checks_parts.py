"""Parts of a multipart upload, and what is left of one that ends."""

from .caller import Upload
from .checks_files import MIB
from .crc import crc64nvme
from .registry import check
from .run import Run

# The last part; the others need not be sent for these checks.
LAST = b"last part"
SIZE = 16 * MIB + len(LAST)


def begin(run: Run) -> Upload:
    """A multipart upload of three parts, the last of which is LAST."""
    return run.api.create("parts.bin", SIZE, None, "application/octet-stream")


def listed(run: Run, upload: Upload) -> list[dict]:
    """The unfinished multipart uploads of its key, as the operator sees them."""
    found = run.s3.list_multipart_uploads(Bucket=run.stack.bucket, Prefix=upload.key).get("Uploads", [])
    return [one for one in found if one["Key"] == upload.key]


@check("part-without-checksum", "A part may be sent without its checksum; ListParts then shows one that S3 computed.",
       "200; the API lists it with the checksum of its bytes; S3 lists it with the checksum of its bytes")
def without_checksum(run: Run) -> str:
    """The API's list shows what S3's ListParts shows."""
    upload = begin(run)
    answer = run.api.put(run.api.sign(upload, 3), LAST)
    if answer.status != 200:
        return str(answer)

    def shown(parts: list[dict], name: str) -> str:
        crc = parts[0].get(name) if len(parts) == 1 else None
        known = {crc64nvme(LAST): "with the checksum of its bytes", None: "without a checksum"}
        return known.get(crc, "with another checksum")

    of_api = run.api.call("GET", f"/uploads/{upload.id}/parts").wanted(200).json()["parts"]
    one = listed(run, upload)[0]
    of_s3 = run.s3.list_parts(Bucket=run.stack.bucket, Key=upload.key, UploadId=one["UploadId"]).get("Parts", [])
    return (f"{answer}; the API lists it {shown(of_api, 'crc64nvme')}; "
            f"S3 lists it {shown(of_s3, 'ChecksumCRC64NVME')}")


@check("part-wrong-bytes", "Other bytes than a part's checksum says are refused, and the part is not kept.",
       "400 BadDigest; 0 parts")
def wrong_bytes(run: Run) -> str:
    """The checksum of a part is signed."""
    upload = begin(run)
    answer = run.api.put(run.api.sign(upload, 3, crc64nvme(LAST)), LAST[::-1])
    parts = run.api.call("GET", f"/uploads/{upload.id}/parts").wanted(200).json()["parts"]
    return f"{answer}; {len(parts)} parts"


@check("part-number", "The URL of a part is none for another part.", "403 SignatureDoesNotMatch")
def other_number(run: Run) -> str:
    """The number is signed."""
    grant = run.api.sign(begin(run), 3)
    return str(run.api.put(grant, LAST, url=grant["url"].replace("partNumber=3", "partNumber=2")))


@check("incomplete", "An upload with missing parts is not completed.", "409 parts_mismatch")
def incomplete(run: Run) -> str:
    """The functions compare S3's list with the plan."""
    upload = begin(run)
    run.api.put(run.api.sign(upload, 3), LAST).wanted(200)
    return str(run.api.call("POST", f"/uploads/{upload.id}/complete", {}))


@check("abort", "A cancelled upload leaves no parts, its record says so, and a part that comes late is refused.",
       "204; 0 unfinished; record aborted; late part 404 NoSuchUpload")
def abort(run: Run) -> str:
    """The operator looks for what is left."""
    upload = begin(run)
    run.api.put(run.api.sign(upload, 3), LAST).wanted(200)
    late = run.api.sign(upload, 3)
    answer = run.api.call("DELETE", f"/uploads/{upload.id}")
    left, record = len(listed(run, upload)), run.api.record(upload)
    return f"{answer}; {left} unfinished; record {record['status']}; late part {run.api.put(late, LAST)}"


@check("abort-single", "A cancelled upload of one PUT can still be sent while its URL lives, and is recorded.",
       "204; late PUT 200; record stored")
def abort_single(run: Run) -> str:
    """No cancellation takes a URL back."""
    upload = run.small()
    answer = run.api.call("DELETE", f"/uploads/{upload.id}")
    late = run.api.put(upload.plan["put"], b"exactly these bytes")
    record, _ = run.api.wait(upload, lambda record: record["status"] != "aborted", "other than aborted")
    return f"{answer}; late PUT {late}; record {record['status']}"
