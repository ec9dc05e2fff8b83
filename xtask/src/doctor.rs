//! `cargo xtask doctor`: what is set up wrongly around an API, for operators.

use crowfly_doctor::examine;
use devkit::random::random_hex;
use devkit::time::unix_ms;
use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;

/// The token, unless it comes by standard input: an argument would be in every list of processes.
const TOKEN: &str = "CROWFLY_TOKEN";

pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let (mut api, mut origin) = (None, "https://app.example.com".to_owned());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("api") => api = Some(arguments.value()?.string()?),
            Arg::Long("origin") => origin = arguments.value()?.string()?,
            other => return Err(other.unexpected().into()),
        }
    }
    let api = api.ok_or_else(|| Error::Usage("doctor needs --api URL".into()))?;
    let token = match std::env::var(TOKEN) {
        Ok(token) => token,
        Err(_) => std::io::read_to_string(std::io::stdin())
            .map_err(Error::io("read the token from standard input"))?,
    };
    let random = u128::from_str_radix(&random_hex(10), 16).unwrap_or_default();
    let findings = examine(&api, &origin, token.trim(), unix_ms(), random);
    for finding in &findings {
        let word = if finding.ok { "ok  " } else { "BAD " };
        println!("{word} {:<20} {}", finding.code, finding.message);
        if !finding.fix.is_empty() {
            println!("     {:<20} -> {}", "", finding.fix);
        }
    }
    match findings.iter().all(|finding| finding.ok) {
        true => Ok(()),
        false => Err(Error::Printed),
    }
}
