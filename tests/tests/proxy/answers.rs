//! Faults that replace or change the answer.

use serde_json::{Value, json};

use crate::common::{ORIGIN, SMALL, bytes, readable, setup};

#[test]
fn f06_slow_down_as_s3_says_it_and_so_often_as_asked() {
    for times in [1, 2, 5] {
        let setup = setup();
        let grant = setup.single(SMALL);
        setup.proxy.rule(json!({
            "match": {"method": "PUT", "times": times},
            "fault": {"kind": "status", "status": 503, "code": "SlowDown", "retryAfter": "2"},
        }));
        for _ in 0..times {
            let answer = setup.put(&grant, &bytes(SMALL)).send();
            assert_eq!(answer.status, 503);
            assert!(answer.text().contains("<Code>SlowDown</Code>"));
            assert_eq!(answer.header("retry-after"), Some("2"));
            assert!(readable(&answer));
        }
        assert_eq!(setup.sink.stats().puts, 0);
        assert_eq!(setup.put(&grant, &bytes(SMALL)).send().status, 200);
        assert_eq!(
            setup.proxy.log().parts[0].bytes,
            SMALL * (times + 1),
            "the body of a refused PUT is read"
        );
    }
}

#[test]
fn f07_without_cors_headers_no_page_can_read_it() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup.proxy.rule(json!({
        "fault": {"kind": "status", "status": 503, "code": "SlowDown", "cors": false},
    }));
    let answer = setup.put(&grant, &bytes(SMALL)).send();
    assert_eq!((answer.status, readable(&answer)), (503, false));
}

#[test]
fn an_early_answer_ends_the_connection_before_the_body() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup.proxy.rule(json!({
        "fault": {"kind": "status", "status": 403, "code": "ExpiredToken", "early": true},
    }));
    let answer = setup.put(&grant, &bytes(SMALL)).send();
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(setup.only().received, 0);
}

#[test]
fn f20_f23_errors_in_the_forms_of_the_api_and_of_its_gateway() {
    let setup = setup();
    setup.proxy.rule(json!({"fault": {
        "kind": "status", "status": 429, "form": "problem", "code": "quota_open_uploads",
        "retryAfter": "1",
    }}));
    setup.proxy.rule(json!({"fault": {
        "kind": "status", "status": 401, "form": "gateway", "cors": false,
    }}));
    let ask = || setup.api("GET", "/uploads").header("origin", ORIGIN).send();
    let answer = ask();
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["error"]["code"], "quota_open_uploads");
    let exposed = answer.header("access-control-expose-headers");
    assert!(exposed.is_some_and(|names| names.contains("retry-after")));
    let answer = ask();
    assert_eq!((answer.status, readable(&answer)), (401, false));
    assert_eq!(answer.json(), json!({"message": "Unauthorized"}));
    assert_eq!(ask().status, 200);
}

#[test]
fn f24_html_and_nothing_at_all_in_place_of_json() {
    let setup = setup();
    setup
        .proxy
        .rule(json!({"fault": {"kind": "body", "text": "<!doctype html><p>Sign in"}}));
    setup.proxy.rule(json!({"fault": {
        "kind": "body", "text": "", "contentType": "application/json",
    }}));
    let answer = setup.api("GET", "/uploads").send();
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert!(answer.text().starts_with("<!doctype html>"));
    let answer = setup.api("GET", "/uploads").send();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(
        setup.sink.stats().requests,
        0,
        "upstream never heard of them"
    );
}

#[test]
fn f24_upstream_may_carry_it_out_all_the_same() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup.proxy.rule(json!({"fault": {
        "kind": "body", "status": 500, "text": "lost", "forward": true,
    }}));
    assert_eq!(setup.put(&grant, &bytes(SMALL)).send().text(), "lost");
    assert_eq!(setup.put(&grant, &bytes(SMALL)).send().status, 412);
}

#[test]
fn f24_json_cut_short_is_no_json() {
    let setup = setup();
    let whole = setup.api("GET", "/uploads").send().body;
    setup
        .proxy
        .rule(json!({"fault": {"kind": "truncate", "at": "half"}}));
    let cut = setup.api("GET", "/uploads").send();
    assert_eq!(cut.status, 200);
    assert_eq!(cut.body, whole[..whole.len() / 2]);
    assert!(serde_json::from_slice::<Value>(&cut.body).is_err());
}

#[test]
fn redirects_to_the_same_and_to_another_address() {
    let setup = setup();
    let there = "http://elsewhere.localhost/x";
    setup
        .proxy
        .rule(json!({"fault": {"kind": "redirect", "status": 307}}));
    setup.proxy.rule(json!({
        "fault": {"kind": "redirect", "status": 301, "location": there},
    }));
    let answer = setup.api("GET", "/uploads?limit=1").send();
    assert_eq!(answer.status, 307);
    let same = setup.url("/uploads?limit=1");
    assert_eq!(answer.header("location"), Some(same.as_str()));
    let answer = setup.api("GET", "/uploads").send();
    assert_eq!(
        (answer.status, answer.header("location")),
        (301, Some(there))
    );
}
