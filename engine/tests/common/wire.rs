//! The way of one command to the server and back, and what may become of it there.

use crowfly_engine::{
    ApiFailure, Command, Input, ItemToCreate, ReadFailure, Reply, RequestId, SendFailure,
    TokenFailure, TokenLife,
};

use super::world::{What, World};

/// The kinds of commands that are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    Hash,
    Token,
    Save,
    Create,
    Sign,
    List,
    Complete,
    Delete,
    Status,
    Read,
    Send,
}

/// What becomes of one command.
#[derive(Clone, Debug)]
pub enum Act {
    /// It reaches the server, and the answer comes back.
    Ok,
    /// The connection breaks after this percentage of the body; the server does nothing.
    Reset(u64),
    /// The server does it, but its answer is lost.
    LoseAnswer,
    /// Silence after this percentage of the body; the server does nothing.
    Hang(u64),
    /// The server does it, but never answers.
    HangAfter,
    /// As `Ok`, but with a pause of so many milliseconds in the middle of the body.
    Pause(u64),
    /// The API answers this, and does nothing.
    Api(ApiFailure),
    /// Storage answers this, and does nothing.
    S3 {
        status: u16,
        code: &'static str,
        message: &'static str,
        retry_after_ms: Option<u64>,
    },
    /// The same, but the answer takes so many milliseconds longer.
    Late(u64, Box<Act>),
    /// The adapter answers this.
    Says(Reply),
    /// The file reads differently from here on.
    Changes,
}

#[derive(Debug)]
pub(super) struct Flight {
    pub(super) command: Command,
    pub(super) began: u64,
    /// From here on the bytes are on their way, and a cancellation cannot call them back.
    pub(super) body_ends: u64,
    /// What the first part holds, if other than the file's content, when the command is given.
    pub(super) head: u64,
    pub(super) act: Act,
}

impl Flight {
    /// Whether it is on its way to a server, which does not know that the page is gone.
    pub(super) fn arrives_without_page(&self) -> bool {
        !matches!(
            self.command,
            Command::Hash { .. } | Command::Token { .. } | Command::Save { .. }
        )
    }
}

impl World {
    pub(super) fn launch(&mut self, op: Op, request: RequestId, command: Command, act: Act) {
        let (late, act) = match act {
            Act::Late(late, act) => (late, *act),
            act => (0, act),
        };
        let online = matches!(op, Op::Hash | Op::Token | Op::Save) || self.link_up;
        let act = if online { act } else { Act::Reset(0) };
        let act = match (&command, &self.lost_host) {
            (Command::Send { grant, .. }, Some((host, down))) if grant.url.contains(host) => {
                down.clone()
            }
            _ => act,
        };
        let body = match &command {
            Command::Hash { bytes, .. } => (bytes.end - bytes.start) / 100,
            Command::Send { bytes, .. } => bytes.end - bytes.start,
            _ => 0,
        };
        let whole = match &command {
            Command::Hash { bytes, .. } | Command::Send { bytes, .. } => bytes.end - bytes.start,
            _ => 0,
        };
        let connect = if op == Op::Send { self.connect() } else { 0 };
        let mut ends = body / self.bytes_per_ms;
        let percent = match act {
            Act::Reset(percent) | Act::Hang(percent) => percent,
            Act::S3 { .. } => 50,
            _ => 100,
        };
        let mut steps = (ends / 1500).clamp(4, 200);
        if op == Op::Send && connect + ends < 9_000 && self.random.percent(self.bursts) {
            steps = 1;
        }
        let silent = op == Op::Send && self.random.percent(self.silent);
        for step in 1..=steps {
            let sent = whole * step / steps;
            if whole > 0 && sent * 100 <= whole * percent && !silent {
                let mut at = connect + ends * step / steps;
                if let Act::Pause(pause) = act
                    && step * 2 > steps
                {
                    at += pause;
                }
                self.answer(at, Input::Progress { request, sent });
            }
        }
        if let Act::Pause(pause) = act {
            ends += pause;
        }
        let travel = if op == Op::Hash { 1 } else { self.latency() };
        let arrives = connect + ends * percent / 100 + travel + late;
        let head = match &command {
            Command::Send { upload, .. } | Command::Hash { upload, .. } => self.files[upload].head,
            _ => 0,
        };
        let flight = Flight {
            command,
            head,
            began: self.now + connect + travel,
            body_ends: self.now + connect + ends,
            act,
        };
        let life = self.life;
        self.flights.insert((life, request), flight);
        self.enqueue(arrives, What::Arrive(life, request));
    }

