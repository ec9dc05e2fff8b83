//! The conformance tests of a store: what every implementation of the ports of the table must do.
//!
//! Each function takes an owner without rows, and panics if the store fails.

mod content;
mod events;
mod folders;
mod live;
mod multipart;
mod open;
mod outbox;
mod removal;
mod sweep;

use crowfly_contract::{ObjectKey, OwnerId, Texts, UploadId, UploadStatus, Visibility};

use crowfly_core::ports::{
    AdvanceRate, Applied, ApplyEvent, ApplyRemoval, Change, ClearMultipart, ClearOutbox, Close,
    Consistency, DeclareChecksum, EndLive, Findings, GetRow, GetRows, GrantLive, Head, ListOpen,
    ListRows, MarkAborted, MarkExpired, OpenUploads, Position, Postpone, Put, PutPending, QueryRow,
    Release, SetMultipart, SetScan, Touch,
};
use crowfly_core::{Row, Sequencer, port_set};

use crate::row_of;

pub use content::{
    a_mismatch_is_set_and_cleared, a_scan_result_is_of_one_object,
    the_strongest_result_of_a_scan_stays,
};
pub use events::{
    a_tombstone_stays, an_event_is_applied_once, an_event_of_another_key_changes_nothing,
    an_unannounced_object_is_recorded, storage_beats_an_abort, the_newest_event_wins,
    verified_compares_all_three,
};
pub use folders::{folders_are_kept_in_both_layouts, keys_with_folders_are_read};
pub use live::{
    a_live_upload_ends_by_its_client, a_live_upload_ends_by_the_sweep,
    what_is_signed_of_a_live_upload_is_counted,
};
pub use multipart::{a_checksum_is_declared_once, a_multipart_upload_is_set_once};
pub use open::{
    a_repair_applies_only_before_any_event, a_slot_is_released_once,
    a_touch_reaches_pending_uploads, slots_are_claimed_all_or_nothing,
    the_rate_advances_under_its_condition,
};
pub use outbox::{
    a_scan_enters_notices_into_an_unchanged_row, an_outbox_brings_its_row_into_the_index,
    an_outbox_keeps_its_row_in_the_index,
};
pub use removal::{
    a_removal_applies_only_to_an_unchanged_row, a_tombstone_without_an_event_is_not_overwritten,
};
pub use sweep::{
    only_what_has_ended_and_is_free_is_closed, only_what_is_not_used_expires,
    open_uploads_are_listed_when_they_are_due,
};

use open::open_row;
use sweep::closed;

const NOW: u64 = 1_795_342_830_123;

port_set! {
    /// All ports of the table.
    pub trait Store = PutPending + GetRow + GetRows + ListRows + MarkAborted + ApplyEvent + ApplyRemoval
        + SetMultipart + ClearMultipart + DeclareChecksum + SetScan + OpenUploads + Release + Touch + AdvanceRate + ListOpen
        + QueryRow + MarkExpired + Postpone + Close + ClearOutbox + GrantLive + EndLive;
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
        findings: Findings::default(),
        awaits_scan: false,
        notify_by: None,
    }
}

async fn apply<S: Store>(store: &S, event: &Change) -> Applied {
    store.apply_event(event).await.unwrap().applied
}

async fn row<S: Store>(store: &S, owner: &OwnerId, id: UploadId) -> Row {
    let row = store.get_row(owner, id).await.unwrap();
    let row = row.expect("the row is there");
    let permanent = row.record.expires_at.is_none();
    assert!(
        permanent || row.open.is_none(),
        "an open row has a time to live"
    );
    row
}

/// A pending row reads back as written, and is written once.
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

/// Owners do not see rows of each other, and a hundred rows can be read in one call.
pub async fn rows_are_read_by_owner<S: Store>(store: &S, owner: &OwnerId, other: &OwnerId) {
    for n in 0..100 {
        store.put_pending(&row_of(owner, id(n), NOW)).await.unwrap();
    }
    let ids: Vec<UploadId> = (50..150).map(id).collect();
    let read = async |owner, ids| {
        let strong = store.get_rows(owner, ids, Consistency::Strong);
        strong.await.unwrap()
    };
    let rows = read(owner, &ids).await;
    assert_eq!(rows.len(), 50);
    assert!(
        rows.iter()
            .all(|row| row.owner == *owner && ids.contains(&row.record.id))
    );
    let all: Vec<UploadId> = (0..100).map(id).collect();
    assert_eq!(read(owner, &all).await.len(), 100);
    assert_eq!(read(other, &all).await, vec![]);
    assert_eq!(store.get_row(other, id(1)).await.unwrap(), None);
}

/// Pages are newest first and hold each row once, even if rows have the same creation time.
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

/// Only a pending upload can be aborted; nothing else changes.
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

/// Runs all tests; `owner` returns owners without rows.
pub async fn all<S: Store>(store: &S, mut owner: impl FnMut() -> OwnerId) {
    a_pending_row_is_written_once(store, &owner()).await;
    rows_are_read_by_owner(store, &owner(), &owner()).await;
    pages_hold_each_row_once(store, &owner(), &owner()).await;
    only_pending_is_aborted(store, &owner()).await;
    an_event_is_applied_once(store, &owner()).await;
    an_event_of_another_key_changes_nothing(store, &owner()).await;
    folders_are_kept_in_both_layouts(store, &owner()).await;
    keys_with_folders_are_read(store, &owner()).await;
    the_newest_event_wins(store, &owner()).await;
    a_tombstone_stays(store, &owner()).await;
    a_removal_applies_only_to_an_unchanged_row(store, &owner()).await;
    a_tombstone_without_an_event_is_not_overwritten(store, &owner()).await;
    storage_beats_an_abort(store, &owner()).await;
    verified_compares_all_three(store, &owner()).await;
    an_unannounced_object_is_recorded(store, &owner()).await;
    a_multipart_upload_is_set_once(store, &owner()).await;
    a_checksum_is_declared_once(store, &owner()).await;
    what_is_signed_of_a_live_upload_is_counted(store, &owner()).await;
    a_live_upload_ends_by_its_client(store, &owner()).await;
    a_live_upload_ends_by_the_sweep(store, &owner()).await;
    a_mismatch_is_set_and_cleared(store, &owner()).await;
    the_strongest_result_of_a_scan_stays(store, &owner()).await;
    a_scan_result_is_of_one_object(store, &owner()).await;
    slots_are_claimed_all_or_nothing(store, &owner()).await;
    a_slot_is_released_once(store, &owner()).await;
    a_repair_applies_only_before_any_event(store, &owner()).await;
    a_touch_reaches_pending_uploads(store, &owner()).await;
    the_rate_advances_under_its_condition(store, &owner()).await;
    open_uploads_are_listed_when_they_are_due(store, &owner()).await;
    only_what_is_not_used_expires(store, &owner()).await;
    only_what_has_ended_and_is_free_is_closed(store, &owner()).await;
    an_outbox_keeps_its_row_in_the_index(store, &owner()).await;
    an_outbox_brings_its_row_into_the_index(store, &owner()).await;
    a_scan_enters_notices_into_an_unchanged_row(store, &owner()).await;
}
