//! The exam of a store: what every implementation of the table's ports must do.
//!
//! Each function takes an owner that has no rows yet. They panic where the store fails.

mod content;
mod multipart;
mod open;
mod removal;
mod sweep;

use crowfly_contract::{ObjectKey, OwnerId, Texts, UploadId, UploadStatus, Visibility};

use super::{OBJECT_CRC, head_of, row_of};
use crate::ports::{
    AdvanceRate, Applied, ApplyEvent, ApplyRemoval, Change, Close, DeclareChecksum, GetRow,
    GetRows, Head, ListOpen, ListRows, MarkAborted, MarkExpired, OpenUploads, Position, Postpone,
    Put, PutPending, QueryRow, Release, SetMultipart, SetScan, Touch,
};
use crate::{Row, Sequencer};

pub use content::{
    a_mismatch_is_set_and_cleared, a_scan_result_is_of_one_object,
    the_strongest_result_of_a_scan_stays,
};
pub use multipart::{a_checksum_is_declared_once, a_multipart_upload_is_set_once};
pub use open::{
    a_place_is_given_back_once, a_touch_reaches_pending_uploads,
    an_answer_of_storage_counts_before_any_event, places_are_taken_together_or_not_at_all,
    the_rate_advances_as_it_stands,
};
pub use removal::a_removal_meets_the_row_as_it_was_seen;
pub use sweep::{
    only_what_has_ended_and_is_free_is_closed, only_what_is_not_used_expires,
    open_uploads_are_listed_when_they_are_due,
};

use open::open_row;
use sweep::closed;

const NOW: u64 = 1_795_342_830_123;

/// Everything that the table can do.
pub trait Store:
    PutPending
    + GetRow
    + GetRows
    + ListRows
    + MarkAborted
    + ApplyEvent
    + ApplyRemoval
    + SetMultipart
    + DeclareChecksum
    + SetScan
    + OpenUploads
    + Release
    + Touch
    + AdvanceRate
    + ListOpen
    + QueryRow
    + MarkExpired
    + Postpone
    + Close
{
}
impl<S> Store for S where
    S: PutPending
        + GetRow
        + GetRows
        + ListRows
        + MarkAborted
        + ApplyEvent
        + ApplyRemoval
        + ApplyRemoval
        + SetMultipart
        + DeclareChecksum
        + SetScan
        + OpenUploads
        + Release
        + Touch
        + AdvanceRate
        + ListOpen
        + QueryRow
        + MarkExpired
        + Postpone
        + Close
{
}

fn id(n: u128) -> UploadId {
    UploadId::from_parts(1, n)
}

fn change(owner: &OwnerId, id: UploadId, sequencer: &str, object: Option<Head>) -> Change {
    let key = ObjectKey::new(owner.clone(), id, "a.webm").unwrap();
    Change {
        url: format!("https://example.org/{key}"),
        key,
        bucket: "bucket".to_owned(),
        sequencer: Some(Sequencer::parse(sequencer).unwrap()),
        at: NOW + 5_000,
        object,
        type_mismatch: false,
        awaits_scan: false,
    }
}

async fn apply<S: Store>(store: &S, event: &Change) -> Applied {
    store.apply_event(event).await.unwrap().applied
}

async fn row<S: Store>(store: &S, owner: &OwnerId, id: UploadId) -> Row {
    let row = store.get_row(owner, id).await.unwrap();
    let row = row.expect("the row is there");
    let lives = row.record.expires_at.is_none();
    assert!(lives || row.open.is_none(), "no open row goes away");
    row
}

