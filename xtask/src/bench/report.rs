//! The tables.

use std::fmt::Write;

use serde_json::{Value, json};

use super::run::Row;
use super::sample::Sample;

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
            let _ = writeln!(
                out,
                "{:<12}{:>5}{:>9}{:>9}{:>9}{:>9}{:>10}{:>10}{:>8}{:>12}{:>9}",
                "variant",
                "runs",
                "MB/s",
                "ratio",
                "gap ms",
                "frame ms",
                "task ms",
                "rend. MiB",
                "CPU s",
                "1st byte ms",
                "requests"
            );
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

fn line(row: &Row, ratio: Option<f64>) -> String {
    let Some(median) = Sample::median(&row.samples) else {
        let reason = row.failures.first().map_or("not run", String::as_str);
        return format!("{:<12}{:>5}  failed: {reason}", row.variant, 0);
    };
    let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
    let failed = match row.failures.len() {
        0 => String::new(),
        some => format!("  {some} failed: {}", row.failures[0]),
    };
    format!(
        "{:<12}{:>5}{:>9.1}{ratio:>9}{:>9.1}{:>9.1}{:>10.1}{:>10.0}{:>8.2}{:>12.0}{:>9.0}{failed}",
        row.variant,
        row.samples.len(),
        median.rate,
        median.gap_ms,
        median.frame_ms,
        median.long_task_ms,
        median.renderer_mib,
        median.cpu_s,
        median.first_byte_ms,
        median.requests,
    )
}

/// The rate relative to the yardstick's.
fn ratio(row: &Row, rows: &[Row]) -> Option<f64> {
    let yardstick = rows
        .iter()
        .find(|other| other.setting == row.setting && other.variant == row.yardstick)?;
    let of = |row: &Row| Sample::median(&row.samples).map(|median| median.rate);
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
            "median": Sample::median(&row.samples).map(|median| median.json()),
            "samples": row.samples.iter().map(Sample::json).collect::<Vec<_>>(),
            "failures": row.failures,
            "chromium": row.chromium,
        })
    };
    rows.iter().map(row).collect()
}
