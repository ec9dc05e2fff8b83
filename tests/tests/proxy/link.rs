//! Faults that shape the link: delay, bandwidth, closed connections.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::common::{Setup, bytes, setup};

#[test]
fn f05_a_connection_carries_no_more_than_its_pace() {
    let setup = setup();
    setup.proxy.rule(json!({
        "match": {"times": "forever"},
        "fault": {"kind": "bandwidth", "bytesPerSecond": 1_000_000},
    }));
    let url = setup.url("/raw/a");
    let answer = setup.request("PUT", &url).body(bytes(300_000)).send();
    assert_eq!(answer.status, 200);
    let entry = setup.ended();
    // The proxy does not wait after the last chunk.
    assert!(entry.end_ms.is_some_and(|end| end - entry.start_ms >= 280));
}

#[test]
fn an_answer_waits_for_its_delay() {
    let setup = setup();
    setup
        .proxy
        .rule(json!({"fault": {"kind": "delay", "ms": 150}}));
    assert_eq!(setup.api("GET", "/uploads").send().status, 200);
    let entry = setup.ended();
    assert!(entry.end_ms.is_some_and(|end| end - entry.start_ms >= 150));
}

/// Sends requests over one connection, as a browser does to a proxy; returns how many were answered.
fn answered(setup: &Setup, count: usize) -> usize {
    let host = setup.sink.address();
    let mut stream = TcpStream::connect(setup.proxy.address()).expect("the proxy listens");
    for done in 0..count {
        let head = format!(
            "PUT http://{host}/raw/a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc"
        );
        if stream.write_all(head.as_bytes()).is_err() {
            return done;
        }
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) => answer.push(byte[0]),
                _ => return done,
            }
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
    }
    count
}

#[test]
fn a_connection_carries_many_requests() {
    let setup = setup();
    assert_eq!(answered(&setup, 20), 20);
    assert_eq!(setup.sink.stats().requests, 20);
}

#[test]
fn a_connection_ends_after_an_answer_if_so_asked() {
    let setup = setup();
    setup
        .proxy
        .rule(json!({"match": {"skip": 4}, "fault": {"kind": "close"}}));
    assert_eq!(answered(&setup, 20), 5);
}

#[test]
fn an_injected_answer_leaves_the_connection_open() {
    let setup = setup();
    setup.proxy.rule(json!({"match": {"skip": 1}, "fault": {
        "kind": "body", "text": "", "contentType": "text/plain",
    }}));
    assert_eq!(answered(&setup, 3), 3);
    assert_eq!(setup.sink.stats().requests, 2);
}
