//! The `forward` function while the queue fails.

use std::collections::BTreeSet;

use devkit::wait;
use serde_json::Value;

use crate::faulty::{Faulty, RECOVERS_WITHIN, done_but_refused, refusal};

#[test]
fn f67_an_event_that_could_not_be_sent_is_tried_again() {
    let faulty = Faulty::take();
    // All attempts of one invocation.
    faulty
        .forward
        .inject("SendMessageBatch", 3, refusal(503, "ServiceUnavailable"));
    let uploads = faulty.send(&faulty.new_caller(), 1);
    faulty.nothing_is_lost(&uploads);
    assert_eq!(faulty.forward.injected(), 3);
}

#[test]
fn f67_an_event_that_could_not_be_sent_in_three_invocations_is_kept_and_can_be_sent_later() {
    let faulty = Faulty::take();
    let failed = faulty.aws.on_failure(&faulty.forward.function);
    assert!(
        !failed.is_empty(),
        "the function has a destination for what fails"
    );
    faulty.forward.inject(
        "SendMessageBatch",
        "forever",
        refusal(503, "ServiceUnavailable"),
    );
    let uploads = faulty.send(&faulty.new_caller(), 3);
    let keys: BTreeSet<String> = uploads
        .iter()
        .map(|upload| upload.key.to_string())
        .collect();
    let mut kept = Vec::new();
    wait::until("the events on the failure queue", RECOVERS_WITHIN, || {
        for message in faulty.aws.receive_messages(&failed) {
            let body: Value = serde_json::from_str(&message.body).expect("JSON");
            let payload = body["requestPayload"].clone();
            let key = payload["Records"][0]["s3"]["object"]["key"].as_str();
            if keys.contains(key.unwrap_or_default()) {
                faulty.aws.delete_message(&failed, &message);
                kept.push(payload);
            }
        }
        (kept.len() == keys.len()).then_some(())
    });
    assert_eq!(faulty.stored(&uploads), 0);
    faulty.clear_faults();
    for event in &kept {
        assert_eq!(
            faulty.aws.invoke(&faulty.forward.function, event).status,
            200
        );
    }
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f68_an_event_that_was_sent_twice_is_recorded_once() {
    let faulty = Faulty::take();
    faulty
        .forward
        .inject("SendMessageBatch", 8, done_but_refused());
    let uploads = faulty.send(&faulty.new_caller(), 2);
    // More than one invocation attempts for each event, so that Lambda retries events too.
    faulty.forward.wait_injected(8);
    faulty.nothing_is_lost(&uploads);
}
