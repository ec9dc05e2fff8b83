//! The SDK in real browsers: faults of network, storage, API, clock, disk and browser; and the surroundings that
//! pages give it.

use super::binaries::{self, Binary};
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process;
use crate::setup::browsers;
use crate::{package as npm, step};

/// Faults, in Chromium.
pub(super) fn each(counts: &mut Counts) -> Result<(), Error> {
    let env = browsers::chromium()?.env();
    cases(counts, Kind::Faults, "faults in Chromium, compiling", &env)
}

/// Surroundings, in every available browser.
pub(super) fn surroundings(counts: &mut Counts) -> Result<(), Error> {
    let found = browsers::all()?;
    let names: Vec<&str> = found.iter().map(|(kind, _)| kind.name()).collect();
    let mut env: Vec<_> = found.iter().flat_map(|(_, one)| one.env()).collect();
    env.push(("CROWFLY_BROWSERS", names.join(",")));
    cases(counts, Kind::Surroundings, "surroundings, compiling", &env)
}

/// Runs all cases of a kind, and prints what each observed.
fn cases(
    counts: &mut Counts,
    kind: Kind,
    compiling: &str,
    env: &[(&'static str, String)],
) -> Result<(), Error> {
    npm::build()?;
    let all = step::step(compiling, binaries::compile)?;
    let result = binaries::run_all(counts, &all, |binary: &Binary| binary.kind() == kind, env);
    let name = if kind == Kind::Faults {
        "faults"
    } else {
        "surroundings"
    };
    let log = process::logged(&format!("test-tests-{name}"));
    step::quote(log.lines().filter(|line| line.starts_with("test ")));
    result
}
