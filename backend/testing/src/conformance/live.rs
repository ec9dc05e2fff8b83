use crowfly_contract::{LivePlan, OwnerId, UploadStatus};
use crowfly_core::ports::{Applied, EndedBy, LiveEnd, LiveGrant, OpenUpload, Usage};
use crowfly_core::quota::Limits;
use crowfly_core::{Granted, Granting, LastPart, Live, Open, Row};

use super::sweep::due;
use super::{NOW, Store, change, id, row};
use crate::{OBJECT_CRC, head_of, row_of};

const PART: u64 = 5_242_880;
const TWO_PARTS: Limits = Limits {
    uploads: 1_000,
    bytes: 2 * PART,
};

/// A live upload that nothing was signed of.
fn recording(owner: &OwnerId, n: u128, counted: bool) -> Row {
    let mut row = row_of(owner, id(n), NOW);
    let declared = row.declared.as_mut().unwrap();
    (declared.size, declared.crc64nvme) = (0, None);
    row.record.size = 0;
    row.record.crc64nvme = None;
    row.record.part_size = Some(PART);
    row.record.live = true;
    row.live = Some(Live::new(LivePlan::NEW, Some(1 << 40), 1 << 40));
    row.open = Some(Open {
        counted,
        sweep_at: NOW,
        active_at: NOW,
    });
    row
}

fn granting(parts: u32, last: Option<(u32, u64)>, bytes: u64) -> Granting {
    let last = last.map(|(number, size)| LastPart { number, size });
    Granting {
        granted: Granted { parts, last },
        bytes,
    }
}

/// The bytes that the owner has open: the most that can be opened besides.
async fn fits<S: Store>(store: &S, owner: &OwnerId, seen: &Row, bytes: u64) -> LiveGrant {
    let before = seen.declared.as_ref().unwrap().size;
    let granted = seen.live.as_ref().unwrap().granted;
    let next = Granting {
        granted,
        bytes: before + bytes,
    };
    let done = store.grant_live(seen, next, TWO_PARTS, NOW).await.unwrap();
    assert_eq!(seen.owner, *owner);
    done
}

/// What is signed is written and counted together, up to the limit, on condition that nothing else was signed.
pub async fn what_is_signed_of_a_live_upload_is_counted<S: Store>(store: &S, owner: &OwnerId) {
    let (first, second) = (recording(owner, 1, true), recording(owner, 2, true));
    store
        .open_uploads(owner, &[&first, &second], TWO_PARTS)
        .await
        .unwrap();
    assert_eq!(row(store, owner, id(1)).await, first);
    let grant = async |seen: &Row, next| {
        store
            .grant_live(seen, next, TWO_PARTS, NOW + 5)
            .await
            .unwrap()
    };
    let next = granting(2, Some((2, 7)), PART + 7);
    assert_eq!(grant(&first, next).await, LiveGrant::Done);
    let mut expected = first.clone();
    expected.live.as_mut().unwrap().granted = next.granted;
    expected.declared.as_mut().unwrap().size = PART + 7;
    expected.open.as_mut().unwrap().active_at = NOW + 5;
    assert_eq!(row(store, owner, id(1)).await, expected);
    assert_eq!(grant(&first, next).await, LiveGrant::Stale, "read before");
    assert_eq!(
        grant(&second, granting(1, None, PART)).await,
        LiveGrant::Full(Usage {
            uploads: 2,
            bytes: PART + 7,
        })
    );
    assert_eq!(row(store, owner, id(2)).await, second);
    assert_eq!(
        grant(&second, granting(1, Some((1, PART - 7)), PART - 7)).await,
        LiveGrant::Done
    );
    // Nothing more to count: the limit is reached, and the last part may still move.
    assert_eq!(
        grant(&expected, granting(2, Some((1, 3)), PART + 7)).await,
        LiveGrant::Done
    );
    assert!(store.mark_aborted(owner, id(2), NOW).await.unwrap());
    let second = row(store, owner, id(2)).await;
    assert_eq!(
        grant(&second, granting(3, None, PART)).await,
        LiveGrant::Stale
    );
    assert_eq!(
        grant(&recording(owner, 3, true), granting(1, None, 1)).await,
        LiveGrant::Stale
    );
    assert_eq!(store.get_row(owner, id(3)).await.unwrap(), None);
    // What it counted is released exactly.
    let slot = second.slot_to_release().unwrap();
    assert_eq!(slot.counted, Some(PART - 7));
    assert!(store.release(owner, &[slot]).await.unwrap().is_empty());
    let first = row(store, owner, id(1)).await;
    assert_eq!(
        fits(store, owner, &first, PART - 6).await,
        LiveGrant::Full(Usage {
            uploads: 1,
            bytes: PART + 7,
        })
    );
    assert_eq!(fits(store, owner, &first, PART - 7).await, LiveGrant::Done);
}

