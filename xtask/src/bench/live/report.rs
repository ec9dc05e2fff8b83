//! The table of recordings, for the terminal and as the section of `docs/BENCHMARKS.md`.

use std::fmt::Write;

use devkit::stats::median;

use super::{Row, Sample, WAYS};
use crate::bench::page;
use crate::error::Error;

const NOTES: &str = "
Printed by `cargo xtask bench live`. Chromium's camera shows a film of noise and `MediaRecorder` makes WebM of it, with VP8 and
Opus. `uploadLive` sends it while it grows; beside it a page collects all pieces, as it would without, and gives them to
`upload` of the same client when the recorder has stopped. Both take turns, each recording in a fresh browser; the server
discards what it gets, and takes the bytes of all connections at the rate of the link. **stored**: milliseconds from `stop()` of
the recorder until `done` resolves, the median of the runs, without `fixDuration`; **ratio**: to the row without one. **aim**:
what we want at most; over 3 Mbit/s the time of two parts of 5 MiB, and 3 s. **MB**: millions of bytes of the recording.
**memory**: peak of the page's process, MiB, with the recorder.
";

/// A row of one way: its name, milliseconds, ratio, aim, megabytes, MiB.
struct Line {
    name: &'static str,
    runs: usize,
    ms: f64,
    /// Empty where there is none, as is `aim`.
    ratio: String,
    aim: String,
    mb: f64,
    mib: f64,
}

fn middle(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    median(samples.iter().map(of).collect()).unwrap_or(f64::NAN)
}

fn lines(row: &Row) -> Vec<Line> {
    let [meanwhile, afterwards] = &row.samples;
    let all = [meanwhile, afterwards].into_iter().zip(WAYS);
    let yardstick = middle(afterwards, |sample| sample.ms);
    let mut lines: Vec<Line> = all
        .map(|(samples, (_, name))| Line {
            name,
            runs: samples.len(),
            ms: middle(samples, |sample| sample.ms),
            ratio: String::new(),
            aim: String::new(),
            mb: middle(samples, |sample| sample.bytes) / 1e6,
            mib: middle(samples, |sample| sample.mib),
        })
        .collect();
    if let Some(first) = lines.first_mut() {
        first.ratio = format!("{:.2}", first.ms / yardstick);
        first.aim = row.link.aim.to_string();
    }
    lines
}

fn says(row: &Row) -> String {
    let link = &row.link;
    #[expect(clippy::cast_precision_loss, reason = "a rate far below 2^52")]
    let mbit = link.bits as f64 / 1e6;
    format!("{} s at {mbit} Mbit/s over {}", link.seconds, link.says)
}

/// For the terminal.
pub(super) fn table(rows: &[Row], chromium: &str) -> String {
    let mut out = String::new();
    for row in rows {
        let _ = writeln!(out, "live: {}", says(row));
        let _ = writeln!(
            out,
            "{:<24}{:>5}{:>11}{:>7}{:>9}{:>8}{:>12}",
            "", "runs", "stored ms", "ratio", "aim ms", "MB", "memory MiB"
        );
        for line in lines(row) {
            let _ = writeln!(
                out,
                "{:<24}{:>5}{:>11.0}{:>7}{:>9}{:>8.1}{:>12.0}",
                line.name, line.runs, line.ms, line.ratio, line.aim, line.mb, line.mib
            );
        }
        out.push('\n');
    }
    let _ = write!(out, "Medians; Chromium {chromium}.");
    out
}

/// Writes the section of the page.
pub(super) fn write(rows: &[Row], chromium: &str) -> Result<(), Error> {
    let mut out = NOTES.to_owned();
    let runs = rows.iter().flat_map(|row| row.samples.iter().map(Vec::len));
    let runs = runs.max().unwrap_or_default();
    let _ = writeln!(
        out,
        "\nChromium {chromium}, {runs} runs of each, {}.",
        page::today()
    );
    for row in rows {
        let _ = writeln!(out, "\n{}:\n", says(row));
        out.push_str("| | stored | ratio | aim | MB | memory |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        for line in lines(row) {
            let _ = writeln!(
                out,
                "| {} | {:.0} | {} | {} | {:.1} | {:.0} |",
                line.name, line.ms, line.ratio, line.aim, line.mb, line.mib
            );
        }
    }
    page::write_recordings(&out)
}
