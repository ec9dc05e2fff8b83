use serde_json::{Value, json};

use super::client::Browser;

/// A window or tab of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window(Value);

impl Browser {
    /// The window that commands go to.
    pub fn window(&self) -> Window {
        Window(self.session.command("GET", "/window", &Value::Null))
    }

    /// Opens a tab and sends commands there.
    pub fn open_window(&self) -> Window {
        let window = self
            .session
            .command("POST", "/window/new", &json!({"type": "tab"}))["handle"]
            .take();
        let window = Window(window);
        self.switch_to(&window);
        window
    }

    /// Sends commands to another window.
    pub fn switch_to(&self, window: &Window) {
        self.session
            .command("POST", "/window", &json!({"handle": window.0}));
    }

    /// Closes the current window; later commands need another one.
    pub fn close_window(&self) {
        self.session.command("DELETE", "/window", &Value::Null);
    }
}
