//! The control endpoint, and the secrets that the log leaves out.

use devkit::http::{Request, Response};
use serde_json::{Value, json};

use crate::common::{ORIGIN, SMALL, Setup, bytes, reset, setup};

fn control(setup: &Setup, method: &str, path: &str, body: &Value) -> Response {
    let url = format!("http://{}{path}", setup.proxy.control());
    Request::new(method, url).json(body).send()
}

#[test]
fn rules_come_and_go_over_http() {
    let setup = setup();
    let rule = json!({"match": {"method": "GET"}, "fault": {"kind": "status", "status": 500}});
    let answer = control(&setup, "POST", "/rules", &json!([rule, rule]));
    assert_eq!(answer.json(), json!({"rules": [0, 1]}));
    assert_eq!(setup.api("GET", "/uploads").send().status, 500);
    let rules = control(&setup, "GET", "/rules", &json!({})).json();
    assert_eq!(
        rules[0],
        json!({"rule": 0, "fault": "status", "met": 1, "fired": 1})
    );
    assert_eq!(rules[1]["fired"], 0);
    assert_eq!(control(&setup, "DELETE", "/rules", &json!({})).status, 200);
    assert_eq!(setup.api("GET", "/uploads").send().status, 200);
}

#[test]
fn bodies_on_their_way_are_reset_at_once_and_later_ones_are_not() {
    let setup = setup();
    let slow = json!({"match": {"method": "PUT"}, "fault": {"kind": "bandwidth", "bytesPerSecond": 100_000}});
    control(&setup, "POST", "/rules", &slow);
    let (grant, body) = (setup.single(SMALL), bytes(SMALL));
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| reset(&setup.put(&grant, &body)));
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert_eq!(control(&setup, "POST", "/reset", &json!({})).status, 200);
        sending.join().expect("a reset");
    });
    assert_eq!(setup.put(&grant, &body).send().status, 200);
}

#[test]
fn h3_no_page_controls_it() {
    let setup = setup();
    let rule = json!({"fault": {"kind": "status", "status": 500}});
    for (name, value) in [("origin", ORIGIN), ("sec-fetch-site", "same-origin")] {
        let url = format!("http://{}/rules", setup.proxy.control());
        let request = Request::new("POST", url).header(name, value);
        assert_eq!(request.json(&rule).send().status, 403, "{name}");
    }
    let rules = control(&setup, "GET", "/rules", &json!({})).json();
    assert_eq!(rules, json!([]));
}

#[test]
fn a_rule_with_a_slip_is_refused_whole() {
    let setup = setup();
    let good = json!({"fault": {"kind": "swallow"}});
    for bad in [
        json!({"fault": {"kind": "explode"}}),
        json!({"fault": {"kind": "reset", "at": "middle"}}),
        json!({"fault": {"kind": "swallow", "at": 1}}),
        json!({"match": {"path": "/a"}, "fault": {"kind": "swallow"}}),
        json!({"match": {"times": "often"}, "fault": {"kind": "swallow"}}),
    ] {
        let answer = control(&setup, "POST", "/rules", &json!([good, bad]));
        assert_eq!(answer.status, 400, "{bad}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(
        control(&setup, "GET", "/rules", &json!({})).json(),
        json!([])
    );
}

#[test]
fn the_line_is_cut_and_mended_over_http() {
    let setup = setup();
    assert_eq!(
        control(&setup, "POST", "/offline", &json!({"on": true})).status,
        200
    );
    reset(&setup.api("GET", "/uploads"));
    assert_eq!(
        control(&setup, "POST", "/offline", &json!({"on": false})).status,
        200
    );
    assert_eq!(setup.api("GET", "/uploads").send().status, 200);
    assert_eq!(control(&setup, "POST", "/offline", &json!({})).status, 400);
}

#[test]
fn the_rules_of_s3_are_switched_over_http() {
    let setup = setup();
    let url = setup.url(&format!("/raw/{}?X-Amz-Signature=0", "k".repeat(1025)));
    assert_eq!(setup.request("PUT", &url).send().status, 400);
    control(&setup, "POST", "/s3-rules", &json!({"on": false}));
    assert_eq!(setup.request("PUT", &url).send().status, 200);
}

#[test]
fn the_log_counts_and_keeps_no_secret() {
    let setup = setup();
    let url = setup.url("/raw/a?partNumber=4&X-Amz-Signature=s3cr3t&uploadId=priv4te");
    for size in [10, 20] {
        let request = setup.request("PUT", &url).bearer("t0k3n");
        request.body(bytes(size)).send();
    }
    setup
        .proxy
        .rule(json!({"fault": {"kind": "redirect", "status": 307}}));
    setup.request("PUT", &url).bearer("t0k3n").send();
    let answer = control(&setup, "GET", "/log", &json!({}));
    let host = setup.sink.address().to_string();
    assert_eq!(
        answer.json()["parts"],
        json!([{
            "host": host, "path": "/raw/a", "part": 4, "attempts": 3, "succeeded": 2, "bytes": 30,
        }])
    );
    let entry = &answer.json()["requests"][1];
    for (name, value) in [
        ("id", json!(1)),
        ("method", json!("PUT")),
        ("path", json!("/raw/a")),
        ("part", json!(4)),
        ("received", json!(20)),
        ("forwarded", json!(20)),
        ("status", json!(200)),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
    let debug = format!("{:?}", setup.proxy);
    for secret in ["s3cr3t", "t0k3n", "priv4te", "X-Amz"] {
        assert!(!answer.text().contains(secret), "{secret}");
        assert!(!debug.contains(secret), "{secret} in Debug");
    }
    control(&setup, "DELETE", "/log", &json!({}));
    assert!(setup.proxy.log().requests.is_empty());
}