/// A pending row reads back as it was written, and is written once.
pub async fn a_pending_row_is_written_once<S: Store>(store: &S, owner: &OwnerId) {
    let first = row_of(owner, id(1), NOW);
    assert_eq!(store.get_row(owner, id(1)).await.unwrap(), None);
    assert_eq!(store.put_pending(&first).await.unwrap(), Put::Created);
    assert_eq!(row(store, owner, id(1)).await, first);
    let mut second = row_of(owner, id(1), NOW + 1);
    second.record.name = "b.webm".to_owned();
    second.record.visibility = Visibility::Public;
    assert_eq!(
        store.put_pending(&second).await.unwrap(),
        Put::Exists(Box::new(first.clone()))
    );
    assert_eq!(row(store, owner, id(1)).await, first);

    let mut bare = row_of(owner, id(2), NOW);
    bare.record.metadata = Texts::new();
    bare.record.crc64nvme = None;
    bare.declared.as_mut().unwrap().crc64nvme = None;
    store.put_pending(&bare).await.unwrap();
    assert_eq!(row(store, owner, id(2)).await, bare);
}

/// Rows of one owner are not rows of another, and a hundred can be read at once.
pub async fn rows_are_read_by_owner<S: Store>(store: &S, owner: &OwnerId, other: &OwnerId) {
    for n in 0..100 {
        store.put_pending(&row_of(owner, id(n), NOW)).await.unwrap();
    }
    let ids: Vec<UploadId> = (50..150).map(id).collect();
    let rows = store.get_rows(owner, &ids).await.unwrap();
    assert_eq!(rows.len(), 50);
    assert!(
        rows.iter()
            .all(|row| row.owner == *owner && ids.contains(&row.record.id))
    );
    let all: Vec<UploadId> = (0..100).map(id).collect();
    assert_eq!(store.get_rows(owner, &all).await.unwrap().len(), 100);
    assert_eq!(store.get_rows(other, &all).await.unwrap(), vec![]);
    assert_eq!(store.get_row(other, id(1)).await.unwrap(), None);
}

/// Pages come newest first, and together hold each row once, also where rows share a moment.
pub async fn pages_hold_each_row_once<S: Store>(store: &S, owner: &OwnerId, other: &OwnerId) {
    for n in 0..25 {
        store
            .put_pending(&row_of(owner, id(n), NOW + u64::try_from(n / 4).unwrap()))
            .await
            .unwrap();
    }
    let (mut seen, mut after): (Vec<Row>, Option<Position>) = (Vec::new(), None);
    loop {
        let page = store.list_rows(owner, 4, after).await.unwrap();
        assert!(page.rows.len() <= 4);
        seen.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
        assert!(seen.len() < 200, "the list does not end");
    }
    assert!(seen.is_sorted_by_key(|row| std::cmp::Reverse(row.record.created_at)));
    let mut ids: Vec<UploadId> = seen.iter().map(|row| row.record.id).collect();
    ids.sort();
    assert_eq!(ids, (0..25).map(id).collect::<Vec<_>>());
    assert_eq!(store.list_rows(other, 4, None).await.unwrap().rows, vec![]);
}

/// Only a pending upload can be aborted, and that is all that changes.
pub async fn only_pending_is_aborted<S: Store>(store: &S, owner: &OwnerId) {
    let mut expected = open_row(owner, 1);
    store.put_pending(&expected).await.unwrap();
    assert!(store.mark_aborted(owner, id(1), NOW + 7).await.unwrap());
    let aborted = row(store, owner, id(1)).await;
    expected.record.status = UploadStatus::Aborted;
    expected.open.as_mut().unwrap().active_at = NOW + 7;
    assert_eq!(aborted, expected);
    assert!(!store.mark_aborted(owner, id(1), NOW + 1).await.unwrap());
    assert_eq!(row(store, owner, id(1)).await, aborted);
    assert!(!store.mark_aborted(owner, id(2), NOW).await.unwrap());
    assert_eq!(store.get_row(owner, id(2)).await.unwrap(), None);
}

