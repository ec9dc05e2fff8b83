//! Sends a load spike to a stack of the running system and prints what it took, as JSON; see [`e2e::load`].
//!
//! `load [--stack NAME] [--events N]`
#![forbid(unsafe_code)]

use std::time::Duration;

use devkit::env::Env;
use e2e::load::spike;
use lexopt::{Arg::Long, Parser, ValueExt};

fn main() -> Result<(), lexopt::Error> {
    let (mut stack, mut events) = ("busy".to_owned(), 1_000);
    let mut options = Parser::from_env();
    while let Some(option) = options.next()? {
        match option {
            Long("stack") => stack = options.value()?.string()?,
            Long("events") => events = options.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    let spike = spike(Env::stack(&stack), events, 0, Duration::from_secs(1_800));
    println!("{}", serde_json::json!(spike.figures));
    Ok(())
}
