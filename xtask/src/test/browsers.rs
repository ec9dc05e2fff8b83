//! The main flows in Chromium, Firefox and WebKit.

use super::binaries::{self, Binary};
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::lambdas::Build;
use crate::process;
use crate::setup::browsers;
use crate::{local, step};

/// Runs the flows in every available browser and prints the table of flows and browsers.
pub(super) fn each(counts: &mut Counts) -> Result<(), Error> {
    let found = browsers::all()?;
    let all = step::step("flows in each browser, compiling", binaries::compile)?;
    let suite = local::start_for_tests(Build::Tests)?;
    let names: Vec<&str> = found.iter().map(|(kind, _)| kind.name()).collect();
    let mut env: Vec<_> = found.iter().flat_map(|(_, one)| one.env()).collect();
    env.push(("CROWFLY_BROWSERS", names.join(",")));
    env.push(("CROWFLY_TEST_ENV", suite.env().display().to_string()));
    let is_flows = |binary: &Binary| binary.kind() == Kind::Browsers;
    let result = binaries::run_all(counts, &all, is_flows, &env);
    print("test-tests-browsers");
    result?;
    // The pages in three browsers wrote logs too.
    binaries::run_all(counts, &all, Binary::searches_traces, &env)
}

fn print(log: &str) {
    let log = process::logged(log);
    let table = log.lines().skip_while(|line| !line.starts_with("flow  "));
    step::quote(table.take_while(|line| !line.is_empty()));
}
