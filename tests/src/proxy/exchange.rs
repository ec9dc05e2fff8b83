use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::Ordering;
use std::time::Duration;

use devkit::http::{Connection, Head, Reply, Side, drain};

use super::Shared;
use super::log::{Line, note};
use super::relay::{Answer, Relay, Relayed};
use super::request::{Asked, S3Rules};
use super::rule::Place;
use super::rules::Injection;
use crate::pace::Pacer;

/// Longest list of parts that is inspected.
const MAX_LIST_BYTES: u64 = 8 * 1024 * 1024;

/// What a client's connection keeps between its requests.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) pacer: Pacer,
    /// The connection to one server, kept alive between requests.
    upstream: Option<(SocketAddr, TcpStream)>,
}

impl Link {
    /// The kept connection to this address if it is still open, else a new one.
    fn upstream(&mut self, address: SocketAddr) -> io::Result<TcpStream> {
        match self.upstream.take() {
            Some((known, stream)) if known == address && quiet(&stream) => Ok(stream),
            _ => {
                let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
                stream.set_nodelay(true)?;
                Ok(stream)
            }
        }
    }
}

/// What to do with upstream's answer.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// Relay it to the client.
    Forward,
    /// Discard it and reset the connection.
    Swallow,
    /// Relay the body up to here.
    Cut(Place, u64),
    /// Send this to the client instead.
    Replace(Reply),
}

/// One request and its answer. Methods return whether the connection can carry another.
pub(super) struct Exchange<'a> {
    pub(super) shared: &'a Shared,
    pub(super) connection: &'a Connection,
    pub(super) head: &'a Head,
    pub(super) asked: &'a Asked,
    pub(super) injection: &'a Injection,
    pub(super) line: Line,
    pub(super) link: &'a mut Link,
}

