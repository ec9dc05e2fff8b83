//! Invalid input to `POST /uploads`, row by row of the abuse list.

use crowfly_contract::ErrorCode::{self, *};
use devkit::env::Env;
use devkit::http::Request;
use e2e::api::{Api, item};
use serde_json::{Value, json};

use crate::common::{account, assert_problem, new_caller};

/// A valid item with one field changed.
pub(crate) fn with(field: &str, value: Value) -> Value {
    let mut create_item = item("a.txt", "text/plain", b"x");
    create_item[field] = value;
    create_item
}

/// A valid item without one field.
pub(crate) fn without(field: &str) -> Value {
    let mut create_item = item("a.txt", "text/plain", b"x");
    create_item
        .as_object_mut()
        .map(|create_item| create_item.remove(field));
    create_item
}

#[track_caller]
pub(crate) fn all_refused(cases: Vec<(Value, ErrorCode)>) {
    let api = new_caller();
    for (create_item, code) in cases {
        let case = format!("{create_item:.200}");
        assert_problem(&case, &api.create(&create_item), code);
    }
    assert_eq!(
        api.get("/uploads").json()["uploads"],
        json!([]),
        "a refusal leaves nothing behind"
    );
}

#[test]
fn a21_unknown_fields() {
    let fields = [
        "key",
        "bucket",
        "acl",
        "owner",
        "prefix",
        "status",
        "verified",
        "__proto__",
    ];
    all_refused(
        fields
            .iter()
            .map(|field| (with(field, json!("x")), UnknownField))
            .collect(),
    );
    let api = new_caller();
    let body = json!({"uploads": [item("a.txt", "text/plain", b"x")], "owner": "x"});
    assert_problem(
        "beside the list",
        &api.post("/uploads", &body),
        UnknownField,
    );
}

#[test]
fn a22_sizes() {
    let over = json!(209_715_201u64);
    all_refused(vec![
        (without("size"), InvalidSize),
        (with("size", json!(null)), InvalidSize),
        (with("size", json!(-1)), InvalidSize),
        (with("size", json!([1])), InvalidSize),
        (with("size", json!(1.5)), InvalidSize),
        (with("size", json!(1.0)), InvalidSize),
        (with("size", json!("10")), InvalidSize),
        (with("size", json!("NaN")), InvalidSize),
        (with("size", json!(9_007_199_254_740_993u64)), InvalidSize),
        (with("size", json!(true)), InvalidSize),
        (with("size", over), TooLarge),
        (with("size", json!(9_007_199_254_740_991u64)), TooLarge),
    ]);
    let raw = |size: &str| {
        let create_item = without("size").to_string();
        let create_item = format!("{{\"size\":{size},{}", create_item.trim_start_matches('{'));
        format!("{{\"uploads\":[{create_item}]}}")
    };
    for (size, code) in [
        ("18446744073709551616", InvalidSize),
        ("1e30", InvalidSize),
        ("-0.0", InvalidSize),
        ("1e400", InvalidJson),
        ("Infinity", InvalidJson),
        ("NaN", InvalidJson),
        ("01", InvalidJson),
    ] {
        let request = new_caller()
            .request("POST", "/uploads")
            .header("content-type", "application/json");
        assert_problem(size, &request.body(raw(size)).send(), code);
    }
    // Empty files exist, and so do files of exactly the limit.
    for size in [0, 209_715_200u64] {
        let mut create_item = with("size", json!(size));
        create_item
            .as_object_mut()
            .map(|create_item| create_item.remove("crc64nvme"));
        assert_eq!(new_caller().create(&create_item).status, 201, "{size}");
    }
}

