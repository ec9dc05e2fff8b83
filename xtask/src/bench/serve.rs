//! The origin of the benchmarks' pages: `xtask/bench`, the npm package, and what was made for it.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::error::Error;
use crate::local::http::{self, Answer, Ask};
use crate::paths;

/// A static server on loopback; it ends when dropped.
pub(super) struct Server {
    port: u16,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .map_err(Error::io("serve the benchmarks' page"))?;
        let port = listener
            .local_addr()
            .map_err(Error::io("serve the benchmarks' page"))?
            .port();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                std::thread::spawn(move || serve(&stream));
            }
        });
        Ok(Self {
            port,
            stopped,
            thread: Some(thread),
        })
    }

    /// The page's address.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which waits for a connection.
        let woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

/// A port that was free a moment ago.
///
/// # Errors
/// If there is none.
pub(super) fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port"))
}

fn serve(stream: &TcpStream) {
    // A browser that goes away is no failure of ours.
    let Ok(Ask::Get { path, body }) = http::read(stream) else {
        return;
    };
    let found = file(&path).and_then(|file| Some((media_type(&path), std::fs::read(file).ok()?)));
    let answer = match found {
        Some((media_type, body)) => Answer {
            status: "200 OK",
            headers: vec![("content-type", media_type.to_owned())],
            body,
        },
        None => Answer {
            status: "404 Not Found",
            headers: Vec::new(),
            body: Vec::new(),
        },
    };
    let _ = http::write(stream, &answer, body);
}

/// Every folder here is flat: a name with a slash in it leads nowhere.
fn file(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix('/')?;
    let (folder, name) = match path.strip_prefix("crowfly/") {
        Some(name) => (paths::npm_package(), name),
        None if path.is_empty() => (paths::root().join("xtask/bench"), "index.html"),
        None if path == "aws-crc64.js" => (paths::target().join("bench"), path),
        None => (paths::root().join("xtask/bench"), path),
    };
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    plain.then(|| folder.join(name))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        _ => "text/html; charset=utf-8",
    }
}
