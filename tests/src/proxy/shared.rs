use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use devkit::http::{Connection, Head, Listener, Reply, Side};

use super::Config;
use super::exchange::{Exchange, Link};
use super::log::{Log, RequestLog, note};
use super::request::{Asked, S3Rules, loopback};
use super::rules::Rules;

#[derive(Debug)]
pub(super) struct Shared {
    upstream: Option<String>,
    offline: AtomicBool,
    pub(super) s3_on: AtomicBool,
    /// How often all bodies on their way were reset.
    pub(super) resets: AtomicU64,
    rules: Mutex<Rules>,
    request_log: Mutex<RequestLog>,
    s3: Mutex<S3Rules>,
    listener: OnceLock<Listener>,
}

impl Shared {
    pub(super) fn new(config: Config) -> Self {
        Self {
            upstream: config.upstream,
            offline: AtomicBool::new(false),
            s3_on: AtomicBool::new(true),
            resets: AtomicU64::new(0),
            rules: Mutex::new(Rules::new(config.seed)),
            request_log: Mutex::new(RequestLog::new()),
            s3: Mutex::default(),
            listener: OnceLock::new(),
        }
    }

    /// Sets the listener whose connections an outage cuts off.
    pub(super) fn opened(&self, listener: Listener) {
        let _ = self.listener.set(listener);
    }

    pub(super) fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> Log {
        let seed = self.rules().seed;
        self.request_log().log(seed)
    }

    pub(super) fn s3<T>(&self, ask: impl FnOnce(&mut S3Rules) -> T) -> T {
        ask(&mut self.s3.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_offline(&self, on: bool) {
        self.offline.store(on, Ordering::SeqCst);
        if let Some(listener) = self.listener.get().filter(|_| on) {
            listener.cut_all();
        }
    }

    /// Where a request goes; `None` unless that is loopback, and for this proxy itself.
    fn route(&self, head: &Head, asked: &Asked) -> Option<SocketAddr> {
        let host = match &self.upstream {
            Some(upstream) if head.target.starts_with('/') => upstream,
            _ => &asked.host,
        };
        let own = self.listener.get().map(Listener::address);
        loopback(host).filter(|to| Some(*to) != own)
    }

    pub(super) fn request_log(&self) -> MutexGuard<'_, RequestLog> {
        let log = self.request_log.lock();
        log.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves one client's connection until it ends.
pub(super) fn serve(shared: &Shared, connection: &Connection) -> io::Result<()> {
    let mut link = Link::default();
    while let Some(head) = Head::read(&connection.stream)? {
        if shared.offline.load(Ordering::SeqCst) {
            shared.request_log().cut_off += 1;
            return Ok(());
        }
        let refused = |reply: Reply| {
            head.finish(&connection.stream)?;
            reply.send(&connection.stream, &head.method, true)
        };
        let Some(asked) = Asked::of(&head) else {
            let message = "You must provide the Content-Length HTTP header.";
            let reply = Reply::s3(411, "MissingContentLength", message, "");
            return refused(reply.cors(&head, Side::Storage));
        };
        let Some(to) = shared.route(&head, &asked) else {
            // Neither counted nor matched by rules: browsers send requests of their own.
            let text = "the fault proxy goes to other ports of this computer only\n";
            return refused(Reply::text(502, text));
        };
        if !exchange(shared, connection, (&head, &asked, to), &mut link)? {
            return Ok(());
        }
    }
    Ok(())
}

fn exchange(
    shared: &Shared,
    connection: &Connection,
    (head, asked, to): (&Head, &Asked, SocketAddr),
    link: &mut Link,
) -> io::Result<bool> {
    let injection = shared.rules().injection_for(asked);
    if let Some(rate) = injection.bytes_per_second {
        link.pacer.set(Some(rate));
    }
    let names = (!injection.names.is_empty()).then(|| injection.names.join("+"));
    let line = shared.request_log().open(asked, names);
    let mut exchange = Exchange {
        shared,
        connection,
        head,
        asked,
        injection: &injection,
        line: line.clone(),
        link,
    };
    let keep = exchange.run(to);
    let end = shared.request_log().now();
    note(&line, |entry| entry.end_ms = Some(end));
    keep
}
