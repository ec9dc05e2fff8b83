//! `test-issuer --port N`: the token issuer of the whole-system tests, on loopback only.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use e2e::http::Server;
use e2e::issuer::Issuer;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let port = match (
        arguments.next().as_deref(),
        arguments.next(),
        arguments.next(),
    ) {
        (None, ..) => Some(0),
        (Some("--port"), Some(port), None) => port.parse().ok(),
        _ => None,
    };
    let Some(port) = port else {
        eprintln!("usage: test-issuer [--port N]");
        return ExitCode::FAILURE;
    };
    let bound =
        Server::bind(port).and_then(|server| server.address().map(|address| (server, address)));
    let (server, address) = match bound {
        Ok(bound) => bound,
        Err(error) => {
            eprintln!("test-issuer: cannot listen on 127.0.0.1:{port}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let name = format!("http://{address}/");
    let issuer = Issuer::new(&name);
    println!("{name}");
    server.run(|request| issuer.answer(request));
    ExitCode::SUCCESS
}
