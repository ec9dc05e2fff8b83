//! The ports of multipart uploads.

use crowfly_contract::{Crc64Nvme, Grant, ObjectKey, OwnerId, UploadId};

use super::Multipart;
use crate::Fault;

/// IAM: `dynamodb:UpdateItem`.
pub trait SetMultipart {
    /// Writes the S3 upload id of a pending upload. False, without a change, unless the upload is
    /// pending and has none, so that only one of two concurrent creates wins.
    async fn set_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<bool, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ClearMultipart {
    /// Removes the S3 upload id of a pending upload that storage no longer has, so that a repeated
    /// create call starts another one. No change unless it is this one.
    async fn clear_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<(), Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait DeclareChecksum {
    /// Writes the checksum that the client computed. False, without a change, unless the upload is
    /// pending and has no other checksum.
    async fn declare_checksum(
        &self,
        owner: &OwnerId,
        id: UploadId,
        crc64nvme: Crc64Nvme,
    ) -> Result<bool, Fault>;
}

/// IAM: `s3:PutObject`, and `s3:PutObjectAcl` for public objects.
pub trait CreateMultipart {
    /// Starts a multipart upload with a full-object CRC64NVME checksum, and returns its S3 upload
    /// id: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>.
    async fn create_multipart(&self, create: &MultipartToCreate<'_>) -> Result<String, Fault>;
}

/// The properties of the object, which cannot be set after the multipart upload has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartToCreate<'a> {
    /// The key.
    pub key: &'a ObjectKey,
    /// The media type.
    pub media_type: &'a str,
    /// `Content-Disposition` of a public object; `None` for a private one.
    pub public_disposition: Option<String>,
}

/// IAM: `s3:PutObject`, which the presigned URL carries.
pub trait PresignPart {
    /// Presigns the PUT of exactly one part, valid from `now_ms`.
    async fn presign_part(
        &self,
        multipart: Multipart<'_>,
        part: &PartPut,
        now_ms: u64,
    ) -> Result<Grant, Fault>;
}

/// The PUT of a part that a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPut {
    /// Its number, from 1.
    pub number: u32,
    /// The exact size in bytes.
    pub size: u64,
    /// The checksum that storage verifies.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// IAM: `s3:ListMultipartUploadParts`.
pub trait ListParts {
    /// All stored parts, by number; `None` if the multipart upload does not exist.
    async fn list_parts(&self, multipart: Multipart<'_>) -> Result<Option<Vec<ListedPart>>, Fault>;
}

/// A stored part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Its number.
    pub number: u32,
    /// Its bytes.
    pub size: u64,
    /// Its entity tag, as storage wrote it.
    pub etag: String,
    /// Its checksum, if storage states one.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// IAM: `s3:ListMultipartUploadParts`.
pub trait FindMultipart {
    /// Whether the multipart upload exists: one short request, however many parts there are.
    async fn find_multipart(&self, multipart: Multipart<'_>) -> Result<bool, Fault>;
}

/// IAM: `s3:PutObject`.
pub trait CompleteMultipart {
    /// Completes the multipart upload, unless an object exists already.
    async fn complete_multipart(
        &self,
        multipart: Multipart<'_>,
        expected: &ExpectedObject,
    ) -> Result<Completion, Fault>;
}

/// The object that a completion must produce. Storage verifies size and checksum:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedObject {
    /// Its parts, in order.
    pub parts: Vec<ListedPart>,
    /// Its bytes.
    pub size: u64,
    /// The checksum of the full object, if the client has computed it.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// The outcome of a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The object exists now.
    Done,
    /// There is no such multipart upload: it was completed or aborted before.
    Gone,
    /// An object exists already.
    Exists,
    /// Another request writes the same key. This multipart upload can no longer be completed:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
    Conflict,
    /// The parts are not the stored ones, are too small, or have another size in total.
    PartsMismatch,
    /// The parts do not have the given checksum.
    ChecksumMismatch,
    /// The outcome is unknown: no answer, an answer too late, or a 200 with an error in its body.
    Unknown,
}

/// IAM: `s3:AbortMultipartUpload`.
pub trait AbortMultipart {
    /// Aborts a multipart upload and deletes its parts; a missing one is no fault. A part in flight
    /// may still be stored, so [`FindMultipart`] tells whether to repeat the abort:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>.
    async fn abort_multipart(&self, multipart: Multipart<'_>) -> Result<(), Fault>;
}
