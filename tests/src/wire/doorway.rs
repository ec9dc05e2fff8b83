use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A listener on loopback that knows its connections: one thread each, and all of them can be ended.
#[derive(Clone, Debug)]
pub struct Doorway(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    closed: AtomicBool,
    next: AtomicU64,
    open: Mutex<BTreeMap<u64, TcpStream>>,
}

/// One connection, as its thread holds it.
#[derive(Debug)]
pub struct Guest {
    /// The connection.
    pub stream: TcpStream,
    doorway: Doorway,
}

impl Guest {
    /// Rests, for ever when no time is given, but never longer than the listener lives, nor than the client
    /// stays when it has nothing more to say.
    pub fn wait(&self, time: Option<Duration>) {
        // The socket's own timeout is coarser than a sleep.
        if let Some(time) = time.filter(|time| *time <= Duration::from_millis(200)) {
            return std::thread::sleep(time);
        }
        let step = Duration::from_millis(20);
        let began = Instant::now();
        while !self.doorway.closed() {
            let left = time.map_or(step, |time| time.saturating_sub(began.elapsed()).min(step));
            if left.is_zero() || self.gone(left) {
                break;
            }
        }
        let _ = self.stream.set_read_timeout(None);
    }

    /// Whether the client leaves within `time`, all of which passes otherwise.
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

impl Doorway {
    /// Listens on 127.0.0.1 (port 0 takes a free one) and gives each connection to `serve`.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn open<F>(port: u16, serve: F) -> io::Result<Self>
    where
        F: Fn(&Guest) + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let doorway = Self(Arc::new(Inner {
            address: listener.local_addr()?,
            closed: AtomicBool::new(false),
            next: AtomicU64::new(0),
            open: Mutex::default(),
        }));
        let own = doorway.clone();
        let serve = Arc::new(serve);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if own.closed() {
                    return;
                }
                let Ok(stream) = stream else {
                    // Out of file handles, most likely: others have to end first.
                    std::thread::sleep(Duration::from_millis(10));
                    continue;
                };
                own.receive(stream, &serve);
            }
        });
        Ok(doorway)
    }

    fn receive<F>(&self, stream: TcpStream, serve: &Arc<F>)
    where
        F: Fn(&Guest) + Send + Sync + 'static,
    {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let _ = stream.set_nodelay(true);
        if let Ok(copy) = stream.try_clone() {
            self.connections().insert(number, copy);
        }
        let guest = Guest {
            stream,
            doorway: self.clone(),
        };
        let serve = Arc::clone(serve);
        std::thread::spawn(move || {
            serve(&guest);
            // The copy goes first: only the last handle's end closes, or resets, the connection.
            drop(guest.doorway.connections().remove(&number));
        });
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Whether [`Doorway::close`] was called.
    pub fn closed(&self) -> bool {
        self.0.closed.load(Ordering::Relaxed)
    }

    /// Ends every connection that is open now.
    pub fn cut_all(&self) {
        for stream in self.connections().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Ends the listener and its connections.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        // The accepting thread looks up only when somebody comes.
        drop(TcpStream::connect(self.0.address));
        self.cut_all();
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, TcpStream>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
