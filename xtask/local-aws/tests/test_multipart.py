"""S3: what the backend needs of multipart uploads, and what MiniStack drops of it."""

from botocore.exceptions import ClientError

from .support import HTTP, Case, proves, strict
from .test_s3 import PART, crc, upload


class Multipart(Case):
    def refused(self, call, code, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    @proves("multipart_keeps_its_acl")
    def test_the_acl_of_a_multipart_upload_is_the_objects(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        s3.delete_public_access_block(Bucket=bucket)
        s3.complete_multipart_upload(**upload(s3, bucket, [b"abc"], ACL="public-read"))
        self.assertEqual(HTTP.request("GET", f"{aws.url}/{bucket}/k").data, b"abc")
        self.refused(s3.create_multipart_upload, "InvalidArgument", Bucket=bucket, Key="k", ACL="everybody")

    def test_an_acl_of_a_multipart_upload_needs_its_own_right(self):
        aws, bucket = strict(), strict().bucket()
        root = aws.client("s3")
        root.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        root.delete_public_access_block(Bucket=bucket)
        arguments = {"Bucket": bucket, "Key": "k", "ACL": "public-read"}
        self.refused(self.user(aws, bucket, "s3:PutObject").create_multipart_upload, "AccessDenied", **arguments)
        self.user(aws, bucket, "s3:PutObject", "s3:PutObjectAcl").create_multipart_upload(**arguments)

    def user(self, aws, bucket, *actions):
        resource = f"arn:aws:s3:::{bucket}/*"
        return aws.client("s3", *aws.user([{"Effect": "Allow", "Action": list(actions), "Resource": resource}]))

    def test_listing_and_aborting_need_their_own_rights(self):
        aws, bucket = strict(), strict().bucket()
        begun = aws.client("s3").create_multipart_upload(Bucket=bucket, Key="k")
        place = {"Bucket": bucket, "Key": "k", "UploadId": begun["UploadId"]}
        writer = self.user(aws, bucket, "s3:PutObject")
        self.refused(writer.list_parts, "AccessDenied", **place)
        self.refused(writer.abort_multipart_upload, "AccessDenied", **place)
        self.user(aws, bucket, "s3:ListMultipartUploadParts").list_parts(**place)
        self.user(aws, bucket, "s3:AbortMultipartUpload").abort_multipart_upload(**place)
        self.refused(aws.client("s3").list_parts, "NoSuchUpload", **place)

    def test_listed_parts_have_checksums_and_pages(self):
        aws = strict()
        s3, bucket = aws.client("s3"), aws.bucket()
        begun = upload(s3, bucket, [b"a", b"b", b"c"], ChecksumAlgorithm="CRC64NVME")
        place = {name: begun[name] for name in ("Bucket", "Key", "UploadId")}
        first = s3.list_parts(MaxParts=2, **place)
        self.assertEqual([(p["PartNumber"], p["Size"], p["ChecksumCRC64NVME"]) for p in first["Parts"]],
                         [(1, 1, crc(b"a")), (2, 1, crc(b"b"))])
        self.assertTrue(first["IsTruncated"])
        last = s3.list_parts(PartNumberMarker=first["NextPartNumberMarker"], **place)
        self.assertEqual([p["PartNumber"] for p in last["Parts"]], [3])
        self.assertFalse(last["IsTruncated"])

    def test_a_completion_states_its_size_and_writes_over_nothing(self):
        aws = strict()
        s3, bucket = aws.client("s3"), aws.bucket()
        complete = upload(s3, bucket, [bytes(PART), b"end"], ChecksumAlgorithm="CRC64NVME")
        self.refused(s3.complete_multipart_upload, "InvalidRequest", MpuObjectSize=PART, **complete)
        s3.complete_multipart_upload(MpuObjectSize=PART + 3, IfNoneMatch="*", **complete)
        second = upload(s3, bucket, [b"other"])
        self.refused(s3.complete_multipart_upload, "PreconditionFailed", IfNoneMatch="*", **second)

    def test_a_part_with_another_checksum_is_refused(self):
        aws = strict()
        s3, bucket = aws.client("s3"), aws.bucket()
        begun = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm="CRC64NVME")
        url = s3.generate_presigned_url("upload_part", ExpiresIn=300, Params={
            "Bucket": bucket, "Key": "k", "UploadId": begun["UploadId"], "PartNumber": 1, "ChecksumCRC64NVME": crc(b"a")})
        headers = {"x-amz-checksum-crc64nvme": crc(b"a")}
        self.error(HTTP.request("PUT", url, body=b"b", headers=headers), 400, "BadDigest")
        self.assertEqual(HTTP.request("PUT", url, body=b"a", headers=headers).status, 200)
