//! Folders: in the record as declared, in the key as cleaned, if at all.

use crowfly_contract::{OwnerId, UploadStatus};
use crowfly_core::ports::{Applied, Put};

use super::open::open_row;
use super::{NOW, Store, apply, change, id, row};
use crate::{head_of, row_of};

/// A folder reads back as written, whether or not the key has one; an event keeps it, and counts only under the key
/// of the row.
pub async fn folders_are_kept_in_both_layouts<S: Store>(store: &S, owner: &OwnerId) {
    for (n, folders) in [(1, ""), (2, "사진/2026_📷")] {
        let mut pending = row_of(owner, id(n), NOW);
        pending.record.path = Some("사진/2026 📷".to_owned());
        pending.record.key = pending.record.key.within(folders).unwrap();
        let key = pending.record.key.clone();
        assert_eq!(store.put_pending(&pending).await.unwrap(), Put::Created);
        assert_eq!(row(store, owner, id(n)).await, pending);

        let mut event = change(owner, id(n), "A", Some(head_of("e")));
        event.key = event.key.within("elsewhere").unwrap();
        assert_eq!(apply(store, &event).await, Applied::OtherKey);
        assert_eq!(row(store, owner, id(n)).await, pending);
        event.key = key.clone();
        let written = Applied::Written { verified: true };
        assert_eq!(apply(store, &event).await, written);
        let stored = row(store, owner, id(n)).await.record;
        assert_eq!(stored.status, UploadStatus::Stored);
        assert_eq!((stored.path, stored.key), (pending.record.path, key));
    }
}

/// An object that nobody has announced is in the folder that its key states, and an open upload is listed with its key.
pub async fn keys_with_folders_are_read<S: Store>(store: &S, owner: &OwnerId) {
    let mut event = change(owner, id(1), "A", Some(head_of("e")));
    event.key = event.key.within("a/b c").unwrap();
    let written = Applied::Written { verified: false };
    assert_eq!(apply(store, &event).await, written);
    let stored = row(store, owner, id(1)).await.record;
    assert_eq!(stored.path.as_deref(), Some("a/b c"));
    assert_eq!((stored.name.as_str(), stored.key), ("a.webm", event.key));

    let mut open = open_row(owner, 2);
    open.record.key = open.record.key.within("a/b c").unwrap();
    store.put_pending(&open).await.unwrap();
    let listed = store.query_row(owner, id(2)).await.unwrap();
    assert_eq!(listed, Some(open));
}
