use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::Config;
use super::book::Book;
use super::exchange::{Ending, Exchange, Link};
use super::ledger::{Entry, Ledger, Line, Log};
use super::passage::Passage;
use super::request::{Asked, loopback};
use super::s3::S3Rules;
use crate::wire::{Doorway, Guest, Head, Reply, Side};

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    upstream: Option<String>,
    offline: AtomicBool,
    s3_on: AtomicBool,
    book: Mutex<Book>,
    ledger: Mutex<Ledger>,
    s3: Mutex<S3Rules>,
    doorway: OnceLock<Doorway>,
}

impl Shared {
    pub(super) fn new(config: Config) -> Self {
        Self {
            upstream: config.upstream,
            offline: AtomicBool::new(false),
            s3_on: AtomicBool::new(config.s3_rules),
            book: Mutex::new(Book::new(config.seed)),
            ledger: Mutex::new(Ledger::new()),
            s3: Mutex::default(),
            doorway: OnceLock::new(),
        }
    }

    /// The door whose guests an outage cuts off.
    pub(super) fn opened(&self, doorway: Doorway) {
        let _ = self.doorway.set(doorway);
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> Log {
        let seed = self.book().seed();
        self.ledger().log(seed)
    }

    pub(super) fn clear_log(&self) {
        self.ledger().clear();
    }

    pub(super) fn note(&self, line: Line, change: impl FnOnce(&mut Entry)) {
        self.ledger().update(line, change);
    }

    pub(super) fn s3<T>(&self, ask: impl FnOnce(&mut S3Rules) -> T) -> T {
        ask(&mut self.s3.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_s3_rules(&self, on: bool) {
        self.s3_on.store(on, Ordering::Relaxed);
    }

    pub(super) fn set_offline(&self, on: bool) {
        self.offline.store(on, Ordering::SeqCst);
        if let Some(doorway) = self.doorway.get().filter(|_| on) {
            doorway.cut_all();
        }
    }

    /// Where a request goes; `None` when that is not this computer, or this proxy itself.
    fn route(&self, head: &Head, asked: &Asked) -> Option<SocketAddr> {
        let host = match &self.upstream {
            Some(upstream) if head.target.starts_with('/') => upstream,
            _ => &asked.host,
        };
        let own = self.doorway.get().map(Doorway::address);
        loopback(host).filter(|to| Some(*to) != own)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves one client's connection until it ends.
pub(super) fn serve(shared: &Shared, guest: &Guest) -> io::Result<()> {
    let mut link = Link::default();
    while let Some(head) = Head::read(&guest.stream)? {
        if shared.offline.load(Ordering::SeqCst) {
            shared.ledger().cut_off();
            return Ok(());
        }
        let Some(asked) = Asked::of(&head) else {
            head.finish(&guest.stream)?;
            let message = "You must provide the Content-Length HTTP header.";
            let reply = Reply::s3(411, "MissingContentLength", message, "");
            return reply
                .cors(&head, Side::Storage)
                .send(&guest.stream, &head, true);
        };
        let Some(to) = shared.route(&head, &asked) else {
            // Neither counted nor befallen: browsers call home on their own account.
            let text = "the fault proxy goes to other ports of this computer only\n";
            head.finish(&guest.stream)?;
            return Reply::new(502)
                .body("text/plain", text)
                .send(&guest.stream, &head, true);
        };
        if !exchange(shared, guest, (&head, &asked, to), &mut link)? {
            return Ok(());
        }
    }
    Ok(())
}

fn exchange(
    shared: &Shared,
    guest: &Guest,
    (head, asked, to): (&Head, &Asked, SocketAddr),
    link: &mut Link,
) -> io::Result<bool> {
    let verdict = shared.book().judge(asked);
    if let Some(rate) = verdict.bytes_per_second {
        link.pacer.set(Some(rate));
    }
    let names = (!verdict.names.is_empty()).then(|| verdict.names.join("+"));
    let line = shared.ledger().open(asked, names);
    let mut exchange = Exchange {
        shared,
        guest,
        head,
        asked,
        verdict: &verdict,
        line,
        link,
    };
    let keep = exchange.run(to);
    shared.ledger().close(line);
    keep
}

impl Exchange<'_> {
    fn run(&mut self, to: SocketAddr) -> io::Result<bool> {
        if let Some((fault, draw)) = &self.verdict.fault {
            return self.befall(to, fault, *draw);
        }
        if self.shared.s3_on.load(Ordering::Relaxed) {
            if let Some(refusal) = S3Rules::refuse(self.asked, self.head) {
                self.shared.note(self.line, |entry| {
                    entry.fault.get_or_insert_with(|| "s3Rule".into());
                });
                return self.reply(&refusal.cors(self.head, Side::Storage));
            }
            if S3Rules::completes(self.asked) {
                return self.pass_list(to);
            }
        }
        self.pass(to, Passage::default(), &Ending::Forward)
    }
}
