//! The fields of a create call, and the refusal of each invalid one.

use std::collections::HashSet;

use crowfly_contract::limits::MAX_SAFE_INTEGER;
use crowfly_contract::{CreateItem, ErrorCode, UploadId, Visibility};
use crowfly_core::Refusal;
use crowfly_core::request::{Item, ValidItem, parse_create};
use serde_json::{Value, json};

const ID: &str = "01JD7ZK3V8Q2X5N6R9T0W1Y4AB";

fn item(change: Value) -> Value {
    let mut item = json!({"id": ID, "name": "a.webm", "size": 1, "type": "video/webm"});
    for (key, value) in change.as_object().unwrap() {
        item[key] = value.clone();
    }
    item
}

fn parse(items: Value) -> Result<Vec<Item>, Refusal> {
    parse_create(json!({"uploads": items}).to_string().as_bytes())
}

/// The refusal of a single item with one field changed.
fn refused(change: Value) -> ErrorCode {
    let mut parsed = parse(json!([item(change.clone())])).unwrap();
    let refusal = parsed
        .remove(0)
        .1
        .map(|item| panic!("{change}: {item:?}"))
        .unwrap_err();
    assert!(
        refusal.message.len() > 20 && refusal.message.is_ascii(),
        "{}",
        refusal.message
    );
    refusal.code
}

fn accepted(change: Value) -> ValidItem {
    parse(json!([item(change)])).unwrap().remove(0).1.unwrap()
}

#[test]
fn a_full_item_is_read() {
    let item = accepted(json!({
        "name": "한.WEBM", "size": 5, "crc64nvme": "rosUhgp5mIg=", "visibility": "public",
        "metadata": {"album": "여름 😀"},
    }));
    assert_eq!(item.id.to_string(), ID);
    assert_eq!(item.name.as_str(), "한.WEBM");
    assert_eq!(item.crc64nvme.unwrap().value(), 0xae8b_1486_0a79_9888);
    assert_eq!(item.visibility, Visibility::Public);
    assert_eq!(item.metadata.get("album").unwrap(), "여름 😀");
    let plain = accepted(json!({"crc64nvme": null, "visibility": null, "metadata": null}));
    assert_eq!(
        (plain.visibility, plain.crc64nvme),
        (Visibility::Private, None)
    );
}

