use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::drivers::{self, Driver, Leave};
use super::programs::Kind;
use super::session::{Element, Session, WebDriverError};
use crate::wait;

/// How long a script of a test may run.
pub(super) const SCRIPT: Duration = Duration::from_secs(120);

/// One browser runs at a time: each keeps a core busy while it hashes and sends.
static TURN: Mutex<()> = Mutex::new(());

/// A key that types no character: <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Moves the focus forward.
    Tab,
    /// Activates.
    Enter,
    /// Activates a button.
    Space,
    /// Closes a dialog.
    Escape,
}

/// A window or tab of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window(Value);

/// A browser with a profile of its own; closed when dropped.
#[derive(Debug)]
pub struct Browser {
    pub(super) session: Session,
    kind: Kind,
    /// What the driver says of the browser.
    pub capabilities: Value,
    // Declared last: dropped after the session was closed.
    pub(super) owned: Option<Owned>,
}

/// What a browser was started with.
#[derive(Debug)]
pub(super) struct Owned {
    pub(super) driver: Driver,
    pub(super) wanted: Value,
    _turn: MutexGuard<'static, ()>,
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
        Self::through(kind, None)
    }

    /// As [`Browser::through`], with a camera and a microphone that exist in the browser alone, and that a page may use
    /// unasked; WebKit has none.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn with_camera(kind: Kind, proxy: impl Into<Option<SocketAddr>>) -> Self {
        Self::begin(kind, proxy.into(), Some(Leave::Given))
    }

    /// Chromium with such a camera, and a person who refuses every page its use.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn with_refused_camera() -> Self {
        Self::begin(Kind::Chromium, None, Some(Leave::Refused))
    }

    /// Chromium without a camera, and a person who shares the tab whose title is `Shared` with every page that asks for a
    /// screen.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn with_shared_tab() -> Self {
        Self::begin(Kind::Chromium, None, Some(Leave::Tab))
    }

    /// As [`Browser::of`], with every request through `proxy`, those to loopback too.
    ///
    /// # Panics
    /// When there is no browser or no driver.
    pub fn through(kind: Kind, proxy: impl Into<Option<SocketAddr>>) -> Self {
        Self::begin(kind, proxy.into(), None)
    }

    fn begin(kind: Kind, proxy: Option<SocketAddr>, camera: Option<Leave>) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let driver = drivers::start(kind);
        let mut wanted = drivers::capabilities(kind, &driver, proxy);
        if let Some(leave) = camera {
            drivers::add_camera(&mut wanted, leave);
        }
        let browser = Self::attach(kind, &driver.address, wanted.clone(), SCRIPT);
        let mut browser = browser.unwrap_or_else(|error| panic!("no browser session: {error}"));
        browser.owned = Some(Owned {
            driver,
            wanted,
            _turn: turn,
        });
        browser
    }

    /// Starts a session of a driver that is running at `address` (without a trailing slash); a script may take as
    /// long as `script`.
    ///
    /// # Errors
    /// When the driver refuses.
    pub fn attach(
        kind: Kind,
        address: &str,
        wanted: Value,
        script: Duration,
    ) -> Result<Self, WebDriverError> {
        let mut session = Session {
            address: address.to_owned(),
            timeout: script + Duration::from_secs(30),
        };
        let wanted = json!({"capabilities": {"alwaysMatch": wanted}});
        let mut made = session.try_post("/session", &wanted)?;
        let id = made["sessionId"].as_str().unwrap_or_default();
        session.address = format!("{address}/session/{id}");
        let limits = json!({"script": script.as_millis(), "pageLoad": 30_000, "implicit": 0});
        session.try_post("/timeouts", &limits)?;
        Ok(Self {
            session,
            kind,
            capabilities: made["capabilities"].take(),
            owned: None,
        })
    }

    /// Which browser it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Opens an address.
    pub fn open(&self, url: &str) {
        self.session.post("/url", &json!({"url": url}));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.session.post("/refresh", &json!({}));
    }

    /// Runs the body of a function in the page.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({"script": script, "args": arguments});
        self.session.post("/execute/sync", &body)
    }

    /// Runs the body of an async function in the page and returns what it resolves to. A rejection returns
    /// `{"rejected": text}`.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        self.try_run_async(script, arguments)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`Browser::run_async`].
    ///
    /// # Errors
    /// When the driver refuses, as it does when the page has crashed.
    pub fn try_run_async(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> Result<Value, WebDriverError> {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1];\
             (async function () {{ {script} }}).apply(null, arguments)\
             .then(done, (error) => done({{ rejected: String(error && error.stack || error) }}));"
        );
        let body = json!({"script": wrapped, "args": arguments});
        self.session.try_post("/execute/async", &body)
    }

    /// The first element that a CSS selector finds.
    pub fn find(&self, css: &str) -> Option<Element<'_>> {
        self.find_all(css).into_iter().next()
    }

    /// All elements that a CSS selector finds.
    pub fn find_all(&self, css: &str) -> Vec<Element<'_>> {
        let found = self
            .session
            .post("/elements", &json!({"using": "css selector", "value": css}));
        let ids = found.as_array().into_iter().flatten();
        ids.filter_map(|id| Element::new(&self.session, id))
            .collect()
    }

    /// Waits for a visible element.
    #[track_caller]
    pub fn wait_for(&self, css: &str) -> Element<'_> {
        let what = format!("{css} on the page");
        wait::until(&what, Duration::from_secs(20), || {
            self.find_all(css).into_iter().find(Element::is_shown)
        })
    }

    /// The element that has the focus.
    pub fn focused(&self) -> Option<Element<'_>> {
        Element::new(&self.session, &self.session.get("/element/active"))
    }

    /// Presses and releases a key.
    pub fn press(&self, key: Key) {
        let value = match key {
            Key::Tab => '\u{e004}',
            Key::Enter => '\u{e007}',
            Key::Space => ' ',
            Key::Escape => '\u{e00c}',
        };
        let actions =
            json!([{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.session
            .post("/actions", &json!({"actions": [keyboard]}));
    }

    /// Writes a screenshot to `target/test/screens/<name>.png`.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self.session.get("/screenshot");
        let picture = data_encoding::BASE64.decode(picture.as_str().unwrap_or_default().as_bytes());
        let path = crate::paths::scratch("screens").join(format!("{name}.png"));
        std::fs::write(&path, picture.expect("a picture in base64"))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        path
    }

    /// Sets the files of a file input, as picking them does.
    pub fn pick(&self, input: &Element<'_>, paths: &[&Path]) {
        let paths = paths.iter().map(|path| path.display().to_string());
        let text: Vec<String> = paths.collect();
        input.type_text(&text.join("\n"));
    }

    /// The window that commands go to.
    pub fn window(&self) -> Window {
        Window(self.session.get("/window"))
    }

    /// Opens a tab and sends commands there.
    pub fn open_window(&self) -> Window {
        let window = self.session.post("/window/new", &json!({"type": "tab"}))["handle"].take();
        let window = Window(window);
        self.switch_to(&window);
        window
    }

    /// Sends commands to another window.
    pub fn switch_to(&self, window: &Window) {
        self.session.post("/window", &json!({"handle": window.0}));
    }

    /// Closes the current window; later commands need another one.
    pub fn close_window(&self) {
        let closed = self.session.send("DELETE", "/window", None);
        closed.unwrap_or_else(|error| panic!("{error}"));
    }
}
