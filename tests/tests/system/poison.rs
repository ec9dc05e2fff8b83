//! Malformed messages must not block others, and end in the dead-letter queue alone. F58 to F60.

use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::{LOGGED_WITHIN, RECORD_WITHIN};
use crate::events::{Event, neighbours};
use crate::pipeline::event_of;

/// How long the queue may retry a message before it moves it: receives times visibility timeout, with a margin.
const GIVES_UP_WITHIN: Duration = Duration::from_secs(60);

/// Objects of one owner, for which ever newer events can be made.
struct Objects {
    api: Api,
    records: Vec<Record>,
    newest: Vec<String>,
}

impl Objects {
    fn of(stack: &Stack, count: usize) -> Self {
        let api = Api::of_subject(stack, &format!("poison-{}", random_hex(6)));
        let upload = |_| api.upload(&item("a.webm", "video/webm", b"x"), b"x");
        let records: Vec<Record> = (0..count).map(upload).collect();
        let newest = records.iter().map(|record| record.sequencer.clone());
        Self {
            newest: newest.map(Option::unwrap_or_default).collect(),
            records,
            api,
        }
    }

    /// The next event of each object.
    fn next(&mut self) -> Vec<String> {
        for sequencer in &mut self.newest {
            *sequencer = neighbours(sequencer).1;
        }
        let next = self.records.iter().zip(&self.newest);
        next.map(|(record, sequencer)| {
            let sequencer = sequencer.clone();
            let event = Event {
                sequencer,
                ..event_of(record)
            };
            event.message()
        })
        .collect()
    }

    /// Waits until each object's record has its newest event.
    #[track_caller]
    fn recorded(&self, case: &str) {
        for (record, newest) in self.records.iter().zip(&self.newest) {
            let now = wait::until(case, RECORD_WITHIN, || {
                self.api
                    .record(record.id)
                    .filter(|now| now.sequencer.as_ref() == Some(newest))
            });
            assert_eq!(
                (now.status, now.verified),
                (UploadStatus::Stored, true),
                "{case}"
            );
        }
    }
}

/// Waits until all of `poison` is in the dead-letter queue; no other message with its mark may be there.
fn dead(aws: &Aws, stack: &Stack, mark: &str, poison: &[String]) {
    let mut dead = Vec::new();
    let all = "the poison in the dead-letter queue";
    wait::until(all, GIVES_UP_WITHIN, || {
        for message in aws.receive_messages(&stack.dlq) {
            if message.body.contains(mark) {
                aws.delete_message(&stack.dlq, &message);
                dead.push(message.body);
            }
        }
        poison
            .iter()
            .all(|poison| dead.contains(poison))
            .then_some(())
    });
    assert_eq!(
        dead.len(),
        poison.len(),
        "nothing but the poison died: {dead:?}"
    );
    wait::until("the queue to drain", RECORD_WITHIN, || {
        (aws.queue_depth(&stack.queue) == 0).then_some(())
    });
}

/// An S3 event of an object, with something changed.
fn changed(record: &Record, mark: &str, change: impl Fn(&mut Value)) -> String {
    let mut event = event_of(record).record();
    event["s3"]["object"]["mark"] = json!(mark);
    change(&mut event);
    json!({"Records": [event]}).to_string()
}

#[test]
fn f58_f59_each_kind_of_foreign_message_leaves_nine_others_in_peace() {
    let stack = Env::stack("webm");
    let aws = Aws::new(stack);
    let mut objects = Objects::of(stack, 9);
    let record = objects.records[0].clone();
    let mark = random_hex(8);
    let remove = |event: &mut Value, name: &str| {
        event["s3"]["object"]
            .as_object_mut()
            .map(|object| object.remove(name));
    };
    let dies = [
        ("not JSON", format!("poison {mark}")),
        (
            "JSON cut short",
            format!("{{\"Records\":[{{\"poison\":\"{mark}\""),
        ),
        ("no Records", json!({"hello": mark}).to_string()),
        ("Records are no list", json!({"Records": mark}).to_string()),
        (
            "no key",
            changed(&record, &mark, |event| remove(event, "key")),
        ),
        (
            "no size",
            changed(&record, &mark, |event| remove(event, "size")),
        ),
        (
            "size null",
            changed(&record, &mark, |event| {
                event["s3"]["object"]["size"] = Value::Null
            }),
        ),
        (
            "no sequencer",
            changed(&record, &mark, |event| remove(event, "sequencer")),
        ),
        (
            "no eventSource",
            changed(&record, &mark, |event| event["eventSource"] = Value::Null),
        ),
    ];
    let test_event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": stack.bucket,
        "Time": "2026-11-22T09:30:00.000Z", "mark": mark});
    let settled = [
        ("the test event", test_event.to_string()),
        (
            "empty Records",
            json!({"Records": [], "mark": mark}).to_string(),
        ),
        (
            "another source",
            changed(&record, &mark, |event| {
                event["eventSource"] = json!("aws:sns")
            }),
        ),
        (
            "another bucket",
            changed(&record, &mark, |event| {
                event["s3"]["bucket"]["name"] = json!("another")
            }),
        ),
        (
            "another kind",
            changed(&record, &mark, |event| {
                event["eventName"] = json!("ObjectTagging:Put")
            }),
        ),
    ];
    for (case, message) in dies.iter().chain(&settled) {
        let mut batch = objects.next();
        batch.insert(4, message.clone());
        aws.send_messages(&stack.queue, &batch);
        objects.recorded(case);
    }
    let logged = |why: &str| {
        aws.log_lines("record")
            .iter()
            .any(|line| line.contains(why))
    };
    for why in [
        "s3:TestEvent",
        "no records",
        "another service",
        "another bucket",
        "another kind of event",
    ] {
        wait::until(why, LOGGED_WITHIN, || logged(why).then_some(()));
    }
    // Foreign events are settled; malformed messages go to the dead-letter queue, and nothing else does.
    dead(&aws, stack, &mark, &dies.map(|(_, message)| message));
    objects.recorded("at the end");
}

#[test]
fn f60_of_a_batch_of_ten_with_three_bad_seven_are_recorded_and_three_die() {
    let stack = Env::stack("oidc");
    let aws = Aws::new(stack);
    let mut objects = Objects::of(stack, 7);
    let mark = random_hex(8);
    let bad = [
        format!("poison {mark}"),
        json!({"hello": mark}).to_string(),
        changed(&objects.records[0], &mark, |event| {
            event["s3"]["object"]["sequencer"] = json!("not hexadecimal");
        }),
    ];
    let mut batch = objects.next();
    for (place, message) in [0, 5, 9].into_iter().zip(&bad) {
        batch.insert(place, message.clone());
    }
    assert_eq!(batch.len(), 10);
    aws.send_messages(&stack.queue, &batch);
    objects.recorded("the seven");
    dead(&aws, stack, &mark, &bad);
    objects.recorded("at the end");
}
