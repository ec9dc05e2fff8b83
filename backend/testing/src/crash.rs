//! Ports that crash their caller before or after the n-th call.

use std::collections::BTreeSet;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use crowfly_contract::{
    Crc64Nvme, Grant, Notification, ObjectKey, OwnerId, QueueMessage, ScanStatus, UploadId,
};

use crowfly_core::ports::{
    AbortMultipart, ApplyEvent, ApplyRemoval, Change, ClearMultipart, ClearOutbox, Close,
    CompleteMultipart, Completion, Consistency, CreateMultipart, DeclareChecksum, DeleteObject,
    EndLive, EventOutcome, ExpectedObject, FindMultipart, GetRow, GetRows, GrantLive, Head,
    HeadObject, ListMultiparts, ListOpen, ListParts, ListedPart, LiveEnd, LiveGrant, MarkAborted,
    MarkExpired, Multipart, MultipartPage, MultipartPosition, MultipartToCreate, NotAccepted,
    OpenPage, OpenPosition, OpenUpload, OpenUploads, Opening, PartPut, Peek, PeekObject, Postpone,
    PresignPart, PresignPut, Put, PutEvents, PutPending, PutToSign, QueryRow, Release, ScanNotices,
    SendMessages, SetMultipart, SetScan, Slot, Touch,
};
use crowfly_core::quota::Limits;
use crowfly_core::{Fault, Granting, Row, Scanned};

use crate::Memory;

/// Polls of a use-case before the test gives up: in memory nothing has to be waited for.
const POLLS: usize = 10_000;

/// On which side of a call's effect the caller crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The call did not reach its service.
    Before,
    /// The call took effect, and its answer is lost.
    After,
}

/// A store in memory whose caller crashes at a chosen call. Later calls have no effect.
pub struct Crashing<'a> {
    memory: &'a Memory,
    at: usize,
    side: Side,
    calls: AtomicUsize,
    crashed: AtomicBool,
}

impl<'a> Crashing<'a> {
    /// Ports over `memory` whose caller crashes at call number `at`, counted from 0.
    pub fn new(memory: &'a Memory, at: usize, side: Side) -> Self {
        Self {
            memory,
            at,
            side,
            calls: AtomicUsize::new(0),
            crashed: AtomicBool::new(false),
        }
    }

    /// Runs a use-case over these ports; `None` if it crashed, with its future dropped at that
    /// call.
    ///
    /// # Panics
    /// If it waits for anything else.
    pub fn run<T>(&self, use_case: impl Future<Output = T>) -> Option<T> {
        let mut use_case = pin!(use_case);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..POLLS {
            if let Poll::Ready(done) = use_case.as_mut().poll(&mut context) {
                return Some(done);
            }
            if self.crashed.load(Ordering::SeqCst) {
                return None;
            }
        }
        panic!("the use-case never finishes");
    }

    async fn call<T>(&self, effect: impl Future<Output = T>) -> T {
        if self.crashed.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        let here = self.calls.fetch_add(1, Ordering::SeqCst) == self.at;
        if here && self.side == Side::Before {
            self.crash().await;
        }
        let answer = effect.await;
        if here {
            self.crash().await;
        }
        answer
    }

    async fn crash(&self) {
        self.crashed.store(true, Ordering::SeqCst);
        pending::<()>().await;
    }
}

/// One line per port.
macro_rules! crashing {
    ($($port:ident: $verb:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {$(
        impl $port for Crashing<'_> {
            async fn $verb(&self, $($name: $type),*) -> Result<$answer, Fault> {
                self.call(self.memory.$verb($($name),*)).await
            }
        }
    )*};
}

crashing! {
    PutPending: put_pending(row: &Row) -> Put;
    GetRow: get_row(owner: &OwnerId, id: UploadId) -> Option<Row>;
    MarkAborted: mark_aborted(owner: &OwnerId, id: UploadId, now_ms: u64) -> bool;
    ApplyEvent: apply_event(change: &Change) -> EventOutcome;
    ApplyRemoval: apply_removal(change: &Change, seen: Option<&Row>) -> Option<EventOutcome>;
    OpenUploads: open_uploads(owner: &OwnerId, rows: &[&Row], limits: Limits) -> Opening;
    Release: release(owner: &OwnerId, slots: &[Slot]) -> Vec<UploadId>;
    Touch: touch(owner: &OwnerId, id: UploadId, now_ms: u64) -> ();
    HeadObject: head_object(key: &ObjectKey) -> Option<Head>;
    DeleteObject: delete_object(key: &ObjectKey) -> ();
    PeekObject: peek_object(key: &ObjectKey, etag: &str) -> Peek;
    SetScan: set_scan(owner: &OwnerId, id: UploadId, object: &Scanned, found: ScanStatus, notices: Option<&ScanNotices<'_>>) -> bool;
    ClearOutbox: clear_outbox(owner: &OwnerId, id: UploadId, entries: &BTreeSet<String>) -> ();
    PutEvents: put_events(notifications: &[&Notification]) -> Vec<NotAccepted>;
    PresignPut: presign_put(put: &PutToSign<'_>, now_ms: u64) -> Grant;
    PresignPart: presign_part(multipart: Multipart<'_>, part: &PartPut, now_ms: u64) -> Grant;
    SendMessages: send_messages(messages: &[QueueMessage]) -> Vec<usize>;
    SetMultipart: set_multipart(owner: &OwnerId, id: UploadId, new: &str) -> bool;
    ClearMultipart: clear_multipart(owner: &OwnerId, id: UploadId, gone: &str) -> ();
    GetRows: get_rows(owner: &OwnerId, ids: &[UploadId], consistency: Consistency) -> Vec<Row>;
    DeclareChecksum: declare_checksum(owner: &OwnerId, id: UploadId, crc: Crc64Nvme) -> bool;
    GrantLive: grant_live(seen: &Row, next: Granting, limits: Limits, now_ms: u64) -> LiveGrant;
    EndLive: end_live(seen: &Row, end: &LiveEnd) -> bool;
    CreateMultipart: create_multipart(create: &MultipartToCreate<'_>) -> String;
    FindMultipart: find_multipart(multipart: Multipart<'_>) -> bool;
    ListParts: list_parts(multipart: Multipart<'_>) -> Option<Vec<ListedPart>>;
    CompleteMultipart: complete_multipart(multipart: Multipart<'_>, expected: &ExpectedObject) -> Completion;
    AbortMultipart: abort_multipart(multipart: Multipart<'_>) -> ();
    ListOpen: list_open(shard: char, due_ms: u64, after: Option<&OpenPosition>) -> OpenPage;
    QueryRow: query_row(owner: &OwnerId, id: UploadId) -> Option<Row>;
    MarkExpired: mark_expired(open: &OpenUpload, now_ms: u64) -> Option<Row>;
    Close: close(open: &OpenUpload, expires_at: u64) -> bool;
    Postpone: postpone(open: &OpenUpload, sweep_at: u64) -> ();
    ListMultiparts: list_multiparts(after: Option<&MultipartPosition>) -> MultipartPage;
}
