use std::fmt;

use crowfly_contract::{
    Crc64Nvme, CreateResult, ErrorCode, Metadata, PartGrant, StatusEntryOf, StorageKey, Stored,
    StoredPart, UploadId, Visibility,
};

use crate::{ReadId, RequestId};

/// Everything that can happen to the engine. Unknown ids and inputs that do not fit an upload's state
/// are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// A new upload. Ignored if the id is known; [`Queue::add`](crate::Queue::add) says so.
    Add(NewUpload),
    /// Stop sending, keep the upload. Its requests are cancelled.
    Pause(UploadId),
    /// Go on after a pause.
    Resume(UploadId),
    /// Cancel the upload, here and on the server. Ends in [`Event::Aborted`](crate::Event::Aborted), or
    /// in `Stored` if storage had the object already. A failed upload that the server may know is opened
    /// again for this.
    Abort(UploadId),
    /// Try a failed upload again, with a fresh budget.
    Retry(UploadId),
    /// Ask until the record of a stored upload is there. May come before the upload is stored, and again
    /// after a `processing_timeout`.
    AwaitProcessed(UploadId),
    /// Drop an upload that has ended. Ignored while it is under way.
    Forget(UploadId),
    /// Read records, by a route that the driver keeps under this id. Ignored while a read with it is under way.
    /// Ends in [`Event::ReadDone`](crate::Event::ReadDone) or [`Event::ReadFailed`](crate::Event::ReadFailed).
    Read(ReadId),
    /// The result of a read is not wanted any more: its request is cancelled, and no event follows.
    CancelRead(ReadId),
    /// The browser says that there is a network.
    Online,
    /// The browser says that there is none.
    Offline,
    /// The timer fired, or nothing but time happened.
    Tick,
    /// A [`Command::Send`](crate::Command::Send) or [`Command::Hash`](crate::Command::Hash) has gone this
    /// far. Hashing jobs that take longer than seconds must report, or they count as hung.
    Progress {
        /// The request.
        request: RequestId,
        /// Bytes of this request's range that were sent, or hashed, so far.
        sent: u64,
    },
    /// A command was carried out.
    Reply {
        /// The request.
        request: RequestId,
        /// What came of it.
        reply: Reply,
    },
    /// The client is closed: all requests are cancelled, and all uploads and reads that have not ended fail
    /// with `closed`.
    Close,
}

/// A file that is to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    /// Made by the caller.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// The file's size in bytes.
    pub size: u64,
    /// The media type; `application/octet-stream` if none is known, never empty.
    pub media_type: String,
    /// Who may read the object.
    pub visibility: Visibility,
    /// The application's free text.
    pub metadata: Metadata,
    /// Uploads with a higher number go first; equal ones in the order of adding.
    pub priority: i32,
    /// Whether the bytes are hashed.
    pub checksum: ChecksumMode,
    /// The journal had it: an earlier page began it, so the server may know it and storage may hold parts
    /// of it. Everything else must be as it was then.
    pub resumed: bool,
}

/// Whether the bytes are hashed before they are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChecksumMode {
    /// CRC64NVME, signed into the URL. Whether storage checked it is said by what it states of the object.
    #[default]
    Crc64Nvme,
    /// The same, and the upload fails with `unverified` if storage does not state that checksum.
    Crc64NvmeRequired,
    /// No checksum; the record's `verified` stays false.
    None,
}

impl ChecksumMode {
    /// Whether the bytes are hashed at all.
    pub(crate) fn hashes(self) -> bool {
        self != Self::None
    }
}

/// Why a new upload was not taken in. Whatever else is wrong with one ends it with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddRefusal {
    /// An upload with this id is there already, ended or not.
    KnownId,
}

impl fmt::Display for AddRefusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::KnownId => "an upload with this id is there already",
        })
    }
}

impl std::error::Error for AddRefusal {}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// To `Hash`.
    Hashed(Result<Crc64Nvme, ReadFailure>),
    /// To `Token`: the adapter holds a token now, or could not get one.
    Token(Result<TokenLife, TokenFailure>),
    /// To `Save`: the journal has the entry, or cannot have it; the upload goes on either way.
    Saved,
    /// To `Create`: the results of the call, whatever its HTTP status, if the body held results.
    Created(Vec<CreateResult>),
    /// To `Sign`: one grant for each part.
    Signed(Vec<PartGrant>),
    /// To `List`: what storage holds.
    Listed(Vec<StoredPart>),
    /// To `Complete`.
    Completed(Completion),
    /// To `Delete`: 204.
    Deleted,
    /// To `Status`.
    Statuses(Vec<StatusEntryOf<StorageKey>>),
    /// To `Read`: a success whose body is the contract's. The driver keeps what it says.
    Read,
    /// To `Create`, `Sign`, `List`, `Complete`, `Delete`, `Status` or `Read`: no result.
    ApiFailed(ApiFailure),
    /// To `Send`: a 2xx answer.
    Sent(Receipt),
    /// To `Send`: anything else.
    SendFailed(SendFailure),
}

/// What storage's answer to a PUT lets a page read: all of it only if the bucket's CORS rules expose it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The object's entity tag, without quotes.
    pub etag: Option<String>,
    /// The checksum that storage states.
    pub crc64nvme: Option<Crc64Nvme>,
    /// The object's version, in a versioned bucket.
    pub version_id: Option<String>,
}

/// The answer to `Complete`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// 200: storage has the object.
    Stored(Stored),
    /// 202: storage still works.
    Working {
        /// When to ask again.
        retry_after_ms: u64,
    },
}

/// How long a token can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenLife {
    /// Milliseconds from now; `None` if the adapter does not know.
    pub expires_in_ms: Option<u64>,
}

/// The application's token function threw, rejected, or gave nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFailure;

/// Why bytes of the file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFailure {
    /// The file is not the one that was picked: its size or time of change differs.
    Changed,
    /// The file is gone, or reading is not permitted any more.
    Unreadable,
}

/// Why an API call gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiFailure {
    /// No HTTP answer.
    Network,
    /// An HTTP answer with an error status.
    Http {
        /// The status.
        status: u16,
        /// The Problem's code, or the one that stands for the gateway's own body
        /// ([`GatewayMessage::code`](crowfly_contract::GatewayMessage::code)).
        code: ErrorCode,
        /// The Problem's sentence; may be empty.
        message: String,
        /// The Problem's request id; may be empty.
        request_id: String,
        /// The Problem's `retryAfterMs`, or the `Retry-After` header.
        retry_after_ms: Option<u64>,
    },
    /// A success status, but a body that is not the contract's (HTML, truncated, empty).
    BadResponse,
}

/// Why a PUT did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// No readable answer: XHR status 0. It may be a lost connection, or a refusal without CORS headers.
    Network,
    /// An answer that is not 2xx.
    Http {
        /// The status.
        status: u16,
        /// The `Code` of storage's XML body, if one was found.
        s3_code: Option<String>,
        /// The `Message` of that body.
        s3_message: Option<String>,
        /// From the `Retry-After` header.
        retry_after_ms: Option<u64>,
        /// From `x-amz-request-id`, if it could be read.
        request_id: Option<String>,
    },
    /// The file is not the one that was picked.
    Changed,
    /// The file cannot be read any more.
    Unreadable,
}
