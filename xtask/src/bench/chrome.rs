//! Chromium driven by chromedriver, without options that slow it down: no network log and no interception, which
//! would make the browser copy every body.

use std::path::{Path, PathBuf};
use std::time::Duration;

use devkit::browser::{Browser, Kind, Leave, WebDriverError, add_camera, chromium_capabilities};
use devkit::http::Request;
use serde_json::Value;
use tempfile::TempDir;

use crate::error::Error;
use crate::process::{Cmd, Service};
use crate::setup::browsers;
use crate::{local, paths};

const START: Duration = Duration::from_secs(20);
/// Longest duration of a script.
const SCRIPT: Duration = Duration::from_secs(600);

/// One browser with a profile of its own; closed when dropped.
pub(super) struct Chrome {
    browser: Browser,
    /// The browser's main process.
    pub(super) process: u32,
    pub(super) version: String,
    // Dropped after the browser was closed.
    _driver: Service,
    _profile: TempDir,
}

impl Chrome {
    pub(super) fn start() -> Result<Self, Error> {
        Self::begin(None)
    }

    /// With a microphone, and a camera that shows this film.
    pub(super) fn filming(film: &Path) -> Result<Self, Error> {
        Self::begin(Some(film))
    }

    fn begin(film: Option<&Path>) -> Result<Self, Error> {
        let programs = browsers::chromium()?;
        let [port] = local::free_ports()?;
        let driver = Cmd::new(programs.path("CHROMEDRIVER")).arg(format!("--port={port}"));
        let driver = driver.log("bench-chromedriver").spawn()?;
        let address = format!("http://127.0.0.1:{port}");
        let status = Request::new("GET", format!("{address}/status"));
        driver.until(START, || status.try_send().is_ok())?;
        let profile = paths::temporary("profiles");
        let mut wanted = chromium_capabilities(programs.path("CHROME"), profile.path(), None);
        if let Some(film) = film {
            add_camera(&mut wanted, Leave::Given);
            let shown = format!("--use-file-for-fake-video-capture={}", film.display());
            let args = wanted.pointer_mut("/goog:chromeOptions/args");
            if let Some(args) = args.and_then(Value::as_array_mut) {
                args.push(Value::from(shown));
            }
        }
        let browser = Browser::attach(Kind::Chromium, &address, wanted, SCRIPT)?;
        let found = &browser.capabilities;
        let process = found["goog:processID"].as_u64();
        Ok(Self {
            process: process.and_then(|id| id.try_into().ok()).ok_or_else(|| {
                Error::failed("chromedriver did not report the browser's process id")
            })?,
            version: found["browserVersion"].as_str().unwrap_or("?").to_owned(),
            browser,
            _driver: driver,
            _profile: profile,
        })
    }

    /// Opens a page and waits until its modules have run.
    pub(super) fn open(&self, url: &str) -> Result<(), Error> {
        self.browser.open(url);
        self.script(
            "while (!window.bench) await new Promise((resolve) => setTimeout(resolve, 10));",
        )?;
        Ok(())
    }

    /// Picks these files in the page's only file input.
    pub(super) fn pick(&self, files: &[PathBuf]) -> Result<(), Error> {
        let input = self.browser.find("input[type=file]");
        let input = input.ok_or_else(|| Error::failed("the page has no file input"))?;
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        self.browser.pick(&input, &files);
        Ok(())
    }

    /// Runs the body of an async function in the page and waits for what it returns.
    pub(super) fn script(&self, body: &str) -> Result<Value, Error> {
        let value = self.browser.try_run_async(body, &[])?;
        match value["rejected"].as_str() {
            Some(reason) => Err(Error::failed(format!("the page rejected: {reason}"))),
            None => Ok(value),
        }
    }
}

impl From<WebDriverError> for Error {
    fn from(error: WebDriverError) -> Self {
        Self::failed(error.to_string())
    }
}
