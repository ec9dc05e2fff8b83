use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{Applied, OpenUpload, Slot};
use crowfly_core::quota::Limits;
use crowfly_core::{Open, Row};

use super::{NOW, Store, change, id, row};
use crate::{head_of, row_of};

pub(super) const LIMITS: Limits = Limits {
    uploads: 1_000,
    bytes: 0,
};

pub(super) fn open_row(owner: &OwnerId, n: u128, sweep_at: u64) -> Row {
    let mut row = row_of(owner, id(n), NOW);
    row.open = Some(Open {
        counted: true,
        sweep_at,
        active_at: NOW,
    });
    row.s3_upload_id = Some(format!("multipart-{n}"));
    row
}

/// All due uploads of `owner`, page by page.
pub(super) async fn due<S: Store>(store: &S, owner: &OwnerId, at: u64) -> Vec<OpenUpload> {
    let shard = owner.as_str().chars().next().unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..10_000 {
        let page = store.list_open(shard, at, after.as_ref()).await.unwrap();
        all.extend(page.uploads.into_iter().map(Result::unwrap));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(after, None, "the list does not end");
    assert!(all.is_sorted_by_key(|open| open.open.sweep_at));
    all.retain(|open| open.owner == *owner);
    all
}

/// The sparse index lists each open upload once it is due.
pub async fn open_uploads_are_listed_when_they_are_due<S: Store>(store: &S, owner: &OwnerId) {
    let rows: Vec<Row> = (0..60)
        .map(|n| open_row(owner, n, NOW + u64::try_from(n / 2).unwrap()))
        .collect();
    for chunk in rows.chunks(30) {
        let chunk: Vec<&Row> = chunk.iter().collect();
        store.open_uploads(owner, &chunk, LIMITS).await.unwrap();
    }
    store
        .put_pending(&row_of(owner, id(99), NOW))
        .await
        .unwrap();
    let listed = due(store, owner, NOW + 19).await;
    let mut ids: Vec<_> = listed.iter().map(|open| open.id).collect();
    ids.sort();
    assert_eq!(ids, (0..40).map(id).collect::<Vec<_>>());
    let first = listed.iter().find(|open| open.id == id(0)).unwrap();
    let expected = OpenUpload {
        owner: owner.clone(),
        id: id(0),
        bytes: 9,
        key: rows[0].record.key.clone(),
        status: UploadStatus::Pending,
        s3_upload_id: Some("multipart-0".to_owned()),
        created_at: NOW,
        open: rows[0].open.unwrap(),
    };
    assert_eq!(*first, expected);
    assert_eq!(first.slot_to_release(), None, "it is pending");
    let found = store.query_row(owner, id(0)).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows[0]));
    assert_eq!(store.query_row(owner, id(98)).await.unwrap(), None);
    store.postpone(first, NOW + 1_000).await.unwrap();
    assert!(store.mark_aborted(owner, id(1), NOW).await.unwrap());
    let aborted = due(store, owner, NOW).await.remove(0);
    assert_eq!((aborted.id, aborted.status), (id(1), UploadStatus::Aborted));
    // An outdated status postpones nothing.
    let pending = OpenUpload {
        status: UploadStatus::Pending,
        ..aborted.clone()
    };
    store.postpone(&pending, NOW + 1_000).await.unwrap();
    assert_eq!(due(store, owner, NOW).await, vec![aborted.clone()]);
    store.postpone(&aborted, NOW + 1_000).await.unwrap();
    assert_eq!(due(store, owner, NOW).await, vec![]);
    assert_eq!(due(store, owner, NOW + 1_000).await.len(), 60);
    let slot = aborted.slot_to_release().unwrap();
    assert!(store.release(owner, &[slot]).await.unwrap().is_empty());
    let watched_until = slot.watched_until.unwrap();
    assert_eq!(due(store, owner, watched_until - 1).await.len(), 59);
    assert_eq!(due(store, owner, watched_until).await.len(), 60);
    // A stored upload leaves the index.
    let event = change(owner, id(2), "A", Some(head_of("e")));
    let slot = store.apply_event(&event).await.unwrap().slot.unwrap();
    assert!(store.release(owner, &[slot]).await.unwrap().is_empty());
    assert_eq!(due(store, owner, watched_until).await.len(), 59);
}

