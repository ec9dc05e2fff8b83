//! The sweep sends what nobody else has sent.

mod common;

use std::collections::BTreeSet;

use common::events::{created, key};
use common::notifying::{assert_settled, deliver, sent, sweep_by, word_set, words};
use common::sweeping::{DAY, MINUTE, create_at, item, swept};
use common::{NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::remove::remove;
use crowfly_core::{FaultKind, Outbox};
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

/// A stored upload whose notifications failed and whose message is lost.
async fn unsent() -> Memory {
    let memory = sent(1).await;
    memory.fail_next("put_events", FaultKind::Unavailable);
    assert!(deliver(&memory, &[created(1, "A1", "e1")]).await.results[0][0].is_err());
    memory
}

#[tokio::test]
async fn the_sweep_sends_what_is_left_in_an_outbox() {
    let memory = unsent().await;
    assert_eq!(sweep_by(&memory, NOW + 14 * MINUTE).await, 0);
    assert_eq!(words(&memory, 1), [""; 0], "the message may come again");
    memory.fail_next("put_events", FaultKind::Denied);
    assert_eq!(sweep_by(&memory, NOW + 15 * MINUTE).await, 1);
    assert!(memory.row(&owner('a'), id(1)).unwrap().open.is_some());
    assert_eq!(sweep_by(&memory, NOW + 30 * MINUTE).await, 0);
    assert_eq!(words(&memory, 1), ["stored/A1", "verified/A1"]);
    assert_settled(&memory, "swept");
}

#[tokio::test]
async fn a_repair_is_notified() {
    let memory = sent(1).await;
    memory.fail_next("put_events", FaultKind::Unavailable);
    assert_eq!(sweep_by(&memory, NOW + 15 * MINUTE).await, 1);
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.record.status, UploadStatus::Stored);
    assert_eq!(memory.usage(&owner('a')).uploads, 0);
    assert_eq!(sweep_by(&memory, NOW + 30 * MINUTE).await, 0);
    assert_eq!(words(&memory, 1), ["stored/-", "verified/-"]);
    assert_settled(&memory, "repaired");
}

#[tokio::test]
async fn a_deletion_whose_event_is_lost_is_notified() {
    let memory = sent(1).await;
    common::notifying::delivered(&memory, &[created(1, "A1", "e1")]).await;
    remove(&memory, &memory, Outbox::On, &owner('a'), id(1), NOW)
        .await
        .unwrap();
    assert_eq!(sweep_by(&memory, NOW + 15 * MINUTE).await, 0);
    assert!(word_set(&memory, 1).contains("deleted/A1"));
    assert_settled(&memory, "deleted");
}

/// Waiting for a bus that does not answer must not take the time of everything else.
#[tokio::test]
async fn a_bus_that_is_down_is_asked_once_in_a_sweep() {
    let memory = Memory::default();
    let items: Vec<Value> = (1..=9).map(item).collect();
    create_at(&memory, 'a', json!(items), NOW).await;
    let messages: Vec<String> = (1..=9).map(|n| created(n, "A1", "e1")).collect();
    for n in 1..=9 {
        memory.set_object(&key(n), Some(head_of("e1")));
    }
    for _ in 0..9 {
        memory.fail_next("put_events", FaultKind::Unavailable);
    }
    deliver(&memory, &messages).await;
    let asked = |memory: &Memory| {
        let calls = memory.calls().into_iter();
        calls.filter(|verb| *verb == "put_events").count()
    };
    assert_eq!(asked(&memory), 1, "a batch asks once as well");
    assert_eq!(sweep_by(&memory, NOW + 15 * MINUTE).await, 9);
    // Five uploads are swept at once.
    assert!(asked(&memory) <= 1 + 5, "{}", asked(&memory));
    memory.clear_faults();
    assert_eq!(sweep_by(&memory, NOW + 30 * MINUTE).await, 0);
    assert_settled(&memory, "up again");
    for n in 1..=9 {
        assert_eq!(word_set(&memory, n).len(), 2);
    }
}

/// What was entered for a bus that is configured no more is dropped.
#[tokio::test]
async fn without_a_bus_the_sweep_empties_outboxes_and_sends_nothing() {
    let memory = unsent().await;
    swept(&memory, NOW + DAY).await;
    assert_eq!(words(&memory, 1), [""; 0]);
    assert_settled(&memory, "dropped");
}

/// As after a return to an older version of the functions.
#[tokio::test]
async fn an_entry_of_another_version_stays() {
    let memory = unsent().await;
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.outbox.insert("renamed/A1".to_owned());
    memory.set_row(row);
    assert_eq!(sweep_by(&memory, NOW + 15 * MINUTE).await, 0);
    assert_eq!(words(&memory, 1), ["stored/A1", "verified/A1"]);
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.outbox, BTreeSet::from(["renamed/A1".to_owned()]));
    assert!(row.open.is_some_and(|open| !open.counted));
}
