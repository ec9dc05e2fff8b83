//! CRC64NVME in the package beside AWS's JavaScript implementation, in the same Chromium.

use devkit::http::Serving;
use devkit::stats::median;
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::options::Options;
use crate::error::Error;
use crate::step;

const BYTES: u64 = 64 << 20;

/// Hashes the same bytes with both, alternating, in a worker; returns the table, and all samples.
pub(super) fn measure(server: &Serving, options: &Options) -> Result<(String, Value), Error> {
    let runs = options.runs.max(3);
    let (version, seen) = step::step("CRC64NVME in Chromium", || {
        let chrome = Chrome::start()?;
        chrome.open(&server.url())?;
        let seen = chrome.script(&format!("return window.bench.hash({BYTES}, {runs});"))?;
        Ok((chrome.version.clone(), seen))
    })?;
    let bytes = seen["bytes"].as_f64().unwrap_or(f64::NAN);
    let rates = |name: &str| -> Vec<f64> {
        let times = seen[name].as_array().into_iter().flatten();
        let times = times.filter_map(Value::as_f64);
        times.map(|ms| bytes * 1000.0 / ms).collect()
    };
    let middle = |rates: &[f64]| median(rates.to_vec()).unwrap_or(f64::NAN);
    let (module, script) = (rates("module"), rates("script"));
    let (ours, theirs) = (middle(&module), middle(&script));
    let mib = BYTES >> 20;
    let mut table = format!(
        "CRC64NVME of {mib} MiB in a worker of Chromium {version}, medians of {runs}\n{:<34}{:>9}{:>9}",
        "", "MB/s", "ratio"
    );
    for (name, rate) in [
        ("the package's module", ours),
        ("@aws-sdk/crc64-nvme", theirs),
    ] {
        let (mb, ratio) = (rate / 1e6, rate / theirs);
        table += &format!("\n{name:<34}{mb:>9.0}{ratio:>9.2}");
    }
    let ratio = ours / theirs;
    let json = json!({"chromium": version, "module": module, "script": script, "ratio": ratio});
    Ok((table, json))
}
