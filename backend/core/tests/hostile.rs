//! Every input gets an answer: no parser panics, and every refusal has a message and a 4xx status.

mod common;

use common::{NOW, bucket_policy, owner};
use crowfly_contract::ObjectKey;
use crowfly_core::Refusal;
use crowfly_core::create::{Creator, create};
use crowfly_core::cursor;
use crowfly_core::message::parse_message;
use crowfly_core::path::KeyLayout;
use crowfly_core::quota::Limits;
use crowfly_core::request::{
    parse_complete, parse_create, parse_limit, parse_path_id, parse_status,
};
use crowfly_testing::Memory;
use proptest::prelude::*;
use serde_json::{Value, json};

fn assert_valid<T>(result: Result<T, Refusal>) {
    if let Err(refusal) = result {
        assert!((400..500).contains(&refusal.status()), "{refusal:?}");
        assert!(refusal.message.len() > 10, "{refusal:?}");
        assert!(!refusal.message.contains(char::is_control), "{refusal:?}");
    }
}

/// Any JSON, biased towards the names that the parsers know.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-7][0-9A-HJKMNP-TV-Z]{25}|video/webm|public|aws:s3|ObjectCreated:Put|[0-9A-F]{16}|2\\.1"
            .prop_map(Value::from),
    ];
    let word = "uploads|ids|id|name|size|type|crc64nvme|visibility|metadata|Records|s3|object|key|bucket|v\
        |sequencer|eventSource|eventName|eventVersion|eventTime|eTag|Event|\\PC{0,5}";
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word, inner), 0..8)
                .prop_map(|pairs| pairs.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// A valid body with one field of one item replaced.
fn nearly_right() -> impl Strategy<Value = Value> {
    let field = "id|name|size|type|crc64nvme|visibility|metadata|\\PC{0,5}";
    (field, any_json()).prop_map(|(field, value)| {
        let mut item = json!({"id": "01JD7ZK3V8Q2X5N6R9T0W1Y4AB", "name": "a.webm", "size": 9,
            "type": "video/webm", "crc64nvme": "rosUhgp5mIg=", "metadata": {"a": "b"}});
        item[field] = value;
        json!({"uploads": [item]})
    })
}

fn read_all(body: &[u8]) {
    assert_valid(parse_create(body));
    assert_valid(parse_status(body));
    assert_valid(parse_complete(body));
}

proptest! {
    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&body);
        let text = String::from_utf8_lossy(&body);
        assert!(!parse_message(&text).is_empty());
        assert_valid(parse_path_id(&text));
        assert_valid(parse_limit(Some(&text)));
        assert_valid(cursor::decode(&text));
    }

    #[test]
    fn any_escapes(body in "\\{\"uploads\":\"(\\\\u[dD][89a-fA-F][0-9a-f]{2}|\\\\|\\\\\\\\|x|\"){0,6}\"\\}") {
        read_all(body.as_bytes());
    }

    #[test]
    fn any_json_at_all(value in any_json()) {
        let text = value.to_string();
        read_all(text.as_bytes());
        assert!(!parse_message(&text).is_empty());
        for message in parse_message(&json!({"Records": [value]}).to_string()) {
            drop(message);
        }
    }

    #[test]
    fn any_nearly_right_item(body in nearly_right()) {
        if let Ok(items) = parse_create(body.to_string().as_bytes()) {
            let (memory, policy, me) = (Memory::default(), bucket_policy(), owner('a'));
            let creator = Creator { owner: &me, policy: &policy, bucket: "bucket",
                layout: KeyLayout::Path, limits: Limits::default(), repair_after_ms: 1, now_ms: NOW };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for (id, result) in runtime.block_on(create(&memory, &memory, &memory, creator, items)) {
                match result {
                    Ok(granted) => {
                        let key: ObjectKey = granted.created.key.as_str().parse().unwrap();
                        prop_assert_eq!(key.id(), id);
                    },
                    Err(error) => assert_valid::<()>(Err(error.to_refusal())),
                }
            }
        }
    }
}
