//! Invalid input to every route gets the typed error, never a 5xx.

use crowfly_contract::ErrorCode::{self, *};
use devkit::http::Request;
use e2e::api::{item, new_id};
use serde_json::json;

use crate::access::call;
use crate::common::{assert_problem, new_caller};
use crate::owners::calls;
use crate::parts::{Parts, bytes, create_item};

/// Bodies that every route with a body refuses.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>, ErrorCode)> {
    vec![
        ("not JSON", b"{".to_vec(), InvalidJson),
        ("a list", b"[]".to_vec(), InvalidJson),
        ("a text", b"\"x\"".to_vec(), InvalidJson),
        ("null", b"null".to_vec(), InvalidJson),
        ("not UTF-8", b"\xff\xfe{}".to_vec(), InvalidJson),
        ("a byte-order mark", b"\xef\xbb\xbf{}".to_vec(), InvalidJson),
        ("two values", b"{}{}".to_vec(), InvalidJson),
        ("10,000 deep", "[".repeat(10_000).into_bytes(), InvalidJson),
        (
            "10,000 objects deep",
            "{\"a\":".repeat(10_000).into_bytes(),
            InvalidJson,
        ),
        (
            "more than a mebibyte",
            vec![b' '; 1024 * 1024 + 1],
            BodyTooLarge,
        ),
        ("eleven megabytes", vec![b' '; 11_000_000], BodyTooLarge),
        ("an unknown field", br#"{"hello":1}"#.to_vec(), UnknownField),
    ]
}

#[test]
fn a20_bodies_that_no_route_takes() {
    let api = new_caller();
    let id = api.create_one(&item("a.txt", "text/plain", b"x")).id;
    for path in [
        "/uploads".into(),
        "/uploads/status".into(),
        format!("/uploads/{id}/parts"),
        format!("/uploads/{id}/complete"),
    ] {
        for (case, body, code) in bad_bodies() {
            let request = api
                .request("POST", &path)
                .header("content-type", "application/json")
                .body(body);
            assert_problem(&format!("{path}: {case}"), &request.send(), code);
        }
    }
    for path in ["/uploads", "/uploads/status"] {
        let request = api
            .request("POST", path)
            .header("content-type", "application/json");
        assert_problem(&format!("{path}: empty"), &request.send(), InvalidJson);
    }
}

#[test]
fn wrong_input_to_status() {
    let api = new_caller();
    let id = new_id();
    let many: Vec<_> = (0..101).map(|_| new_id()).collect();
    for (case, body, code) in [
        ("no list", json!({}), InvalidJson),
        ("not a list", json!({"ids": "x"}), InvalidJson),
        ("no id", json!({"ids": []}), InvalidBatch),
        ("101 ids", json!({"ids": many}), InvalidBatch),
        ("twice", json!({"ids": [id, id]}), InvalidBatch),
        ("not an id", json!({"ids": ["x"]}), InvalidId),
        ("a number", json!({"ids": [1]}), InvalidId),
    ] {
        assert_problem(case, &api.post("/uploads/status", &body), code);
    }
}

/// The parts of a completion come from storage's own list: a client can name neither parts, key nor upload.
#[test]
fn a63_a66_complete_takes_a_checksum_and_nothing_else() {
    let api = new_caller();
    let single = api.create_one(&item("a.txt", "text/plain", b"x")).id;
    let parts = Parts::begin(api.clone(), create_item());
    parts.send(&bytes(), 1..=3);
    let part = |number: u32, etag: &str| json!({"number": number, "etag": etag});
    for id in [single, parts.id] {
        let path = format!("/uploads/{id}/complete");
        for (case, body, code) in [
            ("not a checksum", json!({"crc64nvme": "x"}), InvalidChecksum),
            ("a number", json!({"crc64nvme": 1}), InvalidChecksum),
            ("no part", json!({"parts": []}), UnknownField),
            (
                "unordered parts",
                json!({"parts": [part(2, "b"), part(1, "a")]}),
                UnknownField,
            ),
            (
                "a part twice",
                json!({"parts": [part(1, "a"), part(1, "a")]}),
                UnknownField,
            ),
            (
                "a foreign entity tag",
                json!({"parts": [part(1, "e")]}),
                UnknownField,
            ),
            (
                "XML in the entity tag",
                json!({"parts": [part(1, "</ETag><PartNumber>1</PartNumber>")]}),
                UnknownField,
            ),
            ("another key", json!({"key": "uploads/x"}), UnknownField),
            ("another bucket", json!({"bucket": "x"}), UnknownField),
            ("another upload", json!({"uploadId": "x"}), UnknownField),
            ("another size", json!({"size": 1}), InvalidSize),
        ] {
            assert_problem(case, &api.post(&path, &body), code);
        }
        let request = api
            .request("POST", &path)
            .header("content-type", "text/plain")
            .body("{}");
        assert_problem("not JSON", &request.send(), UnsupportedMediaType);
    }
    assert_eq!(parts.complete(&json!({})).status, 200, "as it should be");
}

