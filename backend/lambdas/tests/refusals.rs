//! Invalid input on every route: a typed Problem with a message, and no side effect.

mod common;

use common::{assert_problem, call, calls_after_rate_check, claims, event, id, presign, read};
use crowfly_testing::Memory;
use serde_json::{Value, json};

/// Every route: whether `presign` has it, and a valid body.
fn routes() -> Vec<(bool, String, Option<Value>)> {
    let upload = json!({"id": id(1), "name": "a.webm", "size": 9, "type": "video/webm"});
    vec![
        (
            true,
            "POST /uploads".to_owned(),
            Some(json!({"uploads": [upload]})),
        ),
        (
            true,
            format!("POST /uploads/{}/complete", id(1)),
            Some(json!({})),
        ),
        (true, format!("DELETE /uploads/{}", id(1)), None),
        (
            false,
            "POST /uploads/status".to_owned(),
            Some(json!({"ids": [id(1)]})),
        ),
        (false, "GET /uploads".to_owned(), None),
        (false, format!("GET /uploads/{}", id(1)), None),
        (false, format!("GET /uploads/{}/content", id(1)), None),
        (
            false,
            format!("DELETE /uploads/{}/content", id(1)),
            Some(json!({})),
        ),
    ]
}

#[tokio::test]
async fn a90_without_the_authorizer_every_route_is_401() {
    for (signs, route, body) in routes() {
        for context in [
            json!(null),
            json!({}),
            json!({"jwt": {}}),
            json!({"jwt": {"claims": null}}),
            json!({"jwt": {"claims": "sub=alice"}}),
            json!({"jwt": {"claims": {}}}),
            json!({"lambda": {"sub": "alice"}}),
        ] {
            let memory = Memory::default();
            let mut event = event(&route, body.as_ref());
            event["requestContext"]["authorizer"] = context;
            assert_problem(&call(&memory, signs, event).await, 401, "unauthenticated");
            assert_eq!(memory.calls(), Vec::<&str>::new(), "{route}");
        }
    }
}

#[tokio::test]
async fn a11_a12_without_the_scope_every_route_is_403() {
    for (signs, route, body) in routes() {
        for scope in [
            json!(null),
            json!(""),
            json!("uploads:writex"),
            json!("Uploads"),
            json!("openid"),
        ] {
            let memory = Memory::default();
            let mut event = event(&route, body.as_ref());
            event["requestContext"]["authorizer"]["jwt"]["claims"]["scope"] = scope;
            assert_problem(
                &call(&memory, signs, event).await,
                403,
                "insufficient_scope",
            );
            assert_eq!(memory.calls(), Vec::<&str>::new(), "{route}");
        }
    }
}

#[tokio::test]
async fn a14_an_invalid_subject_is_403() {
    for (signs, route, body) in routes() {
        for subject in ["", "../x", "a/b", "a#b", "é", "a\nb"] {
            let memory = Memory::default();
            let mut event = event(&route, body.as_ref());
            event["requestContext"]["authorizer"]["jwt"]["claims"] = claims(subject);
            assert_problem(&call(&memory, signs, event).await, 403, "invalid_subject");
        }
    }
}

#[tokio::test]
async fn a20_a81_a_body_must_be_json_by_its_content_type() {
    for (signs, route, body) in routes().into_iter().filter(|(_, _, body)| body.is_some()) {
        for content_type in [
            json!(null),
            json!("text/plain"),
            json!("application/x-www-form-urlencoded"),
            json!("multipart/form-data; boundary=x"),
        ] {
            let mut event = event(&route, body.as_ref());
            event["headers"]["content-type"] = content_type;
            let answer = call(&Memory::default(), signs, event).await;
            assert_problem(&answer, 415, "unsupported_media_type");
        }
    }
}

