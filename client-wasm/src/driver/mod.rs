//! The driver: the only one to touch the engine.
//!
//! Invariant: the engine is never borrowed while JavaScript runs. An input that comes from within a
//! callback waits in the inbox until the drain that is under way takes it.

mod read;
mod run;
mod tell;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_engine::{ChecksumMode, Input, Millis, Output, Queue, Reply, RequestId};
use gloo_timers::callback::Timeout;
use js_sys::Function;

use crate::api::{Api, Call};
use crate::hash::Pool;
use crate::js;
use crate::network::NetworkWatch;
use crate::options::ClientSettings;
use crate::store::Store;
use crate::token::TokenSource;
use crate::xhr::Transfer;

/// One client's engine, its adapters and what runs.
pub(crate) struct Driver {
    engine: RefCell<Queue>,
    /// What came while the engine was busy; a few at most.
    inbox: RefCell<Vec<Input>>,
    draining: Cell<bool>,
    timer: RefCell<Option<(Millis, Timeout)>>,
    requests: RefCell<Vec<(RequestId, Running)>>,
    /// Itself, while something is under way: an upload goes on when the page forgets client and handle.
    keep: RefCell<Option<Rc<Self>>>,
    closed: Cell<bool>,
    /// Numbers of the reads, which the engine does not know, counted down from the largest.
    next_read: Cell<u64>,
    network: RefCell<Option<NetworkWatch>>,
    api: Rc<Api>,
    pool: Rc<Pool>,
    store: Rc<Store>,
    checksum: ChecksumMode,
}

/// What ends when a request is cancelled.
enum Running {
    Send(#[expect(dead_code, reason = "held for its Drop")] Transfer),
    Call(#[expect(dead_code, reason = "held for its Drop")] Call),
    Pause(#[expect(dead_code, reason = "held for its Drop")] read::Pause),
    Hash,
    Token,
}

impl Driver {
    pub(crate) fn new(settings: ClientSettings, worker: Option<Function>) -> Rc<Self> {
        let token = TokenSource::new(settings.token, settings.token_timeout_ms);
        let seed = js::random() as u64;
        let this = Rc::new_cyclic(|weak| Self {
            engine: RefCell::new(Queue::new(settings.config, seed)),
            inbox: RefCell::default(),
            draining: Cell::new(false),
            timer: RefCell::new(None),
            requests: RefCell::default(),
            keep: RefCell::new(None),
            closed: Cell::new(false),
            next_read: Cell::new(u64::MAX),
            network: RefCell::new(None),
            api: Rc::new(Api::new(settings.api, Rc::new(token))),
            pool: Rc::new(Pool::new(weak.clone(), worker, settings.on_warning)),
            store: Rc::default(),
            checksum: settings.checksum,
        });
        let watch = NetworkWatch::new(&Rc::downgrade(&this));
        *this.network.borrow_mut() = Some(watch);
        if NetworkWatch::offline() {
            this.feed(Input::Offline);
        }
        this
    }

    pub(crate) fn store(&self) -> &Rc<Store> {
        &self.store
    }

    pub(crate) fn checksum(&self) -> ChecksumMode {
        self.checksum
    }

    pub(crate) fn closed(&self) -> bool {
        self.closed.get()
    }

    /// Gives the engine an input and does all that it then asks for.
    pub(crate) fn feed(self: &Rc<Self>, input: Input) {
        self.inbox.borrow_mut().push(input);
        if self.draining.replace(true) {
            return;
        }
        loop {
            // The borrow ends with the statement, before any JavaScript runs.
            let next = self.engine.borrow_mut().poll_output();
            match next {
                Output::Do(command) => self.run(command),
                Output::Emit(event) => self.tell(event),
                Output::Idle(deadline) => {
                    let input = self.first();
                    match input {
                        Some(input) => self.engine.borrow_mut().handle_input(js::now(), input),
                        None => {
                            self.arm(deadline);
                            break;
                        }
                    }
                }
            }
        }
        self.draining.set(false);
        if self.closed.get() {
            self.tear_down();
        } else {
            self.store.notify();
        }
    }

    fn first(&self) -> Option<Input> {
        let mut inbox = self.inbox.borrow_mut();
        (!inbox.is_empty()).then(|| inbox.remove(0))
    }

    /// Gives the engine the reply to a request, unless it was cancelled.
    pub(crate) fn finish(self: &Rc<Self>, request: RequestId, reply: Reply) {
        if self.end(request) {
            self.feed(Input::Reply { request, reply });
        }
    }

    /// Ends everything: uploads under way fail with `closed`, and nothing is left running.
    pub(crate) fn close(self: &Rc<Self>) {
        if !self.closed.replace(true) {
            self.feed(Input::Close);
        }
    }

    /// Notes what runs for a request. Nothing starts after `close`.
    fn begin(&self, request: RequestId, running: Running) {
        self.requests.borrow_mut().push((request, running));
    }

    /// Ends what runs for a request; `false` if nothing did.
    fn end(&self, request: RequestId) -> bool {
        let running = {
            let mut requests = self.requests.borrow_mut();
            let place = requests.iter().position(|(id, _)| *id == request);
            place.map(|place| requests.swap_remove(place))
        };
        running.is_some()
    }

    /// Sets the timer, unless it stands right.
    fn arm(self: &Rc<Self>, deadline: Option<Millis>) {
        let busy = deadline.is_some() || !self.requests.borrow().is_empty();
        let keep = self.keep.replace(busy.then(|| self.clone()));
        let armed = self.timer.borrow().as_ref().map(|(moment, _)| *moment);
        if armed != deadline {
            let this = Rc::downgrade(self);
            let timer = deadline.map(|moment| {
                let wait = moment.since(js::now()).min(i32::MAX as u64) as u32;
                let fire = move || {
                    if let Some(this) = this.upgrade() {
                        let fired = this.timer.take();
                        this.feed(Input::Tick);
                        drop(fired);
                    }
                };
                (moment, js::after(wait, Box::new(fire)))
            });
            let old = self.timer.replace(timer);
            drop(old);
        }
        drop(keep);
    }

    fn tear_down(&self) {
        let (timer, network) = (self.timer.take(), self.network.take());
        let (requests, keep) = (self.requests.take(), self.keep.take());
        drop((timer, network, requests));
        self.pool.close();
        self.api.token().close();
        self.store.close();
        drop(keep);
    }
}
