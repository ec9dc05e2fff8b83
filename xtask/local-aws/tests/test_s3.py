"""S3: checksums, multipart uploads, refused requests, policy keys."""

import base64
import re
import time

import botocore.session
from awscrt import checksums as native
from botocore.config import Config
from botocore.exceptions import ClientError

from .support import HTTP, Case, Server, policy, proves, strict

PART = 5 * 1024 * 1024


def crc(body):
    return base64.b64encode(native.crc64nvme(body).to_bytes(8, "big")).decode()


def upload(s3, bucket, bodies, **create):
    """Uploads these parts and returns the arguments of CompleteMultipartUpload."""
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k", **create)["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        etag = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=body)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    return {"Bucket": bucket, "Key": "k", "UploadId": upload_id, "MultipartUpload": {"Parts": parts}}


class Checksums(Case):
    def refused(self, call, code, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    @proves("native_checksums")
    def test_a_checksum_of_64_mib_takes_less_than_a_second(self, aws):
        body = bytes(64 * 1024 * 1024 if aws is strict() else 16 * 1024 * 1024)
        url = aws.presigned_put(aws.bucket(), ChecksumCRC64NVME=crc(body))
        started = time.monotonic()
        answer = HTTP.request("PUT", url, body=body, headers={"x-amz-checksum-crc64nvme": crc(body)})
        self.assertEqual(answer.status, 200, answer.data)
        self.assertLess(time.monotonic() - started, 1)

    @proves("every_object_has_a_checksum")
    def test_an_object_sent_without_a_checksum_has_one(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        s3.put_object(Bucket=bucket, Key="k", Body=b"123456789")
        head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        self.assertEqual(head["ChecksumCRC64NVME"], base64.b64encode(bytes.fromhex("ae8b14860a799888")).decode())
        self.assertEqual(head["ChecksumType"], "FULL_OBJECT")

    @proves("put_answers_with_the_checksum")
    def test_put_names_the_checksum(self, aws):
        url = aws.presigned_put(aws.bucket(), ChecksumCRC64NVME=crc(b"x"))
        answer = HTTP.request("PUT", url, body=b"x", headers={"x-amz-checksum-crc64nvme": crc(b"x")})
        self.assertEqual(answer.headers["x-amz-checksum-crc64nvme"], crc(b"x"))
        self.assertEqual(answer.headers["x-amz-checksum-type"], "FULL_OBJECT")

    @proves("multipart_is_crc64nvme_by_default")
    def test_multipart_without_a_checksum_gets_one(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        created = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm="CRC64NVME")
        self.assertEqual(created["ChecksumType"], "FULL_OBJECT")
        self.refused(s3.create_multipart_upload, "InvalidRequest", Bucket=bucket, Key="k",
                     ChecksumAlgorithm="CRC64NVME", ChecksumType="COMPOSITE")
        s3.complete_multipart_upload(**upload(s3, bucket, [b"abc"]))
        self.assertEqual(s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumCRC64NVME"], crc(b"abc"))

    @proves("parts_come_in_order")
    def test_parts_out_of_order_are_refused(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        complete = upload(s3, bucket, [bytes(PART), b"end"])
        complete["MultipartUpload"]["Parts"].reverse()
        self.refused(s3.complete_multipart_upload, "InvalidPartOrder", **complete)

    @proves("parts_are_not_too_small")
    def test_a_small_part_before_the_last_is_refused(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        self.refused(s3.complete_multipart_upload, "EntityTooSmall", **upload(s3, bucket, [bytes(PART - 1), b"end"]))

    @proves("multipart_checksum_is_of_the_whole_object")
    def test_the_checksum_of_the_whole_object_is_checked_and_kept(self, aws):
        s3, bucket = aws.client("s3"), aws.bucket()
        complete = upload(s3, bucket, [bytes(PART), b"end"], ChecksumAlgorithm="CRC64NVME")
        self.refused(s3.complete_multipart_upload, "BadDigest", ChecksumCRC64NVME=crc(b"other"), **complete)
        whole = crc(bytes(PART) + b"end")
        done = s3.complete_multipart_upload(ChecksumCRC64NVME=whole, **complete)
        self.assertEqual((done["ChecksumCRC64NVME"], done["ChecksumType"]), (whole, "FULL_OBJECT"))
        head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        self.assertEqual((head["ChecksumCRC64NVME"], head["ChecksumType"]), (whole, "FULL_OBJECT"))
        told = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum"])["Checksum"]
        self.assertEqual((told["ChecksumCRC64NVME"], told["ChecksumType"]), (whole, "FULL_OBJECT"))


class Requests(Case):
    @proves("sent_headers_are_signed")
    def test_a45_headers_that_were_not_signed_are_refused(self, aws):
        url = aws.presigned_put(aws.bucket())
        for name in ("x-amz-acl", "x-amz-meta-a", "x-amz-tagging", "x-amz-storage-class"):
            answer = HTTP.request("PUT", url, body=b"x", headers={name: "STANDARD"})
            self.error(answer, 403, "AccessDenied")
            self.assertIn(f"<HeadersNotSigned>{name}</HeadersNotSigned>".encode(), answer.data)

    def test_headers_that_were_signed_are_taken(self):
        url = strict().presigned_put(strict().bucket(), Metadata={"a": "b"}, IfNoneMatch="*")
        answer = HTTP.request("PUT", url, body=b"x", headers={"x-amz-meta-a": "b", "if-none-match": "*"})
        self.assertEqual(answer.status, 200, answer.data)

    @proves("keys_have_a_limit")
    def test_a_key_of_1025_bytes_is_refused(self, aws):
        bucket = aws.bucket()
        longest = HTTP.request("PUT", aws.presigned_put(bucket, key="é" * 512), body=b"x")
        self.assertEqual(longest.status, 200, longest.data)
        self.error(HTTP.request("PUT", aws.presigned_put(bucket, key="é" * 512 + "a"), body=b"x"), 400, "KeyTooLongError")

    @proves("metadata_has_a_limit")
    def test_metadata_of_more_than_2048_bytes_is_refused(self, aws):
        client, bucket = aws.client("s3"), aws.bucket()
        for field, fill in (("ContentDisposition", lambda text: text), ("Metadata", lambda text: {"disposition": text})):
            for make in (client.put_object, client.create_multipart_upload):
                room = 2048 - len("content-disposition" if field == "ContentDisposition" else "disposition")
                # The two limits are independent.
                kept = {"Metadata": {"a": "b" * 2000}} if field == "ContentDisposition" else {"ContentDisposition": "b" * 2000}
                make(Bucket=bucket, Key="k", **{field: fill("a" * room)}, **kept)
                with self.assertRaises(ClientError) as caught:
                    make(Bucket=bucket, Key="k", **{field: fill("a" * (room + 1))})
                self.assertEqual(caught.exception.response["Error"]["Code"], "MetadataTooLarge")

    @proves("bodies_have_a_length")
    def test_a43_a_chunked_body_is_refused(self, aws):
        answer = HTTP.request("PUT", aws.presigned_put(aws.bucket()), body=iter([b"a", b"b"]), chunked=True)
        self.error(answer, 501, "NotImplemented")

    @proves("missing_is_forbidden_to_who_may_not_list")
    def test_a_missing_object_is_forbidden_to_who_may_not_list(self, aws):
        bucket = aws.bucket()
        reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}",
                 "Condition": {"StringLikeIfExists": {"s3:prefix": "uploads/*"}}}
        for statements, status in (([reads, lists], 404), ([reads], 403)):
            with self.assertRaises(ClientError) as caught:
                aws.client("s3", *aws.user(statements)).head_object(Bucket=bucket, Key="missing")
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], status)


class Policies(Case):
    def deny(self, aws, bucket, condition, action="s3:PutObject"):
        aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy([{
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": condition}]))

    def writer(self, aws, bucket, *more):
        return aws.client("s3", *aws.user([{"Effect": "Allow", "Action": ["s3:PutObject", *more],
                                            "Resource": f"arn:aws:s3:::{bucket}/*"}]))

    def put(self, s3, bucket, headers=None, **parameters):
        url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k", **parameters}, ExpiresIn=300)
        return HTTP.request("PUT", url, body=b"x", headers=headers or {}).status

    @proves("loopback_is_tls")
    def test_a_policy_that_wants_tls_lets_this_machine_in(self, aws):
        bucket = aws.bucket()
        self.deny(aws, bucket, {"Bool": {"aws:SecureTransport": "false"}})
        self.assertEqual(self.put(self.writer(aws, bucket), bucket), 200)
        said = {"x-forwarded-proto": "http"}
        self.assertEqual(self.put(self.writer(aws, bucket), bucket, said), 403)

    def test_a51_with_the_switch_off_a_policy_that_wants_tls_refuses_plain_http(self):
        aws = Server(CROWFLY_LOCAL_TLS="off")
        self.addCleanup(aws.stop)
        bucket = aws.bucket()
        self.deny(aws, bucket, {"Bool": {"aws:SecureTransport": "false"}})
        self.assertEqual(self.put(self.writer(aws, bucket), bucket), 403)

    @proves("policies_see_how_a_request_was_signed")
    def test_a50_a_policy_can_refuse_old_signatures(self, aws):
        bucket = aws.bucket()
        self.deny(aws, bucket, {"NumericGreaterThan": {"s3:signatureAge": "900000"}})
        self.assertEqual(self.put(self.writer(aws, bucket), bucket), 200)
        tampered = re.sub("X-Amz-Date=[^&]*", "X-Amz-Date=yesterday", aws.presigned_put(bucket))
        self.assertIn(HTTP.request("PUT", tampered, body=b"x").status, (400, 403))
        self.deny(aws, bucket, {"NumericGreaterThanEquals": {"s3:signatureAge": "0"}})
        self.assertEqual(self.put(self.writer(aws, bucket), bucket), 403)

    @proves("policies_see_conditional_writes")
    def test_a_policy_can_insist_on_if_none_match(self, aws):
        bucket = aws.bucket()
        self.deny(aws, bucket, {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}})
        s3 = self.writer(aws, bucket)
        self.assertEqual(self.put(s3, bucket), 403)
        self.assertEqual(self.put(s3, bucket, {"if-none-match": "*"}, IfNoneMatch="*"), 200)
        self.assertEqual(self.put(s3, bucket, {"if-none-match": "*"}, IfNoneMatch="*"), 412)
        complete = upload(s3, bucket, [b"abc"])
        with self.assertRaises(ClientError) as caught:
            s3.complete_multipart_upload(**complete)
        self.assertEqual(caught.exception.response["Error"]["Code"], "AccessDenied")
        aws.client("s3").delete_object(Bucket=bucket, Key="k")
        s3.complete_multipart_upload(IfNoneMatch="*", **complete)

    @proves("policies_see_the_role_of_a_session")
    def test_a_policy_may_exempt_a_role(self, aws):
        bucket, role = aws.bucket(), f"role{time.monotonic_ns()}"
        arn = f"arn:aws:iam::000000000000:role/{role}"
        iam, s3 = aws.client("iam"), aws.client("s3")
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy([
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]))
        iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=policy([
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))
        s3.put_bucket_policy(Bucket=bucket, Policy=policy([
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
             "Condition": {"ArnNotEquals": {"aws:PrincipalArn": arn}}}]))
        made = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        session = botocore.session.Session()
        session.set_credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        session = session.create_client("s3", region_name="us-east-1", endpoint_url=aws.url, config=Config(
            s3={"addressing_style": "path"}, signature_version="s3v4"))
        session.put_object(Bucket=bucket, Key="k", Body=b"x")
        other = aws.client("s3", *aws.user([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))
        with self.assertRaises(ClientError):
            other.put_object(Bucket=bucket, Key="k", Body=b"x")

    @proves("encrypted_objects_need_their_key")
    def test_an_encrypted_object_needs_the_right_to_its_key(self, aws):
        bucket, key = aws.bucket(), "arn:aws:kms:us-east-1:000000000000:key/1234abcd"
        aws.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]})

        def caller(*actions, service="s3"):
            objects = {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}
            keys = {"Effect": "Allow", "Action": list(actions), "Resource": key, "Condition": {
                "StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}}
            return aws.client("s3", *aws.user([objects, keys] if actions else [objects]))

        def refused(call, **parameters):
            with self.assertRaises(ClientError) as caught:
                call(Bucket=bucket, Key="k", **parameters)
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)

        writer, reader = caller("kms:GenerateDataKey"), caller("kms:Decrypt")
        for other in (caller(), reader, caller("kms:GenerateDataKey", service="sqs")):
            refused(other.put_object, Body=b"x")
            refused(other.create_multipart_upload)
        writer.put_object(Bucket=bucket, Key="k", Body=b"x")
        refused(writer.get_object)
        refused(writer.head_object, ChecksumMode="ENABLED")
        writer.head_object(Bucket=bucket, Key="k")
        self.assertEqual(reader.get_object(Bucket=bucket, Key="k")["Body"].read(), b"x")
        reader.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        started = writer.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
        part = {"UploadId": started, "PartNumber": 1, "Body": b"x"}
        refused(writer.upload_part, **part)
        etag = reader.upload_part(Bucket=bucket, Key="k", **part)["ETag"]
        parts = {"UploadId": started, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": etag}]}}
        refused(writer.complete_multipart_upload, **parts)
        reader.complete_multipart_upload(Bucket=bucket, Key="k", **parts)

    @proves("acl_needs_its_own_right")
    def test_an_acl_needs_its_own_right(self, aws):
        bucket = aws.bucket()
        root = aws.client("s3")
        root.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        root.delete_public_access_block(Bucket=bucket)
        acl = {"x-amz-acl": "public-read"}
        self.assertEqual(self.put(self.writer(aws, bucket, "s3:PutObjectAcl"), bucket, acl, ACL="public-read"), 200)
        self.assertEqual(HTTP.request("GET", f"{aws.url}/{bucket}/k").data, b"x")
        self.assertEqual(self.put(self.writer(aws, bucket), bucket, acl, ACL="public-read"), 403)


