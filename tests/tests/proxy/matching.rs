//! Which requests a rule matches.

use serde_json::{Value, json};

use crate::common::{ORIGIN, Setup, crc, setup, setup_with_seed};

fn statuses(setup: &Setup, count: usize) -> Vec<u16> {
    (0..count)
        .map(|_| setup.api("GET", "/uploads").send().status)
        .collect()
}

fn teapot(matcher: Value) -> Value {
    json!({"match": matcher, "fault": {"kind": "status", "status": 418}})
}

#[test]
fn it_skips_then_counts_then_lets_go() {
    let setup = setup();
    setup.proxy.rule(teapot(json!({"skip": 2, "times": 2})));
    assert_eq!(statuses(&setup, 6), [200, 200, 418, 418, 200, 200]);
    setup.proxy.rule(teapot(json!({"times": "forever"})));
    assert_eq!(statuses(&setup, 3), [418; 3]);
    setup.proxy.clear();
    assert_eq!(statuses(&setup, 1), [200]);
}

#[test]
fn once_each_lets_what_is_sent_again_pass() {
    let setup = setup();
    let matcher = json!({"method": "PUT", "times": "forever", "eachOnce": true});
    setup.proxy.rule(teapot(matcher));
    let status = |path: &str| setup.request("PUT", &setup.url(path)).send().status;
    for path in [
        "/bucket/a",
        "/bucket/b",
        "/bucket/a?partNumber=1",
        "/bucket/a?partNumber=2",
    ] {
        assert_eq!(status(path), 418, "{path}");
        assert_ne!(status(path), 418, "{path}");
    }
}

#[test]
fn method_host_path_and_query_must_all_fit() {
    let setup = setup();
    let host = setup.sink.address().to_string();
    setup.proxy.rule(teapot(json!({
        "method": "PUT", "host": host, "pathContains": "/bucket/", "query": "partNumber=3",
        "times": "forever",
    })));
    let status = |method: &str, path: &str| setup.request(method, &setup.url(path)).send().status;
    assert_eq!(status("PUT", "/bucket/a?partNumber=3&uploadId=x"), 418);
    assert_eq!(status("PUT", "/bucket/a?uploadId=x&partNumber=3"), 418);
    for (method, path) in [
        ("PUT", "/bucket/a?partNumber=33&uploadId=x"),
        ("PUT", "/other/a?partNumber=3&uploadId=x"),
        ("GET", "/bucket/a?partNumber=3&uploadId=x"),
    ] {
        assert_ne!(status(method, path), 418, "{method} {path}");
    }
    let port = setup.sink.address().port();
    let named = format!("http://localhost:{port}/bucket/a?partNumber=3");
    assert_ne!(setup.request("PUT", &named).send().status, 418);
}

#[test]
fn an_operation_is_matched_by_its_target_and_refused_in_its_services_words() {
    let setup = setup();
    setup.proxy.rule(json!({
        "match": {"target": "UpdateItem", "times": "forever"},
        "fault": {"kind": "status", "status": 400, "form": "json", "code": "ThrottlingException"},
    }));
    let call = |target: &str| {
        let request = setup.request("POST", &setup.url("/")).body("{}");
        request.header("x-amz-target", target).send()
    };
    let refused = call("DynamoDB_20120810.UpdateItem");
    assert_eq!(refused.status, 400);
    let kind = refused.json()["__type"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(kind.ends_with("#ThrottlingException"), "{kind}");
    assert_ne!(call("DynamoDB_20120810.GetItem").status, 400);
}

#[test]
fn preflights_pass_unless_they_are_asked_for() {
    for (method, expected) in [
        (json!(null), 200),
        (json!("PUT"), 200),
        (json!("OPTIONS"), 418),
        (json!("*"), 418),
    ] {
        let setup = setup();
        setup.proxy.rule(teapot(json!({"method": method})));
        let answer = setup
            .request("OPTIONS", &setup.url("/bucket/a"))
            .header("origin", ORIGIN)
            .header("access-control-request-method", "PUT")
            .send();
        assert_eq!(answer.status, expected, "{method}");
    }
}

#[test]
fn chances_are_the_same_for_the_same_seed_and_only_then() {
    let run = |seed: u64| {
        let setup = setup_with_seed(seed);
        setup.proxy.rule(teapot(json!({"probability": 0.5})));
        statuses(&setup, 40)
    };
    let first = run(1);
    assert_eq!(first, run(1));
    assert_ne!(first, run(2));
    assert!(first.contains(&200) && first.contains(&418));
}

#[test]
fn chances_do_not_depend_on_what_other_rules_meet() {
    let run = |noise: bool| {
        let setup = setup_with_seed(3);
        setup.proxy.rule(teapot(
            json!({"pathContains": "/nowhere", "probability": 0.5}),
        ));
        setup.proxy.rule(teapot(
            json!({"pathContains": "/uploads", "probability": 0.5}),
        ));
        (0..30)
            .map(|_| {
                if noise {
                    setup.api("GET", "/nowhere").send();
                }
                setup.api("GET", "/uploads").send().status
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn a_random_place_is_the_same_for_the_same_seed() {
    let run = |seed: u64| {
        let setup = setup_with_seed(seed);
        let grant = setup.single(1000);
        let rule = json!({"fault": {"kind": "flip", "at": "random"}});
        setup.proxy.rule(rule);
        let answer = setup.put(&grant, &[0; 1000]).send();
        let sum = answer.header("x-amz-checksum-crc64nvme");
        sum.expect("a checksum").to_owned()
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
    assert_ne!(run(5), crc(&[0; 1000]).to_string());
}

#[test]
fn the_shape_of_the_link_leaves_room_for_a_fault() {
    let setup = setup();
    let forever = json!({"times": "forever"});
    setup
        .proxy
        .rule(json!({"match": forever, "fault": {"kind": "latency", "ms": 1}}));
    setup.proxy.rule(teapot(json!({})));
    setup
        .proxy
        .rule(json!({"match": forever, "fault": {"kind": "close"}}));
    assert_eq!(statuses(&setup, 2), [418, 200]);
    let faults: Vec<_> = setup
        .proxy
        .log()
        .requests
        .into_iter()
        .map(|entry| entry.fault)
        .collect();
    let expected = ["delay+status+close", "delay+close"];
    assert_eq!(faults, expected.map(|fault| Some(fault.to_owned())));
}
