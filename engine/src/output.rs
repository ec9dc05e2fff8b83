use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, CreateItem, Grant, PartToSign, RecordOf, StorageKey, Stored, UploadId,
};

use crate::{Failure, Millis, Progress};

/// Names one command; its reply carries the same number. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Names one read of records: made by the driver, and free again once the read has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadId(pub u64);

/// What the driver must do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Carry this out, and give its [`Reply`](crate::Reply) back when it is there.
    Do(Command),
    /// Tell the application.
    Emit(Event),
    /// Nothing more for now. Call again with [`Input::Tick`](crate::Input::Tick) at this moment at the
    /// latest; `None` means that only an input can bring something new.
    Idle(Option<Millis>),
}

/// Work for an adapter. The engine watches all deadlines; adapters need no timers.
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
    /// Get a token from the application and keep it for the API calls that follow. Answer: `Token`.
    Token {
        /// This command.
        request: RequestId,
        /// Why one is needed.
        reason: TokenReason,
    },
    /// Write the upload into the journal, before the server hears of it: then a page that comes after this
    /// one can go on with it. Answer: `Saved`.
    Save {
        /// This command.
        request: RequestId,
        /// The upload.
        upload: UploadId,
        /// What its create call will say; with it, and the file, the upload can be resumed.
        item: Rc<CreateItem>,
    },
    /// Note in the journal that the upload is to be cancelled on the server, so that this is done even if
    /// the page ends first. No answer is awaited.
    NoteCancel {
        /// The upload.
        upload: UploadId,
    },
    /// Take the upload out of the journal: there is nothing left to resume. No answer is awaited.
    Erase {
        /// The upload.
        upload: UploadId,
    },
    /// `POST /uploads`. Answer: `Created` or `ApiFailed`.
    Create {
        /// This command.
        request: RequestId,
        /// 1 to 100 items.
        items: Vec<Rc<CreateItem>>,
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
        /// Where to, and with which headers.
        grant: Rc<Grant>,
        /// The part's number; `None` when the whole file goes in one PUT.
        part: Option<u32>,
    },
    /// One attempt at a read of records: `GET /uploads`, `GET /uploads/{id}` or `GET /uploads/{id}/content`. Which,
    /// and what its body holds, the driver knows by `read`. Answer: `Read` or `ApiFailed`.
    Read {
        /// This command.
        request: RequestId,
        /// The read that it is for.
        read: ReadId,
    },
    /// Stop a request. No answer is awaited; a late one is ignored.
    Cancel {
        /// The request to stop.
        request: RequestId,
    },
}

/// Why the application is asked for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenReason {
    /// None was asked for before.
    Initial,
    /// The last one ends soon.
    Expiring,
    /// The API refused the last one.
    Unauthorized,
}

impl TokenReason {
    /// The word that the application's token function is given.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// News for the application. Every upload that was added ends in exactly one of `Stored`, `Failed` and
/// `Aborted`; after `Failed` a retry, or an abort, opens it again. `Processed` or `ProcessingFailed` answers each
/// [`Input::AwaitProcessed`](crate::Input::AwaitProcessed) of an upload that was stored. Every
/// [`Input::Read`](crate::Input::Read) ends in exactly one of `ReadDone` and `ReadFailed`, unless it is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The upload's state changed. Comes before the event that ends it.
    State {
        /// The upload.
        upload: UploadId,
        /// Its new state.
        state: State,
    },
    /// Bytes moved. At most one event a frame for each upload.
    Progress {
        /// The upload.
        upload: UploadId,
        /// How far it is.
        progress: Progress,
    },
    /// Storage has let go of all parts, for instance because the upload lay unfinished for days: it begins
    /// anew, and `confirmed` falls to zero, which it never does otherwise.
    Restarted {
        /// The upload.
        upload: UploadId,
    },
    /// Storage has the object, and its size is that of the file.
    Stored {
        /// The upload.
        upload: UploadId,
        /// The object.
        stored: Rc<Stored>,
        /// Whether storage states the checksum that this page has computed from the file: only that proves the
        /// bytes. Never with [`ChecksumMode::None`](crate::ChecksumMode::None).
        verified: bool,
    },
    /// The first upload whose bytes were hashed ends as stored without that proof: its store checks nothing, or
    /// says nothing of it. Told once a queue, before [`Event::Stored`].
    Unverified {
        /// The upload.
        upload: UploadId,
    },
    /// It did not succeed.
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
    /// The record is there.
    Processed {
        /// The upload.
        upload: UploadId,
        /// What the database says.
        record: Rc<RecordOf<StorageKey>>,
    },
    /// The record did not appear, or the upload did not come so far. Whether the object is stored is not
    /// touched by this.
    ProcessingFailed {
        /// The upload.
        upload: UploadId,
        /// Why.
        failure: Rc<Failure>,
    },
    /// A read has succeeded: what the driver gave [`Reply::Read`](crate::Reply::Read) for is its result.
    ReadDone {
        /// The read.
        read: ReadId,
    },
    /// A read has failed for good.
    ReadFailed {
        /// The read.
        read: ReadId,
        /// Why.
        failure: Rc<Failure>,
    },
}

/// What an upload is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its turn has not come.
    Queued,
    /// Its bytes are read and hashed.
    Hashing,
    /// It is being created, sent or completed.
    Uploading,
    /// Stopped by the user.
    Paused,
    /// It waits for the network, the server, or the next attempt.
    Waiting,
    /// Storage has it.
    Stored,
    /// The database has it.
    Processed,
    /// It failed.
    Failed,
    /// It was cancelled.
    Aborted,
}

impl State {
    /// The word for it in the page and in the SDK.
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

    /// Whether the upload is over, unless a failed one is tried again.
    pub const fn ended(self) -> bool {
        matches!(
            self,
            Self::Stored | Self::Processed | Self::Failed | Self::Aborted
        )
    }
}
