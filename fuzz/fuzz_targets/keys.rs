//! Object keys on their way through S3's event, our parser and the object's URL.
#![no_main]

use crowfly_contract::ObjectKey;
use crowfly_core::address::ObjectAddress;
use crowfly_core::message::{Message, parse_s3};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

const BUCKET: &str = "https://films.s3.eu-west-1.amazonaws.com/";

fuzz_target!(|text: &str| {
    // As S3 could have encoded it, invalid escapes included.
    if let Some(key) = decoded(text) {
        addressed(&key);
        parsed(&key);
    }
    // As a key in S3: its event leads back to it, with a space as `+` or `%20`.
    if !text.is_empty() {
        let path = addressed(text);
        assert_eq!(decoded(&path).as_deref(), Some(text));
        assert_eq!(decoded(&path.replace("%20", "+")).as_deref(), Some(text));
        assert_eq!(decoded(&path.replace('/', "%2F")).as_deref(), Some(text));
        parsed(text);
    }
});

/// The key that an event means by this encoded key.
fn decoded(encoded: &str) -> Option<String> {
    let event = json!({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "eventTime": "2026-01-02T03:04:05.678Z",
        "s3": {"bucket": {"name": "films"},
               "object": {"key": encoded, "size": 1, "sequencer": "0055AED6DCD90281E5"}},
    }]});
    match parse_s3(&event).pop() {
        Some(Ok(Message::Object(event))) => Some(event.key),
        _ => None,
    }
}

/// The key's path in a URL: ASCII without any character that has a meaning in a URL, except the slash.
fn addressed(key: &str) -> String {
    let url = ObjectAddress::on_aws("films", "eu-west-1").of(key);
    let path = url.strip_prefix(BUCKET).expect("the bucket's own host");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte);
    assert!(path.bytes().all(plain), "{path}");
    assert_eq!(path.matches('/').count(), key.matches('/').count());
    path.to_owned()
}

/// An accepted key of ours round-trips, and stays below its owner and id.
fn parsed(text: &str) {
    if let Ok(key) = text.parse::<ObjectKey>() {
        assert_eq!(key.to_string(), text);
        let folders = key.folders().into_iter().flat_map(|path| path.split('/'));
        for segment in folders.chain([key.name()]) {
            assert!(!["", ".", ".."].contains(&segment) && !segment.contains('/'));
        }
        let prefix = format!("uploads/{}/{}/", key.owner(), key.id());
        assert!(text.starts_with(&prefix));
        assert!(text.len() <= 1_024, "S3 takes no longer key");
    }
}
