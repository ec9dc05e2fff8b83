use serde_json::{Value, json};

use super::client::{Browser, Session};

/// The key that marks an element in WebDriver's JSON: <https://www.w3.org/TR/webdriver2/#elements>.
const MARK: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element of a page.
#[derive(Clone, Debug)]
pub struct Element<'a> {
    session: &'a Session,
    id: String,
}

impl<'a> Element<'a> {
    pub(super) fn new(session: &'a Session, value: &Value) -> Option<Self> {
        let id = value.get(MARK)?.as_str()?.to_owned();
        Some(Self { session, id })
    }

    /// The element as an argument of a script.
    pub fn argument(&self) -> Value {
        json!({MARK: self.id})
    }

    /// Clicks its centre.
    #[track_caller]
    pub fn click(&self) {
        self.session.post(&self.path("click"), &json!({}));
    }

    /// Empties a field.
    #[track_caller]
    pub fn clear(&self) {
        self.session.post(&self.path("clear"), &json!({}));
    }

    /// Types into it.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.session
            .post(&self.path("value"), &json!({"text": text}));
    }

    /// Its visible text; empty once it has left the page.
    pub fn text(&self) -> String {
        self.get("text").as_str().unwrap_or_default().to_owned()
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.get(&format!("attribute/{name}"))
            .as_str()
            .map(str::to_owned)
    }

    /// Whether it is shown.
    pub fn is_shown(&self) -> bool {
        self.get("displayed") == true
    }

    fn get(&self, what: &str) -> Value {
        self.session
            .send("GET", &self.path(what), None)
            .unwrap_or_default()
    }

    fn path(&self, what: &str) -> String {
        format!("/element/{}/{what}", self.id)
    }
}

/// A window or tab of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window(Value);

impl Browser {
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

/// What only Chromium offers, by the DevTools protocol: <https://chromedevtools.github.io/devtools-protocol/>.
impl Browser {
    /// Sets `prefers-color-scheme` of pages, `light` or `dark`.
    pub fn prefer_color_scheme(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// Limits the upload rate of the page, in bytes a second; 0 lifts the limit.
    pub fn limit_upload(&self, bytes_per_second: u64) {
        match bytes_per_second {
            0 => self.network(false, json!(-1)),
            limit => self.network(false, json!(limit)),
        }
    }

    /// Cuts the page off the network, or reconnects it.
    pub fn offline(&self, offline: bool) {
        self.network(offline, json!(-1));
    }

    /// Kills the renderer of the current page, as running out of memory does. Later commands need another
    /// window then.
    pub fn crash(&self) {
        let params = json!({"cmd": "Page.crash", "params": {}});
        // The killed page cannot answer.
        let _ = self.session.try_post("/goog/cdp/execute", &params);
    }

    /// What pages wrote to the console since the last call.
    pub fn console(&self) -> Vec<String> {
        let text = |entry: &Value| {
            format!(
                "{} {}",
                entry["level"].as_str().unwrap_or(""),
                entry["message"].as_str().unwrap_or("")
            )
        };
        self.log("browser").iter().map(text).collect()
    }

    /// Method and URL of every request that pages made since the last call.
    pub fn requests(&self) -> Vec<(String, String)> {
        let message = |entry: &Value| -> Option<(String, String)> {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            if event["method"] != "Network.requestWillBeSent" {
                return None;
            }
            let request = &event["params"]["request"];
            let url = request["url"]
                .as_str()
                .filter(|url| url.starts_with("http"))?;
            Some((request["method"].as_str()?.to_owned(), url.to_owned()))
        };
        self.log("performance").iter().filter_map(message).collect()
    }

    fn network(&self, offline: bool, upload: Value) {
        let conditions = json!({
            "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": upload,
        });
        let body = json!({"network_conditions": conditions});
        self.session.post("/chromium/network_conditions", &body);
    }

    fn devtools(&self, method: &str, params: Value) -> Value {
        self.session.post(
            "/goog/cdp/execute",
            &json!({"cmd": method, "params": params}),
        )
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.session.post("/se/log", &json!({"type": kind}));
        entries.as_array().cloned().unwrap_or_default()
    }
}
