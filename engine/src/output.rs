use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, Crc64Nvme, CreateItem, ErrorCode, Grant, PartToSign, Stored, UploadId,
};

use crate::{Failure, Millis, Phase, Progress};

/// Identifies one command; its reply carries the same number. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Identifies one read of records: chosen by the driver, and reusable once the read has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadId(pub u64);

/// What the driver must do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Carry this out and feed back its [`Reply`](crate::Reply).
    Do(Command),
    /// Notify the application.
    Emit(Event),
    /// Nothing more for now. Call again with [`Input::Tick`](crate::Input::Tick) at this moment at the
    /// latest; `None` means that only an input can change anything.
    Idle(Option<Millis>),
}

/// Work for an adapter. The engine tracks all deadlines; adapters need no timers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Compute the CRC64NVME of a range of the file. Answer: `Hashed`; meanwhile `Progress`.
    Hash {
        /// This command.
        request: RequestId,
        /// Whose file.
        upload: UploadId,
        /// Which bytes.
        bytes: Range<u64>,
    },
    /// Get a token from the application and keep it for subsequent API calls. Answer: `Token`.
    Token {
        /// This command.
        request: RequestId,
        /// Why one is needed.
        reason: TokenReason,
    },
    /// Write the upload to the journal before the server learns of it, so that a later page can resume it.
    /// Answer: `Saved`.
    Save {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
        /// The body of its create call; with it and the file the upload can be resumed.
        item: Rc<CreateItem>,
    },
    /// Mark the upload in the journal as to be cancelled on the server, so that a later page does it if this
    /// one ends first. No answer is awaited.
    NoteCancel {
        /// The upload.
        upload: UploadId,
    },
    /// Remove the upload from the journal: nothing is left to resume. No answer is awaited.
    Erase {
        /// The upload.
        upload: UploadId,
    },
    /// `POST /uploads`. Answer: `Created` or `ApiFailed`.
    Create {
        /// This command.
        request: RequestId,
        /// 1 to 100 items.
        items: Vec<ItemToCreate>,
    },
    /// `POST /uploads/{id}/parts`. Answer: `Signed` or `ApiFailed`.
    Sign {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
        /// 1 to 100 parts.
        parts: Vec<PartToSign>,
    },
    /// `GET /uploads/{id}/parts`. Answer: `Listed` or `ApiFailed`.
    List {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
    },
    /// `POST /uploads/{id}/complete`. Answer: `Completed` or `ApiFailed`.
    Complete {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
        /// The body.
        body: CompleteRequest,
    },
    /// `DELETE /uploads/{id}`. Answer: `Deleted` or `ApiFailed`.
    Delete {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
    },
    /// `POST /uploads/status`. Answer: `Statuses` or `ApiFailed`.
    Status {
        /// This command.
        request: RequestId,
        /// 1 to 100 uploads.
        ids: Vec<UploadId>,
    },
    /// PUT a range of the file to the grant's URL with exactly the grant's headers. Answer: `Sent` or
    /// `SendFailed`; meanwhile `Progress`.
    Send {
        /// This command.
        request: RequestId,
        /// Whose file.
        upload: UploadId,
        /// Which bytes.
        bytes: Range<u64>,
        /// Where to send it, and with which headers.
        grant: Rc<Grant>,
        /// The part's number; `None` for a single PUT.
        part: Option<u32>,
        /// The checksum of these bytes, if they were hashed.
        crc64nvme: Option<Crc64Nvme>,
    },
    /// One attempt at a read of records: `GET /uploads`, `GET /uploads/{id}` or `GET /uploads/{id}/content`. The
    /// driver finds the route by `read`, and keeps the value. Answer: `Read` or `ApiFailed`.
    Read {
        /// This command.
        request: RequestId,
        /// The read it belongs to.
        read: ReadId,
    },
    /// Stop a request. No answer is awaited; a late one is ignored.
    Cancel {
        /// The request to stop.
        request: RequestId,
    },
}

/// One item of a create call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemToCreate {
    /// The upload, without what follows: the same in every call.
    pub item: Rc<CreateItem>,
    /// The part size that is asked for, in bytes; to be said together with `parts` only.
    pub part_size: u64,
    /// The first parts, to be signed along; may be empty. Another call may name others.
    pub parts: Vec<PartToSign>,
}

/// Why a token is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenReason {
    /// The first one.
    Initial,
    /// The last one is about to expire.
    Expiring,
    /// The API refused the last one.
    Unauthorized,
}

