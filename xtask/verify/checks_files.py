"""Files of every size and name arrive byte for byte, with a checksum that S3 computed."""

from .errors import Otherwise
from .registry import check
from .run import SMALL, SMALL_CRC, Run

MIB = 1024 * 1024
SIZES = {"0": 0, "1": 1, "5-mib-less-1": 5 * MIB - 1}
NAMES = {
    "latin": "Grüße aus Zürich (1).txt",
    "hangul": "한글 파일.txt",
    "emoji": "👩‍👧 😀.txt",
    "combining": "cafe\u0301 \u1112\u1161\u11ab.txt",
    "spaces": "  a  b   c .txt",
    "200": "n" * 196 + ".txt",
    "bidi": "gpj\u202eexe\u200b.txt",
}
# As the record has it: composed (NFC), and without characters that reorder text.
RECORDED = {"combining": "caf\u00e9 \ud55c.txt", "bidi": "gpjexe.txt"}
FIELDS = "bucket crc64nvme createdAt etag id key name sequencer size status storedAt type url verified visibility"
INTACT = "stored, CRC64NVME verified, the same bytes downloaded"


def intact(run: Run, upload, body: bytes, crc: str) -> str:
    """Compares record and download with what was sent."""
    record, seconds = run.api.stored(upload)
    run.notes.append(f"record of {len(body)} bytes after {seconds:.2f} s")
    wrong = [name for name, value in {"size": len(body), "crc64nvme": crc, "verified": True}.items()
             if record.get(name) != value]
    if wrong:
        raise Otherwise(f"the record has another {' and '.join(wrong)}")
    got = run.api.content(upload).wanted(200)
    return INTACT if got.body == body else f"{len(got.body)} other bytes downloaded"


def _size(label: str, size: int) -> None:
    @check(f"size-{label}", f"A file of {size} bytes arrives.", INTACT)
    def arrives(run: Run) -> str:
        body, crc = run.contents.content(size)
        upload = run.api.create("size.bin", size, crc, "application/octet-stream")
        run.api.put(upload.plan["put"], body).wanted(200)
        return intact(run, upload, body, crc)


def _name(label: str, name: str) -> None:
    @check(f"name-{label}", f"A file with a name of the kind '{label}' arrives, and the record has its name.",
           "200; name as it was given" if label not in RECORDED else "200; name composed and cleaned")
    def arrives(run: Run) -> str:
        upload = run.small(name)
        answer = run.api.put(upload.plan["put"], SMALL)
        record, _ = run.api.stored(upload) if answer.status == 200 else ({}, 0)
        if run.api.content(upload).body != SMALL:
            raise Otherwise("other bytes downloaded")
        kept = record.get("name", "").removesuffix(run.api.suffix)
        said = {name: "as it was given", RECORDED.get(label): "composed and cleaned"}.get(kept, "otherwise")
        return f"{answer}; name {said}"


for _label, _bytes in SIZES.items():
    _size(_label, _bytes)


@check("size-17-mib", "A file of 17 MiB arrives in parts, each with its checksum.", f"3 parts; {INTACT}")
def multipart(run: Run) -> str:
    """Sends what is above the limit of a single PUT."""
    *parts, (body, crc) = run.contents.parts([8 * MIB, 8 * MIB, MIB])
    upload = run.api.create("parts.bin", len(body), crc, "application/octet-stream")
    if (upload.plan["kind"], upload.plan.get("partSize")) != ("multipart", 8 * MIB):
        raise Otherwise("another plan than parts of 8 MiB")
    for number, (part, part_crc) in enumerate(parts, 1):
        run.api.put(run.api.sign(upload, number, part_crc), part).wanted(200)
    run.api.complete(upload, crc).wanted(200)
    head = run.s3.head_object(Bucket=run.stack.bucket, Key=upload.key, ChecksumMode="ENABLED")
    if (head.get("ChecksumCRC64NVME"), head.get("ChecksumType")) != (crc, "FULL_OBJECT"):
        raise Otherwise("S3 states another checksum of the whole object, or another type of it")
    return f"{upload.plan['partCount']} parts; {intact(run, upload, body, crc)}"


for _label, _text in NAMES.items():
    _name(_label, _text)


@check("record", "The record of a stored file has these fields and no others.", FIELDS)
def fields(run: Run) -> str:
    """Reads the record, and compares the fields with what the operator sees."""
    upload = run.sent()
    record, _ = run.api.stored(upload)
    head = run.s3.head_object(Bucket=run.stack.bucket, Key=upload.key)
    same = {"etag": head["ETag"].strip('"'), "size": head["ContentLength"], "type": head["ContentType"], "key": upload.key,
            "bucket": run.stack.bucket}
    wrong = [name for name, value in same.items() if record.get(name) != value]
    return " ".join(sorted(record)) if not wrong else f"storage has another {' and '.join(wrong)}"


@check("put-answer", "The answer to a PUT names the object's checksum and its type; S3 encrypts the object.",
       "crc64nvme as sent, FULL_OBJECT; AES256")
def put_answer(run: Run) -> str:
    """Looks at the headers of the answer."""
    upload = run.small()
    put = upload.plan["put"]
    headers = run.api.put(put, SMALL).wanted(200).headers
    crc, kind = headers.get("x-amz-checksum-crc64nvme"), headers.get("x-amz-checksum-type", "no type")
    sent = "as sent" if crc == put["headers"]["x-amz-checksum-crc64nvme"] else "absent" if crc is None else "other"
    head = run.s3.head_object(Bucket=run.stack.bucket, Key=upload.key)
    return f"crc64nvme {sent}, {kind}; {head.get('ServerSideEncryption', 'not encrypted')}"


@check("no-checksum", "Of a file that was sent without a checksum S3 computes CRC64NVME, and nothing is verified.",
       "crc64nvme of the bytes; verified: false")
def no_checksum(run: Run) -> str:
    """Sends without a checksum."""
    upload = run.small(checksum=False)
    run.api.put(upload.plan["put"], SMALL).wanted(200)
    record, _ = run.api.stored(upload)
    crc = {SMALL_CRC: "of the bytes", None: "absent"}.get(record.get("crc64nvme"), "of other bytes")
    return f"crc64nvme {crc}; verified: {str(record['verified']).lower()}"


@check("download", "A download is an attachment of the file's type, which no cache but the browser's keeps.",
       "200; attachment; text/plain; private, no-cache; encoding identity")
def download(run: Run) -> str:
    """Looks at the headers that the signed URL asks for."""
    upload = run.sent()
    run.api.stored(upload)
    got = run.api.content(upload)
    said = got.headers.get
    return (f"{got.status}; {said('content-disposition', 'none').split(';')[0]}; {said('content-type')}; "
            f"{said('cache-control')}; encoding {said('content-encoding')}")
