//! A function as a function URL calls it: no authorizer's context in the event.

use std::future::Future;
use std::time::Duration;

use crowfly_lambdas::http::{Answer, Gate};
use crowfly_lambdas::runtime::Moment;
use crowfly_lambdas::variables::Variables;
use crowfly_lambdas::{presign, read};
use crowfly_testing::Memory;
use e2e::issuer::{AUDIENCE, Issuer, SCOPE};
use e2e::time::unix_ms;
use serde_json::{Value, json};

/// The functions of one process, with the keys that they keep.
pub(crate) struct Functions {
    runtime: tokio::runtime::Runtime,
    gate: Gate,
    memory: Memory,
}

impl Functions {
    /// Functions that trust this issuer.
    pub(crate) fn trusting(issuer: &Issuer) -> Self {
        Self::with(issuer, &[])
    }

    /// The same with more variables.
    pub(crate) fn with(issuer: &Issuer, more: &[(&str, &str)]) -> Self {
        let lookup = |name: &'static str| match name {
            "JWT_ISSUER" => Some(issuer.name().to_owned()),
            "JWT_AUDIENCE" => Some(AUDIENCE.to_owned()),
            "REQUIRED_SCOPE" => Some(SCOPE.to_owned()),
            _ => {
                let given = more.iter().find(|(known, _)| *known == name);
                given.map(|(_, value)| (*value).to_owned())
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            runtime: runtime.expect("a runtime"),
            gate: Gate::read(&Variables::new(&lookup)).expect("a gate"),
            memory: Memory::default(),
        }
    }

    /// Waits for a task in the functions' process.
    pub(crate) fn run<T>(&self, task: impl Future<Output = T>) -> T {
        self.runtime.block_on(task)
    }

    /// `GET /uploads` with this token, `later_ms` from now.
    pub(crate) async fn list_at(&self, token: &str, later_ms: u64) -> Answer {
        let mut settings = read::Settings::read(&Variables::new(&deployed)).expect("settings");
        settings.gate = self.gate.clone();
        let event = event("GET", token, None);
        read::handle(
            &self.memory,
            &self.memory,
            &settings,
            event,
            unix_ms() + later_ms,
        )
        .await
    }

    /// The status of `GET /uploads` with this token, `later_ms` from now.
    pub(crate) fn status_at(&self, token: &str, later_ms: u64) -> u16 {
        self.run(self.list_at(token, later_ms)).status_code
    }

    /// The status of `GET /uploads` with this token.
    pub(crate) fn status(&self, token: &str) -> u16 {
        self.status_at(token, 0)
    }

    /// `POST /uploads` with this token.
    pub(crate) fn create(&self, token: &str, body: &Value) -> Answer {
        let mut settings = presign::Settings::read(&Variables::new(&deployed)).expect("settings");
        settings.gate = self.gate.clone();
        let now = Moment {
            ms: unix_ms(),
            left: Duration::from_secs(20),
        };
        let event = event("POST", token, Some(body));
        self.run(presign::handle(
            &self.memory,
            &self.memory,
            &settings,
            event,
            now,
        ))
    }

    /// What the store was asked for.
    pub(crate) fn calls(&self) -> usize {
        self.memory.calls().len()
    }
}

/// The variables of a deployment without a gate of its own.
fn deployed(name: &'static str) -> Option<String> {
    let value = match name {
        "BUCKET" => "bucket",
        "CURSOR_KEY" => "0123456789abcdef0123456789abcdef",
        "MAX_FILE_BYTES" => "1000000",
        "ALLOWED_TYPES" => "text/plain",
        "EVENT_ROUTE" => "direct",
        "KEY_SUFFIX" | "REQUIRED_SCOPE" => "",
        "PUBLIC_READ" | "SCAN_UPLOADS" | "TRACING" => "off",
        "URL_LIFETIME_SECONDS" => "300",
        "MAX_OPEN_UPLOADS" | "MAX_OPEN_BYTES" | "MAX_REQUESTS_PER_SECOND" => "0",
        "UNFINISHED_DAYS" => "7",
        "REPAIR_AFTER_SECONDS" => "900",
        _ => return None,
    };
    Some(value.to_owned())
}

fn event(method: &str, token: &str, body: Option<&Value>) -> Value {
    let mut event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/uploads", "isBase64Encoded": false,
        "headers": {"content-type": "application/json", "authorization": format!("Bearer {token}")},
        "requestContext": {"requestId": "request-1", "stage": "$default", "http": {"method": method}},
    });
    if let Some(body) = body {
        event["body"] = body.to_string().into();
    }
    event
}
