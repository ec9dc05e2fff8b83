//! The tables.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::measure::{Figures, quantile};
use super::subject::Subject;

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

/// All functions, and the ratios of the sample to ours.
pub(super) fn functions(subjects: &[Subject], figures: &[Figures]) -> String {
    let mut out = format!(
        "{:<14}{:>9}{:>10}{:>9}{:>9}{:>12}{:>10}  {}\n",
        "function", "cold ms", "calls/s", "p50 ms", "p99 ms", "memory MiB", "zip MB", "one call"
    );
    for (subject, figures) in subjects.iter().zip(figures) {
        let _ = writeln!(
            out,
            "{:<14}{:>9.1}{:>10.0}{:>9.2}{:>9.2}{:>12.1}{:>10.2}  {}",
            subject.name,
            ms(quantile(&figures.cold, 50)),
            rate(figures),
            ms(quantile(&figures.warm, 50)),
            ms(quantile(&figures.warm, 99)),
            mib(quantile(&figures.resident, 50)),
            mib(subject.zip),
            subject.says,
        );
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
            let cold = ms(quantile(&their.cold, 50)) / ms(quantile(&our.cold, 50));
            let memory = mib(quantile(&their.resident, 50)) / mib(quantile(&our.resident, 50));
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

/// All samples.
pub(super) fn functions_json(subjects: &[Subject], figures: &[Figures]) -> Value {
    let row = |(subject, figures): (&Subject, &Figures)| {
        json!({
            "name": subject.name,
            "says": subject.says,
            "coldMs": figures.cold.iter().map(|one| ms(*one)).collect::<Vec<_>>(),
            "callsPerSecond": rate(figures),
            "p50Ms": ms(quantile(&figures.warm, 50)),
            "p99Ms": ms(quantile(&figures.warm, 99)),
            "residentBytes": figures.resident,
            "zipBytes": subject.zip,
        })
    };
    subjects.iter().zip(figures).map(row).collect()
}

/// Spikes of growing size.
pub(super) fn pipeline(spikes: &[Value]) -> String {
    let mut out = format!(
        "{:<10}{:>10}{:>12}{:>14}{:>14}{:>16}{:>16}\n",
        "events",
        "events/s",
        "PUT p50 ms",
        "lag p50 ms",
        "lag p99 ms",
        "other p50 ms",
        "other p99 ms"
    );
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    for spike in spikes {
        let _ = writeln!(
            out,
            "{:<10}{:>10.0}{:>12.0}{:>14.0}{:>14.0}{:>16.0}{:>16.0}",
            number(&spike["events"]),
            number(&spike["eventsPerSecond"]),
            number(&spike["putMs"]["p50"]),
            number(&spike["lagMs"]["p50"]),
            number(&spike["lagMs"]["p99"]),
            number(&spike["bystanderMs"]["p50"]),
            number(&spike["bystanderMs"]["p99"]),
        );
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
