//! Chromium driven by chromedriver, without options that slow it down: no network log and no interception, which
//! would make the browser copy every body.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use devkit::paths;
use serde_json::{Value, json};

use crate::error::Error;
use crate::process;
use crate::process::{Cmd, Service};
use crate::setup::chromium;

const START: Duration = Duration::from_secs(20);
/// Longest duration of a script.
const SCRIPT: Duration = Duration::from_secs(600);
/// The key that marks an element: <https://www.w3.org/TR/webdriver2/#elements>.
const MARK: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser with a profile of its own; closed when dropped.
pub(super) struct Chrome {
    agent: ureq::Agent,
    session: String,
    /// The browser's main process.
    pub(super) process: u32,
    /// Its version.
    pub(super) version: String,
    profile: PathBuf,
    _driver: Service,
}

impl Chrome {
    /// Starts one.
    ///
    /// # Errors
    /// If there is no Chromium, or it does not start.
    pub(super) fn start() -> Result<Self, Error> {
        let browser = chromium::ready()?;
        let port = super::serve::free_port()?;
        let driver = Cmd::new(&browser.driver)
            .arg(format!("--port={port}"))
            .log("bench-chromedriver")
            .spawn()?;
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(SCRIPT))
            .http_status_as_error(false)
            .build()
            .into();
        let address = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        while agent.get(format!("{address}/status")).call().is_err() {
            driver.alive()?;
            if started.elapsed() > START {
                return Err(Error::failed("chromedriver does not answer"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let profile = paths::target().join(format!("bench/profile-{port}"));
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": browser.chrome,
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--disable-dev-shm-usage", format!("--user-data-dir={}", profile.display()),
                ],
            },
        }}});
        let value = post(&agent, &format!("{address}/session"), &capabilities)?;
        let found = &value["capabilities"];
        let process = found["goog:processID"].as_u64();
        let chrome = Self {
            session: format!(
                "{address}/session/{}",
                value["sessionId"].as_str().unwrap_or_default()
            ),
            process: process.and_then(|id| id.try_into().ok()).ok_or_else(|| {
                Error::failed("chromedriver did not report the browser's process id")
            })?,
            version: found["browserVersion"].as_str().unwrap_or("?").to_owned(),
            agent,
            profile,
            _driver: driver,
        };
        let limits = json!({"script": SCRIPT.as_millis(), "pageLoad": 30_000, "implicit": 0});
        chrome.post("/timeouts", &limits)?;
        Ok(chrome)
    }

    /// Opens a page and waits until its modules have run.
    ///
    /// # Errors
    /// If they do not run.
    pub(super) fn open(&self, url: &str) -> Result<(), Error> {
        self.post("/url", &json!({"url": url}))?;
        self.script(
            "while (!window.bench) await new Promise((resolve) => setTimeout(resolve, 10));",
        )?;
        Ok(())
    }

    /// Picks these files in the page's only file input.
    ///
    /// # Errors
    /// If the page has none.
    pub(super) fn pick(&self, files: &[PathBuf]) -> Result<(), Error> {
        let query = json!({"using": "css selector", "value": "input[type=file]"});
        let element = self.post("/element", &query)?;
        let id = element[MARK].as_str().unwrap_or_default();
        let names: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let text = json!({"text": names.join("\n")});
        self.post(&format!("/element/{id}/value"), &text).map(drop)
    }

    /// Runs the body of an async function in the page and waits for what it returns.
    ///
    /// # Errors
    /// If it rejects, with the reason.
    pub(super) fn script(&self, body: &str) -> Result<Value, Error> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{ {body} }})()
             .then((value) => done({{ value }}), (error) => done({{ rejected: String(error) }}));"
        );
        let mut answer = self.post("/execute/async", &json!({"script": script, "args": []}))?;
        match answer["rejected"].as_str() {
            Some(reason) => Err(Error::failed(format!("the page rejected: {reason}"))),
            None => Ok(answer["value"].take()),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        post(&self.agent, &format!("{}{path}", self.session), body)
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        if !process::stopping() {
            let _ = self.agent.delete(&self.session).call();
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn post(agent: &ureq::Agent, url: &str, body: &Value) -> Result<Value, Error> {
    let failed = |error: ureq::Error| Error::failed(format!("WebDriver: {error}"));
    let mut answer = agent
        .post(url)
        .header("content-type", "application/json")
        .send(body.to_string())
        .map_err(failed)?;
    let text = answer.body_mut().read_to_string().map_err(failed)?;
    let mut json: Value = serde_json::from_str(&text)
        .map_err(|_| Error::failed(format!("WebDriver answered {}", answer.status())))?;
    if answer.status().is_success() {
        return Ok(json["value"].take());
    }
    let message = json["value"]["message"].as_str().unwrap_or_default();
    let first = message.lines().next().unwrap_or_default();
    Err(Error::failed(format!("WebDriver: {first}")))
}
