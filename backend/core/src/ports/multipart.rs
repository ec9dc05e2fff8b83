//! The ports of multipart uploads.

use crowfly_contract::{Crc64Nvme, Grant, ObjectKey, OwnerId, UploadId};

use super::Multipart;
use crate::Fault;

/// IAM: `dynamodb:UpdateItem`.
pub trait SetMultipart {
    /// Writes which multipart upload of storage belongs to a pending upload. False, and nothing changed,
    /// unless it is pending and belongs to `replaces` so far: two creates at once cannot both win.
    async fn set_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        replaces: Option<&str>,
        s3_upload_id: &str,
    ) -> Result<bool, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait DeclareChecksum {
    /// Writes the file's checksum as the client computed it. False, and nothing changed, unless the upload
    /// is pending and has no other checksum yet.
    async fn declare_checksum(
        &self,
        owner: &OwnerId,
        id: UploadId,
        crc64nvme: Crc64Nvme,
    ) -> Result<bool, Fault>;
}

/// IAM: `s3:PutObject`, and `s3:PutObjectAcl` for public objects.
pub trait CreateMultipart {
    /// Begins a multipart upload, whose checksum will be the CRC64NVME of the full object, and gives its id
    /// in storage.
    async fn create_multipart(&self, create: &MultipartToCreate<'_>) -> Result<String, Fault>;
}

/// What every part of a multipart upload shares: it is the object's and cannot be set later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartToCreate<'a> {
    /// Where to.
    pub key: &'a ObjectKey,
    /// The media type.
    pub media_type: &'a str,
    /// For a public object: its `Content-Disposition`.
    pub public_disposition: Option<String>,
}

/// IAM: `s3:PutObject`, which the presigned URL carries.
pub trait PresignPart {
    /// Signs leave for the PUT of one exact part, starting at `now_ms`.
    async fn presign_part(
        &self,
        multipart: Multipart<'_>,
        part: &PartPut,
        now_ms: u64,
    ) -> Result<Grant, Fault>;
}

/// The one PUT of a part that a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPut {
    /// Its number, from 1.
    pub number: u32,
    /// The exact number of bytes.
    pub size: u64,
    /// The checksum that storage compares.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// IAM: `s3:ListMultipartUploadParts`.
pub trait ListParts {
    /// All parts that storage holds, in order of number; `None` when the multipart upload is gone.
    async fn list_parts(&self, multipart: Multipart<'_>) -> Result<Option<Vec<ListedPart>>, Fault>;
}

/// A part that storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Its number.
    pub number: u32,
    /// Its bytes.
    pub size: u64,
    /// Its entity tag, as storage wrote it.
    pub etag: String,
    /// Its checksum, if storage names one.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// IAM: `s3:ListMultipartUploadParts`.
pub trait FindMultipart {
    /// Whether storage still has the multipart upload: one short question, however many parts there are.
    async fn find_multipart(&self, multipart: Multipart<'_>) -> Result<bool, Fault>;
}

/// IAM: `s3:PutObject`.
pub trait CompleteMultipart {
    /// Makes the object of its parts, unless an object exists already.
    async fn complete_multipart(
        &self,
        multipart: Multipart<'_>,
        whole: &Whole,
    ) -> Result<Completion, Fault>;
}

/// The object that a completion shall make. Storage compares, and refuses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its parts, in order.
    pub parts: Vec<ListedPart>,
    /// Its bytes.
    pub size: u64,
    /// The checksum of the full object, if the client has computed it.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// What storage answered to a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The object is made.
    Done,
    /// There is no such multipart upload: it was completed or aborted before.
    Gone,
    /// An object exists already.
    Exists,
    /// Somebody else writes the same key. This multipart upload cannot be completed any more.
    Conflict,
    /// The parts are not those that storage holds, or are too small, or have another size together.
    OtherParts,
    /// The parts are not the bytes that the checksum was computed of.
    OtherBytes,
    /// No answer that says anything: it was lost, or came too late, or was a 200 with an error inside.
    Unknown,
}

/// IAM: `s3:AbortMultipartUpload`.
pub trait AbortMultipart {
    /// Drops a multipart upload and the parts that have arrived; one that is gone is no fault. A part that
    /// was on its way may arrive after all: [`FindMultipart`] says whether it must be asked again.
    async fn abort_multipart(&self, multipart: Multipart<'_>) -> Result<(), Fault>;
}