/// F50, F62: the same event any number of times is one write, and keeps what the client said.
pub async fn an_event_is_applied_once<S: Store>(store: &S, owner: &OwnerId) {
    let pending = row_of(owner, id(1), NOW);
    store.put_pending(&pending).await.unwrap();
    let event = change(owner, id(1), "0055AED6DCD90281E5", Some(head_of("e1")));
    assert_eq!(
        apply(store, &event).await,
        Applied::Written { verified: true }
    );
    let stored = row(store, owner, id(1)).await;
    for _ in 0..3 {
        assert_eq!(apply(store, &event).await, Applied::NotNewer);
    }
    assert_eq!(row(store, owner, id(1)).await, stored);
    let mut expected = pending;
    expected.record.status = UploadStatus::Stored;
    expected.record.verified = true;
    expected.record.etag = Some("e1".to_owned());
    expected.record.sequencer = Some("0055AED6DCD90281E5".to_owned());
    expected.record.url = Some(event.url);
    expected.record.stored_at = Some(NOW + 5_000);
    assert_eq!(stored, expected);
    assert!(!store.mark_aborted(owner, id(1), NOW).await.unwrap());
}

/// F51, F52, F53: the newest event wins in whatever order they come.
pub async fn the_newest_event_wins<S: Store>(store: &S, owner: &OwnerId) {
    // By the rule of padding on the right, the shorter of these is the newest.
    let events = [
        ("0055AED6DCD9028", Some(head_of("first"))),
        ("0055aed6dcd90281e5", None),
        (
            "0055AED6DCD903",
            Some(Head {
                version_id: Some("v".to_owned()),
                ..head_of("last")
            }),
        ),
    ];
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for (n, order) in orders.into_iter().enumerate() {
        let id = id(u128::try_from(n).unwrap());
        store.put_pending(&row_of(owner, id, NOW)).await.unwrap();
        let mut newest = None;
        for at in order {
            let (sequencer, head) = &events[at];
            let event = change(owner, id, sequencer, head.clone());
            let applied = apply(store, &event).await;
            let newer = newest.is_none_or(|newest| newest < at);
            assert_eq!(applied != Applied::NotNewer, newer, "{order:?} at {at}");
            newest = newest.max(Some(at));
        }
        let record = row(store, owner, id).await.record;
        assert_eq!(
            (record.status, record.etag.as_deref()),
            (UploadStatus::Stored, Some("last"))
        );
        assert_eq!(record.version_id.as_deref(), Some("v"));
        assert!(record.verified);
    }
}

/// F52: a late PUT does not bring a deleted object back.
pub async fn a_tombstone_stays<S: Store>(store: &S, owner: &OwnerId) {
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    for n in [1, 2] {
        let removed = change(owner, id(n), "B", None);
        assert_eq!(
            apply(store, &removed).await,
            Applied::Written { verified: false }
        );
        let late = change(owner, id(n), "A", Some(head_of("late")));
        assert_eq!(apply(store, &late).await, Applied::NotNewer);
        let record = row(store, owner, id(n)).await.record;
        assert_eq!(record.status, UploadStatus::Deleted);
        assert_eq!(
            (record.url, record.expires_at, record.verified),
            (None, None, false)
        );
    }
}

/// An object that lands after its upload was aborted, even long after, is the truth, and its row stays.
pub async fn storage_beats_an_abort<S: Store>(store: &S, owner: &OwnerId) {
    closed(store, owner, id(1)).await;
    let event = change(owner, id(1), "A", Some(head_of("e")));
    assert_eq!(
        apply(store, &event).await,
        Applied::Written { verified: true }
    );
    let record = row(store, owner, id(1)).await.record;
    assert_eq!(
        (record.status, record.expires_at),
        (UploadStatus::Stored, None)
    );
}