/// The size that a client says is counted instead of what was signed, and makes the object verified.
pub async fn a_live_upload_ends_by_its_client<S: Store>(store: &S, owner: &OwnerId) {
    let first = recording(owner, 1, true);
    store
        .open_uploads(owner, &[&first], TWO_PARTS)
        .await
        .unwrap();
    store
        .grant_live(&first, granting(1, None, PART), TWO_PARTS, NOW)
        .await
        .unwrap();
    let seen = row(store, owner, id(1)).await;
    let by = EndedBy::Client {
        crc64nvme: Some(OBJECT_CRC),
        duration_ms: Some(61_000),
    };
    let end = LiveEnd { size: 9, by };
    assert!(!store.end_live(&first, &end).await.unwrap(), "read before");
    assert!(store.end_live(&seen, &end).await.unwrap());
    let mut expected = seen.clone();
    expected.live.as_mut().unwrap().size_declared = true;
    let declared = expected.declared.as_mut().unwrap();
    (declared.size, declared.crc64nvme) = (9, Some(OBJECT_CRC));
    expected.record.size = 9;
    expected.record.crc64nvme = Some(OBJECT_CRC);
    expected.record.duration_ms = Some(61_000);
    let ended = row(store, owner, id(1)).await;
    assert_eq!(ended, expected);
    assert!(!store.end_live(&seen, &end).await.unwrap(), "read before");
    let signed = store
        .grant_live(&seen, granting(2, None, 2 * PART), TWO_PARTS, NOW)
        .await;
    assert_eq!(signed.unwrap(), LiveGrant::Stale);
    assert_eq!(
        fits(store, owner, &ended, 2 * PART - 8).await,
        LiveGrant::Full(Usage {
            uploads: 1,
            bytes: 9,
        })
    );
    let done = store
        .apply_event(&change(owner, id(1), "A", Some(head_of("e"))))
        .await
        .unwrap();
    assert_eq!(done.applied, Applied::Written { verified: true });
    assert_eq!(done.slot.unwrap().counted, Some(9));
    let stored = row(store, owner, id(1)).await.record;
    assert_eq!((stored.live, stored.duration_ms), (true, Some(61_000)));
    assert!(!store.end_live(&ended, &end).await.unwrap(), "it is stored");
}

/// The sweep ends one only if it was not used meanwhile; nothing that its client declared stays.
pub async fn a_live_upload_ends_by_the_sweep<S: Store>(store: &S, owner: &OwnerId) {
    for (n, counted) in [(1, true), (2, false)] {
        let new = recording(owner, n, counted);
        match counted {
            true => drop(store.open_uploads(owner, &[&new], TWO_PARTS).await.unwrap()),
            false => drop(store.put_pending(&new).await.unwrap()),
        }
        store
            .grant_live(&new, granting(1, None, PART), TWO_PARTS, NOW)
            .await
            .unwrap();
        let seen = row(store, owner, id(n)).await;
        let by = EndedBy::Client {
            crc64nvme: Some(OBJECT_CRC),
            duration_ms: Some(1),
        };
        assert!(
            store
                .end_live(&seen, &LiveEnd { size: 12, by })
                .await
                .unwrap()
        );
        let seen = row(store, owner, id(n)).await;
        let end = LiveEnd {
            size: 9,
            by: EndedBy::Sweep,
        };
        store.touch(owner, id(n), NOW + 1).await.unwrap();
        assert!(!store.end_live(&seen, &end).await.unwrap(), "it was used");
        let seen = row(store, owner, id(n)).await;
        assert!(store.end_live(&seen, &end).await.unwrap());
        let mut expected = seen.clone();
        expected.live.as_mut().unwrap().size_declared = false;
        let declared = expected.declared.as_mut().unwrap();
        (declared.size, declared.crc64nvme) = (9, None);
        expected.record.size = 9;
        expected.record.crc64nvme = None;
        expected.record.duration_ms = None;
        expected.record.truncated = true;
        assert_eq!(row(store, owner, id(n)).await, expected);
        assert!(!store.end_live(&seen, &end).await.unwrap(), "read before");
        let event = change(owner, id(n), "A", Some(head_of("e")));
        let done = store.apply_event(&event).await.unwrap();
        assert_eq!(done.applied, Applied::Written { verified: false });
        assert_eq!(done.slot.unwrap().counted, counted.then_some(9));
        let stored = row(store, owner, id(n)).await.record;
        assert_eq!(
            (stored.status, stored.truncated),
            (UploadStatus::Stored, true)
        );
    }
    let listed: Vec<OpenUpload> = due(store, owner, NOW).await;
    assert!(listed.iter().all(|open| open.bytes == 9), "{listed:?}");
}
