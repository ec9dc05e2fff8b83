//! Wrong input to `POST /uploads`, row by row of the abuse list.

use crowfly_contract::ErrorCode::{self, *};
use e2e::Env;
use e2e::api::{Api, item};
use e2e::http::Request;
use serde_json::{Value, json};

use crate::common::{account, assert_problem, somebody};

/// A good item with one field changed.
pub(crate) fn with(field: &str, value: Value) -> Value {
    let mut wish = item("a.txt", "text/plain", b"x");
    wish[field] = value;
    wish
}

/// A good item without one field.
pub(crate) fn without(field: &str) -> Value {
    let mut wish = item("a.txt", "text/plain", b"x");
    wish.as_object_mut().map(|wish| wish.remove(field));
    wish
}

#[track_caller]
pub(crate) fn all_refused(cases: Vec<(Value, ErrorCode)>) {
    let api = somebody();
    for (wish, code) in cases {
        let case = format!("{wish:.200}");
        assert_problem(&case, &api.create(&wish), code);
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
    let api = somebody();
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
        let wish = without("size").to_string();
        let wish = format!("{{\"size\":{size},{}", wish.trim_start_matches('{'));
        format!("{{\"uploads\":[{wish}]}}")
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
        let request = somebody()
            .request("POST", "/uploads")
            .header("content-type", "application/json");
        assert_problem(size, &request.body(raw(size)).send(), code);
    }
    // Files without a byte exist, and so do files of exactly the limit.
    for size in [0, 209_715_200u64] {
        let mut wish = with("size", json!(size));
        wish.as_object_mut().map(|wish| wish.remove("crc64nvme"));
        assert_eq!(somebody().create(&wish).status, 201, "{size}");
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
        (with("metadata", json!({"a": "\u{202e}"})), InvalidMetadata),
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

/// Metadata never becomes a header, so every script is welcome: it stands in the record alone.
#[test]
fn a31_metadata_of_any_script_reaches_no_header() {
    let api = somebody();
    let mut wish = item("a.txt", "text/plain", b"x");
    wish["metadata"] = json!({"앨범": "여름 ☀", "x-amz-acl": "public-read"});
    let record = api.upload(&wish, b"x");
    assert_eq!(json!(record.metadata), wish["metadata"]);
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
    let api = somebody();
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

/// A81: what a form of another site could send without asking first.
#[test]
fn a20_a81_bodies_that_are_not_json() {
    let api = somebody();
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
