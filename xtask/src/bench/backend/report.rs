//! The tables.

use std::fmt::Write;
use std::time::Duration;

use devkit::stats::{median, quantile};
use serde_json::{Value, json};

use super::measure::{Figures, Round, Start};
use super::subject::Subject;
use crate::bench::report::{Column, cells, headings, number};

const LEGEND: &str = "poll: from the start of the process to its first poll for an event, first: to its first answer. p50, p99: from the\nhanding out of the event to the answer, at the runtime API. items: uploads or messages. CPU: of the function alone.\nmemory: largest resident size. Medians of starts or rounds, each figure by itself. DynamoDB, SQS and S3 answer at\nonce from the measuring process. The sample does less: it signs, and writes and checks nothing.\n";

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The median over the rounds; NaN without any.
fn of_rounds(figures: &Figures, figure: impl Fn(&Round) -> f64) -> f64 {
    median(figures.rounds.iter().map(figure).collect()).unwrap_or(f64::NAN)
}

fn of_starts(figures: &Figures, time: impl Fn(&Start) -> Duration) -> f64 {
    let times = figures.starts.iter().map(|start| ms(time(start)));
    median(times.collect()).unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
fn count(round: &Round) -> f64 {
    round.calls.len() as f64
}

/// Calls a second, made sequentially.
fn rate(figures: &Figures) -> f64 {
    of_rounds(figures, |round| count(round) / round.together.as_secs_f64())
}

/// Uploads or messages a second; unknown where a call is of one.
#[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
fn items((subject, figures): &Measured<'_>) -> f64 {
    match subject.items {
        1 => f64::NAN,
        many => rate(figures) * many as f64,
    }
}

fn percentile(figures: &Figures, percent: usize) -> f64 {
    let of = |round: &Round| ms(quantile(&round.calls, percent).unwrap_or_default());
    of_rounds(figures, of)
}

/// Milliseconds of CPU time of a call, which are seconds of a thousand.
fn cpu(figures: &Figures) -> f64 {
    of_rounds(figures, |round| round.cpu * 1_000.0 / count(round))
}

fn first(figures: &Figures) -> f64 {
    of_starts(figures, |start| start.answered)
}

fn memory(figures: &Figures) -> f64 {
    of_rounds(figures, |round| mib(round.resident))
}

type Measured<'a> = (&'a Subject, &'a Figures);

fn columns<'a>() -> [Column<Measured<'a>>; 9] {
    [
        ("poll ms", 9, 1, |(_, of)| {
            of_starts(of, |start| start.polled)
        }),
        ("first ms", 10, 1, |(_, of)| first(of)),
        ("calls/s", 9, 0, |(_, of)| rate(of)),
        ("items/s", 9, 0, items),
        ("p50 ms", 8, 2, |(_, of)| percentile(of, 50)),
        ("p99 ms", 8, 2, |(_, of)| percentile(of, 99)),
        ("CPU ms", 8, 2, |(_, of)| cpu(of)),
        ("memory MiB", 12, 1, |(_, of)| memory(of)),
        ("zip MB", 8, 2, |(subject, _)| mib(subject.zip)),
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

/// All functions, and the ratios of the sample to ours.
///
/// `services` is how many requests a second the services answer to one client that only asks.
pub(super) fn functions(subjects: &[Subject], figures: &[Figures], services: f64) -> String {
    let mut out = format!("{:<14}{}  one call\n", "function", headings(&columns()));
    for both in subjects.iter().zip(figures) {
        let (name, says) = (both.0.name, both.0.says);
        let _ = writeln!(out, "{name:<14}{}  {says}", cells(&columns(), &both));
    }
    out.push_str(LEGEND);
    let _ = writeln!(
        out,
        "By themselves the services answer {services:.0} requests a second to one client.\n"
    );
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
            let cold = first(their) / first(our);
            let memory = memory(their) / memory(our);
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
            "polledMs": figures.starts.iter().map(|start| ms(start.polled)).collect::<Vec<_>>(),
            "coldMs": figures.starts.iter().map(|start| ms(start.answered)).collect::<Vec<_>>(),
            "callsPerSecond": rate(figures),
            "itemsPerSecond": items(&(subject, figures)),
            "p50Ms": percentile(figures, 50),
            "p99Ms": percentile(figures, 99),
            "cpuMs": cpu(figures),
            "rounds": figures.rounds.iter().map(round_json).collect::<Vec<_>>(),
            "zipBytes": subject.zip,
        })
    };
    subjects.iter().zip(figures).map(row).collect()
}

fn round_json(round: &Round) -> Value {
    let percentile = |percent| ms(quantile(&round.calls, percent).unwrap_or_default());
    json!({
        "calls": round.calls.len(),
        "seconds": round.together.as_secs_f64(),
        "cpuSeconds": round.cpu,
        "p50Ms": percentile(50),
        "p90Ms": percentile(90),
        "p99Ms": percentile(99),
        "residentBytes": round.resident,
    })
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
