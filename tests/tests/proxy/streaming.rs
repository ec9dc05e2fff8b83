//! Bodies are relayed unchanged, in constant memory, for many clients at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use devkit::http::Request;
use e2e::proxy::{Config, Proxy};
use serde_json::{Value, json};

use crate::common::{bytes, crc, setup, through};

#[test]
fn every_byte_of_head_and_body_reaches_upstream_as_it_came() {
    let upstream = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = upstream.local_addr().expect("an address").port();
    let proxy = Proxy::start(Config::default()).expect("a free port");
    let lines = format!(
        "hOsT: Bucket.localhost:{port}\r\nX-Odd:  two  blanks \r\nx-latin: \u{e9}\r\nX-Odd: twice\r\n\
         content-length: 4\r\n"
    );
    let sent = format!(
        "PUT http://Bucket.localhost:{port}/a%2Fb+c?d=%2B&e HTTP/1.1\r\nProxy-Connection: keep-alive\r\n\
         {lines}\r\n\r\n\r\n"
    );
    let mut client = TcpStream::connect(proxy.address()).expect("the proxy listens");
    client
        .write_all(sent.as_bytes())
        .expect("it takes a request");
    let (mut stream, _) = upstream.accept().expect("the proxy connects");
    let expected = format!("PUT /a%2Fb+c?d=%2B&e HTTP/1.1\r\n{lines}\r\n\r\n\r\n");
    let mut got = vec![0; expected.len()];
    stream.read_exact(&mut got).expect("a request");
    assert_eq!(String::from_utf8_lossy(&got), expected);
    let answer = "HTTP/1.1 200 Fine\r\nETag: \"x\"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    stream
        .write_all(answer.as_bytes())
        .expect("it takes an answer");
    let mut got = vec![0; answer.len()];
    client.read_exact(&mut got).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&got), answer);
}

#[test]
fn an_answer_that_comes_before_the_body_is_read_is_passed_on() {
    let upstream = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = upstream.local_addr().expect("an address");
    let proxy = Proxy::start(Config::default()).expect("a free port");
    let refusing = std::thread::spawn(move || {
        let (mut stream, _) = upstream.accept().expect("the proxy connects");
        stream.read_exact(&mut [0]).expect("a request");
        let answer = "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno";
        stream
            .write_all(answer.as_bytes())
            .expect("it takes an answer");
        stream
    });
    let body = bytes(32 * 1024 * 1024);
    let request = through(proxy.address(), "PUT", &format!("http://{address}/a"));
    let answer = request.body(body).send();
    assert_eq!((answer.status, answer.text().as_str()), (403, "no"));
    drop(refusing.join());
}

#[test]
fn a_request_in_origin_form_goes_to_the_fixed_upstream() {
    let setup = setup();
    let config = Config {
        upstream: Some(setup.sink.address().to_string()),
        ..Config::default()
    };
    let proxy = Proxy::start(config).expect("a free port");
    let answer = through(proxy.address(), "PUT", "http://signed.example/raw/a")
        .body("abc")
        .send();
    assert_eq!(answer.status, 200);
    assert_eq!(setup.sink.stats().bytes, 3);
}

#[test]
fn it_goes_nowhere_but_to_this_computer() {
    let proxy = Proxy::start(Config::default()).expect("a free port");
    proxy.rule(json!({"fault": {"kind": "swallow"}}));
    let own = format!("http://{}/", proxy.address());
    for url in ["http://192.0.2.1/", &own] {
        assert_eq!(
            through(proxy.address(), "GET", url).send().status,
            502,
            "{url}"
        );
    }
    assert!(proxy.log().requests.is_empty());
}

#[test]
fn a_hundred_connections_at_once() {
    let setup = setup();
    std::thread::scope(|scope| {
        for number in 0..100 {
            let setup = &setup;
            scope.spawn(move || {
                let url = setup.url(&format!("/raw/{number}"));
                let answer = setup.request("PUT", &url).body(bytes(100_000)).send();
                assert_eq!(answer.status, 200);
            });
        }
    });
    let log = setup.proxy.log();
    assert_eq!(log.requests.len(), 100);
    assert!(log.requests.iter().all(|entry| entry.forwarded == 100_000));
    assert_eq!(setup.sink.stats().bytes, 100 * 100_000);
}

/// A program of this crate, killed at the end of the test.
struct Program(Child, String);

impl Program {
    fn start(path: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(path)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("it says where it listens");
        Self(child, line.trim().to_owned())
    }

    /// Its peak resident memory, in KiB.
    fn peak(&self) -> u64 {
        let path = format!("/proc/{}/status", self.0.id());
        let status = std::fs::read_to_string(path).expect("it runs on Linux");
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let word = line.and_then(|line| line.split_whitespace().nth(1));
        word.and_then(|word| word.parse().ok()).expect("a number")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn bodies_stream_through_both_programs_in_constant_memory() {
    let proxy = Program::start(
        env!("CARGO_BIN_EXE_fault-proxy"),
        &["--seed", "5", "--life", "120"],
    );
    let sink = Program::start(env!("CARGO_BIN_EXE_sink"), &["--life", "120"]);
    let said: Value = serde_json::from_str(&proxy.1).expect("JSON");
    assert_eq!(said["seed"], 5);
    let address = said["proxy"]
        .as_str()
        .and_then(|url| url.strip_prefix("http://"));
    let address = address
        .and_then(|address| address.parse().ok())
        .expect("an address");
    let body = bytes(64 * 1024 * 1024);
    let answer = through(address, "PUT", &format!("{}/raw/a", sink.1))
        .body(body)
        .send();
    assert_eq!(answer.status, 200);
    let stats = Request::new("GET", format!("{}/stats", sink.1))
        .send()
        .json();
    assert_eq!(stats["bytes"], 64 * 1024 * 1024);
    for program in [&proxy, &sink] {
        assert!(program.peak() < 24 * 1024, "{} KiB", program.peak());
    }
}

#[test]
fn the_programs_end_by_themselves() {
    for path in [
        env!("CARGO_BIN_EXE_fault-proxy"),
        env!("CARGO_BIN_EXE_sink"),
    ] {
        let mut program = Program::start(path, &["--life", "1"]);
        let ended = program.0.wait().expect("it can be waited for");
        assert!(ended.success());
        let wrong = Command::new(path)
            .args(["--unknown", "1"])
            .stderr(Stdio::null())
            .status();
        assert!(!wrong.expect("the program starts").success());
    }
}

#[test]
fn what_arrives_is_what_was_sent() {
    let setup = setup();
    let body = bytes(1_000_003);
    let grant = setup.single(1_000_003);
    let answer = setup.put(&grant, &body).send();
    let sum = crc(&body).to_string();
    assert_eq!(
        answer.header("x-amz-checksum-crc64nvme"),
        Some(sum.as_str())
    );
}