impl Exchange<'_> {
    /// Injects what the rules say, or else relays under the rules of S3.
    pub(super) fn run(&mut self, to: SocketAddr) -> io::Result<bool> {
        if let Some((fault, draw)) = &self.injection.fault {
            return self.inject(to, fault, *draw);
        }
        if self.shared.s3_on.load(Ordering::Relaxed) {
            if let Some(refusal) = S3Rules::refuse(self.asked, self.head) {
                note(&self.line, |entry| {
                    entry.fault.get_or_insert_with(|| "s3Rule".into());
                });
                return self.reply(&refusal.cors(self.head, Side::Storage));
            }
            if S3Rules::completes(self.asked) {
                return self.relay_list(to);
            }
        }
        self.relay(to, Relay::default(), &Ending::Forward)
    }

    /// Whose CORS headers an answer made here must have.
    pub(super) fn side(&self) -> Side {
        match self.asked.to_storage() {
            true => Side::Storage,
            false => Side::Api,
        }
    }

    pub(super) fn read_body(&mut self) -> io::Result<()> {
        self.head.finish(&self.connection.stream)?;
        self.carry(Relay::default(), None).map(drop)
    }

    pub(super) fn reply(&mut self, reply: &Reply) -> io::Result<bool> {
        self.read_body()?;
        self.send(reply, self.last())
    }

    /// Answers after the head and closes, as a server does that refuses the body.
    pub(super) fn reply_early(&mut self, reply: &Reply) -> io::Result<bool> {
        self.head.finish(&self.connection.stream)?;
        self.send(reply, true)?;
        self.linger()
    }

    fn send(&mut self, reply: &Reply, close: bool) -> io::Result<bool> {
        self.delay();
        // Log first: a test that has the answer looks it up there.
        self.answered(reply.status());
        reply.send(&self.connection.stream, &self.head.method, close)?;
        Ok(!close)
    }

    /// Gives the client time to read an answer that was sent before its request was complete.
    fn linger(&self) -> io::Result<bool> {
        let stream = &self.connection.stream;
        stream.shutdown(std::net::Shutdown::Write)?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        let _ = drain(stream, self.asked.length);
        Ok(false)
    }

    /// Relays the request upstream and handles the answer as `ending` says.
    pub(super) fn relay(
        &mut self,
        to: SocketAddr,
        mut relay: Relay,
        ending: &Ending,
    ) -> io::Result<bool> {
        relay.hold_last = matches!(ending, Ending::Swallow);
        if !(relay.hold_last && self.asked.length == 0) {
            self.head.finish(&self.connection.stream)?;
        }
        let Ok(stream) = self.link.upstream(to) else {
            note(&self.line, |entry| {
                entry.fault.get_or_insert_with(|| "unreachable".into());
            });
            return Ok(false);
        };
        let mut upstream = &stream;
        upstream.write_all(&self.head.forwarded())?;
        match self.carry(relay, Some(&stream))? {
            Relayed::Stopped => return Ok(false),
            Relayed::Whole => {}
            Relayed::Refused => {
                let answer = Answer::read(&stream, &self.asked.method)?;
                self.answered(answer.status());
                answer.forward(&self.connection.stream, &mut self.link.pacer, true)?;
                return self.linger();
            }
        }
        self.settle(to, stream, ending)
    }

    /// As [`Exchange::relay`], for a list of parts that S3's rules are applied to.
    pub(super) fn relay_list(&mut self, to: SocketAddr) -> io::Result<bool> {
        self.head.finish(&self.connection.stream)?;
        let mut list = Vec::new();
        let length = self.asked.length.min(MAX_LIST_BYTES);
        let mut client = (&self.connection.stream).take(length);
        client.read_to_end(&mut list)?;
        let bytes = list.len() as u64;
        note(&self.line, |entry| entry.received = bytes);
        let refusal = self.shared.s3(|rules| rules.refuse_list(self.asked, &list));
        if let Some(refusal) = refusal {
            let refusal = refusal.cors(self.head, Side::Storage);
            return self.send(&refusal, self.last());
        }
        let stream = self.link.upstream(to)?;
        let mut upstream = &stream;
        upstream.write_all(&self.head.forwarded())?;
        upstream.write_all(&list)?;
        note(&self.line, |entry| entry.forwarded = bytes);
        self.settle(to, stream, &Ending::Forward)
    }

    fn settle(&mut self, to: SocketAddr, stream: TcpStream, ending: &Ending) -> io::Result<bool> {
        let answer = Answer::read(&stream, &self.asked.method)?;
        self.carried_out(answer.status());
        self.delay();
        let close = self.last();
        let (stays, keep) = match ending {
            Ending::Forward => {
                self.answered(answer.status());
                let framed = answer.framed();
                let client = &self.connection.stream;
                let stays = answer.forward(client, &mut self.link.pacer, close)?;
                (stays, framed && !close)
            }
            Ending::Swallow => (answer.discard()?, false),
            Ending::Cut(place, draw) => {
                self.answered(answer.status());
                let place = |length| place.index(length, *draw);
                answer.cut(&self.connection.stream, place, close)?;
                (false, !close)
            }
            Ending::Replace(reply) => {
                let stays = answer.discard()?;
                self.answered(reply.status());
                reply.send(&self.connection.stream, &self.head.method, close)?;
                (stays, !close)
            }
        };
        if stays {
            self.link.upstream = Some((to, stream));
        }
        Ok(keep)
    }

    fn carry(&mut self, relay: Relay, upstream: Option<&TcpStream>) -> io::Result<Relayed> {
        if self.head.headers.get("expect").is_some() {
            (&self.connection.stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let (line, resets) = (&self.line, &self.shared.resets);
        let before = resets.load(Ordering::Relaxed);
        let count = |received: u64, forwarded: u64| {
            note(line, |entry| {
                entry.received += received;
                entry.forwarded += forwarded;
            });
            resets.load(Ordering::Relaxed) == before
        };
        let (length, pacer) = (self.asked.length, &mut self.link.pacer);
        relay.carry(self.connection, upstream, length, pacer, count)
    }

    /// Records what S3's rules need to know about the requests that upstream has processed.
    fn carried_out(&self, status: u16) {
        if !(200..300).contains(&status) {
            return;
        }
        match self.asked.method.as_str() {
            "PUT" => self.shared.s3(|rules| rules.took(self.asked)),
            "POST" if S3Rules::completes(self.asked) => {
                self.shared.s3(|rules| rules.ended(self.asked));
            }
            "DELETE" => self.shared.s3(|rules| rules.ended(self.asked)),
            _ => {}
        }
    }

    fn answered(&self, status: u16) {
        note(&self.line, |entry| entry.status = Some(status));
    }

    fn delay(&self) {
        if self.injection.delay_ms > 0 {
            let time = Duration::from_millis(self.injection.delay_ms);
            self.connection.wait(Some(time));
        }
    }

    /// Whether the connection ends after this answer.
    fn last(&self) -> bool {
        let headers = &self.head.headers;
        self.injection.close
            || headers.is_close("connection")
            || headers.is_close("proxy-connection")
    }
}

/// Whether the server has neither closed the connection nor sent anything.
fn quiet(stream: &TcpStream) -> bool {
    let quiet = stream.set_nonblocking(true).is_ok()
        && matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).is_ok() && quiet
}
