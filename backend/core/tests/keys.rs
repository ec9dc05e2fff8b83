//! A key on its way: from the file name through the form-encoded S3 event and the queue message
//! into the record and its URL, and back out of the URL.

mod common;

use common::events::{address, recorder};
use common::{NOW, id, owner};
use crowfly_contract::ObjectKey;
use crowfly_core::message::{Message, parse_message, parse_s3};
use crowfly_core::name::ComposedName;
use crowfly_core::path::ComposedPath;
use crowfly_core::record::{Outcome, record};
use crowfly_testing::{Memory, head_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The form encoding of keys in S3 events, written independently of the decoder.
fn form_encoded(key: &str) -> String {
    key.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The key in a URL, decoded as a browser does: only `%XX` has a meaning.
fn key_in(url: &str) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap();
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
        } else {
            byte
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn event(key: &str) -> Value {
    common::events::event(&form_encoded(key), "A1", Some("e1"))
}

/// Any key that S3 allows keeps every character at each step.
fn round_trips(key: &str) {
    let event = json!({"Records": [event(key)]});
    let Some(Ok(Message::Object(read))) = parse_s3(&event).pop() else {
        panic!("{key:?} cannot be read out of its event");
    };
    assert_eq!(read.key, key, "in the event");
    let url = address().of(&read.key);
    assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
    assert!(!url.contains(['+', '?', '#', '"', '<']), "{url}");
    assert_eq!(key_in(&url), key, "in the address");
    let message = serde_json::to_string(&read.to_message(url)).unwrap();
    assert_eq!(
        parse_message(&message),
        [Ok(Message::Object(read))],
        "in our message"
    );
}

/// The record has the key under which S3 stores the file.
async fn is_recorded(path: &str, name: &str) {
    let (Ok(path), Ok(name)) = (ComposedPath::parse(path), ComposedName::parse(name)) else {
        return;
    };
    let key = ObjectKey::new(owner('a'), id(1), &name.for_key()).unwrap();
    let key = path.extend(key).unwrap();
    round_trips(&key.to_string());
    let memory = Memory::default();
    memory.set_object(&key, Some(head_of("e1")));
    let body = json!({"Records": [event(&key.to_string())]}).to_string();
    let done = record(&memory, &memory, &memory, &recorder(), &body, NOW).await;
    assert!(
        matches!(done.as_slice(), [Ok(Outcome::Written { .. })]),
        "{done:?}"
    );
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(record.key, key);
    assert_eq!(record.url.as_deref().map(key_in), Some(key.to_string()));
}

#[tokio::test]
async fn a87_keys_that_encodings_treat_differently_come_through() {
    for name in [
        "a b.webm",
        "a+b.webm",
        "100%.webm",
        "%2B%20+ &=#?;:@,.webm",
        "새 파일 👋.webm",
        "e\u{301}.webm",
        "~!*'()[]{}|\\^`\"<>.webm",
        "..",
        ".webm",
    ] {
        is_recorded("", name).await;
        is_recorded(&format!("{name}/새 폴더+%2F"), name).await;
    }
    round_trips("uploads/a//b/./../c ");
}

proptest! {
    #[test]
    fn a87_any_key_comes_through_event_message_and_address(key in "\\PC{1,200}") {
        round_trips(&key);
    }

    #[test]
    fn a87_any_name_comes_through_to_the_record(path in "[\\PC/]{0,60}", name in "\\PC{1,120}") {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(is_recorded(&path, &name));
    }
}
