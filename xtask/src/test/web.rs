//! Checks of what runs in the browser.

use std::thread::{self, ScopedJoinHandle};

use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{browsers, node, wasm_target};
use crate::{files, package as npm, paths, step, wasm};

/// Clippy on the browser crate, for wasm32 if that toolchain has clippy.
pub(super) fn lints(counts: &mut Counts) -> Result<(), Error> {
    let version = wasm::cmd("cargo")?.words("clippy --version");
    let has_clippy = version.log("clippy-version").succeeds()?;
    step::step("cargo clippy, browser crate", || {
        let cargo = match has_clippy {
            true => wasm::cmd("cargo")?.args(["clippy", "--target", wasm_target::TRIPLE]),
            false => Cmd::new("cargo").arg("clippy"),
        };
        let cargo = cargo.words("--package crowfly --all-targets -- -D warnings");
        cargo.log("clippy-wasm").run()
    })?;
    counts.add(Kind::Check, 1, 0);
    Ok(())
}

/// The browser crate's own tests in headless Chromium, and a plain build by wasm-pack.
pub(super) fn chromium(counts: &mut Counts) -> Result<(), Error> {
    let build = wasm::cmd("wasm-pack")?.words("build client-wasm --target web");
    build.log("wasm-pack-build").step("wasm-pack build")?;
    counts.add(Kind::Check, 1, 0);
    // Two at a time: for much of their time they wait for what they have set up.
    let halves = halves()?;
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let running = halves.each_ref().map(|half| scope.spawn(|| half.run()));
        let ended = running.into_iter().map(ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or(Err(Error::Printed)))
            .collect()
    });
    let read = |half: &Half| counts.read(Kind::Wasm, "client-wasm", &process::logged(half.log));
    let ran = halves.each_ref().map(read);
    results.into_iter().collect::<Result<(), Error>>()?;
    match ran.contains(&0) {
        false => Ok(()),
        true => Err(Error::failed(
            "wasm-pack ran no test at all; see target/logs/wasm-tests-1.log and -2.log",
        )),
    }
}

/// Tests of the browser crate that run in a browser of their own.
struct Half {
    log: &'static str,
    /// Which they are, for cargo.
    chosen: Vec<String>,
}

impl Half {
    fn run(&self) -> Result<(), Error> {
        // A busy machine is not a failure.
        let tests = wasm_tests("120")?.args(&self.chosen).log(self.log);
        tests.step(&format!("{}, in Chromium", self.log))
    }
}

/// The tests within the crate with every other file of tests, and the other files.
fn halves() -> Result<[Half; 2], Error> {
    let of = |log, chosen| Half { log, chosen };
    let mut halves = [
        of("wasm-tests-1", vec!["--lib".to_owned()]),
        of("wasm-tests-2", Vec::new()),
    ];
    let files = files::list(&paths::root().join("client-wasm/tests"))?;
    let tests = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "rs"));
    let names = tests.filter_map(|file| file.file_stem()?.to_str());
    for (place, name) in names.enumerate() {
        if let Some(half) = halves.get_mut(place % 2) {
            half.chosen.extend(["--test".to_owned(), name.to_owned()]);
        }
    }
    Ok(halves)
}

/// Runs the browser crate's tests in Chromium; a test binary may take so many seconds.
pub(super) fn wasm_tests(seconds: &str) -> Result<Cmd, Error> {
    Ok(wasm::cmd("wasm-pack")?
        .words("test --headless --chrome --chromedriver")
        .arg(browsers::chromium()?.path("CHROMEDRIVER"))
        .arg("client-wasm")
        .words("--features live")
        .env("WASM_BINDGEN_TEST_TIMEOUT", seconds))
}

/// The npm package: it builds, contains what it lists, is within its size budget, and passes
/// `client-wasm/tests/node` and `server/tests` under Node.
pub(super) fn package(counts: &mut Counts) -> Result<(), Error> {
    node::examples()?;
    npm::build()?;
    let mut tests = files::list(&paths::root().join("client-wasm/tests/node"))?;
    tests.extend(files::list(&paths::root().join("server/tests"))?);
    tests.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    let result = Cmd::new("node")
        .args(["--test", "--test-reporter=tap"])
        .args(&tests)
        .env("CROWFLY_PACKAGE_DIR", paths::npm_package())
        .env("CROWFLY_NODE_MODULES", node::modules())
        .log("node-tests")
        .step("package under Node");
    let log = process::logged("node-tests");
    counts.note(Kind::Package, "package", &log);
    counts.add(Kind::Package, tap(&log, "# pass "), tap(&log, "# fail "));
    result?;
    npm::weigh()?;
    counts.add(Kind::Package, 1, 0);
    Ok(())
}

/// A number from the summary of Node's test runner.
fn tap(log: &str, what: &str) -> u64 {
    let count = log.lines().rev().find_map(|line| line.strip_prefix(what));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_default()
}

/// Type checks in strict mode: documented uses, mistakes that must be rejected, the contract's golden JSON, and
/// scripts with types in comments.
pub(super) fn types(counts: &mut Counts) -> Result<(), Error> {
    node::examples()?;
    npm::build()?;
    let result = Cmd::new("node")
        .arg("client-wasm/tests/types/check.mjs")
        .arg(paths::npm_package())
        .arg(node::modules().join("typescript/bin/tsc"))
        .arg(paths::target().join("test").join("types"))
        .log("types")
        .step("types");
    let log = process::logged("types");
    let ended = |word: &str| log.lines().filter(|line| line.ends_with(word)).count() as u64;
    counts.add(Kind::Types, ended(": ok"), ended(": FAILED"));
    result
}

#[cfg(test)]
mod tests {
    use super::tap;

    #[test]
    fn the_summary_of_node_is_read() {
        let log = "ok 1 - imports\n# tests 7\n# pass 6\n# fail 1\n";
        assert_eq!((tap(log, "# pass "), tap(log, "# fail ")), (6, 1));
    }
}
