//! Events, in any order and any number of times.

use crowfly_contract::{ObjectKey, OwnerId, UploadStatus, Visibility};
use crowfly_core::Sequencer;
use crowfly_core::ports::{Applied, Head, Put};

use super::{NOW, Store, apply, change, closed, id, row};
use crate::{OBJECT_CRC, head_of, row_of};

/// F50, F62: duplicates of an event cause one write, which keeps the declared values.
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

/// H11: an event of another key than the row's changes nothing, however new it is.
pub async fn an_event_of_another_key_changes_nothing<S: Store>(store: &S, owner: &OwnerId) {
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    let other = |sequencer: Option<&str>, object| {
        let mut other = change(owner, id(1), "A", object);
        other.key = ObjectKey::new(owner.clone(), id(1), "b.webm").unwrap();
        other.sequencer = sequencer.map(|text| Sequencer::parse(text).unwrap());
        other
    };
    let steps = [None, Some(Some(head_of("e"))), Some(None)];
    for step in steps {
        if let Some(object) = step {
            let sequencer = if object.is_some() { "B" } else { "C" };
            apply(store, &change(owner, id(1), sequencer, object)).await;
        }
        let before = row(store, owner, id(1)).await;
        for object in [Some(head_of("evil")), None] {
            for sequencer in [Some("FF"), Some("0"), None] {
                let outcome = store.apply_event(&other(sequencer, object.clone())).await;
                let outcome = outcome.unwrap();
                assert_eq!((outcome.applied, outcome.slot), (Applied::OtherKey, None));
            }
            let removal = other(Some("FF"), object);
            let outcome = store.apply_removal(&removal, Some(&before)).await;
            assert_eq!(outcome.unwrap(), None);
        }
        assert_eq!(row(store, owner, id(1)).await, before);
    }
}

/// F51, F52, F53: the newest event wins in any order of arrival.
pub async fn the_newest_event_wins<S: Store>(store: &S, owner: &OwnerId) {
    // With right-padding the shortest of these is the newest.
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

/// F52: a late PUT event does not restore a deleted object.
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

/// An object that appears after its upload was aborted, even long after, is recorded, and its row
/// loses its time to live.
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

/// `verified` requires equal checksum, size and type, also at later events.
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

/// An object without a create call gets a row from what storage knows.
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
