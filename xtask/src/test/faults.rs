//! Faults of network, storage, API, clock, disk and browser, injected into the SDK in Chromium.

use super::binaries::{self, Binary};
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process;
use crate::setup::browsers;
use crate::{package as npm, step};

/// Runs all cases, and prints what each observed.
pub(super) fn each(counts: &mut Counts) -> Result<(), Error> {
    npm::build()?;
    let env = browsers::chromium()?.env();
    let all = step::step("faults in Chromium, compiling", binaries::compile)?;
    let is_faults = |binary: &Binary| binary.kind() == Kind::Faults;
    let result = binaries::run_all(counts, &all, is_faults, &env);
    let log = process::logged("test-tests-faults");
    step::quote(log.lines().filter(|line| line.starts_with("test ")));
    result
}
