//! A proxy that injects the faults of networks and servers, on demand and reproducibly.
//!
//! It sits between a browser and everything the browser talks to. Started with
//! `--proxy-server=http://127.0.0.1:PORT --proxy-bypass-list=<-loopback>`, Chromium sends each plain HTTP
//! request here in absolute form, with the `Host` of its URL
//! (<https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2>): signatures over the host stay valid, no URL
//! changes, and one proxy sees storage and the API alike. A request in origin form goes to the fixed
//! upstream, or without one to the address in its `Host`. It connects to loopback only.
//!
//! Bodies are streamed; no byte of head or body changes except by a fault.
//!
//! Rules are JSON, given to [`Proxy::rule`] or to the control endpoint. This one resets the second and
//! the third PUT of part 3 in the middle of its body:
//!
//! ```
//! # let proxy = e2e::proxy::Proxy::start(Default::default()).unwrap();
//! proxy.rule(serde_json::json!({
//!     "match": {"method": "PUT", "query": "partNumber=3", "skip": 1, "times": 2},
//!     "fault": {"kind": "reset", "at": "half"},
//! }));
//! ```
//!
//! These two make a long link, preflights included (`"*"` is any method; without a method OPTIONS is left
//! out): `{"match": {"method": "*", "times": "forever"}, "fault": {"kind": "latency", "ms": 40}}`, and the same
//! with `{"kind": "bandwidth", "bytesPerSecond": 12000000}`.

mod control;
mod exchange;
mod inject;
mod log;
mod relay;
mod request;
mod rule;
mod rules;
mod shared;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use devkit::http::{Listener, Server, Serving};
use serde_json::Value;

pub use log::{Entry, Log, PartTotal};
pub use rule::{Fault, Form, Matcher, Place, Refusal, Rule};

use shared::Shared;

/// How a proxy is started.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Host and port that requests in origin form go to, instead of what their `Host` names.
    pub upstream: Option<String>,
    /// The seed of every random choice.
    pub seed: u64,
    /// The port to listen on, and that of the control endpoint; 0 takes a free one.
    pub ports: [u16; 2],
}

/// A running proxy; it stops when dropped.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    listener: Listener,
    control: Serving,
}

impl Proxy {
    /// Starts one.
    ///
    /// # Errors
    /// When a port is taken, or none is free.
    pub fn start(config: Config) -> io::Result<Self> {
        let [port, control] = config.ports;
        let shared = Arc::new(Shared::new(config));
        let own = Arc::clone(&shared);
        let listener = Listener::open(port, move |connection| {
            // Broken connections are expected here.
            let _ = shared::serve(&own, connection);
        })?;
        shared.opened(listener.clone());
        let own = Arc::clone(&shared);
        let control =
            Server::bind(control)?.serve(move |request| control::answer(&own, request))?;
        Ok(Self {
            shared,
            listener,
            control,
        })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The address of the control endpoint.
    pub fn control(&self) -> SocketAddr {
        self.control.address()
    }

    /// Adds a rule, written as JSON, after the others; returns its number.
    ///
    /// # Panics
    /// When it is not a rule.
    #[track_caller]
    pub fn rule(&self, rule: Value) -> u64 {
        let text = rule.to_string();
        match serde_json::from_value(rule) {
            Ok(rule) => self.shared.rules().add(rule),
            Err(error) => panic!("not a rule ({error}): {text}"),
        }
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.shared.rules().clear();
    }

    /// The log of all requests.
    pub fn log(&self) -> Log {
        self.shared.log()
    }

    /// Clears the log.
    pub fn clear_log(&self) {
        self.shared.request_log().clear();
    }

    /// Cuts all clients off: open connections end, new ones are reset at their first request.
    pub fn offline(&self, on: bool) {
        self.shared.set_offline(on);
    }

    /// Whether to apply the rules of S3 that its local emulators lack; it does from the start.
    pub fn s3_rules(&self, on: bool) {
        self.shared.s3_on.store(on, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.close();
    }
}
