//! Events duplicated, late, out of order, and about objects that have changed. F50 to F57, F71.

use crowfly_contract::{Record, UploadStatus};
use devkit::time::{amz_date, unix};
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::{LOGGED_WITHIN, RECORD_WITHIN, account, new_caller, oidc};
use crate::events::{Event, neighbours};
use crate::pipeline::{event_of, settle};

/// Uploads five bytes and waits for the record; returns it with its sequencer.
fn stored(api: &Api) -> (Record, String) {
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let sequencer = record.sequencer.clone().expect("a sequencer");
    (record, sequencer)
}

fn removal(record: &Record, sequencer: &str) -> Event {
    Event {
        name: "ObjectRemoved:Delete",
        size: None,
        etag: None,
        sequencer: sequencer.into(),
        ..event_of(record)
    }
}

/// Sends these messages, and waits until they have been processed.
fn work_on(aws: &Aws, messages: &[String]) {
    aws.send_messages(&oidc().queue, messages);
    settle(&new_caller(), aws, oidc());
}

/// A moment in S3's form.
fn iso(unix: u64) -> String {
    let date = amz_date(unix);
    format!(
        "{}-{}-{}:{}:{}.000Z",
        &date[..4],
        &date[4..6],
        &date[6..11],
        &date[11..13],
        &date[13..15]
    )
}

/// How often the function logged a write of this upload.
fn written(aws: &Aws, record: &Record) -> usize {
    let id = record.id.to_string();
    let lines = aws.log_lines("record");
    let written = |line: &&String| line.contains(&id) && line.contains("\"written\"");
    lines.iter().filter(written).count()
}

#[test]
fn f50_ten_copies_at_once_are_one_record() {
    let (api, aws) = (new_caller(), account());
    let records: Vec<Record> = (0..3).map(|_| stored(&api).0).collect();
    let owner = records[0].key.owner().as_str();
    let before = aws.items_of(owner);
    std::thread::scope(|scope| {
        for record in &records {
            for _ in 0..10 {
                scope.spawn(|| aws.send_message(&oidc().queue, &event_of(record).message()));
            }
        }
    });
    settle(&new_caller(), &aws, oidc());
    assert_eq!(aws.items_of(owner), before);
    for record in &records {
        assert_eq!(api.record(record.id).as_ref(), Some(record));
        let times = wait::until("the word of it in the log", LOGGED_WITHIN, || {
            Some(written(&aws, record)).filter(|&times| times > 0)
        });
        assert_eq!(times, 1, "counted once");
    }
}

#[test]
fn f52_a_removal_that_comes_before_the_put_it_follows() {
    let (api, aws) = (new_caller(), account());
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    let pending = api.record(upload.id).expect("the record");
    let removal = Event {
        name: "ObjectRemoved:Delete",
        bucket: oidc().bucket.clone(),
        key: pending.key.to_string(),
        size: None,
        etag: None,
        sequencer: "FFFFFFFFFFFFFFFFFFFF".into(),
    };
    aws.send_message(&oidc().queue, &removal.message());
    let tombstone = api.wait_status(upload.id, UploadStatus::Deleted, RECORD_WITHIN);
    // The put whose event is late; its object is already gone.
    assert_eq!(upload.put(b"hello").send().status, 200);
    settle(&new_caller(), &aws, oidc());
    assert_eq!(api.record(upload.id), Some(tombstone));
}

/// In a versioned bucket, removing an older version or a delete marker leaves the current object:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>.
#[test]
fn f56_a_removal_that_leaves_an_object_is_no_removal_of_its_record() {
    let (api, aws) = (new_caller(), account());
    let (record, sequencer) = stored(&api);
    let newer = neighbours(&sequencer).1;
    for _ in 0..2 {
        work_on(&aws, &[removal(&record, &newer).message()]);
        let mut now = api.record(record.id).expect("the record");
        assert_eq!(now.sequencer.as_ref(), Some(&newer));
        now.sequencer = Some(sequencer.clone());
        assert_eq!(now, record);
    }
}

