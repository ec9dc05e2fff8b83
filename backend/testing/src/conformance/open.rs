use crowfly_contract::{OwnerId, UploadStatus};
use crowfly_core::ports::{Advance, Applied, Change, Opening, Slot, Usage};
use crowfly_core::quota::Limits;
use crowfly_core::rate::Limited;
use crowfly_core::{Open, Row};

use super::{NOW, Store, change, closed, id, row};
use crate::{head_of, row_of};

const THREE: Limits = Limits {
    uploads: 3,
    bytes: 0,
};
const NINETEEN_BYTES: Limits = Limits {
    uploads: 0,
    bytes: 19,
};

/// A new upload of 9 bytes that is counted.
pub(super) fn open_row(owner: &OwnerId, n: u128) -> Row {
    let mut row = row_of(owner, id(n), NOW);
    row.open = Some(Open {
        counted: true,
        sweep_at: NOW + 900_000,
        active_at: NOW,
    });
    row
}

fn slot_of(n: u128) -> Slot {
    Slot {
        id: id(n),
        counted: Some(9),
        watched_until: None,
        unnotified: false,
    }
}

/// The slot of an upload that was aborted or expired at `ended_at`.
fn watched(n: u128, ended_at: u64) -> Slot {
    Slot {
        watched_until: Some(ended_at + 24 * 3_600_000),
        ..slot_of(n)
    }
}

async fn open<S: Store>(store: &S, owner: &OwnerId, ns: &[u128], limits: Limits) -> Opening {
    let rows: Vec<Row> = ns.iter().map(|n| open_row(owner, *n)).collect();
    let rows: Vec<&Row> = rows.iter().collect();
    store.open_uploads(owner, &rows, limits).await.unwrap()
}

fn full(uploads: u64) -> Opening {
    Opening::Refused {
        existing: vec![],
        full: Some(Usage {
            uploads,
            bytes: uploads * 9,
        }),
    }
}

/// A37: rows and their count are written together, up to the limit.
pub async fn slots_are_claimed_all_or_nothing<S: Store>(store: &S, owner: &OwnerId) {
    assert_eq!(open(store, owner, &[1, 2, 3, 4], THREE).await, full(0));
    assert_eq!(store.get_row(owner, id(1)).await.unwrap(), None);
    assert_eq!(open(store, owner, &[1, 2], THREE).await, Opening::Done);
    assert_eq!(row(store, owner, id(2)).await, open_row(owner, 2));
    assert_eq!(open(store, owner, &[3, 4], THREE).await, full(2));
    assert_eq!(open(store, owner, &[3], NINETEEN_BYTES).await, full(2));
    // Existing uploads are reported and claim no slot, whatever the limit says about the rest.
    let existing = |ns: &[(usize, u128)]| {
        let rows = ns.iter().map(|(at, n)| (*at, open_row(owner, *n)));
        rows.collect::<Vec<_>>()
    };
    let refused = open(store, owner, &[3, 2], THREE).await;
    let Opening::Refused {
        existing: found, ..
    } = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(found, existing(&[(1, 2)]));
    assert_eq!(
        open(store, owner, &[2, 3, 1, 4], THREE).await,
        Opening::Refused {
            existing: existing(&[(0, 2), (2, 1)]),
            full: Some(Usage {
                uploads: 2,
                bytes: 18
            })
        }
    );
    assert_eq!(open(store, owner, &[3], THREE).await, Opening::Done);
    assert_eq!(open(store, owner, &[4], THREE).await, full(3));
}

