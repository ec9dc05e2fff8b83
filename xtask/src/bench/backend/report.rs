//! The tables.

use std::fmt::Write;
use std::time::Duration;

use devkit::stats::quantile;
use serde_json::{Value, json};

use super::measure::Figures;
use super::subject::Subject;
use crate::bench::report::{Column, cells, headings, number};

const LEGEND: &str = "cold: from the start of the process to its first answer, median. memory: largest resident size. DynamoDB, SQS and\nS3 answer at once from the measuring process. The sample does less: it signs, and writes and checks nothing.\n";

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Calls a second, made sequentially.
#[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
fn rate(figures: &Figures) -> f64 {
    let together: Duration = figures.warm.iter().sum();
    figures.warm.len() as f64 / together.as_secs_f64()
}

type Measured<'a> = (&'a Subject, &'a Figures);

fn columns<'a>() -> [Column<Measured<'a>>; 6] {
    [
        ("cold ms", 9, 1, |(_, of)| ms(middle(&of.cold))),
        ("calls/s", 10, 0, |(_, of)| rate(of)),
        ("p50 ms", 9, 2, |(_, of)| ms(middle(&of.warm))),
        ("p99 ms", 9, 2, |(_, of)| ms(at(&of.warm, 99))),
        ("memory MiB", 12, 1, |(_, of)| mib(middle(&of.resident))),
        ("zip MB", 10, 2, |(subject, _)| mib(subject.zip)),
    ]
}

const SPIKES: [Column<Value>; 7] = [
    ("events", 10, 0, |spike| number(&spike["events"])),
    ("events/s", 10, 0, |spike| number(&spike["eventsPerSecond"])),
    ("PUT p50 ms", 12, 0, |spike| number(&spike["putMs"]["p50"])),
    ("lag p50 ms", 14, 0, |spike| number(&spike["lagMs"]["p50"])),
    ("lag p99 ms", 14, 0, |spike| number(&spike["lagMs"]["p99"])),
    ("other p50 ms", 16, 0, |spike| {
        number(&spike["bystanderMs"]["p50"])
    }),
    ("other p99 ms", 16, 0, |spike| {
        number(&spike["bystanderMs"]["p99"])
    }),
];

fn at<T: Copy + Ord + Default>(all: &[T], percent: usize) -> T {
    quantile(all, percent).unwrap_or_default()
}

fn middle<T: Copy + Ord + Default>(all: &[T]) -> T {
    at(all, 50)
}

/// All functions, and the ratios of the sample to ours.
pub(super) fn functions(subjects: &[Subject], figures: &[Figures]) -> String {
    let mut out = format!("{:<14}{}  one call\n", "function", headings(&columns()));
    for both in subjects.iter().zip(figures) {
        let (name, says) = (both.0.name, both.0.says);
        let _ = writeln!(out, "{name:<14}{}  {says}", cells(&columns(), &both));
    }
    out.push_str(LEGEND);
    let find = |name: &str| {
        let mut both = subjects.iter().zip(figures);
        both.find(|(subject, _)| subject.name == name)
    };
    for (ours, theirs) in [
        ("presign", "node"),
        ("presign", "node-plain"),
        ("presign-only", "node"),
    ] {
        if let (Some((us, our)), Some((them, their))) = (find(ours), find(theirs)) {
            let cold = ms(middle(&their.cold)) / ms(middle(&our.cold));
            let memory = mib(middle(&their.resident)) / mib(middle(&our.resident));
            let _ = writeln!(
                out,
                "{ours} beside {theirs}: cold start {cold:.1} times faster, memory {memory:.1} times smaller, {:.1} \
                 times the calls, zip {:.2} of its size",
                rate(our) / rate(their),
                mib(us.zip) / mib(them.zip),
            );
        }
    }
    out
}

pub(super) fn functions_json(subjects: &[Subject], figures: &[Figures]) -> Value {
    let row = |(subject, figures): (&Subject, &Figures)| {
        json!({
            "name": subject.name,
            "says": subject.says,
            "coldMs": figures.cold.iter().map(|one| ms(*one)).collect::<Vec<_>>(),
            "callsPerSecond": rate(figures),
            "p50Ms": ms(middle(&figures.warm)),
            "p99Ms": ms(at(&figures.warm, 99)),
            "residentBytes": figures.resident,
            "zipBytes": subject.zip,
        })
    };
    subjects.iter().zip(figures).map(row).collect()
}

/// Spikes of growing size.
pub(super) fn pipeline(spikes: &[Value]) -> String {
    let mut out = headings(&SPIKES) + "\n";
    for spike in spikes {
        out += &(cells(&SPIKES, spike) + "\n");
    }
    if let [first, .., last] = spikes {
        let grown = |path: fn(&Value) -> &Value| number(path(last)) / number(path(first));
        let _ = writeln!(
            out,
            "from {} to {} events: events/s {:.2} times, lag p50 {:.1} times, lag p99 {:.1} times",
            first["events"],
            last["events"],
            grown(|spike| &spike["eventsPerSecond"]),
            grown(|spike| &spike["lagMs"]["p50"]),
            grown(|spike| &spike["lagMs"]["p99"]),
        );
    }
    out.push_str("lag: from storage's event to the start of the call that records it. other: PUT to record of an owner who is not\npart of the spike. The local AWS, one process in Python, signs, stores, queues and starts functions on this computer.\n");
    out
}
