//! Time, the link, and what the user does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crowfly_contract::{LivePlan, UploadId};
use crowfly_engine::{
    Command, Config, Event, Input, Millis, NewUpload, Queue, ReadId, Recording, Reply, RequestId,
};

use super::journal::Entry;
use super::source::Deed;
use super::wire::{Act, Flight, Op};
use super::{Fault, File, Monitor, Random, Server};

/// What a person does, and what happens around them.
#[derive(Clone, Debug)]
pub enum User {
    Input(Input),
    CancelRead(ReadId),
    /// The page ends at once; another comes after so many milliseconds and goes on with what the journal
    /// has.
    Crash {
        back: u64,
    },
    /// The computer sleeps for so many milliseconds.
    Sleep(u64),
    /// Storage discards an unfinished multipart upload.
    Expire(UploadId),
    /// No packet comes through; with the browser knowing or not.
    LinkDown {
        told: bool,
    },
    LinkUp {
        told: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// What a command of one life of the page brings.
    Answer(u32, Input),
    Arrive(u32, RequestId),
    /// What the source of a live upload does in one life of the page.
    Source(u32, UploadId, Deed),
    User(User),
    Reload,
}

/// Draws what becomes of a command.
pub type Chance = Box<dyn FnMut(Op, &mut Random) -> Act>;

pub struct World {
    pub queue: Queue,
    pub server: Server,
    pub monitor: Monitor,
    pub now: u64,
    pub log: Vec<(u64, Event)>,
    pub sent: Vec<(u64, Command)>,
    pub keep_log: bool,
    pub files: BTreeMap<UploadId, File>,
    /// What was asked for, as the user of a page knows it.
    pub(super) wishes: BTreeMap<UploadId, NewUpload>,
    pub script: BTreeMap<Op, VecDeque<Act>>,
    /// Chooses what becomes of commands that no script names.
    pub chance: Option<Chance>,
    pub random: Random,
    pub latency_ms: (u64, u64),
    pub bytes_per_ms: u64,
    /// How long a connection to storage takes to be set up, from and to.
    pub connect_ms: (u64, u64),
    /// Percentage of bodies whose progress is reported only at their end.
    pub bursts: u64,
    /// Percentage of bodies whose progress is never reported.
    pub silent: u64,
    pub token_life_ms: Option<u64>,
    pub link_up: bool,
    /// A host name of storage that no byte gets to, and what becomes of requests to it.
    pub lost_host: Option<(&'static str, Act)>,
    /// Uploads for which an abort was requested.
    pub aborted: BTreeSet<UploadId>,
    /// Replies that come twice, or again much later, in percent.
    pub echoes: u64,
    pub steps: u64,
    /// The client of this page was closed.
    pub(super) closed: bool,
    /// There is no page at the moment.
    pub(super) down: bool,
    /// Counts the pages that this world has seen.
    pub(super) life: u32,
    pub(super) config: Config,
    pub journal: BTreeMap<UploadId, Entry>,
    /// The journal cannot be written.
    pub journal_refused: bool,
    /// Bytes in the spool of each live upload, and whether its source has ended.
    pub spools: BTreeMap<UploadId, Recording>,
    pub fault: Option<Fault>,
    pub(super) agenda: BTreeMap<(u64, u64), What>,
    pub(super) flights: BTreeMap<(u32, RequestId), Flight>,
    ticket: u64,
    pub(super) deadline: Option<u64>,
}

const MOST_STEPS: u64 = 400_000;

impl World {
    pub fn new() -> Self {
        Self::with(Config::default(), 1)
    }

    pub fn with(config: Config, seed: u64) -> Self {
        Self {
            monitor: Monitor::new(&config),
            queue: Queue::new(config.clone(), seed),
            server: Server::default(),
            now: 0,
            log: Vec::new(),
            sent: Vec::new(),
            keep_log: true,
            files: BTreeMap::new(),
            wishes: BTreeMap::new(),
            script: BTreeMap::new(),
            chance: None,
            random: Random::new(seed),
            latency_ms: (20, 20),
            bytes_per_ms: 10_000,
            connect_ms: (0, 0),
            bursts: 0,
            silent: 0,
            token_life_ms: None,
            link_up: true,
            lost_host: None,
            aborted: BTreeSet::new(),
            echoes: 0,
            steps: 0,
            closed: false,
            down: false,
            life: 0,
            config,
            journal: BTreeMap::new(),
            journal_refused: false,
            spools: BTreeMap::new(),
            fault: None,
            agenda: BTreeMap::new(),
            flights: BTreeMap::new(),
            ticket: 0,
            deadline: None,
        }
    }

    pub fn script(&mut self, op: Op, acts: impl IntoIterator<Item = Act>) {
        self.script.entry(op).or_default().extend(acts);
    }