/// An expiration event of the lifecycle has the sequencer of what it removed.
#[test]
fn f52_a_removal_by_the_lifecycle_is_recorded() {
    let (api, aws) = (new_caller(), account());
    let (record, sequencer) = stored(&api);
    assert!(matches!(
        aws.delete_object(&record.key.to_string()).status,
        200 | 204
    ));
    api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
    // As if no event of it had arrived.
    let mut item = aws
        .get_item(record.key.owner().as_str(), &record.id.to_string())
        .expect("the item");
    item["status"] = json!("stored");
    item["sequencer"] = json!(sequencer);
    item["sequencerOrder"] = json!(format!("{sequencer:0<64}"));
    aws.put_item(&item);
    let expired = Event {
        name: "LifecycleExpiration:Delete",
        ..removal(&record, &sequencer)
    };
    work_on(&aws, &[expired.message()]);
    let gone = api.record(record.id).expect("the tombstone");
    assert_eq!((gone.status, gone.url), (UploadStatus::Deleted, None));
    assert_eq!(gone.sequencer, Some(sequencer));
}

#[test]
fn f51_f52_f57_a_history_told_in_any_order_ends_in_its_newest_object() {
    let (api, aws) = (new_caller(), account());
    let (first, put1) = stored(&api);
    let key = first.key.to_string();
    assert!(matches!(aws.delete_object(&key).status, 200 | 204));
    let gone = api.wait_status(first.id, UploadStatus::Deleted, RECORD_WITHIN);
    let deleted = gone.sequencer.clone().expect("a sequencer");
    let other = aws.put_object(&key, "text/plain", b"other bytes");
    assert_eq!(other.status, 200, "{}", other.text());
    let newest = api.wait_status(first.id, UploadStatus::Stored, RECORD_WITHIN);
    let put2 = newest.sequencer.clone().expect("a sequencer");
    assert!(put1 < deleted && deleted < put2, "{put1} {deleted} {put2}");
    let messages = [
        event_of(&newest).message(),
        event_of(&first).message(),
        removal(&first, &deleted).message(),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        work_on(&aws, &order.map(|place| messages[place].clone()));
        assert_eq!(api.record(first.id).as_ref(), Some(&newest), "{order:?}");
    }
    // An event about the first object with the newest sequencer: storage holds another object.
    let stale = Event {
        sequencer: neighbours(&put2).1,
        ..event_of(&first)
    };
    work_on(&aws, &[stale.message()]);
    let now = api.record(first.id).expect("the record");
    assert_eq!(now, newest, "the record is of the object that is there");
    let head = aws.head_object(&key);
    let etag = head.header("etag").unwrap_or_default().trim_matches('"');
    assert_eq!(now.etag.as_deref(), Some(etag));
    assert_eq!((now.size, now.verified), (11, false));
}

#[test]
fn f53_sequencers_are_padded_on_the_right_and_of_no_case() {
    let (api, aws) = (new_caller(), account());
    let (record, sequencer) = stored(&api);
    let at = |sequencer: &str| {
        let event = Event {
            sequencer: sequencer.into(),
            ..event_of(&record)
        };
        work_on(&aws, &[event.message()]);
        let now = api.record(record.id).expect("the record");
        now.sequencer.expect("a sequencer")
    };
    // The same sequencer in other spellings: hexadecimal, right-padded with zeros for comparison.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    for same in [
        sequencer.to_lowercase(),
        format!("{sequencer}00"),
        format!("{}0000", sequencer.to_lowercase()),
    ] {
        assert_eq!(at(&same), sequencer, "{same}");
    }
    let longer = format!("{}01", sequencer.to_lowercase());
    assert_eq!(at(&longer), longer, "a longer one is newer");
    assert_eq!(
        at(&sequencer[..sequencer.len() - 1]),
        longer,
        "a shorter one is older"
    );
    let next = neighbours(&sequencer).1;
    let short_and_newer = next.trim_end_matches('0').to_lowercase();
    assert_eq!(
        at(&short_and_newer),
        short_and_newer,
        "a shorter one may be newer"
    );
    assert_eq!(at(&longer), short_and_newer);
}

