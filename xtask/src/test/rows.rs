//! The table of faults and abuses: each row of the project's lists, and the results of the tests named after it.
//!
//! A test belongs to a row by its name: `f16_...` to F16, `f06_f07_...` to both, and `f58_to_f60_...` to
//! all three. Tests in Python begin with `test_` before that.

mod list;

use std::collections::{BTreeMap, BTreeSet};

use super::counts::{KINDS, Kind};

/// The results of one row's tests: each test with where it ran.
#[derive(Debug, Default)]
struct Row {
    passed: BTreeSet<(&'static str, String)>,
    failed: BTreeSet<(&'static str, String)>,
}

/// The rows that the logs of a run name.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<String, Row>);

impl Rows {
    /// Reads the log of one group of tests.
    pub(super) fn read(&mut self, kind: Kind, group: &str, log: &str) {
        let mut open = None;
        for line in log.lines() {
            if let Some(name) = unittest(line) {
                open = Some(name);
            }
            let found = verdict(line)
                .or_else(|| tap(line))
                .or_else(|| Some((open?, last_words(line)?)));
            let Some((name, good)) = found else {
                continue;
            };
            open = None;
            for row in rows(name) {
                let row = self.0.entry(row).or_default();
                let tests = match good {
                    true => &mut row.passed,
                    false => &mut row.failed,
                };
                tests.insert((place(kind), format!("{group} {name}")));
            }
        }
    }

    /// What a full run should have shown and did not, as sentences.
    pub(super) fn missing(&self) -> Vec<String> {
        let mut missing = list::all();
        missing.retain(|name| !self.0.contains_key(name));
        for name in &mut missing {
            name.insert_str(0, "no test is named after ");
        }
        for [name, _, places, _] in list::elsewhere() {
            let Some(row) = self.0.get(name) else {
                continue;
            };
            let shown = |place| row.passed.iter().any(|(at, _)| *at == place);
            if !places.split("; ").any(shown) {
                let places = places.replace("; ", ", ");
                missing.push(format!("{name} is to be shown by: {places}"));
            }
        }
        missing
    }

    /// The table: row, result, where it was shown, test; then the rows that only AWS itself can show.
    pub(super) fn table(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut table = format!("{:<5}{:<8}{:<22}test\n", "row", "result", "shown in");
        for (name, row) in &self.0 {
            let mut head = name.as_str();
            let failed = row.failed.iter().map(|test| ("FAILED", test));
            for (result, (at, test)) in failed.chain(row.passed.iter().map(|test| ("ok", test))) {
                table.push_str(&format!("{head:<5}{result:<8}{at:<22}{test}\n"));
                head = "";
            }
        }
        let mut shown = list::elsewhere();
        shown.retain(|[name, ..]| self.0.contains_key(*name));
        if !shown.is_empty() {
            table.push_str("\nwhat plain local AWS cannot show, and what shows it\n");
        }
        for [name, reason, _, by] in shown {
            table.push_str(&format!("{name:<5}{reason}; shown by: {by}\n"));
        }
        table
    }
}

/// Where the tests of a kind run.
fn place(kind: Kind) -> &'static str {
    let known = KINDS.iter().find(|(other, ..)| *other == kind);
    known.map_or("unit", |(.., place)| place)
}

/// Name and result from a line such as `test stall::f03_silence ... ok`.
fn verdict(line: &str) -> Option<(&str, bool)> {
    let (name, result) = line.trim().strip_prefix("test ")?.split_once(" ... ")?;
    Some((name, judged(result.split_whitespace().next()?)?))
}

/// The name from Python's `test_a07_x (test_stacks.Tokens.test_a07_x) ... ok`; the result may come lines later, after
/// a description or the test's own output.
fn unittest(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("test_")?.split_once(" (")?;
    rest.contains(')').then_some(name)
}

/// The result at the end of a line, or alone on one.
fn last_words(line: &str) -> Option<bool> {
    let words = line.rsplit_once(" ... ").map_or(line, |(_, words)| words);
    judged(words.trim())
}

/// The same for Node's `ok 3 - a97_no_script_runs`.
fn tap(line: &str) -> Option<(&str, bool)> {
    let (result, name) = line.trim().split_once(" - ")?;
    Some((name, judged(result.rsplit_once(' ')?.0)?))
}

fn judged(word: &str) -> Option<bool> {
    match word {
        "ok" => Some(true),
        "FAILED" | "FAIL" | "ERROR" | "not ok" => Some(false),
        _ => None,
    }
}

/// `F03` and the like: the leading words of a test's name that are a letter and a number, of two digits for F and A;
/// `to` between two of them means the whole range.
fn rows(name: &str) -> Vec<String> {
    let own = name.rsplit("::").next().unwrap_or(name);
    let mut found: Vec<(char, u32)> = Vec::new();
    let mut range = false;
    for word in own.split(['_', ' ']) {
        if word == "to" && !found.is_empty() {
            range = true;
            continue;
        }
        let Some((letter, number)) = row(word) else {
            break;
        };
        match found.last() {
            Some(&(first, from)) if range && first == letter => {
                found.extend((from + 1..=number).map(|number| (letter, number)));
            }
            _ => found.push((letter, number)),
        }
        range = false;
    }
    let name = |(letter, number)| format!("{letter}{number:02}");
    found.into_iter().map(name).collect()
}

fn row(word: &str) -> Option<(char, u32)> {
    let (letter, digits) = word.split_at_checked(1)?;
    let (letter, least) = match letter {
        "a" => ('A', 2),
        "f" => ('F', 2),
        "h" => ('H', 1),
        "p" => ('P', 1),
        "s" => ('S', 1),
        "u" => ('U', 1),
        _ => return None,
    };
    let digital = digits.bytes().all(|byte| byte.is_ascii_digit());
    let right = digital && (least..=2).contains(&digits.len());
    Some((letter, right.then(|| digits.parse().ok())??))
}

#[cfg(test)]
#[path = "rows/tests.rs"]
mod tests;
