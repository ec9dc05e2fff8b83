//! Recordings: how long after its end one is stored, if it is sent while it grows or when it has ended.
//!
//! Both ways take turns on the same link, with the same client of the package and a camera that shows the same film.

mod film;
mod report;

use devkit::http::Serving;
use devkit::procs::Watch;
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::options::Options;
use super::report::number;
use super::sink::Sink;
use crate::error::Error;
use crate::step;

/// A link, and what is recorded at its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// Megabits a second, as people say it.
    says: &'static str,
    /// Options of the sink.
    path: &'static str,
    /// Length of the recording in seconds: of one that has less than a part nothing can be sent before its end.
    seconds: u64,
    /// Bits a second of its picture.
    bits: u64,
    /// Milliseconds from the stop to the stored object that are wanted at most.
    aim: u64,
}

/// Bytes of the parts of a short recording: the least that S3 takes.
const PART: u64 = 5 << 20;

const LINKS: [Link; 3] = [
    Link {
        says: "20 Mbit/s, 50 ms to each answer",
        path: "--answer-delay-ms 50 --uplink 2500000",
        seconds: 20,
        bits: 8_000_000,
        aim: 3_000,
    },
    Link {
        says: "3 Mbit/s, 200 ms to each answer",
        path: "--answer-delay-ms 200 --uplink 375000",
        seconds: 60,
        bits: 2_400_000,
        aim: two_parts(375_000),
    },
    Link {
        says: "3 Mbit/s, 200 ms to each answer, of a recording that is faster than the link",
        path: "--answer-delay-ms 200 --uplink 375000",
        seconds: 60,
        bits: 4_000_000,
        aim: two_parts(375_000),
    },
];

/// The time of two parts on a link of so many bytes a second, and three seconds.
const fn two_parts(rate: u64) -> u64 {
    2 * PART * 1_000 / rate + 3_000
}

/// When a recording is sent: the function's name in `xtask/bench/live.js`, and its name in the table.
const WAYS: [(&str, &str); 2] = [
    ("meanwhile", "sent while it grows"),
    ("afterwards", "sent when it has ended"),
];

/// One recording.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// From the stop to the stored object.
    ms: f64,
    bytes: f64,
    /// Peak of the page's process.
    mib: f64,
}

impl Sample {
    fn json(self) -> Value {
        json!({"ms": self.ms, "bytes": self.bytes, "rendererMib": self.mib})
    }
}

/// All recordings over one link.
#[derive(Debug)]
pub(super) struct Row {
    link: Link,
    /// In the order of [`WAYS`].
    samples: [Vec<Sample>; 2],
}

/// Records over each link in turns; returns the table and all samples, and writes the section of the page.
pub(super) fn measure(server: &Serving, options: &Options) -> Result<(String, Value), Error> {
    let film = film::ready()?;
    let (mut rows, mut chromium) = (Vec::new(), String::new());
    for mut link in LINKS {
        link.seconds = options.seconds.unwrap_or(link.seconds);
        let sink = Sink::start(link.path)?;
        let mut samples = [Vec::new(), Vec::new()];
        for run in 1..=options.runs {
            for ((way, _), samples) in WAYS.iter().zip(&mut samples) {
                let what = format!("{} {way} {run}/{}", link.says, options.runs);
                let sample = step::step(&what, || {
                    sink.reset()?;
                    let chrome = Chrome::filming(&film)?;
                    chrome.open(&server.url())?;
                    chromium.clone_from(&chrome.version);
                    once(&chrome, &sink, way, &link)
                })?;
                samples.push(sample);
            }
        }
        rows.push(Row { link, samples });
    }
    report::write(&rows, &chromium)?;
    Ok((report::table(&rows, &chromium), json(&rows, &chromium)))
}

fn once(chrome: &Chrome, sink: &Sink, way: &str, link: &Link) -> Result<Sample, Error> {
    let watch = Watch::start(chrome.process);
    let given = json!({
        "sink": sink.url, "seconds": link.seconds, "bitsPerSecond": link.bits,
    });
    let seen = chrome.script(&format!(
        "return window.bench.record({}, {given});",
        json!(way)
    ));
    let used = watch.end();
    let seen = seen?;
    let warnings = seen["warnings"].as_array().map_or(0, Vec::len);
    if warnings > 0 {
        return Err(Error::failed(format!(
            "the client warned: {}",
            seen["warnings"]
        )));
    }
    let (bytes, got) = (seen["bytes"].as_u64(), sink.stats()?["bytes"].as_u64());
    if bytes != got {
        return Err(Error::failed(format!(
            "{got:?} bytes arrived instead of {bytes:?}"
        )));
    }
    #[expect(clippy::cast_precision_loss, reason = "a size far below 2^52")]
    let mib = used.renderer as f64 / f64::from(1 << 20);
    Ok(Sample {
        ms: number(&seen["ms"]),
        bytes: number(&seen["bytes"]),
        mib,
    })
}

fn json(rows: &[Row], chromium: &str) -> Value {
    let row = |row: &Row| {
        let ways = WAYS.iter().zip(&row.samples);
        let ways = ways.map(|((way, _), samples)| {
            let samples: Vec<Value> = samples.iter().map(|sample| sample.json()).collect();
            ((*way).to_owned(), json!(samples))
        });
        json!({
            "link": row.link.says, "seconds": row.link.seconds, "bitsPerSecond": row.link.bits,
            "aimMs": row.link.aim, "samples": ways.collect::<serde_json::Map<_, _>>(),
        })
    };
    json!({"chromium": chromium, "rows": rows.iter().map(row).collect::<Vec<_>>()})
}
