//! A command in flight: its age and progress.

use crate::answer_timeout::Handover;
use crate::job::{Job, Slot, Work};
use crate::{ApiFailure, Millis, ReadId, Reply, RequestId, SendFailure};

/// The purpose of the command.
#[derive(Debug)]
pub(crate) enum Flight {
    Hash(Job, u16),
    Send(Job, u16),
    /// For these parts.
    Sign(Slot, Vec<u16>),
    /// Create, list, complete or delete.
    Call(Work, Vec<Slot>),
    Save(Slot),
    Status(Vec<Slot>),
    Read(ReadId),
    Token,
}

impl Flight {
    /// The uploads that it is a call for.
    pub(super) fn uploads(&self) -> &[Slot] {
        match self {
            Self::Call(_, ids) | Self::Status(ids) => ids,
            _ => &[],
        }
    }

    pub(super) fn fits(&self, reply: &Reply) -> bool {
        matches!(
            (self, reply),
            (Self::Hash(..), Reply::Hashed(_))
                | (Self::Send(..), Reply::Sent(_) | Reply::SendFailed(_))
                | (Self::Sign(..), Reply::Signed(_))
                | (Self::Save(_), Reply::Saved)
                | (Self::Call(Work::Create, _), Reply::Created(_))
                | (Self::Call(Work::List, _), Reply::Listed(_))
                | (Self::Call(Work::Complete, _), Reply::Completed(_))
                | (Self::Call(Work::Delete, _), Reply::Deleted)
                | (Self::Status(_), Reply::Statuses(_))
                | (Self::Read(_), Reply::Read)
                | (
                    Self::Call(..) | Self::Sign(..) | Self::Status(_) | Self::Read(_),
                    Reply::ApiFailed(_)
                )
                | (Self::Token, Reply::Token(_))
        )
    }
}

/// Whether a server produced this answer.
pub(super) fn answered(reply: &Reply) -> bool {
    match reply {
        Reply::Sent(_) => true,
        Reply::SendFailed(SendFailure::Http { status, .. })
        | Reply::ApiFailed(ApiFailure::Http { status, .. }) => *status > 0,
        _ => is_api_result(reply),
    }
}

/// Whether the API did what was requested.
pub(super) fn is_api_result(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Created(_)
            | Reply::Signed(_)
            | Reply::Listed(_)
            | Reply::Completed(_)
            | Reply::Deleted
            | Reply::Statuses(_)
            | Reply::Read
    )
}

/// A command in flight.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) request: RequestId,
    pub(crate) flight: Flight,
    /// Of a request to storage: the host, as a number.
    pub(super) host: u32,
    pub(crate) started: Millis,
    pub(crate) deadline: Millis,
    /// When the timer fires, which may be before the deadline if the deadline has moved.
    pub(super) armed: Millis,
    /// Generation of the token that the call carries.
    pub(crate) generation: u32,
    pub(crate) moved_at: Millis,
    pub(crate) moved: u64,
    pub(crate) total: u64,
    /// The start, shifted by time asleep: the rate of the transfer counts from here.
    pub(super) began: Millis,
    /// The first progress report, shifted likewise, and its bytes.
    pub(super) first_at: Millis,
    pub(super) first_moved: u64,
    /// It was given a new deadline after a sleep, and has not progressed since.
    pub(super) woken: bool,
}

impl Live {
    /// How the body was handed over, once its last byte was.
    pub(super) fn handover(&self, now: Millis) -> Handover {
        Handover {
            bytes: self.total,
            took_ms: now.since(self.began),
            later_bytes: self.moved.saturating_sub(self.first_moved),
            later_ms: now.since(self.first_at),
        }
    }
}
