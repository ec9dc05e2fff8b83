//! The token issuer of the whole-system tests, on loopback only; see [`e2e::issuer`].
//!
//! `test-issuer [--port N]`
#![forbid(unsafe_code)]

use devkit::http::Server;
use e2e::issuer::Issuer;
use lexopt::{Arg::Long, Parser, ValueExt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut port = 0;
    let mut options = Parser::from_env();
    while let Some(option) = options.next()? {
        match option {
            Long("port") => port = options.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    let issuer = Issuer::serve(Server::bind(port)?)?;
    println!("{}", issuer.name());
    loop {
        std::thread::park();
    }
}
