//! CRC64NVME in the package beside AWS's JavaScript implementation, in the same Chromium.

use std::fmt;

use devkit::http::Serving;
use devkit::stats::median;
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::options::Options;
use crate::error::Error;
use crate::step;

const BYTES: u64 = 64 << 20;

/// Bytes a second of each, by run.
pub(super) struct Figures {
    version: String,
    module: Vec<f64>,
    script: Vec<f64>,
}

/// Hashes the same bytes with both, alternating, in a worker.
pub(super) fn measure(server: &Serving, options: &Options) -> Result<Figures, Error> {
    step::step("CRC64NVME in Chromium", || {
        let chrome = Chrome::start()?;
        chrome.open(&server.url())?;
        let runs = options.runs.max(3);
        let seen = chrome.script(&format!("return window.bench.hash({BYTES}, {runs});"))?;
        let bytes = seen["bytes"].as_f64().unwrap_or(f64::NAN);
        let rates = |name: &str| -> Vec<f64> {
            let times = seen[name].as_array().into_iter().flatten();
            let times = times.filter_map(Value::as_f64);
            times.map(|ms| bytes * 1000.0 / ms).collect()
        };
        Ok(Figures {
            version: chrome.version.clone(),
            module: rates("module"),
            script: rates("script"),
        })
    })
}

impl Figures {
    fn medians(&self) -> (f64, f64) {
        let of = |rates: &[f64]| median(rates.to_vec()).unwrap_or(f64::NAN);
        (of(&self.module), of(&self.script))
    }

    pub(super) fn json(&self) -> Value {
        let (module, script) = self.medians();
        json!({
            "chromium": self.version,
            "module": self.module,
            "script": self.script,
            "ratio": module / script,
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, script) = self.medians();
        let (runs, version) = (self.module.len(), &self.version);
        let mib = BYTES >> 20;
        write!(f, "CRC64NVME of {mib} MiB in a worker of ")?;
        writeln!(f, "Chromium {version}, medians of {runs}")?;
        write!(f, "{:<34}{:>9}{:>9}", "", "MB/s", "ratio")?;
        for (name, rate) in [
            ("the package's module", module),
            ("@aws-sdk/crc64-nvme", script),
        ] {
            write!(f, "\n{name:<34}{:>9.0}{:>9.2}", rate / 1e6, rate / script)?;
        }
        Ok(())
    }
}
