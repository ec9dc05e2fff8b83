//! The servers of the benchmarks: the API and storage that discard what they get (the binary `sink` of the crate
//! `e2e`), and the pages: `xtask/bench`, the npm package, and files built for it.

use std::path::PathBuf;
use std::time::Duration;

use devkit::http::{Files, Request, Server, Serving};
use serde_json::Value;

use crate::error::Error;
use crate::process::{Cmd, Service};
use crate::{files, local, paths};

const START: Duration = Duration::from_secs(10);

/// A running sink; it stops when dropped.
pub(super) struct Sink {
    /// Its address, without a slash at the end.
    pub(super) url: String,
    service: Service,
}

/// Builds it with full optimisation: it shares the CPU with the browser.
pub(super) fn build() -> Result<(), Error> {
    Cmd::new("cargo")
        .words("build --quiet --release --package e2e --bin sink")
        .words("--config profile.release.package.e2e.opt-level=3")
        .words("--config profile.release.package.crowfly-engine.opt-level=3")
        .log("bench-sink-build")
        .step("sink")
}

impl Sink {
    /// Starts one without checksum verification: on a computer of its own it would take no CPU time from the browser.
    /// `path` is the network path to it: options of the program.
    pub(super) fn start(path: &'static str) -> Result<Self, Error> {
        let [port] = local::free_ports()?;
        let command = Cmd::new(paths::cargo_target().join("release/sink"))
            .args(["--port", &port.to_string(), "--no-verify"])
            .words(path)
            .log("bench-sink");
        let sink = Self {
            url: format!("http://127.0.0.1:{port}"),
            service: command.spawn()?,
        };
        sink.service.until(START, || sink.stats().is_ok())?;
        Ok(sink)
    }

    /// Its counts since the last reset.
    pub(super) fn stats(&self) -> Result<Value, Error> {
        files::json("the sink's answer", self.ask("GET", "stats")?)
    }

    pub(super) fn reset(&self) -> Result<(), Error> {
        self.ask("POST", "reset").map(drop)
    }

    fn ask(&self, method: &str, path: &str) -> Result<String, Error> {
        let answer = Request::new(method, format!("{}/{path}", self.url)).try_send();
        let answer = answer.map_err(|error| Error::failed(format!("sink: {error}")))?;
        Ok(answer.text())
    }
}

/// Starts it on a free port; it stops when dropped.
pub(super) fn page() -> Result<Serving, Error> {
    let files = Files::default()
        .at("/crowfly/", paths::npm_package())
        .at("/before/", before())
        .at("/built/", paths::target().join("bench/built"))
        .at("/", paths::root().join("xtask/bench"));
    Server::bind(0)
        .and_then(|server| server.serve(move |request| files.answer(request)))
        .map_err(Error::io("serve the benchmarks' page"))
}

/// Where the other version of the package is unpacked.
pub(super) fn before() -> PathBuf {
    paths::target().join("bench/before")
}