/// F62, F63: a slot is released once, after its upload has ended; row and count change together.
pub async fn a_slot_is_released_once<S: Store>(store: &S, owner: &OwnerId) {
    open(store, owner, &[1, 2, 3], THREE).await;
    let (one, all) = ([slot_of(1)], [slot_of(1), slot_of(2), slot_of(3)]);
    assert_eq!(
        store.release(owner, &one).await.unwrap(),
        vec![id(1)],
        "pending"
    );
    assert_eq!(open(store, owner, &[4], THREE).await, full(3));
    for (n, head) in [(1, Some(head_of("e"))), (2, None)] {
        let outcome = store.apply_event(&change(owner, id(n), "A", head)).await;
        assert_eq!(outcome.unwrap().slot, Some(slot_of(n)));
    }
    let again = store.apply_event(&change(owner, id(1), "A", None)).await;
    assert_eq!(
        again.unwrap().slot,
        Some(slot_of(1)),
        "until it is released"
    );
    let mut stale = store.release(owner, &all).await.unwrap();
    stale.sort();
    assert_eq!(stale, vec![id(3)]);
    assert_eq!(open(store, owner, &[4], THREE).await, full(3));
    assert_eq!(store.release(owner, &all[..2]).await.unwrap(), vec![]);
    assert_eq!(row(store, owner, id(1)).await.open, None);
    assert_eq!(store.release(owner, &one).await.unwrap(), vec![id(1)]);
    let again = store.apply_event(&change(owner, id(1), "A", None)).await;
    assert_eq!(again.unwrap().slot, None);
    assert_eq!(open(store, owner, &[4, 5, 6, 7], THREE).await, full(1));
    // An aborted upload stays in the index until its object can no longer appear.
    assert!(store.mark_aborted(owner, id(3), NOW + 7).await.unwrap());
    let aborted = row(store, owner, id(3)).await;
    assert_eq!(aborted.slot_to_release(), Some(watched(3, NOW + 7)));
    assert_eq!(store.release(owner, &all[2..]).await.unwrap(), vec![id(3)]);
    let slot = [watched(3, NOW + 7)];
    assert_eq!(store.release(owner, &slot).await.unwrap(), vec![]);
    assert_eq!(store.release(owner, &slot).await.unwrap(), vec![id(3)]);
    let mut expected = aborted;
    expected.open = Some(Open {
        counted: false,
        sweep_at: NOW + 7 + 24 * 3_600_000,
        active_at: NOW + 7,
    });
    assert_eq!(row(store, owner, id(3)).await, expected);
    assert_eq!(expected.slot_to_release(), None, "it holds nothing more");
    assert_eq!(open(store, owner, &[4, 5, 6, 7], THREE).await, full(0));
    // Its object appears after all: now it leaves the index.
    let event = change(owner, id(3), "A", Some(head_of("e")));
    let landed = store.apply_event(&event).await.unwrap().slot.unwrap();
    let uncounted = Slot {
        counted: None,
        ..slot_of(3)
    };
    assert_eq!(landed, uncounted);
    assert_eq!(store.release(owner, &slot).await.unwrap(), vec![id(3)]);
    assert_eq!(store.release(owner, &[landed]).await.unwrap(), vec![]);
    assert_eq!(row(store, owner, id(3)).await.open, None);
    // An upload that was not counted only leaves the index.
    let mut uncounted = open_row(owner, 8);
    uncounted.open = uncounted.open.map(|open| Open {
        counted: false,
        ..open
    });
    store.put_pending(&uncounted).await.unwrap();
    let removed = change(owner, id(8), "A", None);
    let slot = store.apply_event(&removed).await.unwrap().slot.unwrap();
    assert_eq!(slot.counted, None);
    assert_eq!(store.release(owner, &[slot]).await.unwrap(), vec![]);
    assert_eq!(row(store, owner, id(8)).await.open, None);
    assert_eq!(open(store, owner, &[4, 5, 6, 7], THREE).await, full(0));
}