impl TokenReason {
    /// The `reason` passed to the application's token function.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// News for the application. Every added upload ends in exactly one of `Stored`, `Failed` and `Aborted`;
/// after `Failed` a retry or an abort reopens it. `Processed` or `ProcessingFailed` answers each
/// [`Input::AwaitProcessed`](crate::Input::AwaitProcessed) of a stored upload. Every
/// [`Input::Read`](crate::Input::Read) ends in exactly one of `ReadDone` and `ReadFailed`, unless it is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The upload's state changed. Emitted before the event that ends it.
    State {
        /// The upload.
        upload: UploadId,
        /// Its new state.
        state: State,
    },
    /// Bytes moved. At most one event per frame and upload.
    Progress {
        /// The upload.
        upload: UploadId,
        /// Its progress.
        progress: Progress,
    },
    /// Storage has discarded all parts, for instance after a lifecycle rule ran: the upload starts over, and
    /// `confirmed` falls to zero, which happens in no other case.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html>
    Restarted {
        /// The upload.
        upload: UploadId,
    },
    /// Storage has the object, and its size matches the file.
    Stored {
        /// The upload.
        upload: UploadId,
        /// The object.
        stored: Rc<Stored>,
        /// Whether storage reports the checksum that this page computed from the file: only that proves the bytes.
        /// Never with [`ChecksumMode::None`](crate::ChecksumMode::None).
        verified: bool,
    },
    /// A hashed upload is stored without that proof: its store reports no checksum. Emitted once per queue,
    /// before [`Event::Stored`].
    Unverified {
        /// The upload.
        upload: UploadId,
    },
    /// The source of a live upload has given more than the limit: the rest is not sent. The driver stops the source.
    LimitReached {
        /// The upload.
        upload: UploadId,
        /// The limit, in bytes.
        max_bytes: u64,
    },
    /// A service has not answered yet, although it was asked a while ago and the browser is online. Emitted once for
    /// each of the two.
    Silent {
        /// Storage, else the API.
        storage: bool,
    },
    /// One host name of storage takes no byte, while another does: the requests to it are sent to the other. Emitted
    /// once.
    HostSilent {
        /// A grant that names it.
        grant: Rc<Grant>,
    },
    /// Requests report no upload progress, so uploads show it by whole parts and stalls are noticed late. Emitted once.
    ProgressHidden,
    /// A step has failed, and is done again.
    Retried {
        /// The upload.
        upload: UploadId,
        /// What, why and when.
        retry: Retry,
    },
    /// It failed.
    Failed {
        /// The upload.
        upload: UploadId,
        /// Why.
        failure: Rc<Failure>,
    },
    /// It was cancelled.
    Aborted {
        /// The upload.
        upload: UploadId,
    },
    /// The record is available: the driver has it from the status answer.
    Processed {
        /// The upload.
        upload: UploadId,
    },
    /// The record did not appear, or the upload did not get that far. Whether the object is stored is
    /// unaffected.
    ProcessingFailed {
        /// The upload.
        upload: UploadId,
        /// Why.
        failure: Rc<Failure>,
    },
    /// A read has succeeded: its result is the value for which the driver fed [`Reply::Read`](crate::Reply::Read).
    ReadDone {
        /// The read.
        read: ReadId,
    },
    /// A read has failed permanently.
    ReadFailed {
        /// The read.
        read: ReadId,
        /// Why.
        failure: Rc<Failure>,
    },
}

/// Why a step is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// What the failure would be called if it ended the upload.
    pub code: ErrorCode,
    /// The operation that failed.
    pub phase: Phase,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// The part concerned, from 1, if any.
    pub part: Option<u32>,
    /// Failed attempts of this step so far.
    pub attempt: u32,
    /// Milliseconds until the next one, at least.
    pub delay_ms: u64,
}

/// State of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waiting for its turn.
    Queued,
    /// Its bytes are being hashed.
    Hashing,
    /// It is being created, sent or completed.
    Uploading,
    /// Paused by the user.
    Paused,
    /// It waits for the network, the server, or the next attempt.
    Waiting,
    /// Storage has the object.
    Stored,
    /// The database has the record.
    Processed,
    /// It failed.
    Failed,
    /// It was cancelled.
    Aborted,
}

impl State {
    /// The name of the state in the SDK.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Hashing => "hashing",
            Self::Uploading => "uploading",
            Self::Paused => "paused",
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Processed => "processed",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }

    /// Whether the upload has ended, unless a failed one is retried.
    pub const fn ended(self) -> bool {
        matches!(
            self,
            Self::Stored | Self::Processed | Self::Failed | Self::Aborted
        )
    }
}
