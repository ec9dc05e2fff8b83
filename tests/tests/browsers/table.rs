//! The table of flow, browser, result.

use std::fmt;
use std::time::Duration;

use crate::flow::Outcome;

pub(crate) struct Row {
    pub(crate) flow: &'static str,
    pub(crate) browser: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
}

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn add(&mut self, row: Row) {
        eprintln!("{row}");
        self.rows.push(row);
    }

    pub(crate) fn passed(&self) -> usize {
        let passed = |row: &&Row| matches!(row.outcome, Outcome::Passed(_));
        self.rows.iter().filter(passed).count()
    }

    pub(crate) fn failed(&self) -> usize {
        let failed = |row: &&Row| matches!(row.outcome, Outcome::Failed(_));
        self.rows.iter().filter(failed).count()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (result, text) = match &self.outcome {
            Outcome::Passed(seen) => ("passed", seen),
            Outcome::Lacks(feature) => ("lacks", feature),
            Outcome::Failed(reason) => ("FAILED", reason),
        };
        let text = text.lines().next().unwrap_or_default();
        let seconds = self.took.as_secs_f64();
        write!(
            f,
            "{:<34}{:<10}{result:<8}{seconds:>6.1} s  {text}",
            self.flow, self.browser
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<34}{:<10}{:<8}{:>8}  seen",
            "flow", "browser", "result", "time"
        )?;
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        let order = |row: &Row| crate::FLOWS.iter().position(|flow| flow.name == row.flow);
        rows.sort_by_key(|row| order(row));
        for row in rows {
            writeln!(f, "{row}")?;
        }
        for row in &self.rows {
            if let Outcome::Failed(reason) = &row.outcome {
                write!(
                    f,
                    "\nfailures:\n{}, {}\n    {reason}\n",
                    row.flow, row.browser
                )?;
            }
        }
        // The format of libtest's summary, which `cargo xtask test` counts.
        let word = if self.failed() == 0 { "ok" } else { "FAILED" };
        let (passed, failed) = (self.passed(), self.failed());
        write!(
            f,
            "\ntest result: {word}. {passed} passed; {failed} failed;"
        )
    }
}
