use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Request;

/// A WebDriver command that failed: <https://www.w3.org/TR/webdriver2/#errors>.
#[derive(Debug, thiserror::Error)]
#[error("WebDriver {command}: {why}")]
pub struct WebDriverError {
    /// Method and path.
    pub command: String,
    /// What the driver says.
    pub why: String,
}

/// The address of a driver, or of a session of it; closed when dropped.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) address: String,
    /// How long a command may take.
    pub(super) timeout: Duration,
}

impl Session {
    #[track_caller]
    pub(super) fn get(&self, path: &str) -> Value {
        self.send("GET", path, None)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    pub(super) fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) fn try_post(&self, path: &str, body: &Value) -> Result<Value, WebDriverError> {
        self.send("POST", path, Some(body))
    }

    /// Sends one command.
    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, WebDriverError> {
        let mut request = Request::new(method, format!("{}{path}", self.address));
        request.timeout = self.timeout;
        if let Some(body) = body {
            request = request.json(body);
        }
        let failed = |why: String| WebDriverError {
            command: format!("{method} {path}"),
            why,
        };
        let answer = request.try_send();
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let value = answer.json()["value"].take();
        match answer.status {
            200 => Ok(value),
            _ => Err(failed(format!("{}: {}", value["error"], value["message"]))),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = Request::new("DELETE", self.address.as_str()).try_send();
    }
}

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
        let body = json!({"text": text});
        self.session.post(&self.path("value"), &body);
    }

    /// Its visible text; empty once it has left the page.
    pub fn text(&self) -> String {
        self.get("text").as_str().unwrap_or_default().to_owned()
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = self.get(&format!("attribute/{name}"));
        value.as_str().map(str::to_owned)
    }

    /// Whether it is shown.
    pub fn is_shown(&self) -> bool {
        self.get("displayed") == true
    }

    fn get(&self, what: &str) -> Value {
        let value = self.session.send("GET", &self.path(what), None);
        value.unwrap_or_default()
    }

    fn path(&self, what: &str) -> String {
        format!("/element/{}/{what}", self.id)
    }
}
