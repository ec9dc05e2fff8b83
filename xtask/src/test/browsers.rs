//! The SDK in real browsers: faults injected into it, the surroundings that pages give it, and the main flows.

use super::binaries::{self, Binary};
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::lambdas::Build;
use crate::process;
use crate::setup::{browsers, cargo_tools, media, node, python};
use crate::{local, package, setup, step};

type Variables = Vec<(&'static str, String)>;

/// Faults of network, storage, API, clock, disk and browser, in Chromium.
pub(super) fn faults(counts: &mut Counts) -> Result<(), Error> {
    cases(counts, Kind::Faults, "faults", &browsers::chromium()?.env())
}

/// Surroundings, in every available browser.
pub(super) fn surroundings(counts: &mut Counts) -> Result<(), Error> {
    cases(counts, Kind::Surroundings, "surroundings", &every()?)
}

/// Recordings of Chromium, made seekable.
pub(super) fn webm(counts: &mut Counts) -> Result<(), Error> {
    media::ready()?;
    run(counts, Kind::Webm, "webm", &browsers::chromium()?.env())
}

/// The example apps in Chromium: those of React, Uppy and no bundler, or those that `CROWFLY_FRAMEWORKS` names.
pub(super) fn frameworks(counts: &mut Counts) -> Result<(), Error> {
    let named = std::env::var("CROWFLY_FRAMEWORKS");
    apps(counts, named.unwrap_or_else(|_| "react,uppy,plain".into()))
}

/// The web component in Chromium, in plain pages and with React.
pub(super) fn element(counts: &mut Counts) -> Result<(), Error> {
    node::examples()?;
    cases(
        counts,
        Kind::Element,
        "element",
        &browsers::chromium()?.env(),
    )
}

/// The example apps of these adapters.
pub(super) fn apps(counts: &mut Counts, names: String) -> Result<(), Error> {
    node::examples()?;
    let mut env = browsers::chromium()?.env();
    env.push(("CROWFLY_FRAMEWORKS", names));
    cases(counts, Kind::Frameworks, "frameworks", &env)
}

/// Real stores behind the example signers, in Chromium.
pub(super) fn stores(counts: &mut Counts) -> Result<(), Error> {
    setup::ready(&[cargo_tools::garage], &[|| python::local_aws().map(drop)])?;
    cases(counts, Kind::Stores, "stores", &browsers::chromium()?.env())
}

/// An app whose own server signs, and the quick start, in Chromium against the local AWS, or what `CROWFLY_SERVERS` names.
pub(super) fn servers(counts: &mut Counts) -> Result<(), Error> {
    let named = std::env::var("CROWFLY_SERVERS");
    handlers(
        counts,
        named.unwrap_or_else(|_| "local-aws::express,local-aws::quickstart".into()),
    )
}

/// The cases of servers whose names contain one of these words.
pub(super) fn handlers(counts: &mut Counts, words: String) -> Result<(), Error> {
    node::servers(&words)?;
    let garage: &[setup::Install] = match words.contains("garage") {
        true => &[cargo_tools::garage],
        false => &[],
    };
    setup::ready(garage, &[|| python::local_aws().map(drop)])?;
    let mut env = browsers::chromium()?.env();
    env.push(("CROWFLY_SERVERS", words));
    cases(counts, Kind::Servers, "servers", &env)
}

/// Runs all cases of a kind with the package, and prints what each observed.
fn cases(counts: &mut Counts, kind: Kind, name: &str, env: &Variables) -> Result<(), Error> {
    package::build()?;
    run(counts, kind, name, env)
}

fn run(counts: &mut Counts, kind: Kind, name: &str, env: &Variables) -> Result<(), Error> {
    let all = step::step(&format!("{name}, compiling"), binaries::compile)?;
    let result = binaries::run_all(counts, &all, |binary| binary.kind() == kind, env);
    let log = process::logged(&format!("test-tests-{name}"));
    let shown = |line: &&str| {
        ["test ", "skip ", "| "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    step::quote(log.lines().filter(shown));
    result
}

/// Runs the flows in every available browser and prints the table of flows and browsers.
pub(super) fn flows(counts: &mut Counts) -> Result<(), Error> {
    media::ready()?;
    let mut env = every()?;
    let all = step::step("flows in each browser, compiling", binaries::compile)?;
    let suite = local::start_for_tests(Build::Tests)?;
    env.push(("CROWFLY_TEST_ENV", suite.env.display().to_string()));
    let is_flows = |binary: &Binary| binary.kind() == Kind::Browsers;
    let result = binaries::run_all(counts, &all, is_flows, &env);
    let log = process::logged("test-tests-browsers");
    let table = log.lines().skip_while(|line| !line.starts_with("flow  "));
    step::quote(table.take_while(|line| !line.is_empty()));
    result?;
    // The pages in three browsers wrote logs too.
    binaries::run_all(counts, &all, Binary::searches_traces, &env)
}

/// The variables by which tests find every available browser.
fn every() -> Result<Variables, Error> {
    let found = browsers::all()?;
    let names: Vec<&str> = found.iter().map(|(kind, _)| kind.name()).collect();
    let mut env: Variables = found.iter().flat_map(|(_, one)| one.env()).collect();
    env.push(("CROWFLY_BROWSERS", names.join(",")));
    Ok(env)
}
