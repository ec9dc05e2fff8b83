//! An API and a storage that discard every byte: for benchmarks, and for files too large for a disk.
//!
//! It plans as the backend does, checks each part's length and checksum while reading, and combines the
//! checksums at the end, so an answer of 200 means that every bit was right. It accepts any bearer token.
//! `PUT /raw/...` takes anything: the baseline of the benchmarks. Other uploaders find there what they ask for.

mod api;
mod peers;
mod routes;
mod serve;
mod state;
mod trouble;
mod upload;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

pub use state::{Config, Stats};
pub use trouble::Trouble;
pub use upload::UploadStats;

use devkit::http::Listener;
use socket2::SockRef;

use state::State;

/// What a paced connection may have on its way, in bytes.
const RECEIVE_BUFFER: usize = 128 * 1024;
/// Segments of Ethernet: a system sizes the send buffer of a connection by them, and those of loopback have 64 KiB.
const SEGMENT: u32 = 1_448;

/// Makes connections of a paced sink those of a network: over loopback, megabytes of each body would be in buffers of
/// this computer, count as sent, and be paced after the page had cancelled their request.
fn keep_buffers_small(socket: &TcpListener) -> io::Result<()> {
    let socket = SockRef::from(socket);
    socket.set_tcp_mss(SEGMENT)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)
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
        let socket = TcpListener::bind(("127.0.0.1", config.port))?;
        if config.uplink.or(config.bytes_per_second).is_some() {
            keep_buffers_small(&socket)?;
        }
        let state = Arc::new(State::new(config));
        let own = Arc::clone(&state);
        let listener = Listener::serve(socket, move |connection| {
            // The client may hang up at any time.
            let _ = serve::serve(&own, connection);
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
