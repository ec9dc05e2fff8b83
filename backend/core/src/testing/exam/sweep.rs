use crowfly_contract::{OwnerId, UploadStatus};

use super::{NOW, Store, id, row};
use crate::Row;
use crate::ports::{OpenUpload, Place};
use crate::quota::Limits;
use crate::testing::row_of;

const LIMITS: Limits = Limits {
    uploads: 1_000,
    bytes: 0,
};

fn open_row(owner: &OwnerId, n: u128, sweep_at: u64) -> Row {
    let mut row = row_of(owner, id(n), NOW);
    row.open = Some(crate::Open {
        counted: true,
        sweep_at,
        active_at: NOW,
    });
    row.s3_upload_id = Some(format!("multipart-{n}"));
    row
}

/// All uploads of `owner` that are due, page by page.
async fn due<S: Store>(store: &S, owner: &OwnerId, at: u64) -> Vec<OpenUpload> {
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
    assert!(all.is_sorted_by_key(|open| open.sweep_at));
    all.retain(|open| open.owner == *owner);
    all
}

/// The sparse index shows each open upload once, when it is due, as long as it is open.
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
    let mut ids: Vec<_> = listed.iter().map(|open| open.place.id).collect();
    ids.sort();
    assert_eq!(ids, (0..40).map(id).collect::<Vec<_>>());
    let first = listed.iter().find(|open| open.place.id == id(0)).unwrap();
    let expected = OpenUpload {
        owner: owner.clone(),
        place: Place {
            id: id(0),
            counted: Some(9),
        },
        key: rows[0].record.key.clone(),
        status: UploadStatus::Pending,
        s3_upload_id: Some("multipart-0".to_owned()),
        created_at: NOW,
        active_at: NOW,
        sweep_at: NOW,
    };
    assert_eq!(*first, expected);
    let found = store.query_row(owner, id(0)).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows[0]));
    assert_eq!(store.query_row(owner, id(98)).await.unwrap(), None);
    store.postpone(first, NOW + 1_000).await.unwrap();
    assert!(store.mark_aborted(owner, id(1), NOW).await.unwrap());
    let aborted = due(store, owner, NOW).await.remove(0);
    assert_eq!(
        (aborted.place.id, aborted.status),
        (id(1), UploadStatus::Aborted)
    );
    store.postpone(&aborted, NOW + 1_000).await.unwrap();
    assert_eq!(due(store, owner, NOW).await, vec![aborted.clone()]);
    assert!(
        store
            .release(owner, &[aborted.place])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(due(store, owner, NOW).await, vec![]);
    assert_eq!(due(store, owner, NOW + 1_000).await.len(), 59);
}

/// A38: an upload that was used, or has ended, since it was listed does not expire.
pub async fn only_what_is_not_used_expires<S: Store>(store: &S, owner: &OwnerId) {
    let rows: Vec<Row> = (1..=3).map(|n| open_row(owner, n, NOW)).collect();
    let rows: Vec<&Row> = rows.iter().collect();
    store.open_uploads(owner, &rows, LIMITS).await.unwrap();
    let listed = due(store, owner, NOW).await;
    store.touch(owner, id(2), NOW + 1).await.unwrap();
    store.mark_aborted(owner, id(3), NOW).await.unwrap();
    for open in listed {
        let expired = store.mark_expired(&open, NOW + 5_000).await.unwrap();
        let stands = row(store, owner, open.place.id).await;
        if open.place.id == id(1) {
            assert_eq!(expired.as_ref(), Some(&stands));
            assert_eq!(stands.record.status, UploadStatus::Expired);
            let seconds = stands.record.expires_at.map(|at| at / 1_000);
            assert_eq!(seconds, Some((NOW + 5_000) / 1_000));
            assert_eq!(stands.place_to_release(), Some(open.place));
        } else {
            assert_eq!(expired, None);
            assert_ne!(stands.record.status, UploadStatus::Expired);
        }
    }
}