#[tokio::test]
async fn a20_a21_bodies_that_no_route_reads() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(1024 * 1024));
    for (signs, route, _) in routes().into_iter().filter(|(_, _, body)| body.is_some()) {
        for (body, base64, status, code) in [
            ("{", false, 400, "invalid_json"),
            ("[]", false, 400, "invalid_json"),
            ("\u{feff}{}", false, 400, "invalid_json"),
            (deep.as_str(), false, 400, "invalid_json"),
            ("{}", true, 400, "invalid_json"),
            (r#"{"ids":[],"ids":[]}"#, false, 400, "invalid_json"),
            (
                r#"{"uploads":[{"id":1,"id":2}]}"#,
                false,
                400,
                "invalid_json",
            ),
            (long.as_str(), false, 413, "body_too_large"),
            (r#"{"owner":"x"}"#, false, 400, "unknown_field"),
            (r#"{"__proto__":{}}"#, false, 400, "unknown_field"),
        ] {
            let memory = Memory::default();
            let mut event = event(&route, None);
            event["body"] = body.into();
            event["isBase64Encoded"] = base64.into();
            assert_problem(&call(&memory, signs, event).await, status, code);
            assert_eq!(
                calls_after_rate_check(&memory),
                Vec::<&str>::new(),
                "{route}"
            );
        }
    }
}

#[tokio::test]
async fn a21_a33_refused_creates() {
    let item = |field: &str, value: Value| {
        let mut item = json!({"id": id(1), "name": "a.webm", "size": 9, "type": "video/webm"});
        item[field] = value;
        json!({"uploads": [item]})
    };
    let twice = json!({"id": id(1), "name": "a.webm", "size": 9, "type": "video/webm"});
    for (body, status, code) in [
        (item("id", json!("x")), 400, "invalid_id"),
        (item("name", json!("")), 400, "invalid_name"),
        (item("name", json!("a\u{85}b")), 400, "invalid_name"),
        (item("size", json!(-1)), 400, "invalid_size"),
        (item("size", json!("10")), 400, "invalid_size"),
        (item("size", json!(1_000_000_001)), 413, "too_large"),
        (item("type", json!("video/webm;x=y")), 400, "invalid_type"),
        (item("type", json!("text/html")), 400, "type_not_allowed"),
        (
            item("type", json!("image/svg+xml")),
            400,
            "type_not_allowed",
        ),
        (item("type", json!("image/png")), 400, "type_not_allowed"),
        (item("crc64nvme", json!("AAAA")), 400, "invalid_checksum"),
        (
            item("metadata", json!({"a": "\r\n"})),
            400,
            "invalid_metadata",
        ),
        (item("visibility", json!("all")), 400, "invalid_visibility"),
        (
            item("visibility", json!("public")),
            400,
            "public_not_allowed",
        ),
        (item("acl", json!("public-read")), 400, "unknown_field"),
        (item("key", json!("uploads/x")), 400, "unknown_field"),
        (item("expiresIn", json!(691_200)), 400, "unknown_field"),
        (json!({}), 400, "invalid_json"),
        (json!({"uploads": []}), 400, "invalid_batch"),
        (json!({"uploads": [twice, twice]}), 400, "invalid_batch"),
        (json!({"uploads": vec![twice; 101]}), 400, "invalid_batch"),
    ] {
        let memory = Memory::default();
        let answer = presign(&memory, event("POST /uploads", Some(&body))).await;
        assert_problem(&answer, status, code);
        assert_eq!(
            calls_after_rate_check(&memory),
            Vec::<&str>::new(),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a65_a64_refused_lists() {
    for (query, code) in [
        ("limit=0", "invalid_limit"),
        ("limit=-1", "invalid_limit"),
        ("limit=1000000000", "invalid_limit"),
        ("limit=abc", "invalid_limit"),
        ("limit=", "invalid_limit"),
        ("limit=10,20", "invalid_limit"),
        ("cursor=", "invalid_cursor"),
        ("cursor=x", "invalid_cursor"),
        (
            "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "invalid_cursor",
        ),
    ] {
        let memory = Memory::default();
        assert_problem(
            &read(&memory, event(&format!("GET /uploads?{query}"), None)).await,
            400,
            code,
        );
        assert_eq!(
            calls_after_rate_check(&memory),
            Vec::<&str>::new(),
            "{query}"
        );
    }
}

#[tokio::test]
async fn refused_status_calls() {
    for (ids, code) in [
        (json!([]), "invalid_batch"),
        (json!([id(1), id(1)]), "invalid_batch"),
        (json!((0..101).map(id).collect::<Vec<_>>()), "invalid_batch"),
        (json!(["x"]), "invalid_id"),
        (json!([1]), "invalid_id"),
        (json!("x"), "invalid_json"),
    ] {
        let body = json!({"ids": ids});
        let answer = read(
            &Memory::default(),
            event("POST /uploads/status", Some(&body)),
        )
        .await;
        assert_problem(&answer, 400, code);
    }
}
