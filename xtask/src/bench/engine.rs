//! The cost of many files in the engine alone: `engine/examples/cost.rs`, one process for each number of files.

use std::fmt::Write;

use devkit::stats::median;
use serde_json::{Value, json};

use super::options::Options;
use crate::error::Error;
use crate::process::Cmd;
use crate::step;

const FILES: [u64; 3] = [100, 1_000, 10_000];

/// Medians for one number of files.
pub(super) struct Row {
    files: u64,
    seconds: f64,
    mib: f64,
}

/// Runs the example.
pub(super) fn measure(options: &Options) -> Result<Vec<Row>, Error> {
    FILES
        .iter()
        .map(|files| {
            step::step(&format!("engine with {files} files"), || {
                let runs = options.runs.max(3);
                let seen = (0..runs)
                    .map(|_| once(*files))
                    .collect::<Result<Vec<_>, _>>()?;
                let of = |at: fn(&(f64, f64)) -> f64| {
                    median(seen.iter().map(at).collect()).unwrap_or(f64::NAN)
                };
                Ok(Row {
                    files: *files,
                    seconds: of(|seen| seen.0),
                    mib: of(|seen| seen.1),
                })
            })
        })
        .collect()
}

/// Seconds, and growth of the process in MiB.
fn once(files: u64) -> Result<(f64, f64), Error> {
    let text = Cmd::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "crowfly-engine"])
        .args(["--example", "cost", "--", &files.to_string()])
        .log("bench-engine")
        .output()?;
    let mut numbers = text.split_ascii_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(seconds)), Some(Ok(bytes))) => Ok((seconds, bytes / f64::from(1 << 20))),
        _ => Err(Error::failed("engine/examples/cost.rs printed no figures")),
    }
}

pub(super) fn table(rows: &[Row]) -> String {
    let mut out = String::from("the engine alone, every file one PUT, answers at once\n");
    let _ = writeln!(
        out,
        "{:>8}{:>12}{:>16}{:>12}{:>16}",
        "files", "ms", "ms a file", "MiB", "kB a file"
    );
    for row in rows {
        #[expect(clippy::cast_precision_loss, reason = "ten thousand at most")]
        let files = row.files as f64;
        let _ = writeln!(
            out,
            "{:>8}{:>12.1}{:>16.4}{:>12.1}{:>16.1}",
            row.files,
            row.seconds * 1e3,
            row.seconds * 1e3 / files,
            row.mib,
            row.mib * 1048.576 / files
        );
    }
    out
}

pub(super) fn json(rows: &[Row]) -> Value {
    let row = |row: &Row| json!({"files": row.files, "seconds": row.seconds, "mib": row.mib});
    rows.iter().map(row).collect()
}
