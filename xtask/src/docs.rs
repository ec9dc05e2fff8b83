//! `cargo xtask docs`: the documents' site in `target/site`, and the OpenAPI document.
//!
//! The pages are those of `docs/SUMMARY.md`; the scripts are in `xtask/site`.

use std::path::PathBuf;
use std::time::Instant;

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{self, cargo_tools, node, python};
use crate::{files, package, paths, step};

/// Writes `docs/openapi.json` anew, checks the documents, and builds the site.
pub(crate) fn run() -> Result<(), Error> {
    let started = Instant::now();
    setup::ready(
        setup::WASM,
        &[node::ready, node::site, node::examples, || {
            cargo_tools::mdbook().map(drop)
        }],
    )?;
    package::build()?;
    write_openapi()?;
    check().map(drop)?;
    let site = paths::target().join("site");
    let made = script("book.mjs")
        .arg(paths::npm_package())
        .arg(site_modules())
        .arg(cargo_tools::mdbook()?)
        .arg(&site)
        .log("docs-book");
    let result = made.step("site");
    let said = process::logged("docs-book");
    step::quote(said.lines());
    result?;
    step::clear();
    println!(
        "{}, {}",
        paths::short(&site.join("index.html")),
        step::seconds(started.elapsed())
    );
    Ok(())
}

/// Links, anchors, the summary and the blocks of code; prints what is wrong. Returns the number of checks.
pub(crate) fn check() -> Result<u64, Error> {
    node::site()?;
    node::examples()?;
    package::build()?;
    let checks = script("check.mjs")
        .arg(paths::npm_package())
        .arg(node::modules())
        .arg(paths::target().join("test").join("docs"))
        .log("docs-check");
    let result = checks.step("documents");
    let said = process::logged("docs-check");
    if result.is_err() {
        step::quote(said.lines().filter(|line| !line.ends_with(": ok")));
    }
    result?;
    Ok(said.lines().filter(|line| line.ends_with(": ok")).count() as u64)
}

/// The tests of the OpenAPI document, and its golden files.
pub(crate) fn check_openapi() -> Result<(), Error> {
    let tests = contract("test", "--test openapi").log("docs-openapi");
    tests.step("OpenAPI document")?;
    Cmd::new(python::openapi()?.join("python"))
        .arg(paths::root().join("tests/openapi/golden.py"))
        .arg(paths::root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .log("docs-golden")
        .step("OpenAPI document against the golden files")
}

fn write_openapi() -> Result<(), Error> {
    let text = contract("run", "--quiet --example openapi").log("docs-openapi");
    let text = step::step("docs/openapi.json", || text.output())?;
    files::write(&paths::root().join("docs/openapi.json"), text)
}

/// A command of cargo on the contract with its schemas, which nothing else turns on.
fn contract(command: &str, words: &str) -> Cmd {
    Cmd::new("cargo")
        .arg(command)
        .words("--package crowfly-contract --features schema")
        .words(words)
}

/// A script of `xtask/site`.
fn script(name: &str) -> Cmd {
    Cmd::new("node").arg(paths::root().join("xtask/site").join(name))
}

/// The packages of `xtask/site`.
fn site_modules() -> PathBuf {
    paths::tools().join("node-site").join("node_modules")
}
