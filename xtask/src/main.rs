//! `cargo xtask`: every tool that a contributor needs, without prior setup.
#![forbid(unsafe_code)]

mod bench;
mod config;
mod docs;
mod doctor;
mod error;
mod files;
mod fuzz;
mod kit;
mod lambdas;
mod local;
mod native;
mod package;
mod pictures;
mod process;
mod redrive;
mod setup;
mod soak;
mod step;
mod test;
mod tools;
mod verify;
mod wasm;

use std::process::ExitCode;

use devkit::paths;
use lexopt::{Arg, Parser, ValueExt};

use error::Error;

const HELP: &str = "\
cargo xtask <command>

  dev       run everything on this machine until Ctrl-C (--port N, --route direct|lambda|eventbridge; to sign in at an OpenID
            provider: --issuer URL --audience NAME [--scope NAME] [--client-id ID])
  test      run every check and every test (--only STEP, --skip STEP, --keep-going)
  package   build the npm package, print its sizes and what publint and are-the-types-wrong say of it (--api writes the
            report of its public types anew, --order looks for an order of the module's functions that compresses better)
  kit       build the stack for people without Rust, target/kit/crowfly-VERSION.zip: functions for both processors,
            templates, demo page (--architecture x86_64|arm64 leaves the other one out)
  config    point the demo page at a deployed stack: writes www/config.json (--stack NAME, --region REGION,
            --profile P; for an issuer of its own --client-id ID)
  bench     measure the package against the minimum that a browser can do, and the backend against a sample in
            Node.js (--only NAME or just NAME, such as backend; --runs N, --size MIB, --files N, --quick; --against TGZ
            takes turns with another version of the package; --zips FOLDER measures functions that were built before)
  tools     upload by the package in every bundler, framework and test runner, and print the matrix (--only NAME, such as
            vite-8 or \"next dev\"; --newest takes each tool's newest version)
  pictures  take the pictures of the demo page anew and write them to docs/pictures
  soak      run the long forms of the tests: millions of simulated uploads, a hundred killed pages, minutes of
            fuzzing, ten thousand events at once, every permission removed once (`cargo xtask soak --help`)
  docs      build the documents' site into target/site, with the reference from the types, and docs/openapi.json; check
            links and blocks of code
  doctor    say what is set up wrongly around an API: issuer, token, CORS, bucket (--api URL, --origin ORIGIN; the
            token in CROWFLY_TOKEN or on standard input)
  redrive   move a stack's dead letters back to its queue (--stack NAME [--region R] [--profile P]
            [--endpoint URL], or --env target/dev/env.json; --max-per-second N)
  verify    check a deployed stack, and say what is otherwise than on the local AWS (--stack NAME --region R [--profile P]
            [--origin ORIGIN] [--slow], or --env target/dev/env.json; `cargo xtask verify --help`)
  setup     install what the other commands need and this machine lacks
  env       print the environment for running wasm-pack by hand, as shell exports
";

fn main() -> ExitCode {
    match process::end_on_signals().and_then(|()| run(Parser::from_env())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::stopping() => loop {
            // The signal thread stops the children, then this process.
            std::thread::park();
        },
        Err(Error::Printed) => ExitCode::FAILURE,
        Err(error) => {
            step::clear();
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Parser) -> Result<(), Error> {
    let command = match arguments.next()? {
        Some(Arg::Value(value)) => value.string()?,
        Some(Arg::Short('h') | Arg::Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        "package" => {
            let mut renewed = package::Renewed::default();
            while let Some(argument) = arguments.next()? {
                match argument {
                    Arg::Long("api") => renewed.api = true,
                    Arg::Long("order") => renewed.order = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            package::run(renewed)
        }
        "kit" => kit::run(arguments),
        "config" => config::run(arguments),
        "bench" => bench::run(arguments),
        "docs" => {
            none(arguments)?;
            docs::run()
        }
        "doctor" => doctor::run(arguments),
        "redrive" => redrive::run(arguments),
        "verify" => verify::run(arguments),
        "dev" => local::dev(arguments),
        "pictures" => {
            none(arguments)?;
            pictures::run()
        }
        "soak" => soak::run(arguments),
        "tools" => tools::run(arguments),
        "test" => test::run(arguments),
        "setup" => {
            none(arguments)?;
            setup::all()?;
            setup::browsers::all().map(drop)
        }
        "env" => {
            none(arguments)?;
            wasm::print_env()
        }
        other => Err(Error::Usage(format!("there is no command `{other}`"))),
    }
}

/// For commands that take no arguments.
fn none(mut arguments: Parser) -> Result<(), Error> {
    match arguments.next()? {
        None => Ok(()),
        Some(other) => Err(other.unexpected().into()),
    }
}
