//! The tables.

use std::fmt::Write;

use serde_json::{Value, json};

use super::run::Row;
use super::sample::{COLUMNS, medians};

const LEGEND: &str = "ratio: to raw-8x6, for small files to raw-put-x6. gap: longest time for which the main \
    thread heard no\nmessage. frame: longest time between two frames. task: longest task over 50 ms, 0 when \
    there was none.\nrend.: peak resident size of the renderer. CPU: of all processes of the browser.\n";

/// By setting, the medians of each variant and their ratio to the setting's yardstick.
pub(super) fn throughput(rows: &[Row]) -> String {
    let mut out = String::new();
    let mut setting = "";
    for row in rows {
        if row.setting != setting {
            if !setting.is_empty() {
                out.push('\n');
            }
            setting = row.setting;
            let _ = writeln!(out, "{setting}: {}", row.says);
            let _ = writeln!(out, "{}", heading());
        }
        let _ = writeln!(out, "{}", line(row, ratio(row, rows)));
    }
    let version = rows
        .iter()
        .map(|row| row.chromium.as_str())
        .find(|version| !version.is_empty());
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
    let yardstick = rows
        .iter()
        .find(|other| other.setting == row.setting && other.variant == row.yardstick)?;
    let of = |row: &Row| medians(&row.samples).map(|medians| medians[COLUMNS[0].0]);
    Some(of(row)? / of(yardstick)?)
}

/// All samples.
pub(super) fn throughput_json(rows: &[Row]) -> Value {
    let row = |row: &Row| {
        json!({
            "setting": row.setting,
            "says": row.says,
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
