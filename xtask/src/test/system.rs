//! The steps that need a local AWS.

use std::sync::{Mutex, PoisonError};

use super::binaries::{self, Binary};
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::lambdas::Build;
use crate::local::{self, Suite};
use crate::process::{self, Cmd};
use crate::setup::{browsers, media, node, python};
use crate::{paths, step, tools};

/// The rules that make the local AWS as strict as AWS, each with its own test.
pub(super) fn rules(counts: &mut Counts) -> Result<(), Error> {
    let python = python::local_aws()?.join("python");
    let result = Cmd::new(python)
        .words("-m unittest discover --verbose")
        .words("--start-directory tests --top-level-directory .")
        .dir(paths::root().join("xtask/local-aws"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .log("local-aws-rules")
        .step("rules of the local AWS");
    let log = process::logged("local-aws-rules");
    let (passed, failed) = unittests(&log);
    counts.note(Kind::LocalAws, "local-aws", &log);
    counts.add(Kind::LocalAws, passed, failed);
    result?;
    if passed == 0 {
        return Err(Error::failed(
            "the local AWS ran no test at all; see target/logs/local-aws-rules.log",
        ));
    }
    Ok(())
}

/// The whole system, by the page, by the package and by plain requests.
pub(super) fn whole(counts: &mut Counts) -> Result<(), Error> {
    let result = selected(counts, Binary::needs_system);
    tools::show("test-tests-tools");
    result
}

/// The package in these tools.
pub(super) fn tools(env: &[(&'static str, String)]) -> Result<(), Error> {
    with(|running| {
        let found = running.binaries.iter().find(|binary| binary.is_tools());
        let binary = found.ok_or_else(|| Error::failed("the tests of tools were not compiled"))?;
        let env = [running.env.as_slice(), env].concat();
        binary.cmd("tools", &env).run()
    })
}

fn selected(counts: &mut Counts, wanted: fn(&Binary) -> bool) -> Result<(), Error> {
    with(|running| binaries::run_all(counts, &running.binaries, wanted, &running.env))
}

/// The load spike in its long form: the tests of the module `load`.
pub(super) fn spike(events: u64, seed: u64) -> Result<(), Error> {
    let env = [
        ("CROWFLY_EVENTS", events.to_string()),
        ("CROWFLY_SEED", seed.to_string()),
    ];
    long_form(
        &format!("{events} events at once, seed {seed}"),
        "load::",
        env,
    )
}

/// Pages that end in the middle of a recording, in their long form: the tests of the module `live_page`.
pub(super) fn recordings(count: u64, seed: u64) -> Result<(), Error> {
    let env = [
        ("CROWFLY_RECORDINGS", count.to_string()),
        ("CROWFLY_SEED", seed.to_string()),
    ];
    long_form(
        &format!("{count} pages end while they record, seed {seed}"),
        "live_page::",
        env,
    )
}

/// Requests made from the OpenAPI document, in their long form.
pub(super) fn openapi(seconds: u64, seed: u64) -> Result<(), Error> {
    let env = [
        ("CROWFLY_OPENAPI_SECONDS", seconds.to_string()),
        ("CROWFLY_SEED", seed.to_string()),
    ];
    long_form(
        &format!("requests for {seconds} s, seed {seed}"),
        "openapi::",
        env,
    )
}

/// The pictures of the page, in their long form: the tests of the module `page_pictures`.
pub(super) fn pictures() -> Result<(), Error> {
    let env = [("CROWFLY_PICTURES", "all".to_owned())];
    long_form("pictures of the page", "page_pictures::", env)
}

/// The tests of a module of the whole system, with these variables besides those of the running system.
fn long_form(
    what: &str,
    module: &str,
    variables: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<(), Error> {
    with(|running| {
        let binary = running.tests()?;
        let mut env = running.env.clone();
        env.extend(variables);
        step::step(what, || binary.long_form(module, &env))
    })
}

/// Searches for secrets in what the earlier tests left behind.
pub(super) fn traces(counts: &mut Counts) -> Result<(), Error> {
    selected(counts, Binary::searches_traces)
}

/// The running system, and its tests.
pub(super) struct Running {
    /// It stops when this is dropped.
    pub(super) suite: Suite,
    pub(super) binaries: Vec<Binary>,
    /// The variables by which the tests find the system and the browser.
    pub(super) env: Vec<(&'static str, String)>,
}

impl Running {
    /// The whole-system tests.
    pub(super) fn tests(&self) -> Result<&Binary, Error> {
        let found = self.binaries.iter().find(|binary| binary.is_system());
        found.ok_or_else(|| Error::failed("the whole-system tests were not compiled"))
    }
}

/// One start serves all steps that need the system.
static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Calls `work` with the running system, which is started at the first call.
pub(super) fn with<T>(work: impl FnOnce(&Running) -> Result<T, Error>) -> Result<T, Error> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let running = match running.as_ref() {
        Some(running) => running,
        None => running.insert(start(Build::Tests)?),
    };
    work(running)
}

/// Starts the system with functions as they are deployed.
pub(super) fn begin_optimised() -> Result<(), Error> {
    let running = start(Build::Release)?;
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    Ok(())
}

pub(super) fn end() {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    drop(running.take());
}

fn start(how: Build) -> Result<Running, Error> {
    let mut env = browsers::chromium()?.env();
    media::ready()?;
    let projects = tools::of_a_test_run()?;
    tools::install(&projects)?;
    node::provider()?;
    node::audit()?;
    let aws_cli = python::aws_cli()?.join("aws");
    let verify = python::verify()?.join("python");
    let schemathesis = python::openapi()?.join("schemathesis");
    let all = step::step("whole-system tests, compiling", binaries::compile)?;
    let suite = local::start_for_tests(how)?;
    env.push(("CROWFLY_TEST_ENV", suite.env.display().to_string()));
    env.push(("CROWFLY_AWS_CLI", aws_cli.display().to_string()));
    env.push(("CROWFLY_VERIFY", verify.display().to_string()));
    env.push(("CROWFLY_SCHEMATHESIS", schemathesis.display().to_string()));
    env.push(("CROWFLY_TOOLS", tools::rows(&projects)));
    Ok(Running {
        suite,
        binaries: all,
        env,
    })
}

/// The summary of Python's unittest: `Ran 12 tests in 3.4s`, then `OK` or `FAILED (failures=1, errors=2)`.
fn unittests(log: &str) -> (u64, u64) {
    let number = |line: &str, after: &str| {
        let rest = line.split_once(after).map_or("", |(_, rest)| rest);
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        let number = digits.unwrap_or_default().parse::<u64>();
        number.unwrap_or_default()
    };
    let ran: u64 = log.lines().map(|line| number(line, "Ran ")).sum();
    let failed = log.lines().filter(|line| line.starts_with("FAILED ("));
    let failed = failed.map(|line| number(line, "failures=") + number(line, "errors="));
    let failed = failed.sum();
    (ran.saturating_sub(failed), failed)
}

#[cfg(test)]
mod tests {
    use super::unittests;

    #[test]
    fn a_python_summary_is_read() {
        let good = "...\nRan 12 tests in 3.4s\n\nOK (skipped=1)\n";
        assert_eq!(unittests(good), (12, 0));
        let bad = "Ran 12 tests in 3s\n\nFAILED (failures=1, errors=2)\n";
        assert_eq!(unittests(bad), (9, 3));
        assert_eq!(unittests("Traceback\n"), (0, 0));
    }
}
