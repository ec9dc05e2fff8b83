use std::time::Duration;

use serde_json::Value;

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
    /// Sends one command.
    #[track_caller]
    pub(super) fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_command(method, path, body)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) fn try_command(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, WebDriverError> {
        let mut request = Request::new(method, format!("{}{path}", self.address));
        request.timeout = self.timeout;
        if method == "POST" {
            request = request.json(body);
        }
        let failed = |why: String| WebDriverError {
            command: format!("{method} {path}"),
            why,
        };
        let answer = request.try_send();
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let value = answer.json()["value"].take();
        if answer.status == 200 {
            Ok(value)
        } else {
            Err(failed(format!("{}: {}", value["error"], value["message"])))
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = Request::new("DELETE", self.address.as_str()).try_send();
    }
}
