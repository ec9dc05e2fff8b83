//! Finds the cause of a failure in a log file.

use std::path::Path;

const TAIL_LINES: usize = 40;
const MOST_LINES: usize = 60;
/// A line may be a whole document.
const MOST_CHARACTERS: usize = 500;

/// How the first line of a failure begins: rustc and clippy, libtest, the browsers' test runner (whose second is what it
/// says of a page that hangs).
const BEGINNINGS: [&str; 5] = [
    "error[",
    "error: ",
    "failures:",
    "Failed to detect test",
    "driver status: ",
];

/// The part of a log file that shows what went wrong: from the first failed test or compiler error on,
/// else its last lines.
pub(crate) fn tail(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    telling(&String::from_utf8_lossy(&bytes))
}

fn telling(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(beginning)
        .collect();
    let starts = |line: &&str| {
        BEGINNINGS
            .iter()
            .any(|beginning| line.starts_with(beginning))
    };
    let part = match lines.iter().position(starts) {
        Some(from) => lines.get(from..).unwrap_or_default(),
        None => lines
            .get(lines.len().saturating_sub(TAIL_LINES)..)
            .unwrap_or_default(),
    };
    match part.get(..MOST_LINES) {
        None => part.join("\n"),
        Some(first) => format!(
            "{}\n... {} lines more",
            first.join("\n"),
            part.len() - MOST_LINES
        ),
    }
}

fn beginning(line: &str) -> &str {
    let end = line.char_indices().nth(MOST_CHARACTERS);
    end.and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn of_a_long_line_the_beginning_is_shown() {
        let log = format!("error: {}", "é".repeat(9_000));
        assert_eq!(telling(&log).chars().count(), 500);
    }

    #[test]
    fn a_failure_is_shown_from_its_first_line() {
        let log = "Compiling x\nwarning: y\nerror[E0308]: mismatched\n --> x.rs\n";
        assert_eq!(telling(log), "error[E0308]: mismatched\n --> x.rs");
        let log = "test a ... ok\n\nfailures:\n---- b stdout ----\nboom\n";
        assert_eq!(telling(log), "failures:\n---- b stdout ----\nboom");
        let log = "test a ... ok\ndriver status: signal: 9\nError: timed out\nerror: test failed\n";
        assert!(telling(log).starts_with("driver status: signal: 9\nError: timed out"));
        let long: Vec<String> = (0..100).map(|line| line.to_string()).collect();
        assert_eq!(telling(&long.join("\n")).lines().next(), Some("60"));
    }
}
