use crowfly_contract::{Crc64Nvme, OwnerId};
use crowfly_core::ports::Applied;

use super::{NOW, Store, change, id, row};
use crate::{OBJECT_CRC, head_of, row_of};

/// Of several concurrent calls that set the multipart upload of a row one wins; none does once the
/// upload has ended. One that is gone is cleared, and no other.
pub async fn a_multipart_upload_is_set_once<S: Store>(store: &S, owner: &OwnerId) {
    let mut pending = row_of(owner, id(1), NOW);
    pending.record.part_size = Some(8_388_608);
    store.put_pending(&pending).await.unwrap();
    assert_eq!(row(store, owner, id(1)).await, pending);
    let set = async |new| store.set_multipart(owner, id(1), new).await.unwrap();
    let clear = async |gone| store.clear_multipart(owner, id(1), gone).await.unwrap();
    let named = async || row(store, owner, id(1)).await.s3_upload_id;
    assert!(set("a").await);
    assert!(!set("b").await);
    pending.s3_upload_id = Some("a".to_owned());
    assert_eq!(row(store, owner, id(1)).await, pending);
    clear("b").await;
    assert_eq!(named().await.as_deref(), Some("a"));
    clear("a").await;
    assert_eq!(named().await, None);
    assert!(set("b").await);
    assert!(store.mark_aborted(owner, id(1), NOW).await.unwrap());
    clear("b").await;
    assert_eq!(named().await.as_deref(), Some("b"), "to be aborted");
    for gone in ["a", "b"] {
        store.clear_multipart(owner, id(2), gone).await.unwrap();
    }
    assert!(!store.set_multipart(owner, id(2), "a").await.unwrap());
    assert_eq!(store.get_row(owner, id(2)).await.unwrap(), None);
}

/// A checksum that is declared later counts for `verified` like one of the create call, and is
/// declared once.
pub async fn a_checksum_is_declared_once<S: Store>(store: &S, owner: &OwnerId) {
    let mut silent = row_of(owner, id(1), NOW);
    silent.record.crc64nvme = None;
    silent.declared.as_mut().unwrap().crc64nvme = None;
    store.put_pending(&silent).await.unwrap();
    let declare = async |crc| store.declare_checksum(owner, id(1), crc).await.unwrap();
    assert!(declare(OBJECT_CRC).await);
    assert!(declare(OBJECT_CRC).await);
    assert!(!declare(Crc64Nvme::new(1)).await);
    assert_eq!(row(store, owner, id(1)).await, row_of(owner, id(1), NOW));
    let event = change(owner, id(1), "A", Some(head_of("e")));
    assert_eq!(
        store.apply_event(&event).await.unwrap().applied,
        Applied::Written { verified: true }
    );
    assert!(!declare(OBJECT_CRC).await, "it is stored");
    assert!(
        !store
            .declare_checksum(owner, id(2), OBJECT_CRC)
            .await
            .unwrap()
    );
    assert_eq!(store.get_row(owner, id(2)).await.unwrap(), None);
}
