//! The cost of many files in the engine alone: `engine/examples/cost.rs`, one process for each number of files.

use devkit::stats::median;
use serde_json::{Value, json};

use super::options::Options;
use super::report::{Column, cells, headings};
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

pub(super) fn measure(options: &Options) -> Result<Vec<Row>, Error> {
    let row = |files: u64| {
        step::step(&format!("engine with {files} files"), || {
            let runs = 0..options.runs.max(3);
            let seen: Vec<_> = runs.map(|_| once(files)).collect::<Result<_, _>>()?;
            let (seconds, mib): (Vec<f64>, Vec<f64>) = seen.into_iter().unzip();
            Ok(Row {
                files,
                seconds: median(seconds).unwrap_or(f64::NAN),
                mib: median(mib).unwrap_or(f64::NAN),
            })
        })
    };
    FILES.into_iter().map(row).collect()
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

#[expect(clippy::cast_precision_loss, reason = "ten thousand files at most")]
const COLUMNS: [Column<Row>; 5] = [
    ("files", 8, 0, |row| row.files as f64),
    ("ms", 12, 1, |row| row.seconds * 1e3),
    ("ms a file", 16, 4, |row| {
        row.seconds * 1e3 / row.files as f64
    }),
    ("MiB", 12, 1, |row| row.mib),
    ("kB a file", 16, 1, |row| {
        row.mib * 1048.576 / row.files as f64
    }),
];

pub(super) fn table(rows: &[Row]) -> String {
    let title = "the engine alone, every file one PUT, answers at once\n".to_owned();
    let lines = rows.iter().map(|row| cells(&COLUMNS, row) + "\n");
    title + &headings(&COLUMNS) + "\n" + &lines.collect::<String>()
}

pub(super) fn json(rows: &[Row]) -> Value {
    let row = |row: &Row| json!({"files": row.files, "seconds": row.seconds, "mib": row.mib});
    rows.iter().map(row).collect()
}
