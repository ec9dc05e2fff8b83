use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use devkit::http::Request;
use devkit::wait;
use serde_json::{Value, json};

use super::driver::Driver;
use super::{Element, Kind};

/// How many browsers may run at once: each keeps a core busy while it hashes and sends.
const AT_ONCE: usize = 1;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// A key that types no character: <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Moves the focus forward.
    Tab,
    /// Activates.
    Enter,
    /// Activates a button.
    Space,
}

/// A browser of one test with a profile of its own; closed when dropped.
#[derive(Debug)]
pub struct Browser {
    session: String,
    kind: Kind,
    // Declared last: dropped after the session was closed.
    _driver: Driver,
    _turn: Turn,
}

impl Browser {
    /// Waits for a free slot and starts Chromium.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn start() -> Self {
        Self::of(Kind::Chromium)
    }

    /// Waits for a free slot and starts a browser of this kind.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn of(kind: Kind) -> Self {
        Self::begin(kind, None)
    }

    /// As [`Browser::of`], with every request through `proxy`, those to loopback too.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn through(kind: Kind, proxy: SocketAddr) -> Self {
        Self::begin(kind, Some(proxy))
    }

    fn begin(kind: Kind, proxy: Option<SocketAddr>) -> Self {
        let turn = Turn::take();
        let driver = kind.driver();
        let answer = Request::new("POST", format!("{}/session", driver.address))
            .json(&kind.capabilities(&driver, proxy))
            .send();
        let id = answer.json()["value"]["sessionId"]
            .as_str()
            .map(str::to_owned);
        let id = id.unwrap_or_else(|| panic!("no browser session: {}", answer.text()));
        let browser = Self {
            session: format!("{}/session/{id}", driver.address),
            kind,
            _driver: driver,
            _turn: turn,
        };
        browser.command(
            "POST",
            "/timeouts",
            &json!({"script": 120_000, "pageLoad": 30_000, "implicit": 0}),
        );
        browser
    }

    /// Which browser it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Opens an address.
    pub fn open(&self, url: &str) {
        self.command("POST", "/url", &json!({"url": url}));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.command("POST", "/refresh", &json!({}));
    }

    /// Runs the body of a function in the page.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.command(
            "POST",
            "/execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Runs the body of an async function in the page and returns what it resolves to. A rejection returns
    /// `{"rejected": text}`.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1];\
             (async function () {{ {script} }}).apply(null, arguments)\
             .then(done, (error) => done({{ rejected: String(error && error.stack || error) }}));"
        );
        self.command(
            "POST",
            "/execute/async",
            &json!({"script": wrapped, "args": arguments}),
        )
    }

    /// The first element that a CSS selector finds.
    pub fn find(&self, css: &str) -> Option<Element<'_>> {
        self.find_all(css).into_iter().next()
    }

    /// All elements that a CSS selector finds.
    pub fn find_all(&self, css: &str) -> Vec<Element<'_>> {
        let found = self.command(
            "POST",
            "/elements",
            &json!({"using": "css selector", "value": css}),
        );
        found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| Element::new(self, id))
            .collect()
    }

    /// Waits for a visible element.
    #[track_caller]
    pub fn wait_for(&self, css: &str) -> Element<'_> {
        wait::until(
            &format!("{css} on the page"),
            Duration::from_secs(20),
            || {
                self.find_all(css)
                    .into_iter()
                    .find(|element| element.is_shown())
            },
        )
    }

    /// The element that has the focus.
    pub fn focused(&self) -> Option<Element<'_>> {
        Element::new(self, &self.command("GET", "/element/active", &Value::Null))
    }

    /// Presses and releases a key.
    pub fn press(&self, key: Key) {
        let value = match key {
            Key::Tab => '\u{e004}',
            Key::Enter => '\u{e007}',
            Key::Space => ' ',
        };
        let actions =
            json!([{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]);
        self.command(
            "POST",
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}),
        );
    }

    /// Writes a screenshot to `target/test/screens/<name>.png`.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self.command("GET", "/screenshot", &Value::Null);
        let picture = data_encoding::BASE64.decode(picture.as_str().unwrap_or_default().as_bytes());
        let path = devkit::paths::scratch("screens").join(format!("{name}.png"));
        std::fs::write(&path, picture.expect("a picture in base64"))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        path
    }

    /// Sets the files of a file input, as picking them does.
    pub fn pick(&self, input: &Element<'_>, paths: &[&Path]) {
        let text: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        input.type_text(&text.join("\n"));
    }

    /// Sends one WebDriver command of this session.
    ///
    /// # Panics
    /// When the driver refuses it.
    #[track_caller]
    pub(super) fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_command(method, path, body)
            .unwrap_or_else(|error| panic!("WebDriver {method} {path}: {error}"))
    }

    pub(super) fn try_command(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let mut request = Request::new(method, format!("{}{path}", self.session));
        request.timeout = Duration::from_secs(150);
        if method == "POST" {
            request = request.json(body);
        }
        let answer = request.send();
        let value = answer.json()["value"].take();
        if answer.status == 200 {
            Ok(value)
        } else {
            Err(format!("{}: {}", value["error"], value["message"]))
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = Request::new("DELETE", self.session.as_str()).try_send();
    }
}

/// A permit to run a browser; see [`AT_ONCE`].
#[derive(Debug)]
struct Turn;

impl Turn {
    fn take() -> Self {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut running = ENDED
            .wait_while(running, |running| *running >= AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        *running += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
