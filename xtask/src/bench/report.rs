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

/// The cells of one row; a figure that is unknown is a dash.
pub(super) fn cells<T>(columns: &[Column<T>], of: &T) -> String {
    let cell = |(_, width, digits, value): &Column<T>| match value(of) {
        unknown if unknown.is_nan() => format!("{:>width$}", "-"),
        known => format!("{known:>width$.digits$}"),
    };
    columns.iter().map(cell).collect()
}

/// A number in JSON.
pub(super) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// The figures of one run of one variant, by their names in the result file.
pub(super) type Sample = BTreeMap<&'static str, f64>;

const COLUMNS: [Column<Sample>; 9] = [
    // Millions of bytes a second.
    ("MB/s", 9, 1, |of| of["mbPerSecond"]),
    ("ratio", 9, 2, |of| of["ratio"]),
    // Longest time in which the main thread handled no message.
    ("gap ms", 9, 1, |of| of["gapMs"]),
    // Longest time between two frames.
    ("frame ms", 9, 1, |of| of["frameMs"]),
    // Longest task in the browser's report (tasks over 50 ms:
    // https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongTaskTiming); 0 when there was none.
    ("task ms", 10, 1, |of| of["longTaskMs"]),
    // Peak resident size of the renderer.
    ("rend. MiB", 10, 0, |of| of["rendererMib"]),
    // Seconds of CPU time of the whole browser.
    ("CPU s", 8, 2, |of| of["cpuSeconds"]),
    // Time from the call to the first byte of a body at the sink.
    ("1st byte ms", 12, 0, |of| of["firstByteMs"]),
    // Requests to the sink, preflights included.
    ("requests", 9, 0, |of| of["requests"]),
];

/// The median of each figure separately; `None` without samples.
pub(super) fn median_of(samples: &[Sample]) -> Option<Sample> {
    let of = |name: &&'static str| {
        let values = samples.iter().map(|sample| sample[name]);
        Some((*name, median(values.collect())?))
    };
    samples.first()?.keys().map(of).collect()
}

const LEGEND: &str = "ratio: to raw-8x6, for small files to raw-put-x6. gap: longest time for which the main \
    thread heard no\nmessage. frame: longest time between two frames. task: longest task over 50 ms, 0 when \
    there was none.\nrend.: peak resident size of the renderer. CPU: of all processes of the browser.\n";

/// By setting, the medians of each variant and their ratio to the setting's yardstick; and all samples.
pub(super) fn throughput(rows: &[Row]) -> (String, Value) {
    let mut out = String::new();
    let mut setting = "";
    for row in rows {
        if row.setting.name != setting {
            if !setting.is_empty() {
                out.push('\n');
            }
            setting = row.setting.name;
            let _ = writeln!(out, "{setting}: {}", row.setting.says);
            let heading = headings(&COLUMNS);
            let _ = writeln!(out, "{:<12}{:>5}{heading}", "variant", "runs");
        }
        let _ = writeln!(out, "{}", line(row, rows));
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
    (out, samples(rows))
}

fn line(row: &Row, rows: &[Row]) -> String {
    let Some(mut medians) = median_of(&row.samples) else {
        let reason = row.failures.first().map_or("not run", String::as_str);
        return format!("{:<12}{:>5}  failed: {reason}", row.variant, 0);
    };
    let ratio = ratio(row, rows);
    medians.insert("ratio", ratio.unwrap_or(f64::NAN));
    let cells = cells(&COLUMNS, &medians);
    let mut out = format!("{:<12}{:>5}{cells}", row.variant, row.samples.len());
    if let Some(reason) = row.failures.first() {
        let _ = write!(out, "  {} failed: {reason}", row.failures.len());
    }
    out
}

/// The rate relative to the yardstick's.
pub(super) fn ratio<'a>(row: &Row, rows: impl IntoIterator<Item = &'a Row<'a>>) -> Option<f64> {
    let mut rows = rows.into_iter();
    let yardstick = rows.find(|other| {
        other.setting.name == row.setting.name && other.variant == row.setting.yardstick
    })?;
    let of = |row: &Row| median_of(&row.samples).map(|medians| medians["mbPerSecond"]);
    Some(of(row)? / of(yardstick)?)
}

fn samples(rows: &[Row]) -> Value {
    let row = |row: &Row| {
        json!({
            "setting": row.setting.name,
            "says": row.setting.says,
            "variant": row.variant,
            "ratio": ratio(row, rows),
            "median": median_of(&row.samples),
            "samples": row.samples,
            "failures": row.failures,
            "chromium": row.chromium,
        })
    };
    rows.iter().map(row).collect()
}
