//! The tables.

use std::collections::BTreeMap;
use std::fmt::Write;

use devkit::stats::median;
use serde_json::{Value, json};

use super::run::Row;

/// A column of a table: heading, width, decimal places, value.
pub(super) type Column<T> = (&'static str, usize, usize, fn(&T) -> f64);

pub(super) fn headings<T>(columns: &[Column<T>]) -> String {
    let cells = columns.iter();
    let cells = cells.map(|(heading, width, ..)| format!("{heading:>width$}"));
    cells.collect()
}

pub(super) fn cells<T>(columns: &[Column<T>], of: &T) -> String {
    let cells = columns.iter();
    let cells = cells.map(|(_, width, digits, value)| format!("{:>width$.digits$}", value(of)));
    cells.collect()
}

/// The figures of one run of one variant, by their names in the result file; [`COLUMNS`] describes them.
pub(super) type Sample = BTreeMap<&'static str, f64>;

/// A figure's name, the heading of its column, and the column's width and decimal places.
type Figure = (&'static str, &'static str, usize, usize);

/// All figures, in the order of the table.
const COLUMNS: [Figure; 8] = [
    // Millions of bytes a second.
    ("mbPerSecond", "MB/s", 9, 1),
    // Longest time in which the main thread handled no message.
    ("gapMs", "gap ms", 9, 1),
    // Longest time between two frames.
    ("frameMs", "frame ms", 9, 1),
    // Longest task in the browser's report (tasks over 50 ms:
    // https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongTaskTiming); 0 when there was none.
    ("longTaskMs", "task ms", 10, 1),
    // Peak resident size of the renderer.
    ("rendererMib", "rend. MiB", 10, 0),
    // Seconds of CPU time of the whole browser.
    ("cpuSeconds", "CPU s", 8, 2),
    // Time from the call to the first byte of a body at the sink.
    ("firstByteMs", "1st byte ms", 12, 0),
    // Requests to the sink, preflights included.
    ("requests", "requests", 9, 0),
];

/// The median of each figure separately; `None` without samples.
fn medians(samples: &[Sample]) -> Option<Sample> {
    let of = |name: &str| median(samples.iter().map(|sample| sample[name]).collect());
    let columns = COLUMNS.iter();
    columns.map(|(name, ..)| Some((*name, of(name)?))).collect()
}

const LEGEND: &str = "ratio: to raw-8x6, for small files to raw-put-x6. gap: longest time for which the main \
    thread heard no\nmessage. frame: longest time between two frames. task: longest task over 50 ms, 0 when \
    there was none.\nrend.: peak resident size of the renderer. CPU: of all processes of the browser.\n";

/// By setting, the medians of each variant and their ratio to the setting's yardstick.
pub(super) fn throughput(rows: &[Row]) -> String {
    let mut out = String::new();
    let mut setting = "";
    for row in rows {
        if row.setting.name != setting {
            if !setting.is_empty() {
                out.push('\n');
            }
            setting = row.setting.name;
            let _ = writeln!(out, "{setting}: {}", row.setting.says);
            let _ = writeln!(out, "{}", heading());
        }
        let _ = writeln!(out, "{}", line(row, ratio(row, rows)));
    }
    let mut versions = rows.iter().map(|row| row.chromium.as_str());
    let version = versions.find(|version| !version.is_empty());
    if let Some(version) = version {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let _ = write!(
            out,
            "\nMedians, each figure by itself; Chromium {version}, {processors} processors.\n{LEGEND}"
        );
    }
    out
}

fn heading() -> String {
    let mut out = format!("{:<12}{:>5}", "variant", "runs");
    for (place, (_, heading, width, _)) in COLUMNS.iter().enumerate() {
        let _ = write!(out, "{heading:>width$}");
        if place == 0 {
            let _ = write!(out, "{:>9}", "ratio");
        }
    }
    out
}

fn line(row: &Row, ratio: Option<f64>) -> String {
    let Some(medians) = medians(&row.samples) else {
        let reason = row.failures.first().map_or("not run", String::as_str);
        return format!("{:<12}{:>5}  failed: {reason}", row.variant, 0);
    };
    let mut out = format!("{:<12}{:>5}", row.variant, row.samples.len());
    for (place, (name, _, width, digits)) in COLUMNS.iter().enumerate() {
        let _ = write!(out, "{:>width$.digits$}", medians[name]);
        if place == 0 {
            let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
            let _ = write!(out, "{ratio:>9}");
        }
    }
    if let Some(reason) = row.failures.first() {
        let _ = write!(out, "  {} failed: {reason}", row.failures.len());
    }
    out
}

/// The rate relative to the yardstick's.
fn ratio(row: &Row, rows: &[Row]) -> Option<f64> {
    let yardstick = rows.iter().find(|other| {
        other.setting.name == row.setting.name && other.variant == row.setting.yardstick
    })?;
    let of = |row: &Row| medians(&row.samples).map(|medians| medians[COLUMNS[0].0]);
    Some(of(row)? / of(yardstick)?)
}

pub(super) fn throughput_json(rows: &[Row]) -> Value {
    let row = |row: &Row| {
        json!({
            "setting": row.setting.name,
            "says": row.setting.says,
            "variant": row.variant,
            "ratio": ratio(row, rows),
            "median": medians(&row.samples),
            "samples": row.samples,
            "failures": row.failures,
            "chromium": row.chromium,
        })
    };
    rows.iter().map(row).collect()
}