#[test]
fn a65_wrong_limits() {
    let api = new_caller();
    for limit in [
        "0",
        "-1",
        "1e9",
        "1000000000",
        "101",
        "abc",
        "",
        "5.0",
        "%00",
        "+5",
        "0x10",
    ] {
        assert_problem(
            limit,
            &api.get(&format!("/uploads?limit={limit}")),
            InvalidLimit,
        );
    }
    assert_eq!(api.get("/uploads?limit=100").status, 200);
}

#[test]
fn a70_paths_that_name_no_upload() {
    let api = new_caller();
    let known = api
        .create_one(&item("a.txt", "text/plain", b"x"))
        .id
        .to_string();
    let longer = format!("{known}0");
    let (lower, long) = (known.to_lowercase(), "0".repeat(2000));
    for id in [
        "0",
        "-1",
        "%00",
        "0b5c3d2e-11aa-1bbb-8ccc-0123456789ab",
        "0b5c3d2e-11aa-4bbb-8ccc-0123456789ab",
        "0b5c3d2e-11aa-7bbb-8ccc-0123456789ab",
        "00000000-0000-0000-0000-000000000000",
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4U!",
        "99999999999999999999999999999999999999",
        &lower,
        &longer,
        &long,
        "%F0%9F%92%A9",
        "a%2Fb",
        "%2e",
    ] {
        for (method, path, body) in calls(known.parse().expect("an id")) {
            let path = path.replace(&known, id);
            let answer = call(&api, &(method, path.clone(), body));
            let code = NotFound.http_status();
            assert_eq!(
                Some(answer.status),
                code,
                "{method} {path:.60}: {}",
                answer.text()
            );
        }
    }
}

#[test]
fn a69_no_other_route_and_no_other_method() {
    let api = new_caller();
    let id = api.create_one(&item("a.txt", "text/plain", b"x")).id;
    let refusals = [NotFound, MethodNotAllowed].map(ErrorCode::http_status);
    for (method, path) in [
        ("GET", "/".to_owned()),
        ("GET", "/admin".into()),
        ("GET", "/debug".into()),
        ("GET", "/health".into()),
        ("GET", "/metrics".into()),
        ("GET", "/.env".into()),
        ("GET", "//uploads".into()),
        ("POST", "//uploads".into()),
        ("GET", "/uploads/".into()),
        ("POST", "/uploads/".into()),
        ("GET", "/UPLOADS".into()),
        ("GET", "/uploads/%2e%2e/".into()),
        ("GET", "/uploads/../uploads/x".into()),
        ("GET", format!("/uploads/{id}/")),
        ("GET", format!("/uploads/{id}/content/")),
        ("GET", format!("/uploads//{id}")),
        ("PUT", "/uploads".into()),
        ("DELETE", "/uploads".into()),
        ("PATCH", format!("/uploads/{id}")),
        ("PUT", format!("/uploads/{id}")),
        ("POST", format!("/uploads/{id}")),
        ("GET", format!("/uploads/{id}/complete")),
        ("PUT", format!("/uploads/{id}/content")),
        ("DELETE", format!("/uploads/{id}/content/")),
        ("DELETE", format!("/uploads/{id}/parts")),
        ("PUT", format!("/uploads/{id}/parts/1")),
        ("TRACE", "/uploads".into()),
    ] {
        let request = api.request(method, &path);
        let answer = match method {
            "POST" | "PUT" | "PATCH" => request.json(&json!({})).send(),
            _ => request.send(),
        };
        assert!(
            refusals.contains(&Some(answer.status)),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
    }
    assert!(api.record(id).is_some(), "nothing of it did anything");
}

#[test]
fn a16_too_many_header_bytes_are_an_answer_and_not_a_hang() {
    let api = new_caller();
    let answer = api
        .request("GET", "/uploads")
        .header("x-padding", "x".repeat(20_000))
        .send();
    assert!(matches!(answer.status, 400 | 431), "{}", answer.status);
    assert_eq!(api.get("/uploads").status, 200, "the next caller");
}

/// Garbage instead of a request line must not disturb the next caller.
#[test]
fn the_api_outlives_junk() {
    let api = new_caller();
    let junk = Request::new("GET\u{1}", format!("{}/uploads", api.base));
    if let Ok(answer) = junk.try_send() {
        assert!((400..600).contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(api.get("/uploads").status, 200);
}
