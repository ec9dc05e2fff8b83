//! The server under proxy, sink and pages: which requests it answers.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use devkit::http::{Incoming, Reply, Request, Server, Serving, Url};

fn server() -> (Serving, u16) {
    let server = Server::bind(0).expect("a free port");
    let port = server.address().port();
    let echo = |request: &Incoming| {
        let body = format!("{} {}", request.method, request.path);
        Reply::text(200, &(body + &String::from_utf8_lossy(&request.body)))
    };
    (server.serve(echo).expect("a server"), port)
}

/// The answer to a head, in which `PORT` is replaced by the server's port.
fn answer(head: &str) -> String {
    let (_serving, port) = server();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let head = head.replace("PORT", &port.to_string());
    stream.write_all(head.as_bytes()).expect("a request");
    let ended = stream.shutdown(std::net::Shutdown::Write);
    ended.expect("the end of the request");
    std::io::read_to_string(stream).expect("an answer")
}

fn status(head: &str) -> u16 {
    let answer = answer(head);
    let status = answer[9..12].parse();
    status.unwrap_or_else(|_| panic!("{head:?}: {answer}"))
}

#[test]
fn a_server_serves_until_it_is_dropped() {
    let (serving, port) = server();
    // A silent connection must not block others.
    let _silent = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let answer = Request::new("POST", serving.url()).body("hello").send();
    assert_eq!(answer.text(), "POST /hello");
    let url = Url::parse(&serving.url()).expect("an absolute URL");
    assert_eq!(url.port(), Some(port));
    drop(serving);
    // The accepting thread ends with the connection that wakes it.
    devkit::wait::until("the port is free", Duration::from_secs(10), || {
        TcpStream::connect(("127.0.0.1", port)).err()
    });
}

#[test]
fn h3_only_this_computers_own_names_are_answered() {
    let get = |hosts: &str| status(&format!("GET / HTTP/1.1\r\n{hosts}\r\n"));
    let own = "127.0.0.1:PORT localhost:PORT LOCALHOST:PORT page.localhost:PORT";
    for host in own.split(' ') {
        assert_eq!(get(&format!("Host: {host}\r\n")), 200, "{host}");
        assert_eq!(get(&format!("a: b\r\nhOsT:{host}  \r\n")), 200, "{host}");
    }
    for host in [
        "evil.example:PORT",
        "evil.example",
        "127.0.0.1",
        "localhost",
        "localhost:1",
        "127.0.0.1.evil.example:PORT",
        "localhost.evil:PORT",
        "evil.localhost:PORT",
        "localhost.:PORT",
        "x@127.0.0.1:PORT",
        "[::1]:PORT",
        "",
    ] {
        assert_eq!(get(&format!("Host: {host}\r\n")), 403, "{host}");
    }
    assert_eq!(get(""), 403);
    let two = "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n";
    assert_eq!(get(two), 403);
    // The Host is checked before anything else.
    let first = "POST /% HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n";
    assert_eq!(status(first), 403);
}

#[test]
fn a_path_is_decoded_and_loses_its_query() {
    let answer = answer("GET /a%20b/%C3%A9?x=1 HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n");
    assert!(answer.ends_with("GET /a b/é"), "{answer}");
}

#[test]
fn chunks_and_more_than_one_request_are_read() {
    let chunks = "POST /a HTTP/1.1\r\nHost: localhost:PORT\r\nTransfer-Encoding: chunked\r\n\r\n\
                  2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
    assert!(answer(chunks).ends_with("POST /ahello"));
}

#[test]
fn what_is_no_request_is_refused() {
    for line in [
        "",
        "GET",
        "GET / HTTP/2",
        "GET /% HTTP/1.1",
        "GET /%zz HTTP/1.1",
        "GET /%ff HTTP/1.1",
        "GET http://other/ HTTP/1.1",
        "GET / x HTTP/1.1",
    ] {
        let head = format!("{line}\r\nHost: localhost:PORT\r\n\r\n");
        assert_eq!(status(&head), 400, "{line:?}");
    }
}
