"""What S3 keeps of a multipart upload."""

from ministack.services import s3

from . import rule


@rule
def multipart_keeps_its_acl():
    """The x-amz-acl of CreateMultipartUpload becomes the object's: CompleteMultipartUpload names none."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
    create, complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create_with_acl(bucket, key, headers):
        acl = headers.get("x-amz-acl")
        if acl and acl not in s3._CANNED_OBJECT_ACLS:
            return s3._error("InvalidArgument", f"Invalid x-amz-acl value: {acl}", 400)
        before = set(s3._multipart_uploads)
        answer = create(bucket, key, headers)
        for upload_id in set(s3._multipart_uploads) - before:
            s3._multipart_uploads[upload_id]["acl"] = acl
        return answer

    def complete_with_acl(bucket, key, body, query, headers=None):
        acl = (s3._multipart_uploads.get(s3._qp(query, "uploadId")) or {}).get("acl")
        answer = complete(bucket, key, body, query, headers)
        if acl and answer[0] == 200:
            version = answer[1].get("x-amz-version-id")
            s3._object_acl[(bucket, key, version)] = s3._canned_acl_policy_xml(acl, s3._canonical_owner_id())
        return answer

    s3._create_multipart_upload = create_with_acl
    s3._complete_multipart_upload = complete_with_acl