    fn connect(&mut self) -> u64 {
        let (low, high) = self.connect_ms;
        if high == 0 {
            return 0;
        }
        self.random.between(low, high)
    }

    pub(super) fn arrive(&mut self, life: u32, request: RequestId) {
        let Some(flight) = self.flights.remove(&(life, request)) else {
            return;
        };
        let local = matches!(
            flight.command,
            Command::Hash { .. } | Command::Token { .. } | Command::Save { .. }
        );
        let act = if self.link_up || local {
            flight.act.clone()
        } else {
            Act::Reset(0)
        };
        let reply = match &act {
            Act::Reset(_) => Some(lost(&flight.command)),
            Act::Hang(_) | Act::Late(..) => None,
            Act::Api(failure) => Some(Reply::ApiFailed(failure.clone())),
            Act::S3 {
                status,
                code,
                message,
                retry_after_ms,
            } => Some(Reply::SendFailed(SendFailure::Http {
                status: *status,
                s3_code: Some((*code).into()),
                s3_message: Some((*message).into()),
                retry_after_ms: *retry_after_ms,
                request_id: Some("s3-1".into()),
            })),
            Act::Says(reply) => Some(reply.clone()),
            Act::Changes => {
                if let Command::Hash { upload, .. } | Command::Send { upload, .. } = &flight.command
                {
                    let changed = self.random.next();
                    if let Some(file) = self.files.get_mut(upload) {
                        file.content = changed;
                    }
                }
                Some(self.serve(&flight))
            }
            Act::Ok | Act::Pause(_) => Some(self.serve(&flight)),
            Act::LoseAnswer => {
                self.serve(&flight);
                Some(lost(&flight.command))
            }
            Act::HangAfter => {
                self.serve(&flight);
                None
            }
        };
        let Some(reply) = reply.filter(|_| life == self.life) else {
            return;
        };
        let back = if local { 0 } else { self.latency() };
        if self.random.percent(self.echoes) {
            let late = self.random.below(40_000);
            let reply = reply.clone();
            self.answer(back + late, Input::Reply { request, reply });
        }
        self.answer(back, Input::Reply { request, reply });
    }

    /// What the server, the file or the application makes of a command.
    fn serve(&mut self, flight: &Flight) -> Reply {
        match &flight.command {
            Command::Hash { upload, bytes, .. } => {
                Reply::Hashed(Ok(self.files[upload].read(bytes)))
            }
            Command::Save { upload, item, .. } => {
                self.journal_saves(*upload, item);
                Reply::Saved
            }
            Command::Sign { upload, parts, .. } => self.server.sign(self.now, *upload, parts),
            Command::List { upload, .. } => self.server.list(*upload),
            Command::Token { .. } => Reply::Token(Ok(TokenLife {
                expires_in_ms: self.token_life_ms,
            })),
            Command::Create { items, .. } => {
                let reply = self.server.create(self.now, items);
                self.learn_cuts(items);
                reply
            }
            Command::Complete { upload, body, .. } => self.server.complete(self.now, *upload, body),
            Command::Delete { upload, .. } => self.server.delete(*upload),
            Command::Read { .. } => Reply::Read,
            Command::Status { ids, .. } => self.server.status(self.now, ids),
            Command::Send {
                upload,
                grant,
                bytes,
                ..
            } => {
                let crc = self.files[upload].part(bytes, flight.head);
                let size = bytes.end - bytes.start;
                self.server.put(flight.began, self.now, grant, size, crc)
            }
            _ => Reply::Deleted,
        }
    }
}

impl World {
    /// The checksum of a simulated file is that of its parts, so it depends on how the server splits it.
    fn learn_cuts(&mut self, items: &[ItemToCreate]) {
        for one in items {
            let id = one.item.id;
            let pending = self.server.created.get(&id);
            let held = pending.filter(|pending| !pending.item.live);
            if let Some(multipart) = held.and_then(|pending| pending.multipart.as_ref())
                && let Some(file) = self.files.get_mut(&id)
            {
                file.cut = Some(multipart.cut.planned());
            }
        }
    }
}

/// The answer to a command whose connection broke.
fn lost(command: &Command) -> Reply {
    match command {
        Command::Send { .. } => Reply::SendFailed(SendFailure::Network),
        Command::Hash { .. } => Reply::Hashed(Err(ReadFailure::Unreadable)),
        Command::Token { .. } => Reply::Token(Err(TokenFailure)),
        Command::Save { .. } => Reply::Saved,
        _ => Reply::ApiFailed(ApiFailure::Network),
    }
}