#[test]
fn a31_metadata() {
    let many: Value = (0..33)
        .map(|n| (format!("k{n}"), json!("v")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    all_refused(vec![
        (with("metadata", json!("text")), InvalidMetadata),
        (with("metadata", json!([])), InvalidMetadata),
        (with("metadata", json!({"a": 1})), InvalidMetadata),
        (with("metadata", json!({"a": {"b": "c"}})), InvalidMetadata),
        (with("metadata", json!({"": "x"})), InvalidMetadata),
        (with("metadata", json!({"a": "b\r\nc"})), InvalidMetadata),
        (with("metadata", json!({"a": "b\rc"})), InvalidMetadata),
        (with("metadata", json!({"a": "b\nc"})), InvalidMetadata),
        (with("metadata", json!({"a\n": "b"})), InvalidMetadata),
        (with("metadata", json!({"a": "\u{2028}"})), InvalidMetadata),
        (
            with("metadata", json!({"a": "x".repeat(2048)})),
            InvalidMetadata,
        ),
        (
            with("metadata", json!({"k".repeat(65): "x"})),
            InvalidMetadata,
        ),
        (with("metadata", many), InvalidMetadata),
    ]);
}

/// Metadata never becomes a header, so any script is allowed: it is kept in the record only.
#[test]
fn a31_metadata_of_any_script_reaches_no_header() {
    let api = new_caller();
    let mut create_item = item("a.txt", "text/plain", b"x");
    create_item["metadata"] = json!({"앨범": "여름 ☀", "x-amz-acl": "public-read"});
    let record = api.upload(&create_item, b"x");
    assert_eq!(json!(record.metadata), create_item["metadata"]);
    let head = account().head_object(&record.key.to_string());
    let names: Vec<&str> = head.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        !names.iter().any(|name| name.starts_with("x-amz-meta-")),
        "{names:?}"
    );
}

#[test]
fn a32_checksums() {
    let bad = [
        "",
        "AAAAAAAAAAA",
        "AAAAAAAAAAB=",
        "AAAAAAAAAA==",
        "ae8b14860a799888",
        "a-_AAAAAAAA=",
        "crc",
        "rosUhgp5mIg=\n",
        "CRC64NVME:rosUhgp5mIg=",
    ];
    let mut cases: Vec<_> = bad
        .iter()
        .map(|bad| (with("crc64nvme", json!(bad)), InvalidChecksum))
        .collect();
    cases.push((with("crc64nvme", json!(1)), InvalidChecksum));
    for other in ["sha256", "md5", "crc32", "crc32c", "checksum"] {
        cases.push((with(other, json!("rosUhgp5mIg=")), UnknownField));
    }
    all_refused(cases);
}

#[test]
fn visibility_is_one_of_two_and_public_only_where_allowed() {
    all_refused(vec![
        (with("visibility", json!("everyone")), InvalidVisibility),
        (with("visibility", json!(true)), InvalidVisibility),
        (with("visibility", json!("public-read")), InvalidVisibility),
    ]);
    let answer = Api::demo_user(Env::stack("main")).create(&with("visibility", json!("public")));
    assert_problem("switched off", &answer, PublicNotAllowed);
}

#[test]
fn a33_a70_batches_and_ids() {
    let api = new_caller();
    let one = item("a.txt", "text/plain", b"x");
    let many: Vec<Value> = (0..101)
        .map(|_| item("a.txt", "text/plain", b"x"))
        .collect();
    for (case, uploads, code) in [
        ("no item", json!([]), InvalidBatch),
        ("101 items", json!(many), InvalidBatch),
        ("an id twice", json!([one, one]), InvalidBatch),
        ("no list", json!({}), InvalidJson),
        ("no object", json!(["x"]), InvalidJson),
        ("null", json!(null), InvalidJson),
        ("no id", json!([without("id")]), InvalidId),
        ("a number", json!([with("id", json!(0))]), InvalidId),
        (
            "a UUID",
            json!([with("id", json!("0b5c3d2e-11aa-4bbb-8ccc-0123456789ab"))]),
            InvalidId,
        ),
        (
            "lower case",
            json!([with("id", json!("01jd7zk3v8q2x5n6r9t0w1y4ab"))]),
            InvalidId,
        ),
        (
            "overflow",
            json!([with("id", json!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"))]),
            InvalidId,
        ),
    ] {
        assert_problem(
            case,
            &api.post("/uploads", &json!({"uploads": uploads})),
            code,
        );
    }
}

/// A81: content types that a form of another site can send without a preflight.
#[test]
fn a20_a81_bodies_that_are_not_json() {
    let api = new_caller();
    let good = json!({"uploads": [item("a.txt", "text/plain", b"x")]}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let request = api
            .request("POST", "/uploads")
            .header("content-type", kind)
            .body(good.as_str());
        assert_problem(kind, &request.send(), UnsupportedMediaType);
    }
    let none = Request::new("POST", format!("{}/uploads", api.base))
        .bearer(&api.token)
        .body(good.as_str());
    assert_problem("no type", &none.send(), UnsupportedMediaType);
}
