//! What an application is notified of, when, and with which record.

mod common;

use common::events::{created, event, key, removed};
use common::notifying::{
    assert_own, assert_settled, deliver, deliver_by, delivered, notifying, scan, sent, word_set,
    words,
};
use common::{NOW, id, owner};
use crowfly_contract::{NotificationKind, UploadStatus, Withheld};
use crowfly_core::record::{Outcome, Recorder};
use crowfly_core::remove::remove;
use crowfly_core::{FaultKind, Notifications, Outbox, read};
use crowfly_testing::{Memory, head_of};
use serde_json::json;

const HTML: &[u8] = b"<!doctype html><script>";

async fn remove_it(memory: &Memory) {
    remove(memory, memory, Outbox::On, &owner('a'), id(1), NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_verified_upload_is_notified_with_the_record_that_its_owner_reads() {
    let memory = sent(1).await;
    let batch = deliver(&memory, &[created(1, "A1", "e1")]).await;
    let both = Notifications { sent: 2, failed: 0 };
    assert_eq!(batch.notifications, both);
    assert_eq!(words(&memory, 1), ["stored/A1", "verified/A1"]);
    let record = read::get(&memory, &owner('a'), id(1), NOW).await.unwrap();
    for sent in memory.notifications() {
        assert_own(&sent, "verified");
        assert_eq!(sent.record, record);
    }
    assert_settled(&memory, "verified");
    // A redelivery sends nothing again.
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    assert_eq!(words(&memory, 1).len(), 2);
}

#[tokio::test]
async fn without_a_bus_nothing_is_entered_sent_or_written_more() {
    let calls = async |outbox| {
        let memory = sent(1).await;
        let recorder = Recorder {
            outbox,
            ..notifying()
        };
        let before = memory.calls().len();
        let batch = deliver_by(&memory, &recorder, &[created(1, "A1", "e1")]).await;
        assert!(batch.results[0][0].is_ok());
        assert_settled(&memory, "one upload");
        memory.calls().split_off(before)
    };
    let with = calls(Outbox::On).await;
    let more = with.iter().filter(|verb| !verb.ends_with("_object"));
    let more: Vec<&str> = more.copied().collect();
    assert_eq!(
        more,
        ["apply_event", "put_events", "clear_outbox", "release"]
    );
    let calls = calls(Outbox::Off).await;
    assert_eq!(
        calls,
        ["head_object", "peek_object", "apply_event", "release"]
    );
}

#[tokio::test]
async fn an_upload_that_is_not_as_declared_is_stored_and_not_verified() {
    let memory = sent(1).await;
    let mut head = head_of("e1");
    head.crc64nvme = None;
    memory.set_object(&key(1), Some(head));
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    assert_eq!(words(&memory, 1), ["stored/A1"]);
}

#[tokio::test]
async fn a_withheld_upload_is_notified_with_the_reason_and_without_its_address() {
    let memory = sent(1).await;
    memory.set_first_bytes(&key(1), HTML);
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    let all = ["stored/A1", "verified/A1", "withheld/A1"];
    assert_eq!(words(&memory, 1), all);
    let last = memory.notifications().pop().unwrap();
    assert_eq!(last.kind, NotificationKind::Withheld);
    assert_eq!(last.record.withheld, Some(Withheld::ActiveContent));
    assert_eq!(last.record.url, None);
}

#[tokio::test]
async fn an_object_without_a_create_call_and_a_multipart_upload_are_notified_too() {
    let memory = Memory::default();
    memory.set_object(&key(1), Some(head_of("e1")));
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    assert_eq!(words(&memory, 1), ["stored/A1"]);
    assert_settled(&memory, "no create call");
    let memory = Memory::default();
    let row = common::multipart::begun(&memory).await;
    assert!(row.s3_upload_id.is_some());
    let object_key = row.record.key.to_string();
    memory.set_object(&row.record.key, Some(head_of("e1")));
    let body = json!({"Records": [event(&object_key, "A1", Some("e1"))]}).to_string();
    delivered(&memory, &[body]).await;
    let sent = memory.notifications();
    assert_eq!(sent.len(), 1, "of another size than declared");
    assert_own(&sent[0], "multipart");
    assert_settled(&memory, "multipart");
}

/// While the bus is down the quota slot is free, the message comes again, and the row stays where
/// the sweep finds it.
#[tokio::test]
async fn a_notification_that_fails_is_sent_by_the_next_delivery() {
    let memory = sent(1).await;
    for _ in 0..3 {
        memory.fail_next("put_events", FaultKind::Denied);
        let batch = deliver(&memory, &[created(1, "A1", "e1")]).await;
        assert!(batch.results[0][0].is_err());
        assert_eq!(batch.notifications, Notifications { sent: 0, failed: 2 });
        let row = memory.row(&owner('a'), id(1)).unwrap();
        assert_eq!(row.record.status, UploadStatus::Stored);
        assert!(row.open.is_some_and(|open| !open.counted));
        assert_eq!(row.outbox.len(), 2);
        assert_eq!(memory.usage(&owner('a')).uploads, 0);
    }
    let batch = deliver(&memory, &[created(1, "A1", "e1")]).await;
    assert_eq!(batch.results[0][0], Ok(Outcome::NotNewer));
    assert_eq!(words(&memory, 1), ["stored/A1", "verified/A1"]);
    assert_settled(&memory, "delivered again");
}

/// The bus may accept some of a call.
#[tokio::test]
async fn what_is_refused_alone_fails_its_own_message_alone() {
    let memory = sent(1).await;
    let create = common::sweeping::create_at;
    create(&memory, 'a', json!([common::sweeping::item(2)]), NOW).await;
    memory.set_object(&key(2), Some(head_of("e1")));
    memory.refuse_next(1);
    let both = [created(1, "A1", "e1"), created(2, "A1", "e1")];
    let batch = deliver(&memory, &both).await;
    assert!(batch.results[0][0].is_err() && batch.results[1][0].is_ok());
    assert_eq!(batch.notifications, Notifications { sent: 3, failed: 1 });
    delivered(&memory, &both).await;
    assert_eq!(
        words(&memory, 1),
        ["verified/A1", "stored/A1", "verified/A1"]
    );
    assert_eq!(words(&memory, 2), ["stored/A1", "verified/A1"]);
    assert_settled(&memory, "refused");
}

#[tokio::test]
async fn an_event_before_the_outbox_is_empty_loses_nothing() {
    let memory = sent(1).await;
    memory.fail_next("put_events", FaultKind::Unavailable);
    assert!(deliver(&memory, &[created(1, "A1", "e1")]).await.results[0][0].is_err());
    memory.set_object(&key(1), None);
    delivered(&memory, &[removed(1, "A2")]).await;
    let all = ["stored/A1", "verified/A1", "deleted/A2"];
    assert_eq!(words(&memory, 1), all);
    let status = memory.notifications()[0].record.status;
    assert_eq!(status, UploadStatus::Deleted, "the record as it is now");
    assert_settled(&memory, "two events");
}

/// Two messages of one upload in one batch.
#[tokio::test]
async fn of_one_upload_each_notification_is_sent_once_in_a_batch() {
    let memory = sent(1).await;
    memory.set_object(&key(1), None);
    let bodies = [removed(1, "A2"), removed(1, "A2"), created(1, "A1", "e1")];
    delivered(&memory, &bodies).await;
    assert_eq!(words(&memory, 1), ["deleted/A2"]);
    memory.set_object(&key(1), Some(head_of("e3")));
    let bodies = [created(1, "A3", "e3"), created(1, "A3", "e3")];
    delivered(&memory, &bodies).await;
    assert_eq!(word_set(&memory, 1).len(), words(&memory, 1).len());
}

#[tokio::test]
async fn a_redelivery_of_an_object_that_is_gone_sends_what_its_first_delivery_left() {
    let memory = sent(1).await;
    memory.fail_next("put_events", FaultKind::Unavailable);
    assert!(deliver(&memory, &[created(1, "A1", "e1")]).await.results[0][0].is_err());
    memory.set_object(&key(1), None);
    let batch = deliver(&memory, &[created(1, "A1", "e1")]).await;
    assert_eq!(batch.results[0][0], Ok(Outcome::Gone));
    assert_eq!(words(&memory, 1), ["stored/A1", "verified/A1"]);
    assert_settled(&memory, "gone");
}

/// The tombstone of the owner's deletion and the event of the removal are one deletion.
#[tokio::test]
async fn an_owners_deletion_is_notified_once_by_its_event() {
    let memory = sent(1).await;
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    remove_it(&memory).await;
    assert_eq!(words(&memory, 1).len(), 2, "remove has no right to send");
    assert!(memory.row(&owner('a'), id(1)).unwrap().open.is_some());
    delivered(&memory, &[removed(1, "A2")]).await;
    let all = ["stored/A1", "verified/A1", "deleted/A1"];
    assert_eq!(words(&memory, 1), all);
    assert_settled(&memory, "deleted");
    delivered(&memory, &[removed(1, "A2")]).await;
    assert_eq!(words(&memory, 1).len(), 3);
}

#[tokio::test]
async fn a_removal_that_leaves_the_same_object_is_no_news() {
    let memory = sent(1).await;
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    delivered(&memory, &[removed(1, "A2")]).await;
    assert_eq!(words(&memory, 1).len(), 2);
    memory.set_object(&key(1), Some(head_of("e0")));
    delivered(&memory, &[removed(1, "A3")]).await;
    let all = ["stored/A1", "verified/A1", "stored/A3", "verified/A3"];
    assert_eq!(words(&memory, 1), all);
    assert_settled(&memory, "an older version");
}

/// In the order of arrival: what is sent, with scanning on.
#[tokio::test]
async fn results_of_scans_are_notified_when_they_release_or_condemn() {
    let object = created(1, "A1", "e1");
    let result = |status| scan(1, "e1", status);
    let (clean, bad) = (result("NO_THREATS_FOUND"), result("THREATS_FOUND"));
    let unreadable = result("UNSUPPORTED");
    let new = ["stored/A1", "verified/A1", "withheld/A1"];
    let cases: [(&str, &[&String], &[&str]); 7] = [
        (
            "clean",
            &[&object, &clean],
            &["stored/A1/clean", "verified/A1/clean"],
        ),
        ("infected", &[&object, &bad], &["withheld/A1/infected"]),
        (
            "read at last",
            &[&object, &unreadable, &clean],
            &[
                "withheld/A1/unscannable",
                "stored/A1/clean",
                "verified/A1/clean",
            ],
        ),
        (
            "infected after all",
            &[&object, &clean, &bad],
            &[
                "stored/A1/clean",
                "verified/A1/clean",
                "withheld/A1/infected",
            ],
        ),
        (
            "infected for ever",
            &[&object, &bad, &clean],
            &["withheld/A1/infected"],
        ),
        ("infected first", &[&bad, &object], &[]),
        ("clean first", &[&clean, &object], &[]),
    ];
    for (name, messages, then) in cases {
        let memory = sent(1).await;
        let scanning = Recorder {
            scan_uploads: true,
            ..notifying()
        };
        for message in messages {
            let batch = deliver_by(&memory, &scanning, &[(*message).clone()]).await;
            assert!(batch.results[0][0].is_ok(), "{name}: {batch:?}");
        }
        let released_before = name == "clean first";
        let new = if released_before { &new[..2] } else { &new };
        assert_eq!(words(&memory, 1), [new, then].concat(), "{name}");
        for sent in memory.notifications() {
            assert_own(&sent, name);
        }
        assert_settled(&memory, name);
    }
}

/// A result counts even where nothing is withheld for a scan.
#[tokio::test]
async fn an_early_result_withholds_although_no_scan_is_required() {
    let memory = sent(1).await;
    let messages = [scan(1, "e1", "THREATS_FOUND")];
    delivered(&memory, &messages).await;
    assert_eq!(words(&memory, 1), [""; 0]);
    delivered(&memory, &[created(1, "A1", "e1")]).await;
    let all = ["stored/A1", "verified/A1", "withheld/A1"];
    assert_eq!(words(&memory, 1), all);
}

/// The row may change between reading it and writing the result: then the result is derived anew.
#[tokio::test]
async fn a_result_that_meets_another_row_is_received_again() {
    let memory = sent(1).await;
    let scanning = Recorder {
        scan_uploads: true,
        ..notifying()
    };
    let bodies = [created(1, "A1", "e1"), scan(1, "e1", "NO_THREATS_FOUND")];
    let batch = deliver_by(&memory, &scanning, &bodies).await;
    if batch.results[1][0].is_err() {
        let again = deliver_by(&memory, &scanning, &bodies[1..]).await;
        assert!(again.results[0][0].is_ok());
    }
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.shown().withheld, None);
    let last = words(&memory, 1);
    let released = ["stored/A1", "stored/A1/clean"];
    assert!(
        released
            .iter()
            .any(|word| last.iter().any(|sent| sent == word))
    );
    assert_settled(&memory, "at once");
}

/// The largest record fits ten times into a call.
#[tokio::test]
async fn ten_of_the_largest_notifications_fit_into_a_call() {
    use crowfly_contract::limits;
    let memory = sent(1).await;
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.record.name = "\"".repeat(limits::MAX_NAME_BYTES);
    row.record.path = Some("\u{1}".repeat(limits::MAX_PATH_BYTES));
    let value = "\u{1}".repeat(limits::MAX_METADATA_BYTES);
    row.record.metadata = [("k".to_owned(), value)].into();
    row.record.url = Some("%F0".repeat(limits::MAX_KEY_BYTES));
    row.outbox = ["stored/A1".to_owned()].into();
    memory.set_row(row);
    delivered(&memory, &[removed(1, "A2")]).await;
    let largest = memory.notifications();
    let bytes = serde_json::to_string(&largest[0]).unwrap().len();
    assert!(bytes * 10 < 256_000, "{bytes} bytes");
}
