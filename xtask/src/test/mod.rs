//! All checks of the project, in an order that finds cheap faults first.

mod binaries;
mod browsers;
mod checkov;
mod counts;
mod deny;
mod rights;
mod rows;
mod steps;
mod system;
mod template;
mod web;

use std::time::{Duration, Instant};

use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::{process, step};
use counts::{Counts, Kind};

/// One step of the test run: its name, and what it does.
type Step = (&'static str, fn(&mut Counts) -> Result<(), Error>);

const STEPS: &[Step] = &[
    ("format", steps::format),
    ("setup", steps::setup),
    ("lints", steps::lints),
    ("deny", deny::check),
    ("native", steps::native),
    ("fuzz", steps::fuzz),
    ("template", template::lint),
    ("wasm-lints", web::lints),
    ("wasm", web::chromium),
    ("package", web::package),
    ("docs", steps::docs),
    ("faults", browsers::faults),
    ("surroundings", browsers::surroundings),
    ("webm", browsers::webm),
    ("frameworks", browsers::frameworks),
    ("element", browsers::element),
    ("servers", browsers::servers),
    ("types", web::types),
    ("local-aws", system::rules),
    ("sam-build", template::build),
    ("system", system::whole),
    ("secrets", system::traces),
    ("rights", rights::tenth),
    ("browsers", browsers::flows),
    ("stores", browsers::stores),
];

/// The long forms that need the running system.
pub(crate) struct Long {
    /// Events of a spike.
    pub(crate) events: u64,
    /// Recordings whose page ends.
    pub(crate) recordings: u64,
    /// For how long requests are made from the OpenAPI document.
    pub(crate) openapi_seconds: u64,
    /// Whether every permission is removed once.
    pub(crate) rights: bool,
    pub(crate) seed: u64,
}

/// Runs those that are not 0.
///
/// # Errors
/// If a test fails, or no test notices a removed permission.
pub(crate) fn long_forms(long: &Long) -> Result<(), Error> {
    system::begin_optimised()?;
    let some = |count: u64, run: fn(u64, u64) -> Result<(), Error>| match count {
        0 => Ok(()),
        count => run(count, long.seed),
    };
    let spike = some(long.events, system::spike);
    let lost = some(long.recordings, system::recordings);
    let kept = some(long.openapi_seconds, system::openapi);
    let missed = if long.rights { rights::all() } else { Ok(()) };
    system::end();
    spike.and(lost).and(kept).and(missed)
}

/// The pictures of the page, those of an animation among them, in `target/pictures`.
///
/// # Errors
/// If a picture does not show what it should.
pub(crate) fn pictures() -> Result<(), Error> {
    let result = system::pictures();
    system::end();
    result
}

/// cfn-lint over the template, by the schemas of every region of AWS, those of China and GovCloud among them.
///
/// # Errors
/// If a region lacks a type or a property of the template.
pub(crate) fn regions() -> Result<(), Error> {
    template::regions()
}

/// The package in the tools that `env` names.
///
/// # Errors
/// If a file is not uploaded as it should be in one of them; the log `tools` says which.
pub(crate) fn tools(env: &[(&'static str, String)]) -> Result<(), Error> {
    let result = system::tools(env);
    system::end();
    result
}

/// The example apps of all adapters.
///
/// # Errors
/// If a case fails.
pub(crate) fn adapters() -> Result<(), Error> {
    let names = "react,vue,svelte,solid,uppy,plain".to_owned();
    browsers::apps(&mut Counts::default(), names)
}

/// The apps whose own server signs, against the stores of this name.
///
/// # Errors
/// If a case fails.
pub(crate) fn servers(store: &str) -> Result<(), Error> {
    browsers::handlers(&mut Counts::default(), store.to_owned())
}

/// So many conversations with hostile signers, APIs and stores, in Chromium; a page has a thousand, as its driver waits
/// five minutes for it.
///
/// # Errors
/// If one does not end as it must; the seed is in the log.
pub(crate) fn conversations(count: u64, seed: u64) -> Result<(), Error> {
    for page in 0..count.div_ceil(1_000) {
        let count = (count - page * 1_000).min(1_000).to_string();
        // The tests' numbers have 32 bits.
        let seed = ((seed + page) % u64::from(u32::MAX)).to_string();
        let tests = web::wasm_tests("600")?.words("--test hostile");
        let tests = tests.env("CROWFLY_CONVERSATIONS", &count);
        let tests = tests.env("CROWFLY_SEED", &seed).log("soak-conversations");
        tests.step(&format!("{count} hostile conversations from seed {seed}"))?;
    }
    Ok(())
}

/// Runs the steps, then prints the counts and, as the last line, `N passed, N failed`.
///
/// # Errors
/// If a step fails; later steps are then skipped, unless `--keep-going` is given.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let chosen = Chosen::parse(arguments)?;
    let mut counts = Counts::default();
    let mut times: Vec<(&str, Duration, bool)> = Vec::new();
    let mut causes: Vec<String> = Vec::new();
    for (name, run) in STEPS.iter().filter(|step| chosen.wants(step.0)) {
        let since = Instant::now();
        let before = counts.failed();
        let result = run(&mut counts);
        if process::stopping() {
            return Err(Error::Interrupted);
        }
        times.push((name, since.elapsed(), result.is_ok()));
        if let Err(error) = result {
            if counts.failed() == before {
                // Not a failed test, but a build that does not compile or a missing tool.
                counts.add(Kind::Check, 0, 1);
            }
            let cause = format!("{name}: {error}");
            step::say(&format!("\n{cause}\n"));
            causes.push(cause);
            if !chosen.keep_going {
                break;
            }
        }
    }
    system::end();
    step::clear();
    print(&counts, &times, &causes);
    // A selection of steps cannot show every row.
    let missing = counts.lists().missing();
    let whole = chosen.everything() && times.len() == STEPS.len() - 1;
    if whole && !missing.is_empty() {
        println!("{}", missing.join("\n"));
        return Err(Error::Printed);
    }
    match times.iter().all(|(_, _, good)| *good) {
        true => Ok(()),
        false => Err(Error::Printed),
    }
}

/// Prints the tables; the causes of failures once more, as only the end of a log may be at hand.
fn print(counts: &Counts, times: &[(&str, Duration, bool)], causes: &[String]) {
    println!("\n{:<34}{:>12}", "step", "time");
    for (name, time, good) in times {
        let mark = if *good { "" } else { "  FAILED" };
        println!("{name:<34}{:>12}{mark}", step::seconds(*time));
    }
    println!("\n{}", counts.lists().table());
    let total = times.iter().map(|(_, time, _)| *time).sum();
    println!("{:<34}{:>12}", "all", step::seconds(total));
    for cause in causes {
        println!("\n{cause}");
    }
    println!("\n{counts}");
}

/// Which steps to run.
#[derive(Default)]
struct Chosen {
    only: Vec<String>,
    skip: Vec<String>,
    keep_going: bool,
}

impl Chosen {
    fn parse(mut arguments: Parser) -> Result<Self, Error> {
        let mut chosen = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("only") => chosen.only.push(named(&arguments.value()?.string()?)?),
                Arg::Long("skip") => chosen.skip.push(named(&arguments.value()?.string()?)?),
                Arg::Long("keep-going") => chosen.keep_going = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(chosen)
    }

    fn everything(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty()
    }

    fn wants(&self, name: &str) -> bool {
        let is = |other: &String| other == name;
        // A real store takes long to build: only if it is named.
        let usual = self.only.is_empty() && name != "stores";
        (usual || self.only.iter().any(is)) && !self.skip.iter().any(is)
    }
}

fn named(name: &str) -> Result<String, Error> {
    if STEPS.iter().any(|step| step.0 == name) {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = STEPS.iter().map(|step| step.0).collect();
    Err(Error::Usage(format!(
        "there is no step `{name}`; the steps are {}",
        names.join(", ")
    )))
}
