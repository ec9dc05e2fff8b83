//! `load --stack NAME --events N`: sends a load spike to a stack of the running system and prints what it
//! took, as JSON; see [`e2e::load`].
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use devkit::env::Env;
use e2e::load::spike;
use e2e::options::Options;

fn main() -> ExitCode {
    let Some((stack, events)) = read() else {
        eprintln!("usage: load [--stack NAME] [--events N]");
        return ExitCode::FAILURE;
    };
    let spike = spike(Env::stack(&stack), events, 0, Duration::from_secs(1_800));
    println!("{}", spike.figures.json());
    ExitCode::SUCCESS
}

fn read() -> Option<(String, usize)> {
    let mut options = Options::of(std::env::args().skip(1));
    let stack = options.text("--stack")?.unwrap_or_else(|| "busy".into());
    let mut events = 1_000;
    options.number("--events", &mut events)?;
    options.end()?;
    Some((stack, events))
}
