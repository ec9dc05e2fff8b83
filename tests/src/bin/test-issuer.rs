//! `test-issuer --port N`: the token issuer of the whole-system tests, on loopback only.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use devkit::http::Server;
use e2e::issuer::Issuer;
use e2e::options::Options;

fn main() -> ExitCode {
    let Some(port) = read() else {
        eprintln!("usage: test-issuer [--port N]");
        return ExitCode::FAILURE;
    };
    match Server::bind(port).and_then(Issuer::serve) {
        Ok(issuer) => {
            println!("{}", issuer.name());
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            eprintln!("test-issuer: cannot listen on 127.0.0.1:{port}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read() -> Option<u16> {
    let mut options = Options::of(std::env::args().skip(1));
    let mut port = 0;
    options.number("--port", &mut port)?;
    options.end()?;
    Some(port)
}
