use crowfly_contract::{OwnerId, ScanStatus, Withheld};
use crowfly_core::Scanned;
use crowfly_core::ports::{Change, Findings};

use super::{NOW, Store, change, id, row};
use crate::{head_of, row_of};

fn object(etag: &str) -> Scanned {
    Scanned {
        etag: etag.to_owned(),
        version_id: None,
    }
}

fn awaiting(owner: &OwnerId, n: u128, sequencer: &str, etag: &str) -> Change {
    Change {
        awaits_scan: true,
        ..change(owner, id(n), sequencer, Some(head_of(etag)))
    }
}

/// Each event sets or clears the mismatch; the URL stays in the row.
pub async fn a_mismatch_is_set_and_cleared<S: Store>(store: &S, owner: &OwnerId) {
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    let (active, packed) = (Withheld::ActiveContent, Withheld::ContentEncoding);
    for (sequencer, seen, withheld) in [
        ("A1", Some("text/html"), Some(active)),
        ("A2", None, None),
        ("A3", Some("image/png"), None),
        ("A4", None, Some(packed)),
        ("A5", Some("image/png"), Some(packed)),
        ("A6", None, None),
    ] {
        let findings = Findings {
            seen_type: seen.map(str::to_owned),
            withheld,
        };
        let event = Change {
            findings: findings.clone(),
            ..change(owner, id(1), sequencer, Some(head_of("e")))
        };
        store.apply_event(&event).await.unwrap();
        let row = row(store, owner, id(1)).await;
        assert_eq!(row.record.type_mismatch, seen.is_some(), "{sequencer}");
        assert_eq!(row.record.seen_type, findings.seen_type, "{sequencer}");
        assert_eq!(row.record.withheld, withheld, "{sequencer}");
        assert!(row.record.verified);
        assert_eq!(row.record.url, Some(event.url));
        assert_eq!(row.shown().url.is_none(), withheld.is_some());
    }
}

/// Of several results for one object the one with the highest precedence stays, before and after
/// the event of the object.
pub async fn the_strongest_result_of_a_scan_stays<S: Store>(store: &S, owner: &OwnerId) {
    use ScanStatus::{Clean, Infected, Pending, Unscannable};
    let e = object("e");
    assert!(!store.set_scan(owner, id(9), &e, Clean, None).await.unwrap());
    assert_eq!(store.get_row(owner, id(9)).await.unwrap(), None);
    for (n, early) in [(1, false), (2, true)] {
        store.put_pending(&row_of(owner, id(n), NOW)).await.unwrap();
        if !early {
            store
                .apply_event(&awaiting(owner, n, "A1", "e"))
                .await
                .unwrap();
            let stored = row(store, owner, id(n)).await;
            assert_eq!((stored.scan(), stored.scanned), (Some(Pending), None));
        }
        let results = [
            (Unscannable, true, Unscannable),
            (Unscannable, false, Unscannable),
            (Clean, true, Clean),
            (Unscannable, false, Clean),
            (Infected, true, Infected),
            (Clean, false, Infected),
            (Infected, false, Infected),
        ];
        for (found, written, current) in results {
            let done = store.set_scan(owner, id(n), &e, found, None).await.unwrap();
            assert_eq!(done, written, "{n} {found:?} onto {current:?}");
            let row = row(store, owner, id(n)).await;
            assert_eq!(row.scan(), Some(current));
            assert_eq!(row.scanned, Some(e.clone()));
        }
        // The event arrives, or is redelivered.
        store
            .apply_event(&awaiting(owner, n, "A2", "e"))
            .await
            .unwrap();
        let row = row(store, owner, id(n)).await;
        assert_eq!(row.scan(), Some(Infected));
        assert_eq!(row.shown().url, None);
    }
}

/// A result applies to the scanned object only.
pub async fn a_scan_result_is_of_one_object<S: Store>(store: &S, owner: &OwnerId) {
    use ScanStatus::{Clean, Infected, Pending};
    store.put_pending(&row_of(owner, id(1), NOW)).await.unwrap();
    store
        .apply_event(&awaiting(owner, 1, "A1", "e1"))
        .await
        .unwrap();
    let other = object("e2");
    assert!(
        !store
            .set_scan(owner, id(1), &other, Clean, None)
            .await
            .unwrap()
    );
    assert_eq!(row(store, owner, id(1)).await.scan(), Some(Pending));
    assert!(
        store
            .set_scan(owner, id(1), &object("e1"), Infected, None)
            .await
            .unwrap()
    );

    store
        .apply_event(&awaiting(owner, 1, "A2", "e2"))
        .await
        .unwrap();
    assert_eq!(row(store, owner, id(1)).await.scan(), Some(Pending));
    assert!(
        store
            .set_scan(owner, id(1), &other, Clean, None)
            .await
            .unwrap()
    );
    let clean = row(store, owner, id(1)).await;
    assert_eq!(clean.scan(), Some(Clean));
    assert!(clean.shown().url.is_some());

    // Without scanning there is no scan status; a result still counts.
    store.put_pending(&row_of(owner, id(2), NOW)).await.unwrap();
    let event = change(owner, id(2), "A1", Some(head_of("e")));
    store.apply_event(&event).await.unwrap();
    let silent = row(store, owner, id(2)).await;
    assert_eq!(silent.scan(), None);
    assert!(silent.shown().url.is_some());
    let versioned = Scanned {
        version_id: Some("v1".to_owned()),
        ..object("e")
    };
    assert!(
        store
            .set_scan(owner, id(2), &versioned, Infected, None)
            .await
            .unwrap()
    );
    let row = row(store, owner, id(2)).await;
    assert_eq!((row.scan(), row.scanned), (Some(Infected), Some(versioned)));
}
