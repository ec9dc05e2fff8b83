use std::collections::BTreeSet;

use crowfly_contract::{OwnerId, ScanStatus, UploadId, UploadStatus};
use crowfly_core::ports::{Applied, Change, OpenUpload, ScanNotices};
use crowfly_core::{Open, Row, Scanned};

use super::sweep::{LIMITS, due, open_row};
use super::{NOW, Store, change, id, row};
use crate::{head_of, row_of};

/// When the sweep looks after these outboxes: after all other rows of the test.
const LATER: u64 = NOW + 900_000;

fn entries(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|entry| (*entry).to_owned()).collect()
}

fn notifying(owner: &OwnerId, n: u128, sequencer: &str, etag: Option<&str>) -> Change {
    Change {
        notify_by: Some(LATER),
        ..change(owner, id(n), sequencer, etag.map(head_of))
    }
}

async fn listed<S: Store>(store: &S, owner: &OwnerId, id: UploadId) -> Option<OpenUpload> {
    let all = due(store, owner, LATER).await;
    all.into_iter().find(|open| open.id == id)
}

async fn clear<S: Store>(store: &S, owner: &OwnerId, id: UploadId, of: &[&str]) {
    store.clear_outbox(owner, id, &entries(of)).await.unwrap();
}

/// The update of the row enters what it brings about, keeps what was entered before, and the row
/// stays in the index, uncounted, until the outbox is empty.
pub async fn an_outbox_keeps_its_row_in_the_index<S: Store>(store: &S, owner: &OwnerId) {
    let pending = open_row(owner, 1, NOW);
    store
        .open_uploads(owner, &[&pending], LIMITS)
        .await
        .unwrap();
    let event = notifying(owner, 1, "A", Some("e"));
    let outcome = store.apply_event(&event).await.unwrap();
    assert_eq!(outcome.applied, Applied::Written { verified: true });
    let all = entries(&["stored/A", "verified/A"]);
    let stored = row(store, owner, id(1)).await;
    assert_eq!(stored.outbox, all);
    assert_eq!(outcome.unnotified.as_deref(), Some(&stored));
    let slot = outcome.slot.unwrap();
    assert_eq!((slot.counted, slot.unnotified), (Some(9), true));
    // The slot of a row with an empty outbox is another one.
    let emptied = Row {
        outbox: BTreeSet::new(),
        ..stored.clone()
    };
    let wrong = emptied.slot_to_release().unwrap();
    assert_eq!(store.release(owner, &[wrong]).await.unwrap(), [id(1)]);
    assert!(store.release(owner, &[slot]).await.unwrap().is_empty());
    let uncounted = row(store, owner, id(1)).await;
    let open = Open {
        counted: false,
        sweep_at: LATER,
        ..stored.open.unwrap()
    };
    assert_eq!(uncounted.open, Some(open));
    assert_eq!(uncounted.slot_to_release(), None, "nothing but its outbox");
    assert_eq!(listed(store, owner, id(1)).await.unwrap().open, open);
    // A repeat shows it; the next event adds to it.
    let repeat = store.apply_event(&event).await.unwrap();
    assert_eq!(repeat.applied, Applied::NotNewer);
    assert_eq!(repeat.unnotified.as_deref(), Some(&uncounted));
    let removal = notifying(owner, 1, "B", None);
    let removed = store.apply_removal(&removal, Some(&uncounted)).await;
    let removed = removed.unwrap().unwrap().unnotified.unwrap();
    assert_eq!(
        removed.outbox,
        entries(&["stored/A", "verified/A", "deleted/B"])
    );
    // Only what was sent is removed.
    clear(store, owner, id(1), &["stored/A", "verified/A", "other/A"]).await;
    let left = row(store, owner, id(1)).await;
    assert_eq!(left.outbox, entries(&["deleted/B"]));
    clear(store, owner, id(1), &["deleted/B"]).await;
    clear(store, owner, id(1), &["deleted/B"]).await;
    let empty = row(store, owner, id(1)).await;
    assert_eq!(empty.outbox, BTreeSet::new());
    let slot = empty.slot_to_release().unwrap();
    assert_eq!((slot.counted, slot.unnotified), (None, false));
    assert!(store.release(owner, &[slot]).await.unwrap().is_empty());
    assert_eq!(row(store, owner, id(1)).await.open, None);
    assert_eq!(listed(store, owner, id(1)).await, None);
    // Nothing is made by clearing what is not there.
    clear(store, owner, id(9), &["stored/A"]).await;
    assert_eq!(store.get_row(owner, id(9)).await.unwrap(), None);
}

/// A row that had left the index, or never was in it, comes back with its outbox.
pub async fn an_outbox_brings_its_row_into_the_index<S: Store>(store: &S, owner: &OwnerId) {
    let unannounced = notifying(owner, 1, "A", Some("e"));
    let outcome = store.apply_event(&unannounced).await.unwrap();
    assert_eq!(outcome.applied, Applied::Written { verified: false });
    let made = outcome.unnotified.unwrap();
    assert_eq!(made.outbox, entries(&["stored/A"]));
    assert_eq!(*made, row(store, owner, id(1)).await);
    let open = listed(store, owner, id(1)).await.unwrap();
    assert_eq!(
        (open.status, open.open.counted),
        (UploadStatus::Stored, false)
    );
    // Without a bus nothing is entered, and what is there stays.
    let silent = change(owner, id(1), "B", Some(head_of("f")));
    let outcome = store.apply_event(&silent).await.unwrap();
    assert_eq!(outcome.unnotified.unwrap().outbox, entries(&["stored/A"]));
}

/// The result of a scan is entered with the result, unless the row is not the one it was derived
/// from.
pub async fn a_scan_enters_notices_into_an_unchanged_row<S: Store>(store: &S, owner: &OwnerId) {
    let object = Scanned {
        etag: "e".to_owned(),
        version_id: None,
    };
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    let pending = row(store, owner, id(1)).await;
    let awaited = Change {
        awaits_scan: true,
        ..change(owner, id(1), "A", Some(head_of("e")))
    };
    store.apply_event(&awaited).await.unwrap();
    let stored = row(store, owner, id(1)).await;
    let notices = |seen, all: &[&str]| ScanNotices {
        seen,
        entries: entries(all),
        notify_by: LATER,
    };
    let set = async |notices: &ScanNotices<'_>, found| {
        let set = store.set_scan(owner, id(1), &object, found, Some(notices));
        set.await.unwrap()
    };
    let clean = ScanStatus::Clean;
    assert!(!set(&notices(&pending, &[]), clean).await, "it has changed");
    assert_eq!(row(store, owner, id(1)).await, stored);
    let silent = ScanStatus::Unscannable;
    assert!(set(&notices(&stored, &[]), silent).await);
    let scanned = row(store, owner, id(1)).await;
    assert_eq!((scanned.open, scanned.outbox.len()), (None, 0));
    assert!(set(&notices(&scanned, &["stored/A/clean"]), clean).await);
    let released = row(store, owner, id(1)).await;
    assert_eq!(released.scan(), Some(clean));
    assert_eq!(released.outbox, entries(&["stored/A/clean"]));
    let open = listed(store, owner, id(1)).await.unwrap();
    assert_eq!((open.open.counted, open.open.sweep_at), (false, LATER));
}