/// `verified` needs the client's checksum, size and type to equal storage's, also at a later event.
pub async fn verified_compares_all_three<S: Store>(store: &S, owner: &OwnerId) {
    let good = head_of("e");
    let other_crc = crowfly_contract::Crc64Nvme::new(OBJECT_CRC.value() ^ 1);
    let cases = [
        (good.clone(), true),
        (
            Head {
                size: 10,
                ..good.clone()
            },
            false,
        ),
        (
            Head {
                media_type: "video/mp4".to_owned(),
                ..good.clone()
            },
            false,
        ),
        (
            Head {
                crc64nvme: Some(other_crc),
                ..good.clone()
            },
            false,
        ),
        (
            Head {
                crc64nvme: None,
                ..good.clone()
            },
            false,
        ),
        (good, true),
    ];
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    for (n, (head, verified)) in cases.into_iter().enumerate() {
        let event = change(owner, id(1), &format!("A{n}1"), Some(head.clone()));
        assert_eq!(apply(store, &event).await, Applied::Written { verified });
        let record = row(store, owner, id(1)).await.record;
        assert_eq!(record.verified, verified, "{head:?}");
        assert_eq!((record.size, record.crc64nvme), (head.size, head.crc64nvme));
        assert_eq!(record.media_type, head.media_type);
    }
    let mut silent = row_of(owner, id(2), NOW);
    silent.declared.as_mut().unwrap().crc64nvme = None;
    store.put_pending(&silent).await.unwrap();
    let event = change(owner, id(2), "A", Some(head_of("e")));
    assert_eq!(
        apply(store, &event).await,
        Applied::Written { verified: false }
    );
}

/// An object that no create call announced has a row of what storage knows.
pub async fn an_unannounced_object_is_recorded<S: Store>(store: &S, owner: &OwnerId) {
    let event = change(owner, id(1), "A", Some(head_of("e")));
    assert_eq!(
        apply(store, &event).await,
        Applied::Written { verified: false }
    );
    let stored = row(store, owner, id(1)).await;
    assert_eq!(stored.declared, None);
    assert_eq!(stored.record.name, "a.webm");
    assert_eq!(stored.record.created_at, event.at);
    assert_eq!(stored.record.visibility, Visibility::Private);
    assert_eq!(
        store.list_rows(owner, 10, None).await.unwrap().rows,
        vec![stored.clone()]
    );
    let put = store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    assert_eq!(put, Put::Exists(Box::new(stored)));
}

/// The whole exam; `owner` makes owners that have no rows yet.
pub async fn all<S: Store>(store: &S, mut owner: impl FnMut() -> OwnerId) {
    a_pending_row_is_written_once(store, &owner()).await;
    rows_are_read_by_owner(store, &owner(), &owner()).await;
    pages_hold_each_row_once(store, &owner(), &owner()).await;
    only_pending_is_aborted(store, &owner()).await;
    an_event_is_applied_once(store, &owner()).await;
    the_newest_event_wins(store, &owner()).await;
    a_tombstone_stays(store, &owner()).await;
    a_removal_meets_the_row_as_it_was_seen(store, &owner()).await;
    storage_beats_an_abort(store, &owner()).await;
    verified_compares_all_three(store, &owner()).await;
    an_unannounced_object_is_recorded(store, &owner()).await;
    a_multipart_upload_is_set_once(store, &owner()).await;
    a_checksum_is_declared_once(store, &owner()).await;
    a_mismatch_is_set_and_cleared(store, &owner()).await;
    the_strongest_result_of_a_scan_stays(store, &owner()).await;
    a_scan_result_is_of_one_object(store, &owner()).await;
    places_are_taken_together_or_not_at_all(store, &owner()).await;
    a_place_is_given_back_once(store, &owner()).await;
    an_answer_of_storage_counts_before_any_event(store, &owner()).await;
    a_touch_reaches_pending_uploads(store, &owner()).await;
    the_rate_advances_as_it_stands(store, &owner()).await;
    open_uploads_are_listed_when_they_are_due(store, &owner()).await;
    only_what_is_not_used_expires(store, &owner()).await;
    only_what_has_ended_and_is_free_is_closed(store, &owner()).await;
}
