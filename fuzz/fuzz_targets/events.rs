//! Queue messages: parsing any text ends, and a parsed event survives a round trip.
#![no_main]

use crowfly_contract::EventKind;
use crowfly_core::message::{Message, ObjectEvent, parse_message};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let said = parse_message(body);
    assert!(
        !said.is_empty(),
        "a message without any result would be lost"
    );
    assert_eq!(said, parse_message(body), "reading twice reads the same");
    for event in said.into_iter().flatten() {
        if let Message::Object(event) = event {
            check_event(&event);
            round_trips(&event);
        }
    }
});

/// What `record` relies on without checking it again.
fn check_event(event: &ObjectEvent) {
    assert!(!event.key.is_empty() && !event.bucket.is_empty());
    assert!(event.kind != EventKind::Created || event.size.is_some());
    assert!(event.etag.as_deref() != Some(""));
    assert_eq!(event.sequencer.order().len(), 64);
    let order = event.sequencer.order().bytes();
    assert!(
        order
            .clone()
            .all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
    );
}

/// The forward function rewrites an event in our own form; the record function must read the same from it.
fn round_trips(event: &ObjectEvent) {
    let message = event.to_message("https://films.s3.eu-west-1.amazonaws.com/x".to_owned());
    let text = serde_json::to_string(&message).expect("a message is JSON");
    let again = parse_message(&text);
    // Our own form says how its keys are written.
    let event = ObjectEvent {
        decoded_key: None,
        ..event.clone()
    };
    assert_eq!(again, [Ok(Message::Object(event))]);
}
