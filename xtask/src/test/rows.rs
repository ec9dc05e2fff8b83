//! The table of faults and abuses: each row of the project's lists, and how the tests named after it went.
//!
//! A test belongs to a row by its name: `f16_...` to F16, and `f06_f07_...` to both.

use std::collections::{BTreeMap, BTreeSet};

/// The rows that a full run must show: the faults of client, network and storage.
const FAULTS: std::ops::RangeInclusive<u32> = 1..=44;

/// What the tests of one row did.
#[derive(Debug, Default)]
struct Row {
    passed: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// The rows that the logs of a run speak of.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<String, Row>);

impl Rows {
    /// Reads the log of one group of tests.
    pub(super) fn read(&mut self, group: &str, log: &str) {
        for line in log.lines() {
            let Some((name, result)) = verdict(line) else {
                continue;
            };
            for row in rows(name) {
                let row = self.0.entry(row).or_default();
                let tests = if result {
                    &mut row.passed
                } else {
                    &mut row.failed
                };
                tests.insert(format!("{group} {name}"));
            }
        }
    }

    /// Rows of the list of faults without any test.
    pub(super) fn missing(&self) -> Vec<String> {
        let names = FAULTS.map(|number| format!("F{number:02}"));
        names.filter(|name| !self.0.contains_key(name)).collect()
    }

    /// The table: row, result, test.
    pub(super) fn table(&self) -> String {
        let mut table = format!("{:<6}{:<8}test\n", "row", "result");
        for (name, row) in &self.0 {
            let mut head = name.as_str();
            let failed = row.failed.iter().map(|test| ("FAILED", test));
            for (result, test) in failed.chain(row.passed.iter().map(|test| ("ok", test))) {
                table.push_str(&format!("{head:<6}{result:<8}{test}\n"));
                head = "";
            }
        }
        table
    }
}

/// The name and the verdict in a line such as `test stall::f03_silence ... ok`.
fn verdict(line: &str) -> Option<(&str, bool)> {
    let (name, result) = line.trim().strip_prefix("test ")?.split_once(" ... ")?;
    match result.split_whitespace().next()? {
        "ok" => Some((name, true)),
        "FAILED" | "FAIL" => Some((name, false)),
        _ => None,
    }
}

/// `F03` and the like: the words of a test's own name that are a letter and two digits, from its start.
fn rows(name: &str) -> impl Iterator<Item = String> + '_ {
    let own = name.rsplit("::").next().unwrap_or(name);
    own.split('_')
        .take_while(|word| {
            let (letter, digits) = word.split_at_checked(1).unwrap_or_default();
            ["f", "a"].contains(&letter)
                && digits.len() == 2
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(str::to_uppercase)
}

#[cfg(test)]
mod tests {
    use super::Rows;

    const LOG: &str = "running 4 tests\n\
        test stall::f03_silence_ends ... ok\n\
        test retry::f06_f07_slow_down ... FAILED\n\
        test retry::f06_again ... ok\n\
        test plain::a_file_f09_is_sent ... ok\n";

    #[test]
    fn a_test_belongs_to_the_rows_that_its_name_begins_with() {
        let mut rows = Rows::default();
        rows.read("engine", LOG);
        let table = rows.table();
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            lines[1..],
            [
                vec!["F03", "ok", "engine", "stall::f03_silence_ends"],
                vec!["F06", "FAILED", "engine", "retry::f06_f07_slow_down"],
                vec!["ok", "engine", "retry::f06_again"],
                vec!["F07", "FAILED", "engine", "retry::f06_f07_slow_down"],
            ]
        );
    }

    #[test]
    fn rows_without_a_test_are_named() {
        let mut rows = Rows::default();
        rows.read("engine", LOG);
        let missing = rows.missing();
        assert_eq!(missing.len(), 44 - 3);
        assert!(!missing.contains(&"F06".to_owned()));
    }
}
