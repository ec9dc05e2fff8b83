use crowfly_contract::{OwnerId, UploadStatus};
use crowfly_core::Row;
use crowfly_core::ports::{Applied, Change, Head};

use super::{NOW, Store, apply, change, id, row};
use crate::{head_of, row_of};

fn version(name: &str) -> Head {
    Head {
        version_id: Some(name.to_owned()),
        ..head_of(name)
    }
}

/// A removal is written if the row is unchanged, whatever the sequencers are.
pub async fn a_removal_applies_only_to_an_unchanged_row<S: Store>(store: &S, owner: &OwnerId) {
    let removal = async |n, sequencer, object: Option<Head>, seen: Option<&Row>| {
        let change = change(owner, id(n), sequencer, object);
        let outcome = store.apply_removal(&change, seen).await.unwrap();
        outcome.map(|outcome| outcome.applied)
    };
    let gone = Some(Applied::Written { verified: false });
    let there = Some(Applied::Written { verified: true });
    let pending = row_of(owner, id(1), NOW);
    store.put_pending(&pending).await.unwrap();
    assert_eq!(removal(1, "A", None, None).await, None, "there is a row");

    // A created event arrives in between.
    let event = change(owner, id(1), "B", Some(version("v1")));
    store.apply_event(&event).await.unwrap();
    let stored = row(store, owner, id(1)).await;
    assert_eq!(removal(1, "A", None, Some(&pending)).await, None);
    assert_eq!(row(store, owner, id(1)).await, stored);

    // The sequencer of the removed object itself.
    assert_eq!(removal(1, "B", None, Some(&stored)).await, gone);
    let deleted = row(store, owner, id(1)).await;
    assert_eq!(deleted.record.status, UploadStatus::Deleted);
    assert_eq!(deleted.record.sequencer, stored.record.sequencer);
    assert_eq!(
        (deleted.record.url.as_ref(), deleted.record.verified),
        (None, false)
    );
    assert_eq!(removal(1, "B", None, Some(&stored)).await, None);
    assert_eq!(row(store, owner, id(1)).await, deleted);

    // It is restored, then replaced by another one.
    assert_eq!(
        removal(1, "C", Some(version("v1")), Some(&deleted)).await,
        there
    );
    let back = row(store, owner, id(1)).await;
    assert_eq!(back.record.status, UploadStatus::Stored);
    assert_eq!(back.record.sequencer.as_deref(), Some("C"));
    assert_eq!(
        removal(1, "C", Some(version("v0")), Some(&back)).await,
        there
    );
    let older = row(store, owner, id(1)).await.record;
    assert_eq!(
        (older.etag.as_deref(), older.version_id.as_deref()),
        (Some("v0"), Some("v0"))
    );
    assert_eq!(removal(1, "C", None, Some(&back)).await, None);

    // Without a row.
    assert_eq!(removal(2, "A", None, Some(&pending)).await, None);
    assert_eq!(removal(2, "A", None, None).await, gone);
    let tombstone = row(store, owner, id(2)).await.record;
    assert_eq!(
        (tombstone.status, tombstone.size),
        (UploadStatus::Deleted, 0)
    );
    assert_eq!(removal(2, "A", None, None).await, None);
}

/// F52: an owner's deletion keeps the sequencer of the row. Without one, sequencers decide nothing
/// about the tombstone; the removal's own event ends that.
pub async fn a_tombstone_without_an_event_is_not_overwritten<S: Store>(store: &S, owner: &OwnerId) {
    let late = change(owner, id(1), "A", Some(head_of("e")));
    let asked = Change {
        sequencer: None,
        ..late.clone()
    };
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    store.apply_event(&asked).await.unwrap();
    let stored = row(store, owner, id(1)).await;
    let removal = Change {
        object: None,
        ..asked
    };
    let marked = store.apply_removal(&removal, Some(&stored)).await.unwrap();
    let written = Applied::Written { verified: false };
    assert_eq!(marked.unwrap().applied, written);
    let tombstone = row(store, owner, id(1)).await;
    let record = &tombstone.record;
    assert_eq!(
        (record.status, record.sequencer.as_ref()),
        (UploadStatus::Deleted, None)
    );
    assert_eq!(apply(store, &late).await, Applied::Unordered);
    assert_eq!(apply(store, &removal).await, Applied::NotNewer, "a sweep");
    assert_eq!(row(store, owner, id(1)).await, tombstone);
    let event = change(owner, id(1), "B", None);
    let confirmed = store.apply_removal(&event, Some(&tombstone)).await.unwrap();
    assert_eq!(confirmed.unwrap().applied, written);
    assert_eq!(apply(store, &late).await, Applied::NotNewer);
    let newer = change(owner, id(1), "C", Some(head_of("e")));
    let written = Applied::Written { verified: true };
    assert_eq!(apply(store, &newer).await, written);
}
