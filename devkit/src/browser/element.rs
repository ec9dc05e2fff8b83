use serde_json::{Value, json};

use super::session::Session;

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
        self.session
            .command("POST", &self.path("click"), &json!({}));
    }

    /// Empties a field.
    #[track_caller]
    pub fn clear(&self) {
        self.session
            .command("POST", &self.path("clear"), &json!({}));
    }

    /// Types into it.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.session
            .command("POST", &self.path("value"), &json!({"text": text}));
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

    /// Whether it is enabled.
    pub fn is_enabled(&self) -> bool {
        self.get("enabled") == true
    }

    fn get(&self, what: &str) -> Value {
        self.session
            .try_command("GET", &self.path(what), &Value::Null)
            .unwrap_or_default()
    }

    fn path(&self, what: &str) -> String {
        format!("/element/{}/{what}", self.id)
    }
}
