//! The function between storage and the queue, while the queue fails.

use std::collections::BTreeSet;

use e2e::wait;
use serde_json::Value;

use crate::faulty::{Faulty, RECOVERS_WITHIN, done_but_refused, refusal};

#[test]
fn f67_an_event_that_could_not_be_sent_is_tried_again() {
    let faulty = Faulty::take();
    // One invocation's attempts.
    faulty
        .forward
        .befall("SendMessageBatch", 3, refusal(503, "ServiceUnavailable"));
    let leaves = faulty.send(&faulty.somebody(), 1);
    faulty.nothing_is_lost(&leaves);
    assert_eq!(faulty.forward.befallen(), 3);
}

#[test]
fn f67_an_event_that_could_not_be_sent_in_three_invocations_is_kept_and_can_be_sent_later() {
    let faulty = Faulty::take();
    let failed = faulty.aws.on_failure(&faulty.forward.function);
    assert!(
        !failed.is_empty(),
        "the function has a destination for what fails"
    );
    faulty.forward.befall(
        "SendMessageBatch",
        "forever",
        refusal(503, "ServiceUnavailable"),
    );
    let leaves = faulty.send(&faulty.somebody(), 3);
    let keys: BTreeSet<String> = leaves.iter().map(|leave| leave.key.to_string()).collect();
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
    assert_eq!(faulty.stored(&leaves), 0);
    faulty.works_again();
    for event in &kept {
        assert_eq!(
            faulty.aws.invoke(&faulty.forward.function, event).status,
            200
        );
    }
    faulty.nothing_is_lost(&leaves);
}

#[test]
fn f68_an_event_that_was_sent_twice_is_recorded_once() {
    let faulty = Faulty::take();
    faulty
        .forward
        .befall("SendMessageBatch", 8, done_but_refused());
    let leaves = faulty.send(&faulty.somebody(), 2);
    // More than the attempts of one invocation for each, so that events come again too.
    faulty.forward.wait_befallen(8);
    faulty.nothing_is_lost(&leaves);
}
