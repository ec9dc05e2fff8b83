//! Counts of passed and failed tests by kind.

use std::collections::BTreeMap;
use std::fmt;

use super::rows::Rows;

/// The kinds of tests, in the order in which they are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Formatting, lints and other checks without a count of their own.
    Check,
    /// Unit tests of the native crates.
    Native,
    /// The wire contract.
    Contract,
    /// The engine's seeded random worlds.
    Worlds,
    /// Parsers of untrusted input, fuzzed.
    Fuzz,
    /// The template and the layering.
    Template,
    /// The rules of the local AWS.
    LocalAws,
    /// The browser module in Chromium.
    Wasm,
    /// Faults injected into the SDK in Chromium.
    Faults,
    /// The SDK in the surroundings that pages give it.
    Surroundings,
    /// Recordings of a browser, made seekable.
    Webm,
    /// The adapters' example apps.
    Frameworks,
    /// The web component.
    Element,
    /// The SDK and the example signers with real stores.
    Stores,
    /// Apps whose own server signs by `crowfly/server`.
    Servers,
    /// The npm package.
    Package,
    /// The hand-written types.
    Types,
    /// The whole system.
    System,
    /// Permissions without which a test fails.
    Rights,
    /// The main flows in each browser.
    Browsers,
}

/// Each kind with its name, and where its tests run.
pub(super) const KINDS: [(Kind, &str, &str); 20] = [
    (Kind::Check, "checks (format, lints)", "unit"),
    (Kind::Native, "native unit", "unit"),
    (Kind::Contract, "contract", "unit"),
    (Kind::Worlds, "engine worlds", "simulated worlds"),
    (Kind::Fuzz, "fuzz targets", "unit"),
    (Kind::Template, "template and layers", "template"),
    (Kind::LocalAws, "rules of the local AWS", "local-AWS rule"),
    (Kind::Wasm, "wasm in Chromium", "Chromium"),
    (Kind::Faults, "faults in Chromium", "Chromium, fault proxy"),
    (Kind::Surroundings, "surroundings", "each browser"),
    (Kind::Webm, "recordings", "Chromium"),
    (Kind::Frameworks, "adapters of frameworks", "Chromium"),
    (Kind::Element, "web component", "Chromium"),
    (Kind::Stores, "real stores", "Chromium, real stores"),
    (
        Kind::Servers,
        "servers of one's own",
        "Chromium, real stores",
    ),
    (Kind::Package, "package", "package"),
    (Kind::Types, "types", "package"),
    (Kind::System, "whole system", "whole system"),
    (Kind::Rights, "rights taken away", "unit"),
    (Kind::Browsers, "main flows in each browser", "each browser"),
];

/// Passed and failed tests by kind.
#[derive(Debug, Default)]
pub(super) struct Counts {
    sums: BTreeMap<Kind, (u64, u64)>,
    lists: Rows,
}

impl Counts {
    /// Adds tests of one kind.
    pub(super) fn add(&mut self, kind: Kind, passed: u64, failed: u64) {
        let sums = self.sums.entry(kind).or_default();
        *sums = (sums.0 + passed, sums.1 + failed);
    }

    /// Adds the summaries in the log of a group of tests, and their rows; returns the number of tests.
    pub(super) fn read(&mut self, kind: Kind, group: &str, log: &str) -> u64 {
        self.note(kind, group, log);
        let (passed, failed) = results(log);
        self.add(kind, passed, failed);
        passed + failed
    }

    /// Records the rows of the project's lists that the tests of this log are named after.
    pub(super) fn note(&mut self, kind: Kind, group: &str, log: &str) {
        self.lists.read(kind, group, log);
    }

    /// The rows of the project's lists that tests are named after.
    pub(super) fn lists(&self) -> &Rows {
        &self.lists
    }

    /// All failed tests so far.
    pub(super) fn failed(&self) -> u64 {
        self.sums.values().map(|(_, failed)| failed).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<34}{:>12}{:>12}", "tests", "passed", "failed")?;
        for (kind, name, _) in KINDS {
            if let Some((passed, failed)) = self.sums.get(&kind) {
                writeln!(f, "{name:<34}{passed:>12}{failed:>12}")?;
            }
        }
        let passed: u64 = self.sums.values().map(|(passed, _)| passed).sum();
        write!(f, "\n{passed} passed, {} failed", self.failed())
    }
}

/// The sums over all lines of the form `test result: ok. 3 passed; 0 failed; ...`.
fn results(log: &str) -> (u64, u64) {
    let mut sums = (0, 0);
    for line in log.lines() {
        let Some((_, counts)) = line.split_once("test result: ") else {
            continue;
        };
        let count = |word: &str| {
            let before = counts.split(word).next().unwrap_or_default().trim_end();
            let digits = before.rsplit(' ').next().unwrap_or_default();
            digits.parse::<u64>().unwrap_or_default()
        };
        sums.0 += count("passed");
        sums.1 += count("failed");
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::{Counts, Kind, results};

    const LOG: &str = "running 3 tests\ntest a ... ok\n\
        test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
        test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 filtered out; finished in 1.2s\n";

    #[test]
    fn summaries_are_added_up() {
        assert_eq!(results(LOG), (15, 2));
        assert_eq!(results("no tests here\n"), (0, 0));
    }

    #[test]
    fn the_last_line_is_the_sum_over_all_kinds() {
        let mut counts = Counts::default();
        counts.add(Kind::Check, 1, 0);
        assert_eq!(counts.read(Kind::Native, "engine", LOG), 17);
        assert_eq!(
            counts.to_string().lines().last(),
            Some("16 passed, 2 failed")
        );
    }
}