#[test]
fn a21_fields_that_are_not_the_clients_are_refused() {
    for field in [
        "key",
        "bucket",
        "acl",
        "owner",
        "prefix",
        "status",
        "verified",
        "__proto__",
    ] {
        assert_eq!(
            refused(json!({field: "x"})),
            ErrorCode::UnknownField,
            "{field}"
        );
    }
    let outside = parse_create(br#"{"uploads":[],"owner":"x"}"#).unwrap_err();
    assert_eq!(outside.code, ErrorCode::UnknownField);
}

#[test]
fn a22_sizes() {
    for size in [
        json!(null),
        json!(-1),
        json!(1.5),
        json!("10"),
        json!(9_007_199_254_740_992u64),
        json!(u64::MAX),
        json!(1e30),
        json!(true),
        json!([1]),
        json!(-0.0),
    ] {
        assert_eq!(
            refused(json!({"size": size})),
            ErrorCode::InvalidSize,
            "{size}"
        );
    }
    assert_eq!(accepted(json!({"size": 0})).size.unwrap().get(), 0);
    assert_eq!(
        accepted(json!({"size": 9_007_199_254_740_991u64}))
            .size
            .map_or(0, |size| size.get()),
        MAX_SAFE_INTEGER
    );
    let text = format!(
        r#"{{"uploads":[{{"id":"{ID}","name":"a","type":"a/b","size":18446744073709551616}}]}}"#
    );
    let parsed = parse_create(text.as_bytes()).unwrap();
    assert_eq!(
        parsed[0].1.as_ref().unwrap_err().code,
        ErrorCode::InvalidSize
    );
}

#[test]
fn a23_a25_names() {
    let long = "n".repeat(1025);
    for name in [
        json!(null),
        json!(1),
        json!(""),
        json!("a\u{2028}b"),
        json!("a\nb"),
        json!(long),
    ] {
        assert_eq!(
            refused(json!({"name": name})),
            ErrorCode::InvalidName,
            "{name}"
        );
    }
    let lone = format!(r#"{{"uploads":[{{"id":"{ID}","name":"\ud800","type":"a/b","size":1}}]}}"#);
    let parsed = parse_create(lone.as_bytes()).unwrap();
    assert_eq!(
        parsed[0].1.as_ref().unwrap_err().code,
        ErrorCode::InvalidName
    );
}

#[test]
fn a29_types() {
    for media_type in [
        json!(null),
        json!(""),
        json!("video"),
        json!("Video/WebM"),
        json!("video/webm;codecs=x"),
        json!("video/webm\r\nx-amz-acl: public-read"),
        json!("v/".repeat(600)),
        json!(7),
    ] {
        assert_eq!(
            refused(json!({"type": media_type})),
            ErrorCode::InvalidType,
            "{media_type}"
        );
    }
}

#[test]
fn a31_metadata() {
    let many: Value = (0..33).map(|n| (n.to_string(), "x")).collect();
    for metadata in [
        json!("x"),
        json!([]),
        json!({"a": 1}),
        json!({"a": null}),
        json!({"a": {"b": "c"}}),
        json!({"": "x"}),
        json!({"a": "b\r\nc"}),
        json!({"a\n": "b"}),
        json!({"a": "\u{9f}"}),
        json!({"a": "x".repeat(2048)}),
        json!({"k".repeat(65): "x"}),
        many,
    ] {
        assert_eq!(
            refused(json!({"metadata": metadata})),
            ErrorCode::InvalidMetadata,
            "{metadata}"
        );
    }
    assert_eq!(
        accepted(json!({"metadata": {"a": "x".repeat(2047)}}))
            .metadata
            .get("a")
            .unwrap()
            .len(),
        2047
    );
}

#[test]
fn a32_checksums() {
    for crc in [
        json!(1),
        json!(""),
        json!("rosUhgp5mIg"),
        json!("rosUhgp5mIh="),
        json!("rosUhgp5mI=="),
        json!("ae8b14860a799888"),
        json!("rosUhgp5mIg=="),
        json!("ro-Uhgp5mIg="),
    ] {
        assert_eq!(
            refused(json!({"crc64nvme": crc})),
            ErrorCode::InvalidChecksum,
            "{crc}"
        );
    }
}

#[test]
fn visibility_is_one_of_two() {
    for visibility in [
        json!("Public"),
        json!(""),
        json!(true),
        json!("public-read"),
    ] {
        assert_eq!(
            refused(json!({"visibility": visibility})),
            ErrorCode::InvalidVisibility
        );
    }
}

#[test]
fn a70_ids_refuse_the_whole_request() {
    for id in [
        json!(null),
        json!(0),
        json!(""),
        json!("01jd7zk3v8q2x5n6r9t0w1y4ab"),
        json!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
        json!("01JD7ZK3V8Q2X5N6R9T0W1Y4A"),
        json!("01JD7ZK3V8Q2X5N6R9T0W1Y4AI"),
        json!("%00"),
        json!("0b5c3d2e-11aa-4bbb-8ccc-0123456789ab"),
    ] {
        let refusal = parse(json!([item(json!({"id": id}))])).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidId, "{id}");
    }
}

#[test]
fn a33_batches_have_1_to_100_distinct_items() {
    let numbered = |n: usize| item(json!({"id": UploadId::from_parts(1, n as u128).to_string()}));
    let list = |count: usize| (0..count).map(numbered).collect::<Vec<_>>();
    for bad in [
        json!([]),
        json!(list(101)),
        json!([numbered(1), numbered(1)]),
    ] {
        assert_eq!(parse(bad).unwrap_err().code, ErrorCode::InvalidBatch);
    }
    assert_eq!(parse(json!(list(100))).unwrap().len(), 100);
    for bad in [json!(null), json!({}), json!("x"), json!([1])] {
        assert_eq!(parse(bad).unwrap_err().code, ErrorCode::InvalidJson);
    }
}

#[test]
fn one_bad_item_leaves_the_others_alone() {
    let second = item(json!({"id": UploadId::from_parts(1, 2).to_string(), "size": -1}));
    let parsed = parse(json!([item(json!({})), second])).unwrap();
    assert!(parsed[0].1.is_ok());
    assert_eq!(
        parsed[1].1.as_ref().unwrap_err().code,
        ErrorCode::InvalidSize
    );
}

/// A refusal names the field and its rule, and repeats nothing of the value.
#[test]
fn a_refusal_names_the_field_and_the_rule() {
    let message = |body: Value| match parse_create(body.to_string().as_bytes()) {
        Err(refusal) => refusal.message.into_owned(),
        Ok(mut items) => items.pop().unwrap().1.unwrap_err().message.into_owned(),
    };
    let first = item(json!({"id": UploadId::from_parts(1, 2).to_string()}));
    let of = |change: Value| message(json!({"uploads": [first, item(change)]}));
    let mut nameless = item(json!({}));
    nameless.as_object_mut().unwrap().remove("name");
    for (message, expected) in [
        (
            of(json!({"size": "여름"})),
            "`uploads[1].size`: a size in bytes must be an integer from 0 to 9007199254740991",
        ),
        (
            of(json!({"id": "여름"})),
            "`uploads[1].id`: an upload id must be a ULID: 26 upper-case Crockford base32 characters",
        ),
        (
            of(json!({"visibility": "여름"})),
            "`uploads[1].visibility`: a visibility must be one of: `private`, `public`",
        ),
        (
            of(json!({"metadata": {"여름": 1}})),
            "`uploads[1].metadata`: metadata must be an object whose values are texts",
        ),
        (
            of(json!({"name": "n".repeat(256)})),
            "`uploads[1].name`: a file name must have at most 255 characters and 1024 bytes of UTF-8",
        ),
        (
            of(json!({"path": "여름/../a"})),
            "`uploads[1].path`: a path must not have `..` as a folder",
        ),
        (
            of(json!({"path": "여".repeat(234)})),
            "`uploads[1].path`: a path must have at most 700 bytes of UTF-8",
        ),
        (
            of(json!({"여acl": 1})),
            "`uploads[1].acl` is an unknown field; there may be: id, name, path, size, live, maxBytes, type, crc64nvme, visibility, metadata, partSize, parts",
        ),
        (
            of(json!({"parts": [{"number": 2, "여름": 1}]})),
            "`uploads[1].parts`: it may list the first parts of the file, from 1 without a gap, at most 6, each with `number` and `crc64nvme`",
        ),
        (
            message(json!({"uploads": [nameless]})),
            "`uploads[0].name`: a file name must be a text",
        ),
        (
            message(json!({"uploads": [1]})),
            "`uploads[0]` must be a JSON object",
        ),
        (message(json!({"uploads": "x"})), "`uploads` must be a list"),
        (
            message(json!({"uploads": [], "x": 1})),
            "`x` is an unknown field; there may be: uploads",
        ),
        (message(json!([])), "the body must be a JSON object"),
    ] {
        assert_eq!(message, expected);
    }
}

/// Of several errors the unknown field is reported first, then the fields in the order of the
/// contract.
#[test]
fn of_several_errors_the_first_field_is_reported() {
    let mut wrong = json!({"acl": 1, "name": "", "path": "..", "size": -1, "type": "", "crc64nvme": "", "visibility": "", "metadata": 1,
        "partSize": -1, "parts": 1});
    for (field, code) in [
        ("acl", ErrorCode::UnknownField),
        ("name", ErrorCode::InvalidName),
        ("path", ErrorCode::InvalidPath),
        ("size", ErrorCode::InvalidSize),
        ("type", ErrorCode::InvalidType),
        ("crc64nvme", ErrorCode::InvalidChecksum),
        ("visibility", ErrorCode::InvalidVisibility),
        ("metadata", ErrorCode::InvalidMetadata),
        ("partSize", ErrorCode::InvalidPart),
        ("parts", ErrorCode::InvalidPart),
    ] {
        assert_eq!(refused(wrong.clone()), code);
        wrong.as_object_mut().unwrap().remove(field);
    }
}

/// The table of error codes has exactly the fields of the contract.
#[test]
fn every_field_of_an_item_has_its_code() {
    let all = accepted(json!({
        "path": "a", "crc64nvme": "rosUhgp5mIg=", "visibility": "public", "metadata": {"a": "b"},
        "partSize": 8_388_608, "parts": [{"number": 1}],
    }));
    let client = CreateItem {
        id: all.id,
        name: all.name.as_str().to_owned(),
        path: all.path.and_then(|path| Some(path.as_str()?.to_owned())),
        size: all.size.map(|size| size.get()),
        live: true,
        max_bytes: Some(1),
        media_type: all.media_type.as_str().to_owned(),
        crc64nvme: all.crc64nvme,
        visibility: all.visibility,
        metadata: all.metadata,
        state: all.state,
        part_size: all.part_size.map(|size| size.get()),
        parts: all.parts,
    };
    let written = serde_json::to_value(client).unwrap();
    let written: HashSet<_> = written.as_object().unwrap().keys().cloned().collect();
    let refusal = parse(json!([item(json!({"x": 1}))])).unwrap().remove(0).1;
    let message = refusal.unwrap_err().message;
    let (_, table) = message.split_once("there may be: ").unwrap();
    let table: HashSet<_> = table.split(", ").map(str::to_owned).collect();
    assert_eq!(written, table);
}
