//! Wrong input to every route: always the typed error, never a 5xx.

use crowfly_contract::ErrorCode::{self, *};
use e2e::api::{item, new_id};
use e2e::http::Request;
use serde_json::json;

use crate::common::{assert_problem, somebody};

/// Bodies that no route with a body takes.
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
        ("an unknown field", br#"{"hello":1}"#.to_vec(), UnknownField),
    ]
}

#[test]
fn a20_bodies_that_no_route_takes() {
    let api = somebody();
    let id = api.leave(&item("a.txt", "text/plain", b"x")).id;
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
    let api = somebody();
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

#[test]
fn wrong_input_to_complete() {
    let api = somebody();
    let id = api.leave(&item("a.txt", "text/plain", b"x")).id;
    let path = format!("/uploads/{id}/complete");
    for (case, body, code) in [
        ("not a checksum", json!({"crc64nvme": "x"}), InvalidChecksum),
        ("a number", json!({"crc64nvme": 1}), InvalidChecksum),
        (
            "A66: a list of parts",
            json!({"parts": [{"number": 1, "etag": "</ETag><x>"}]}),
            UnknownField,
        ),
        (
            "A63: another key",
            json!({"key": "uploads/x"}),
            UnknownField,
        ),
    ] {
        assert_problem(case, &api.post(&path, &body), code);
    }
    let request = api
        .request("POST", &path)
        .header("content-type", "text/plain")
        .body("{}");
    assert_problem("not JSON", &request.send(), UnsupportedMediaType);
}

#[test]
fn a65_wrong_limits() {
    let api = somebody();
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
    let api = somebody();
    let known = api.leave(&item("a.txt", "text/plain", b"x")).id.to_string();
    let long = "0".repeat(2000);
    let lower = known.to_lowercase();
    for id in [
        "0",
        "%00",
        "0b5c3d2e-11aa-4bbb-8ccc-0123456789ab",
        &lower,
        &long,
        "%F0%9F%92%A9",
        "a%2Fb",
        "%2e",
    ] {
        for (method, path) in [
            ("GET", format!("/uploads/{id}")),
            ("GET", format!("/uploads/{id}/content")),
            ("DELETE", format!("/uploads/{id}")),
            ("POST", format!("/uploads/{id}/complete")),
        ] {
            let request = api.request(method, &path);
            let request = if method == "POST" {
                request.json(&json!({}))
            } else {
                request
            };
            let answer = request.send();
            assert_eq!(answer.status, 404, "{method} {path:.60}: {}", answer.text());
        }
    }
}

#[test]
fn a69_no_other_route_and_no_other_method() {
    let api = somebody();
    let id = api.leave(&item("a.txt", "text/plain", b"x")).id;
    for (method, path) in [
        ("GET", "/".to_owned()),
        ("GET", "/admin".into()),
        ("GET", "//uploads".into()),
        ("GET", "/uploads/%2e%2e/".into()),
        ("PUT", "/uploads".into()),
        ("PATCH", format!("/uploads/{id}")),
        ("PUT", format!("/uploads/{id}")),
        ("GET", "/uploads/status".into()),
        ("GET", format!("/uploads/{id}/complete")),
        ("DELETE", format!("/uploads/{id}/content")),
        ("DELETE", format!("/uploads/{id}/parts")),
        ("PUT", format!("/uploads/{id}/parts/1")),
        ("TRACE", "/uploads".into()),
    ] {
        let answer = api.request(method, &path).send();
        assert!(
            matches!(answer.status, 400..=405),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
    }
}

#[test]
fn a16_too_many_header_bytes_are_an_answer_and_not_a_hang() {
    let api = somebody();
    let answer = api
        .request("GET", "/uploads")
        .header("x-padding", "x".repeat(20_000))
        .try_send();
    if let Ok(answer) = answer {
        assert!(answer.status < 500, "{}", answer.status);
    }
}

/// Junk where a request line should be must not take the API down for the next caller.
#[test]
fn the_api_outlives_junk() {
    let api = somebody();
    let junk = Request::new("GET\u{1}", format!("{}/uploads", api.base));
    if let Ok(answer) = junk.try_send() {
        assert!((400..600).contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(api.get("/uploads").status, 200);
}