/// Messages live in a queue for days, and longer when they pass through the dead-letter queue.
#[test]
fn f54_an_event_that_is_an_hour_or_five_days_late() {
    let (api, aws) = (new_caller(), account());
    for late in [3_600, 5 * 86_400] {
        let told_late = |event: Event| {
            let mut record = event.record();
            record["eventTime"] = json!(iso(unix() - late));
            json!({"Records": [record]}).to_string()
        };
        // Of an object that still exists: right at any time.
        let (kept, sequencer) = stored(&api);
        let newer = neighbours(&sequencer).1;
        let event = Event {
            sequencer: newer.clone(),
            ..event_of(&kept)
        };
        work_on(&aws, &[told_late(event), told_late(event_of(&kept))]);
        let now = api.record(kept.id).expect("the record");
        assert_eq!(
            (now.sequencer, now.status),
            (Some(newer), UploadStatus::Stored)
        );
        assert!(now.verified);
        // Of an object deleted meanwhile: its tombstone stays, and has no TTL.
        let (gone, _) = stored(&api);
        assert!(matches!(
            aws.delete_object(&gone.key.to_string()).status,
            200 | 204
        ));
        let tombstone = api.wait_status(gone.id, UploadStatus::Deleted, RECORD_WITHIN);
        work_on(&aws, &[told_late(event_of(&gone))]);
        assert_eq!(api.record(gone.id), Some(tombstone.clone()), "{late} s");
        assert_eq!(tombstone.expires_at, None);
    }
}

#[test]
fn f56_news_of_an_object_that_is_gone_is_settled_at_once() {
    let (api, aws) = (new_caller(), account());
    let (record, _) = stored(&api);
    assert!(matches!(
        aws.delete_object(&record.key.to_string()).status,
        200 | 204
    ));
    let tombstone = api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
    let sequencer = tombstone.sequencer.clone().expect("a sequencer");
    // Newer than the tombstone, so that the sequencer alone does not settle it.
    let event = Event {
        sequencer: neighbours(&sequencer).1,
        ..event_of(&record)
    };
    let gone = |aws: &Aws| {
        let lines = aws.log_lines("record");
        lines
            .iter()
            .filter(|line| line.contains("\"gone\""))
            .count()
    };
    let before = gone(&aws);
    work_on(&aws, &[event.message()]);
    assert_eq!(api.record(record.id), Some(tombstone));
    wait::until("the word of it in the log", LOGGED_WITHIN, || {
        (gone(&aws) > before).then_some(())
    });
}

/// S3's event messages have at most 64 KB; a key of 1,024 bytes is three times as long when percent-encoded.
#[test]
fn f71_the_largest_event_that_s3_sends() {
    let (api, aws) = (new_caller(), account());
    let name = format!("{}.txt", "한".repeat(65));
    let record = api.upload(&item(&name, "text/plain", b"hello"), b"hello");
    assert!(record.verified);
    let sequencer = record.sequencer.clone().expect("a sequencer");
    let newer = neighbours(&sequencer).1;
    let mut event = Event {
        sequencer: newer.clone(),
        ..event_of(&record)
    }
    .record();
    let bare = json!({"Records": [event.clone()]}).to_string();
    event["s3"]["object"]["userMetadata"] = json!("x".repeat(64 * 1024 - bare.len() - 40));
    let message = json!({"Records": [event]}).to_string();
    assert!(
        (64_000..=65_536).contains(&message.len()),
        "{}",
        message.len()
    );
    aws.send_message(&oidc().queue, &message);
    wait::until("the record of 64 KB", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer.as_deref() == Some(newer.as_str()))
    });
    // The longest key, written past the signer: through the queue, and settled.
    let start = format!("uploads/{}/", record.key.owner());
    let key = format!("{start}{}", "한".repeat((1024 - start.len()) / 3));
    assert!((1022..=1024).contains(&key.len()));
    let ignored = |aws: &Aws| -> usize {
        let lines = aws.log_lines("record");
        let ignored = |line: &&String| line.contains("a key that is not ours");
        lines.iter().filter(ignored).count()
    };
    let before = ignored(&aws);
    assert_eq!(aws.put_object(&key, "text/plain", b"x").status, 200);
    wait::until("the event of the longest key", LOGGED_WITHIN, || {
        (ignored(&aws) > before).then_some(Value::Null)
    });
}
