//! An API and a storage that discard every byte: for benchmarks, and for files too large for a disk.
//!
//! It plans as the backend does, checks each part's length and checksum while reading, and combines the
//! checksums at the end, so an answer of 200 means that every bit was right. It accepts any bearer token.
//! `PUT /raw/...` takes anything: the baseline of the benchmarks.

mod api;
mod create;
mod routes;
mod serve;
mod state;
mod stats;
mod storage;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

pub use stats::{Stats, UploadStats};

use devkit::http::Listener;

use state::State;

/// How a sink is started.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether to checksum bodies as they arrive; if not, the client's checksum is trusted.
    pub verify: bool,
    /// Milliseconds of delay before every answer.
    pub answer_delay_ms: u64,
    /// Bandwidth of each connection, in bytes a second.
    pub bytes_per_second: Option<u64>,
    /// How long a grant is valid, in milliseconds: a PUT that begins later is refused as expired.
    pub grant_life_ms: u64,
    /// Most uploads that may be open at a time; a stored or cancelled one no longer counts.
    pub open_uploads: Option<usize>,
    /// Whether answers expose the headers to pages that the bucket's CORS rule exposes.
    pub expose_headers: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            verify: true,
            answer_delay_ms: 0,
            bytes_per_second: None,
            grant_life_ms: 300_000,
            open_uploads: None,
            expose_headers: true,
        }
    }
}

/// A running sink; it stops when dropped.
#[derive(Debug)]
pub struct Sink {
    state: Arc<State>,
    listener: Listener,
}

impl Sink {
    /// Starts one on loopback.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(config: Config) -> io::Result<Self> {
        let state = Arc::new(State::new(config.grant_life_ms, config.open_uploads));
        let own = Arc::clone(&state);
        let listener = Listener::open(config.port, move |connection| {
            // The client may hang up at any time.
            let _ = serve::serve(&own, &config, connection);
        })?;
        Ok(Self { state, listener })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// What it has counted.
    pub fn stats(&self) -> Stats {
        self.state.stats()
    }

    /// Clears all uploads and counts.
    pub fn reset(&self) {
        self.state.reset();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.listener.close();
    }
}
