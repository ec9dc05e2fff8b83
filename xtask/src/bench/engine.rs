//! The cost of many files in the engine alone: `engine/examples/cost.rs`, one process for each number of files.

use devkit::stats::median;
use serde_json::{Value, json};

use super::options::Options;
use super::report::{Column, cells, headings, number};
use crate::error::Error;
use crate::process::Cmd;
use crate::step;

const FILES: [u64; 3] = [100, 1_000, 10_000];

/// Medians for each number of files; returns the table and the figures.
pub(super) fn measure(options: &Options) -> Result<(String, Value), Error> {
    let mut table = "the engine alone, every file one PUT, answers at once\n".to_owned();
    table += &headings(&COLUMNS);
    let mut rows = Vec::new();
    for files in FILES {
        let runs = || (0..options.runs.max(3)).map(|_| once(files)).collect();
        let seen: Vec<_> = step::step(&format!("engine with {files} files"), runs)?;
        let (seconds, mib): (Vec<f64>, Vec<f64>) = seen.into_iter().unzip();
        let row = json!({"files": files, "seconds": median(seconds), "mib": median(mib)});
        table = table + "\n" + &cells(&COLUMNS, &row);
        rows.push(row);
    }
    Ok((table, rows.into()))
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

const COLUMNS: [Column<Value>; 5] = [
    ("files", 8, 0, |row| number(&row["files"])),
    ("ms", 12, 1, |row| number(&row["seconds"]) * 1e3),
    ("ms a file", 16, 4, |row| {
        number(&row["seconds"]) * 1e3 / number(&row["files"])
    }),
    ("MiB", 12, 1, |row| number(&row["mib"])),
    ("kB a file", 16, 1, |row| {
        number(&row["mib"]) * 1048.576 / number(&row["files"])
    }),
];
