//! Messages that no event is: they must not stop the others, and the truly unreadable end apart.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use e2e::issuer::random_hex;
use e2e::{Env, wait};
use serde_json::json;

use crate::common::RECORD_WITHIN;
use crate::events::{Event, neighbours};

/// How long the queue may try a message before it gives up: receives times visibility, and some air.
const GIVES_UP_WITHIN: Duration = Duration::from_secs(150);

/// F58, F59, F60: one batch of ten, with poison in the middle.
#[test]
fn f58_to_f60_poison_ends_alone_in_the_dead_letter_queue() {
    let stack = Env::stack("webm");
    let aws = Aws::new(stack);
    let api = Api::of_subject(stack, &format!("poison-{}", random_hex(6)));
    let record = api.upload(&item("a.webm", "video/webm", b"x"), b"x");
    let sequencer = record.sequencer.clone().expect("a sequencer");
    let event = |bucket: &str, sequencer: &str| Event {
        name: "ObjectCreated:Put",
        bucket: bucket.into(),
        key: record.key.to_string(),
        size: Some(record.size),
        etag: record.etag.clone(),
        sequencer: sequencer.into(),
    };
    let newest = neighbours(&neighbours(&sequencer).1).1;
    let mark = random_hex(8);
    let mut no_size = event(&stack.bucket, &newest).record();
    no_size["s3"]["object"] = json!({"key": record.key, "sequencer": newest, "mark": mark});
    let poison = [
        format!("poison {mark}"),
        format!("{{\"Records\":[{{\"poison\":\"{mark}\""),
        json!({"hello": mark}).to_string(),
        json!({"Records": [no_size]}).to_string(),
    ];
    let mut foreign_source = event(&stack.bucket, &newest).record();
    foreign_source["eventSource"] = json!("aws:sns");
    let batch = vec![
        event(&stack.bucket, &neighbours(&sequencer).1).message(),
        json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": stack.bucket})
            .to_string(),
        poison[0].clone(),
        json!({"Records": []}).to_string(),
        poison[2].clone(),
        event("another-bucket", "ff").message(),
        json!({"Records": [foreign_source]}).to_string(),
        poison[1].clone(),
        poison[3].clone(),
        event(&stack.bucket, &newest).message(),
    ];
    aws.send_messages(&stack.queue, &batch);

    // The good ones are not held up by the others.
    wait::until("the newest event of the batch", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer.as_deref() == Some(newest.as_str()))
    });
    let mut dead = Vec::new();
    wait::until(
        "the poison in the dead-letter queue",
        GIVES_UP_WITHIN,
        || {
            for message in aws.receive_messages(&stack.dlq) {
                aws.delete_message(&stack.dlq, &message);
                dead.push(message.body);
            }
            poison
                .iter()
                .all(|poison| dead.contains(poison))
                .then_some(())
        },
    );
    assert_eq!(
        dead.len(),
        poison.len(),
        "nothing but the poison died: {dead:?}"
    );
    wait::until("the queue to drain", RECORD_WITHIN, || {
        (aws.queue_depth(&stack.queue) == 0).then_some(())
    });
    let now = api.record(record.id).expect("the record");
    assert_eq!((now.status, now.verified), (UploadStatus::Stored, true));
}
