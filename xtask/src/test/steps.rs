//! The steps on the native crates.

use super::binaries;
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process::{self, Cmd};
use crate::{docs, fuzz, native, setup, step};

pub(super) fn format(counts: &mut Counts) -> Result<(), Error> {
    let check = Cmd::new("cargo").words("fmt --all -- --check --files-with-diff --color never");
    check.log("fmt").step("cargo fmt")?;
    counts.add(Kind::Check, 1, 0);
    Ok(())
}

/// Installs what is missing on this machine.
pub(super) fn setup(_: &mut Counts) -> Result<(), Error> {
    setup::all()?;
    setup::browsers::all().map(drop)
}

pub(super) fn lints(counts: &mut Counts) -> Result<(), Error> {
    let clippy =
        native::cargo("clippy --all-targets --features crowfly-contract/schema -- -D warnings");
    clippy.log("clippy").step("cargo clippy")?;
    counts.add(Kind::Check, 1, 0);
    Ok(())
}

/// Every native test that needs nothing else.
pub(super) fn native(counts: &mut Counts) -> Result<(), Error> {
    let all = step::step("native tests, compiling", binaries::compile)?;
    binaries::run_all(counts, &all, |binary| binary.needs_nothing(), &[])
}

/// The documents: the examples of the crates, links, blocks of code, and the OpenAPI document.
pub(super) fn docs(counts: &mut Counts) -> Result<(), Error> {
    counts.add(Kind::Check, docs::check()?, 0);
    docs::check_openapi()?;
    counts.add(Kind::Check, 2, 0);
    let tests = native::cargo("test --doc --no-fail-fast").log("doc-tests");
    let result = tests.step("documentation examples");
    let log = process::logged("doc-tests");
    counts.read(Kind::Native, "docs", &log);
    result
}

/// Fuzzes every target for a few seconds, from the committed inputs on; the long form is in `soak`.
pub(super) fn fuzz(counts: &mut Counts) -> Result<(), Error> {
    let plan = fuzz::Plan {
        seconds: 5,
        seed: 0,
        goes_on: false,
    };
    counts.add(Kind::Fuzz, fuzz::run(plan)?, 0);
    Ok(())
}
