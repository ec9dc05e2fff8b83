//! A relay between functions and services, which keeps the requests of one owner.

use std::sync::{Arc, Mutex, PoisonError};

use devkit::http::{Incoming, Reply, Request, Response, Server, Serving, encode_path};
use serde_json::Value;

/// Headers of the SDKs' requests that the services read, most of them signed.
const ASKED: &[&str] = &[
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "content-type",
    "host",
    "if-match",
    "if-none-match",
    "range",
    "x-amz-acl",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-target",
    "x-amz-user-agent",
    "x-amzn-query-mode",
];
/// Headers that describe the relayed bytes, or the connection.
const OWN: &[&str] = &[
    "connection",
    "content-length",
    "content-type",
    "transfer-encoding",
];

/// A request that was relayed, and its answer.
#[derive(Clone, Debug)]
pub(super) struct Relayed {
    pub(super) method: String,
    /// The operation of a JSON service; empty for S3.
    pub(super) operation: String,
    pub(super) query: String,
    pub(super) request: Value,
    pub(super) answer: Value,
    status: u16,
    /// Where it went and what it asked, to search for an owner.
    text: String,
}

impl Relayed {
    /// Whether it pays for a call.
    pub(super) fn counts_rate(&self) -> bool {
        self.request["Key"]["id"]["S"] == "#rate"
    }

    pub(super) fn succeeded(&self) -> bool {
        self.status < 300
    }
}

pub(super) struct Relay {
    serving: Serving,
    seen: Arc<Mutex<Vec<Relayed>>>,
}

impl Relay {
    /// Relays to the services at `upstream`.
    pub(super) fn start(upstream: &str) -> Self {
        let (upstream, seen) = (upstream.to_owned(), Arc::<Mutex<Vec<Relayed>>>::default());
        let all = Arc::clone(&seen);
        let serving = Server::bind(0).expect("a free port").serve(move |asked| {
            let answer = forward(&upstream, asked);
            let relayed = note(asked, &answer);
            all.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(relayed);
            reply(&answer)
        });
        Self {
            serving: serving.expect("a server"),
            seen,
        }
    }

    /// Its address, as a value of `AWS_ENDPOINT_URL`.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.serving.address())
    }

    /// The requests about this owner since the last call.
    pub(super) fn take(&self, owner: &str) -> Vec<Relayed> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = std::mem::take(&mut *seen);
        taken.retain(|relayed| relayed.text.contains(owner));
        taken
    }
}

fn forward(upstream: &str, asked: &Incoming) -> Response {
    let query = if asked.query.is_empty() {
        String::new()
    } else {
        format!("?{}", asked.query)
    };
    let url = format!("{upstream}{}{query}", encode_path(&asked.path));
    let mut request = Request::new(&asked.method, url).body(asked.body.clone());
    for name in ASKED {
        if let Some(value) = asked.header(name) {
            request = request.header(name, value);
        }
    }
    request.send()
}

fn note(asked: &Incoming, answer: &Response) -> Relayed {
    let target = asked.header("x-amz-target").unwrap_or_default();
    let body = String::from_utf8_lossy(&asked.body);
    Relayed {
        method: asked.method.clone(),
        operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
        query: asked.query.clone(),
        request: serde_json::from_str(&body).unwrap_or_default(),
        answer: serde_json::from_slice(&answer.body).unwrap_or_default(),
        status: answer.status,
        text: format!("{} {} {body}", asked.path, asked.query),
    }
}

fn reply(answer: &Response) -> Reply {
    let length = answer
        .header("content-length")
        .and_then(|text| text.parse().ok());
    // Of HEAD the length alone is sent.
    let body = match length {
        Some(length) if answer.body.is_empty() => vec![0; length],
        _ => answer.body.clone(),
    };
    let kind = answer
        .header("content-type")
        .unwrap_or("application/octet-stream");
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()));
    headers.fold(
        Reply::new(answer.status).body(kind, body),
        |reply, (name, value)| reply.header(name, value.as_str()),
    )
}
