use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A listener on loopback that tracks its connections: one thread each, and all of them can be closed.
#[derive(Clone, Debug)]
pub struct Listener(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    closed: AtomicBool,
    next: AtomicU64,
    open: Mutex<BTreeMap<u64, TcpStream>>,
}

/// One connection, as its thread owns it.
#[derive(Debug)]
pub struct Connection {
    /// The connection.
    pub stream: TcpStream,
    listener: Listener,
}

impl Connection {
    /// Waits, for ever without a duration, but no longer than the listener is open and the client connected, if
    /// the client sends nothing more.
    pub fn wait(&self, time: Option<Duration>) {
        // A sleep is more precise than the socket's read timeout.
        if let Some(time) = time.filter(|time| *time <= Duration::from_millis(200)) {
            return std::thread::sleep(time);
        }
        let step = Duration::from_millis(20);
        let began = Instant::now();
        while !self.listener.closed() {
            let left = time.map_or(step, |time| time.saturating_sub(began.elapsed()).min(step));
            if left.is_zero() || self.gone(left) {
                break;
            }
        }
        let _ = self.stream.set_read_timeout(None);
    }

    /// Whether the client disconnects within `time`; waits all of it otherwise.
    fn gone(&self, time: Duration) -> bool {
        let _ = self.stream.set_read_timeout(Some(time));
        match self.stream.peek(&mut [0]) {
            Ok(0) => true,
            Ok(_) => {
                std::thread::sleep(time);
                false
            }
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}

impl Listener {
    /// Listens on 127.0.0.1 (port 0 takes a free one) and calls `serve` with each connection.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn open(
        port: u16,
        serve: impl Fn(&Connection) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::serve(TcpListener::bind(("127.0.0.1", port))?, serve)
    }

    /// Calls `serve` with each connection of a port that is taken already.
    ///
    /// # Errors
    /// When the system does not say which port it is.
    pub fn serve(
        socket: TcpListener,
        serve: impl Fn(&Connection) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = Self(Arc::new(Inner {
            address: socket.local_addr()?,
            closed: AtomicBool::new(false),
            next: AtomicU64::new(0),
            open: Mutex::default(),
        }));
        let own = listener.clone();
        let serve = Arc::new(serve);
        std::thread::spawn(move || {
            for stream in socket.incoming() {
                if own.closed() {
                    return;
                }
                let Ok(stream) = stream else {
                    // Most likely out of file descriptors: other connections have to end first.
                    std::thread::sleep(Duration::from_millis(10));
                    continue;
                };
                own.receive(stream, &serve);
            }
        });
        Ok(listener)
    }

    fn receive(
        &self,
        stream: TcpStream,
        serve: &Arc<impl Fn(&Connection) + Send + Sync + 'static>,
    ) {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let _ = stream.set_nodelay(true);
        if let Ok(copy) = stream.try_clone() {
            self.connections().insert(number, copy);
        }
        let connection = Connection {
            stream,
            listener: self.clone(),
        };
        let serve = Arc::clone(serve);
        std::thread::spawn(move || {
            serve(&connection);
            // The copy is dropped first: dropping the last handle closes, or resets, the connection.
            drop(connection.listener.connections().remove(&number));
        });
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Whether [`Listener::close`] was called.
    pub fn closed(&self) -> bool {
        self.0.closed.load(Ordering::Relaxed)
    }

    /// Ends every open connection.
    pub fn cut_all(&self) {
        for stream in self.connections().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Closes the listener and its connections.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        // The accepting thread checks `closed` only when a connection arrives.
        drop(TcpStream::connect(self.0.address));
        self.cut_all();
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, TcpStream>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