/// F55, A95: a repair without an event applies to an upload that is pending, aborted or expired and
/// has had no event; any event is newer.
pub async fn a_repair_applies_only_before_any_event<S: Store>(store: &S, owner: &OwnerId) {
    let asked = |n| Change {
        sequencer: None,
        ..change(owner, id(n), "A", Some(head_of("e")))
    };
    let written = Applied::Written { verified: true };
    open(store, owner, &[1, 2], THREE).await;
    let repaired = store.apply_event(&asked(1)).await.unwrap();
    assert_eq!(
        (repaired.applied, repaired.slot),
        (written, Some(slot_of(1)))
    );
    let stored = row(store, owner, id(1)).await.record;
    assert_eq!(
        (stored.status, stored.sequencer),
        (UploadStatus::Stored, None)
    );
    let again = store.apply_event(&asked(1)).await.unwrap();
    assert_eq!(again.applied, Applied::NotNewer);
    let event = change(owner, id(1), "0", Some(head_of("e")));
    assert_eq!(store.apply_event(&event).await.unwrap().applied, written);
    let removed = change(owner, id(2), "B", None);
    store.apply_event(&removed).await.unwrap();
    for n in [1, 2, 3] {
        let late = store.apply_event(&asked(n)).await.unwrap();
        assert_eq!(late.applied, Applied::NotNewer);
    }
    assert_eq!(store.get_row(owner, id(3)).await.unwrap(), None);
    // Aborted and counted; aborted and released; closed.
    for n in [4, 5, 6] {
        open(store, owner, &[n], Limits::default()).await;
        store.mark_aborted(owner, id(n), NOW).await.unwrap();
    }
    let released = [watched(5, NOW)];
    assert_eq!(store.release(owner, &released).await.unwrap(), vec![]);
    closed(store, owner, id(7)).await;
    let uncounted = Slot {
        counted: None,
        ..slot_of(5)
    };
    for (n, slot) in [(4, Some(slot_of(4))), (5, Some(uncounted)), (7, None)] {
        let repaired = store.apply_event(&asked(n)).await.unwrap();
        assert_eq!((repaired.applied, repaired.slot), (written, slot));
        let stored = row(store, owner, id(n)).await.record;
        let expected = (UploadStatus::Stored, None);
        assert_eq!((stored.status, stored.expires_at), expected);
    }
    let removed = change(owner, id(6), "A", None);
    store.apply_event(&removed).await.unwrap();
    let late = store.apply_event(&asked(6)).await.unwrap();
    assert_eq!(late.applied, Applied::NotNewer);
}

/// Only a pending upload is in use.
pub async fn a_touch_reaches_pending_uploads<S: Store>(store: &S, owner: &OwnerId) {
    open(store, owner, &[1], THREE).await;
    store.touch(owner, id(1), NOW + 1).await.unwrap();
    let mut expected = open_row(owner, 1);
    expected.open.as_mut().unwrap().active_at = NOW + 1;
    assert_eq!(row(store, owner, id(1)).await, expected);
    store.mark_aborted(owner, id(1), NOW + 1).await.unwrap();
    store.touch(owner, id(1), NOW + 2).await.unwrap();
    assert_eq!(row(store, owner, id(1)).await.open, expected.open);
    store.touch(owner, id(2), NOW).await.unwrap();
    assert_eq!(store.get_row(owner, id(2)).await.unwrap(), None);
}

/// A36: the rate timestamp moves if its condition holds; otherwise the current one is returned.
pub async fn the_rate_advances_under_its_condition<S: Store>(store: &S, owner: &OwnerId) {
    let now = NOW * 1_000;
    let extend = |latest| Advance::Extend {
        now,
        latest,
        step: 333,
    };
    let restart = |now| Advance::Restart { now, step: 333 };
    let of = async |of, advance| store.advance_rate(owner, of, advance).await.unwrap();
    let advance = async |advance| of(Limited::Uploads, advance).await;
    assert_eq!(advance(extend(now + 666)).await, Err(0));
    assert_eq!(advance(restart(now)).await, Ok(()));
    assert_eq!(advance(restart(now)).await, Err(now + 333));
    assert_eq!(advance(extend(now + 333)).await, Ok(()));
    assert_eq!(advance(extend(now + 665)).await, Err(now + 666));
    assert_eq!(advance(extend(now + 666)).await, Ok(()));
    assert_eq!(advance(restart(now + 998)).await, Err(now + 999));
    assert_eq!(advance(restart(now + 999)).await, Ok(()));
    assert_eq!(advance(restart(now)).await, Err(now + 1_332));
    assert_eq!(of(Limited::Reads, restart(now)).await, Ok(()), "its own");
    assert_eq!(of(Limited::Reads, restart(now)).await, Err(now + 333));
    assert_eq!(advance(restart(now)).await, Err(now + 1_332));
}
