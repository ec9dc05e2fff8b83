//! A stand-in for the API and for storage that keeps no byte: for benchmarks, and for files that no disk
//! should hold.
//!
//! It plans as the backend does, checks each part's length and checksum while it reads, and combines the
//! checksums at the end, so what it answers with 200 was right to the last bit. Any bearer token will do.
//! `PUT /raw/...` takes anything: the yardstick that a benchmark compares with.

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

use crate::wire::Doorway;
use state::State;

/// How a sink is started.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether bodies are checksummed as they come; without, a client's word is taken.
    pub verify: bool,
    /// Milliseconds before every answer.
    pub answer_delay_ms: u64,
    /// What each connection carries in a second.
    pub bytes_per_second: Option<u64>,
    /// How long a grant can be used, in milliseconds: a PUT that begins later is refused as expired.
    pub grant_life_ms: u64,
    /// Most uploads that may be open at a time; one that is stored or cancelled gives its place back.
    pub open_uploads: Option<usize>,
    /// Whether a page may read the headers of storage's answers that a bucket has to expose.
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

/// A running sink; it ends when dropped.
#[derive(Debug)]
pub struct Sink {
    state: Arc<State>,
    doorway: Doorway,
}

impl Sink {
    /// Starts one on loopback.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(config: Config) -> io::Result<Self> {
        let state = Arc::new(State::new(config.grant_life_ms, config.open_uploads));
        let own = Arc::clone(&state);
        let doorway = Doorway::open(config.port, move |guest| {
            // A client that hangs up in the middle is its own affair.
            let _ = serve::serve(&own, &config, guest);
        })?;
        Ok(Self { state, doorway })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.doorway.address()
    }

    /// What it has seen.
    pub fn stats(&self) -> Stats {
        self.state.stats()
    }

    /// Forgets everything, uploads too.
    pub fn reset(&self) {
        self.state.reset();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.doorway.close();
    }
}
