//! `cargo xtask`: every tool that a contributor needs, from nothing.
#![forbid(unsafe_code)]

mod error;
mod paths;
mod process;
mod step;

use std::process::ExitCode;

use error::Error;
use lexopt::{Arg, Parser, ValueExt};

const HELP: &str = "\
cargo xtask <command>

  setup     make ready whatever the other commands need and this machine lacks
";

fn main() -> ExitCode {
    match process::end_on_signals().and_then(|()| run(Parser::from_env())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::stopping() => loop {
            // The thread that caught the signal ends the children, then this process.
            std::thread::park();
        },
        Err(error) => {
            step::clear();
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Parser) -> Result<(), Error> {
    let usage = |error: lexopt::Error| Error::Usage(error.to_string());
    let command = match arguments.next().map_err(usage)? {
        Some(Arg::Value(value)) => value.string().map_err(usage)?,
        Some(Arg::Short('h') | Arg::Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(usage(other.unexpected())),
    };
    match command.as_str() {
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command `{other}`"))),
    }
}