/// A38: an upload that was used or has ended since it was listed does not expire.
pub async fn only_what_is_not_used_expires<S: Store>(store: &S, owner: &OwnerId) {
    let rows: Vec<Row> = (1..=3).map(|n| open_row(owner, n, NOW)).collect();
    let rows: Vec<&Row> = rows.iter().collect();
    store.open_uploads(owner, &rows, LIMITS).await.unwrap();
    let listed = due(store, owner, NOW).await;
    store.touch(owner, id(2), NOW + 1).await.unwrap();
    store.mark_aborted(owner, id(3), NOW).await.unwrap();
    for open in listed {
        let expired = store.mark_expired(&open, NOW + 5_000).await.unwrap();
        let current = row(store, owner, open.id).await;
        if open.id == id(1) {
            assert_eq!(expired.as_ref(), Some(&current));
            let mut expected = open_row(owner, 1, NOW);
            expected.record.status = UploadStatus::Expired;
            expected.open.as_mut().unwrap().active_at = NOW + 5_000;
            assert_eq!(current, expected);
            let slot = Slot {
                id: id(1),
                counted: Some(9),
                watched_until: Some(NOW + 5_000 + 24 * 3_600_000),
                unnotified: false,
            };
            assert_eq!(current.slot_to_release(), Some(slot));
        } else {
            assert_eq!(expired, None);
            assert_ne!(current.record.status, UploadStatus::Expired);
        }
    }
}

/// Creates an upload that was aborted at [`NOW`] and whose time to live ends 5 seconds later.
pub(super) async fn closed<S: Store>(store: &S, owner: &OwnerId, id: UploadId) {
    let mut row = row_of(owner, id, NOW);
    row.open = Some(Open {
        counted: false,
        sweep_at: 1,
        active_at: NOW,
    });
    store.put_pending(&row).await.unwrap();
    assert!(store.mark_aborted(owner, id, NOW).await.unwrap());
    let mut listed = due(store, owner, 1).await;
    listed.retain(|open| open.id == id);
    assert!(store.close(&listed[0], NOW + 5_000).await.unwrap());
}

/// A94, A95: only an aborted or expired open upload without a slot is closed; then it leaves the
/// index. Time to live is in seconds:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>.
pub async fn only_what_has_ended_and_is_free_is_closed<S: Store>(store: &S, owner: &OwnerId) {
    let rows: Vec<Row> = (1..=3).map(|n| open_row(owner, n, NOW)).collect();
    let rows: Vec<&Row> = rows.iter().collect();
    store.open_uploads(owner, &rows, LIMITS).await.unwrap();
    let pending = due(store, owner, NOW).await;
    let close = async |open: &OpenUpload| {
        let before = row(store, owner, open.id).await;
        let closed = store.close(open, NOW + 5_000).await.unwrap();
        if !closed {
            assert_eq!(row(store, owner, open.id).await, before);
        }
        closed
    };
    for open in &pending {
        assert!(!close(open).await, "pending");
    }
    for open in &pending {
        if open.id == id(1) {
            store.mark_expired(open, NOW).await.unwrap().unwrap();
        } else {
            store.mark_aborted(owner, open.id, NOW).await.unwrap();
        }
        assert!(!close(open).await, "counted");
    }
    let watched = due(store, owner, NOW).await;
    let slots: Vec<Slot> = watched
        .iter()
        .filter_map(OpenUpload::slot_to_release)
        .collect();
    assert_eq!(slots.len(), 3);
    assert_eq!(store.release(owner, &slots).await.unwrap(), vec![]);
    let landed = change(owner, id(3), "A", Some(head_of("e")));
    let applied = store.apply_event(&landed).await.unwrap().applied;
    assert_eq!(applied, Applied::Written { verified: true });
    for open in &watched {
        assert_eq!(close(open).await, open.id != id(3), "stored");
        let current = row(store, owner, open.id).await;
        let seconds = current.record.expires_at.map(|at| at / 1_000);
        let ended = (open.id != id(3)).then_some((NOW + 5_000) / 1_000);
        assert_eq!(seconds, ended);
        assert!(!close(open).await, "closed, or stored");
    }
    let ids: Vec<UploadId> = due(store, owner, u64::MAX / 2_000)
        .await
        .iter()
        .map(|open| open.id)
        .collect();
    assert_eq!(ids, vec![id(3)], "until its slot is released");
}
