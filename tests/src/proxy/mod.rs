//! A proxy that does to requests what networks and servers do, on demand and repeatably.
//!
//! It stands between a browser and everything the browser talks to. Started with
//! `--proxy-server=http://127.0.0.1:PORT --proxy-bypass-list=<-loopback>`, Chromium sends each plain HTTP
//! request here in absolute form, with the `Host` of its URL: a signature over the host holds, no URL
//! changes, and one proxy sees storage and the API alike. A request in origin form goes to the fixed
//! upstream, or without one to the address that its `Host` names. It connects to loopback only.
//!
//! Bodies stream through; no byte of head or body changes but by a fault.
//!
//! Rules are given by [`Proxy::rule`] or to the control endpoint, as JSON. This one resets the second and
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
//! And this makes the link long, preflights and all (`"*"` is any method; without a method OPTIONS is left
//! out): `{"match": {"method": "*", "times": "forever"}, "fault": {"kind": "latency", "ms": 40}}`, and the same
//! with `{"kind": "bandwidth", "bytesPerSecond": 12000000}`.

mod answer;
mod befall;
mod book;
mod control;
mod exchange;
mod ledger;
mod passage;
mod request;
mod rule;
mod s3;
mod shared;
mod upstream;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

pub use ledger::{Entry, Log, PartTotal};
pub use rule::{End, Fault, Form, Matcher, NamedPlace, Place, Rule, Times};

use crate::wire::Doorway;
use shared::Shared;

/// How a proxy is started.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub listen: u16,
    /// The control endpoint's port; 0 takes a free one.
    pub control: u16,
    /// Host and port that requests in origin form go to, instead of what their `Host` names.
    pub upstream: Option<String>,
    /// Decides every chance.
    pub seed: u64,
    /// Whether S3's rules that stand-ins lack are applied.
    pub s3_rules: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: 0,
            control: 0,
            upstream: None,
            seed: 0,
            s3_rules: true,
        }
    }
}

/// A running proxy; it ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    doorway: Doorway,
    control: Doorway,
}

impl Proxy {
    /// Starts one.
    ///
    /// # Errors
    /// When a port is taken.
    pub fn start(config: Config) -> io::Result<Self> {
        let (listen, control) = (config.listen, config.control);
        let shared = Arc::new(Shared::new(config));
        let own = Arc::clone(&shared);
        let doorway = Doorway::open(listen, move |guest| {
            // A connection that breaks is what this is for.
            let _ = shared::serve(&own, guest);
        })?;
        shared.opened(doorway.clone());
        let own = Arc::clone(&shared);
        let control = Doorway::open(control, move |guest| {
            let _ = control::serve(&own, guest);
        })?;
        Ok(Self {
            shared,
            doorway,
            control,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.doorway.address()
    }

    /// Where it is controlled.
    pub fn control(&self) -> SocketAddr {
        self.control.address()
    }

    /// Adds a rule behind the others; its number.
    pub fn add(&self, rule: Rule) -> u64 {
        self.shared.book().add(rule)
    }

    /// Adds a rule written as JSON.
    ///
    /// # Panics
    /// When it is not a rule.
    #[track_caller]
    pub fn rule(&self, rule: Value) -> u64 {
        let text = rule.to_string();
        match serde_json::from_value(rule) {
            Ok(rule) => self.add(rule),
            Err(error) => panic!("not a rule ({error}): {text}"),
        }
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        self.shared.book().clear();
    }

    /// What it has seen.
    pub fn log(&self) -> Log {
        self.shared.log()
    }

    /// Forgets what it has seen.
    pub fn clear_log(&self) {
        self.shared.clear_log();
    }

    /// Cuts everybody off: connections end, new ones are reset at their first request.
    pub fn offline(&self, on: bool) {
        self.shared.set_offline(on);
    }

    /// Whether S3's rules that stand-ins lack are applied.
    pub fn s3_rules(&self, on: bool) {
        self.shared.set_s3_rules(on);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.doorway.close();
        self.control.close();
    }
}