    pub fn add(&mut self, new: NewUpload) {
        let content = self.random.next();
        self.files.insert(
            new.id,
            File {
                size: new.size,
                content,
                picked: content,
                cut: self.server.plan(new.size, None),
                live: new.live.map(|_| LivePlan::NEW),
                head: 0,
            },
        );
        self.wishes.insert(new.id, new.clone());
        self.monitor.opened(&new);
        self.add_known(new);
    }

    /// Adds an upload whose file is there already.
    pub fn add_known(&mut self, new: NewUpload) {
        if !self.down {
            let _ = self.queue.add(Millis(self.now), new);
            self.drain();
        }
    }

    pub fn input(&mut self, input: Input) {
        if self.down {
            return;
        }
        self.closed |= matches!(input, Input::Close);
        if let Input::Abort(id) = input {
            self.aborted.insert(id);
        }
        let reopened = match input {
            Input::Retry(id) => Some(id),
            Input::Abort(id) if self.monitor.maybe_created(id) => Some(id),
            _ => None,
        };
        let open = |id: &UploadId| {
            let here = self.queue.snapshot(*id).is_some();
            here && !self.closed && self.failed_with(*id).is_some()
        };
        if let Some(id) = reopened.filter(open) {
            self.monitor.reopened(id);
        }
        self.monitor.read_input(&input);
        match &input {
            Input::ProgressHidden => self.monitor.waits_unseen(None),
            Input::Reply { request, reply } => {
                if matches!(reply, Reply::Sent(_)) {
                    self.monitor.waits_unseen(Some(*request));
                }
                self.monitor.replied(*request);
                self.monitor.waits_no_more(self.now, *request);
            }
            Input::Progress { request, sent } => {
                self.monitor.waits_less(self.now, *request, *sent);
            }
            _ => {}
        }
        self.queue.handle_input(Millis(self.now), input);
        self.drain();
    }

    pub fn cancel_read(&mut self, id: ReadId) {
        if !self.down {
            self.monitor.read_given_up(id);
            self.queue.cancel_read(id);
            self.drain();
        }
    }

    pub fn later(&mut self, delay: u64, user: User) {
        self.enqueue(delay, What::User(user));
    }

    pub fn later_input(&mut self, delay: u64, input: Input) {
        self.later(delay, User::Input(input));
    }

    pub(super) fn enqueue(&mut self, delay: u64, what: What) {
        self.ticket += 1;
        self.agenda.insert((self.now + delay, self.ticket), what);
    }

    /// What a command brings back to the page that gave it.
    pub(super) fn answer(&mut self, delay: u64, input: Input) {
        self.enqueue(delay, What::Answer(self.life, input));
    }

    pub(super) fn latency(&mut self) -> u64 {
        let (low, high) = self.latency_ms;
        self.random.between(low, high)
    }

    /// Runs until nothing is left to happen.
    pub fn run(&mut self) {
        while self.step(u64::MAX) {}
    }

    /// Runs for so many milliseconds.
    pub fn run_for(&mut self, millis: u64) {
        let until = self.now + millis;
        while self.step(until) {}
        self.now = until;
    }

    /// Runs until the check says yes. Returns whether it did before the end of time.
    pub fn run_until(&mut self, mut check: impl FnMut(&Self) -> bool) -> bool {
        loop {
            if check(self) {
                return true;
            }
            if !self.step(u64::MAX) {
                return false;
            }
        }
    }

    fn step(&mut self, until: u64) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.monitor.violate("it does not end");
            return false;
        }
        let event = self.agenda.first_key_value().map(|((at, _), _)| *at);
        let timer = self.deadline;
        let Some(next) = [event, timer].into_iter().flatten().min() else {
            return false;
        };
        if next > until {
            return false;
        }
        self.now = self.now.max(next);
        if event.is_none_or(|at| timer.is_some_and(|timer| timer <= at)) {
            self.deadline = None;
            self.input(Input::Tick);
        } else if let Some((_, what)) = self.agenda.pop_first() {
            match what {
                What::Answer(life, input) if life == self.life => self.input(input),
                What::Answer(..) => {}
                What::Source(life, id, deed) if life == self.life => self.source(id, deed),
                What::Source(..) => {}
                What::Arrive(life, request) => self.arrive(life, request),
                What::Reload => self.reload(),
                What::User(user) => self.user(user),
            }
        }
        true
    }

    fn user(&mut self, user: User) {
        match user {
            User::Input(input) => self.input(input),
            User::CancelRead(id) => self.cancel_read(id),
            User::Crash { back } => self.crash(back),
            User::Sleep(millis) => self.sleep(millis),
            User::Expire(id) => self.server.expire_multipart(id),
            User::LinkDown { told } => {
                self.link_up = false;
                if told {
                    self.input(Input::Offline);
                }
            }
            User::LinkUp { told } => {
                self.link_up = true;
                if told {
                    self.input(Input::Online);
                }
            }
        }
    }

    /// When the engine wants to be woken.
    pub fn deadline(&self) -> Option<u64> {
        self.deadline
    }
}
