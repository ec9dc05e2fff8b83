use std::path::Path;

use crowfly_testing::row_of;
use serde_json::Value;

use super::*;

const RECORDS: &[&str] = &[
    "record_pending",
    "record_stored",
    "record_withheld",
    "record_marked",
];

fn owner() -> OwnerId {
    "zjn67vy4s4onaae2deltmf3fv5".parse().unwrap()
}

fn golden(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/tests/golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn attribute(name: &str, value: &Value) -> AttributeValue {
    match value {
        Value::String(word) => text(word),
        Value::Bool(flag) => AttributeValue::Bool(*flag),
        Value::Number(ms) if name == "expiresAt" => number(ms.as_u64().unwrap() / 1_000),
        Value::Number(count) => number(count.as_u64().unwrap()),
        Value::Object(members) => AttributeValue::M(attributes(members)),
        other => panic!("{other}"),
    }
}

fn attributes(members: &serde_json::Map<String, Value>) -> Item {
    let attribute = |(name, value): (&String, _)| (name.clone(), attribute(name, value));
    members.iter().map(attribute).collect()
}

/// Attributes have the names and values of the record's JSON fields.
#[test]
fn an_item_deserialises_to_the_golden_record() {
    for name in RECORDS {
        let json = golden(name);
        let mut item = attributes(json.as_object().unwrap());
        item.insert("owner".to_owned(), text(owner().as_str()));
        let read = row(&item).unwrap();
        assert_eq!(serde_json::to_value(read.record).unwrap(), json, "{name}");
    }
}

#[test]
fn a_pending_item_has_the_attributes_of_the_golden_file() {
    for name in ["record_pending", "record_path"] {
        let json = golden(name);
        let row = Row {
            record: serde_json::from_value(json.clone()).unwrap(),
            ..row_of(&owner(), "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap(), 1)
        };
        let item = pending_item(&row).unwrap();
        for (name, value) in attributes(json.as_object().unwrap()) {
            assert_eq!(item.get(&name), Some(&value), "{name}");
        }
        assert_eq!(super::row(&item).unwrap(), row);
    }
}

/// The DynamoDB types of an open upload without metadata, and which attributes are absent.
#[test]
fn the_attributes_of_a_pending_item_are_pinned() {
    let mut row = row_of(&owner(), "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap(), 7);
    row.record.metadata = Default::default();
    row.open = Some(Open {
        counted: true,
        sweep_at: 8,
        active_at: 9,
    });
    let crc = row.record.crc64nvme.unwrap();
    let expected = [
        ("owner", text(owner().as_str())),
        ("id", text(row.record.id)),
        ("status", text("pending")),
        ("bucket", text("bucket")),
        ("key", text(row.record.key.to_string())),
        ("name", text("ä.webm")),
        ("size", number(9)),
        ("type", text("video/webm")),
        ("visibility", text("private")),
        ("metadata", AttributeValue::M(Item::new())),
        ("verified", AttributeValue::Bool(false)),
        ("createdAt", number(7)),
        ("crc64nvme", text(crc)),
        ("clientSize", number(9)),
        ("clientType", text("video/webm")),
        ("clientCrc64nvme", text(crc)),
        ("openShard", text("z")),
        ("sweepAt", number(8)),
        ("activeAt", number(9)),
        ("counted", AttributeValue::Bool(true)),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    let item = pending_item(&row).unwrap();
    assert_eq!(item, Item::from(expected));
    assert_eq!(super::row(&item).unwrap(), row);
    assert_eq!(open_upload(&item).unwrap().open, row.open.unwrap());
    row.open = None;
    let mut closed = item;
    for name in ["openShard", "sweepAt", "activeAt", "counted"] {
        closed.remove(name);
    }
    assert_eq!(pending_item(&row).unwrap(), closed);
}

/// `not_found` is a status of answers only; an unknown status is refused.
#[test]
fn a_status_that_no_item_has_is_refused() {
    for word in ["not_found", "Stored", ""] {
        let mut item = pending_item(&row_of(
            &owner(),
            "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap(),
            1,
        ))
        .unwrap();
        item.insert("status".to_owned(), text(word));
        assert!(row(&item).is_err(), "{word}");
    }
}

/// Its bytes would be served, or its event recorded, as those of this upload.
#[test]
fn h11_an_item_with_the_key_of_another_upload_is_refused() {
    let id: UploadId = "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap();
    let mut open = row_of(&owner(), id, 1);
    open.open = Some(Open {
        counted: true,
        sweep_at: 8,
        active_at: 9,
    });
    let good = pending_item(&open).unwrap();
    assert!(row(&good).is_ok() && open_upload(&good).is_ok());
    for key in [
        format!("uploads/{}/01JD7ZK3V8Q2X5N6R9T0W1Y4AD/a.webm", owner()),
        format!("uploads/{}/{id}/a.webm", "a".repeat(26)),
    ] {
        let mut item = good.clone();
        item.insert("key".to_owned(), text(key.clone()));
        assert!(row(&item).is_err() && open_upload(&item).is_err(), "{key}");
    }
}
