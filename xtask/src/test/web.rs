//! The steps on what runs in the browser.

use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process::Cmd;
use crate::setup::{chromium, node, wasm_target};
use crate::{package as npm, paths, step, wasm};

/// Clippy on the browser crate, for its own target where the toolchain of that target has clippy.
pub(super) fn lints(counts: &mut Counts) -> Result<(), Error> {
    let has_clippy = wasm::cmd("cargo")?
        .args(["clippy", "--version"])
        .log("clippy-version")
        .succeeds()?;
    step::step("cargo clippy, browser crate", || {
        let cargo = if has_clippy {
            wasm::cmd("cargo")?.args(["clippy", "--target", wasm_target::TRIPLE])
        } else {
            Cmd::new("cargo").arg("clippy")
        };
        cargo
            .args([
                "--package",
                "crowfly",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
            .log("clippy-wasm")
            .run()
    })?;
    counts.add(Kind::Check, 1, 0);
    Ok(())
}

/// The browser crate's own tests in headless Chromium.
pub(super) fn chromium(counts: &mut Counts) -> Result<(), Error> {
    let browser = chromium::ready()?;
    let result = step::step("wasm tests in Chromium", || {
        wasm::cmd("wasm-pack")?
            .args(["test", "--headless", "--chrome", "--chromedriver"])
            .arg(&browser.driver)
            .arg("client-wasm")
            .log("wasm-tests")
            .run()
    });
    let log = std::fs::read_to_string(paths::log("wasm-tests")).unwrap_or_default();
    let ran = counts.read(Kind::Wasm, &log);
    result?;
    if ran == 0 {
        return Err(Error::failed(
            "wasm-pack ran no test at all; see target/logs/wasm-tests.log",
        ));
    }
    Ok(())
}

/// The npm package: it is made, its content is what it lists, its weight is within the budget.
pub(super) fn package(counts: &mut Counts) -> Result<(), Error> {
    npm::run()?;
    counts.add(Kind::Package, 1, 0);
    Ok(())
}

/// The hand-written types against uses of them, and the package under Node.
pub(super) fn types(counts: &mut Counts) -> Result<(), Error> {
    let project = paths::root().join("client-wasm/tests/types");
    step::step("types", || {
        Cmd::new(node::tool("tsc"))
            .args(["--noEmit", "--project"])
            .arg(&project)
            .log("types")
            .run()
    })?;
    counts.add(Kind::Types, 1, 0);
    Ok(())
}
