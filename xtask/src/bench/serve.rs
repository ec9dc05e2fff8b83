//! The origin of the benchmark pages: `xtask/bench`, the npm package, and files built for it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use devkit::http::{Files, Server, Serving};

use crate::error::Error;
use crate::paths;

/// Starts it on a free port; it stops when dropped.
pub(super) fn start() -> Result<Serving, Error> {
    let files = Files::default()
        .at("/crowfly/", paths::npm_package())
        .at("/before/", before())
        .at("/built/", paths::target().join("bench/built"))
        .at("/", paths::root().join("xtask/bench"));
    Server::bind(0)
        .and_then(|server| server.serve(move |request| files.answer(request)))
        .map_err(Error::io("serve the benchmarks' page"))
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port"))
}

/// Where the other version of the package is unpacked.
pub(super) fn before() -> PathBuf {
    paths::target().join("bench/before")
}
