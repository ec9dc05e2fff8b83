//! Runs the settings, alternating between their variants.

use devkit::http::Serving;
use devkit::procs::Watch;
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::files;
use super::options::Options;
use super::plan::{Setting, Variant};
use super::report::{Sample, number};
use super::sink::Sink;
use crate::error::Error;
use crate::step;

/// All samples of one variant in one setting.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) setting: &'a Setting,
    pub(super) variant: &'static str,
    pub(super) samples: Vec<Sample>,
    pub(super) failures: Vec<String>,
    pub(super) chromium: String,
}

pub(super) fn all<'a>(
    settings: &'a [Setting],
    options: &Options,
    server: &Serving,
) -> Result<Vec<Row<'a>>, Error> {
    let turns = |setting| turns(setting, options.runs, server);
    let rows: Result<Vec<_>, _> = settings.iter().map(turns).collect();
    Ok(rows?.into_iter().flatten().collect())
}

fn turns<'a>(setting: &'a Setting, runs: usize, server: &Serving) -> Result<Vec<Row<'a>>, Error> {
    let files = files::ready(setting.count, setting.size)?;
    let sink = Sink::start(setting.path)?;
    let row = |variant: &Variant| Row {
        setting,
        variant: variant.name,
        samples: Vec::new(),
        failures: Vec::new(),
        chromium: String::new(),
    };
    let mut rows: Vec<Row> = setting.variants.iter().map(row).collect();
    for run in 1..=runs {
        for (variant, row) in setting.variants.iter().zip(&mut rows) {
            let what = format!("{} {} {run}/{runs}", setting.name, variant.name);
            match step::step(&what, || once(setting, *variant, &files, &sink, server)) {
                Ok((sample, version)) => {
                    row.samples.push(sample);
                    row.chromium = version;
                }
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => {
                    step::say(&format!("     {error}"));
                    row.failures.push(error.to_string());
                }
            }
        }
    }
    Ok(rows)
}

fn once(
    setting: &Setting,
    variant: Variant,
    files: &[std::path::PathBuf],
    sink: &Sink,
    server: &Serving,
) -> Result<(Sample, String), Error> {
    sink.reset()?;
    let chrome = Chrome::start()?;
    chrome.open(&server.url())?;
    chrome.pick(files)?;
    let watch = Watch::start(chrome.process);
    let (function, options) = (json!(variant.function), variant.options(&sink.url));
    let call = format!("return window.bench.run({function}, {options});");
    let seen = chrome.script(&call);
    let used = watch.end();
    let (seen, stats) = (seen?, sink.stats()?);
    whole(setting, &stats)?;
    #[expect(clippy::cast_precision_loss, reason = "a size far below 2^52")]
    let renderer = used.renderer as f64 / f64::from(1 << 20);
    let rate = number(&seen["bytes"]) / 1000.0 / number(&seen["ms"]);
    let first_byte = number(&seen["calledMs"]) + first_byte(&stats);
    let sample = Sample::from([
        ("mbPerSecond", rate),
        ("gapMs", number(&seen["gapMs"])),
        ("frameMs", number(&seen["frameMs"])),
        ("longTaskMs", number(&seen["longTaskMs"])),
        ("rendererMib", renderer),
        ("cpuSeconds", used.seconds),
        ("firstByteMs", first_byte),
        ("requests", number(&stats["requests"])),
    ]);
    Ok((sample, chrome.version.clone()))
}

/// Time from the first request to the first byte of a body, whichever way it was sent.
fn first_byte(stats: &Value) -> f64 {
    let uploads = stats["listed"].as_array().into_iter().flatten();
    let ours = uploads.filter_map(|upload| upload["firstByteMs"].as_f64());
    let ours = ours.min_by(f64::total_cmp);
    ours.or(stats["rawFirstByteMs"].as_f64())
        .unwrap_or(f64::NAN)
}

/// A run counts only if every byte arrived, and exactly once where nothing went wrong.
fn whole(setting: &Setting, stats: &Value) -> Result<(), Error> {
    let (sent, got) = (setting.count * setting.size, stats["bytes"].as_u64());
    if got == Some(sent) || (setting.troubled() && got > Some(sent)) {
        return Ok(());
    }
    let got = got.unwrap_or_default();
    let wrong = format!("{got} bytes arrived instead of {sent}");
    Err(Error::failed(wrong))
}
