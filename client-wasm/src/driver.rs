//! The driver: the only owner of the engine.
//!
//! Inputs from within a callback wait in the inbox until the current drain takes them.

mod add;
mod events;
mod hash;
mod inbox;
mod keeper;
mod live;
mod network;
mod path;
mod reads;
mod report;
mod run;
mod send;
mod trouble;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_contract::UploadId;
use crowfly_engine::{Config, Input, Millis, Output, Queue, RequestId};
use js_sys::{Date, Math, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Crypto;

use crate::LIVE;
use crate::clock::{Alarm, alarm, awake, now, pause};
use crate::entry::Stage;
use crate::error::closed;
use crate::object::ObjectBuilder;
use crate::options::Settings;
use crate::page::{Held, Listener, console_warn, global, notify, property};
use crate::store::Store;
use crate::task::spawn;
use crate::token::TokenSource;
use crate::transfer::reports_progress;
use hash::Pool;
use inbox::{Inbox, Work};
use keeper::Keeper;
use reads::Reads;
use run::Running;

pub(crate) use add::{NO_LEAVE, Want, open_file, permitted};
pub(crate) use reads::NO_API;

/// The longest run on the main thread in one task, in milliseconds; the rest continues in the next.
const DRAIN_MS: f64 = 12.0;
/// The same for adding files, for whose size Chromium waits for the disk: an answer that comes meanwhile leaves its
/// connection without work.
const ADD_MS: f64 = 3.0;

/// One client's engine, adapters and running requests.
pub(crate) struct Driver {
    pub(crate) settings: Settings,
    pub(crate) store: Rc<Store>,
    pub(crate) keeper: Option<Keeper>,
    pub(crate) pool: Pool,
    token: TokenSource,
    queue: RefCell<Queue>,
    inbox: RefCell<Inbox>,
    running: RefCell<Vec<(RequestId, Running)>>,
    reads: Reads,
    closed: Cell<bool>,
    draining: Cell<bool>,
    /// When the engine's work in this task began, if it has run; the driver then waits for the task to end.
    since: Cell<Option<f64>>,
    /// The rest of the inbox waits for another task; files that are to be added, and nothing else, do.
    later: Cell<bool>,
    adds_later: Cell<bool>,
    timer: RefCell<Option<(Millis, Alarm)>>,
    network: Cell<Option<Listener>>,
    /// The last exception without a status of a signer's function.
    thrown: Held,
    /// The origin of the last URL of storage.
    storage: RefCell<String>,
    /// This page is controlled by a service worker, and the engine knows.
    worker: Cell<bool>,
}

impl Driver {
    /// `worker` creates a worker; undefined if none is available.
    pub(crate) fn open(mut settings: Settings, worker: JsValue) -> Rc<Self> {
        let mut config = Config::DEFAULT;
        if let Some(most) = settings.concurrency {
            (config.window, config.window_in_all) = (most, most);
        }
        if settings.has_signer {
            // Its functions learn of stored files from nobody else, and sign parts in one of them only.
            config.confirm = true;
            config.first_parts = 0;
        }
        config.path = path::kept(&settings);
        config.token_timeout_ms = u64::from(settings.token_timeout_ms) + 1_000;
        config.processing_ms = settings.poll_timeout_ms.into();
        let on_warning = Rc::clone(&settings.on_warning);
        let keeper = settings.resume.then(|| {
            Keeper::new(&settings, move |code, message| {
                warn(on_warning.get(), code, message, None)
            })
        });
        let token = std::mem::take(&mut settings.token);
        let driver = Rc::new(Self {
            token: TokenSource::new(token, settings.token_timeout_ms),
            pool: Pool::new(worker),
            queue: RefCell::new(Queue::new(config, Math::random().to_bits())),
            settings,
            keeper,
            store: Rc::default(),
            inbox: RefCell::default(),
            running: RefCell::default(),
            reads: Reads::default(),
            closed: Cell::default(),
            draining: Cell::default(),
            since: Cell::default(),
            later: Cell::default(),
            adds_later: Cell::default(),
            timer: RefCell::default(),
            network: Cell::default(),
            thrown: Held::default(),
            storage: RefCell::default(),
            worker: Cell::default(),
        });
        driver.network.set(Some(network::watch(&driver)));
        if network::is_off() {
            driver.feed(Input::Offline);
        }
        if !reports_progress() {
            driver.feed(Input::ProgressHidden);
        }
        driver.sweep(0);
        driver
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Warns the application of degraded operation.
    pub(crate) fn warn(&self, code: &str, message: &str, upload: Option<UploadId>) {
        warn(self.settings.on_warning.get(), code, message, upload);
    }

    /// Feeds the engine an input and carries out everything it outputs.
    pub(crate) fn feed(self: &Rc<Self>, input: Input) {
        self.post(Work::Input(input));
        self.go();
    }

    fn post(&self, work: Work) {
        self.inbox.borrow_mut().push(work);
    }

    fn go(self: &Rc<Self>) {
        if self.later.get() || self.draining.replace(true) {
            return;
        }
        self.drain();
        self.draining.set(false);
        if self.is_closed() {
            self.tear_down();
        } else {
            self.read_small();
            self.store.notify();
        }
    }

    /// Continues in a microtask, once.
    fn soon(self: &Rc<Self>) {
        if self.since.get().is_some() {
            return;
        }
        self.since.set(Some(awake()));
        let driver = Rc::clone(self);
        spawn(async move {
            driver.since.set(None);
            if driver.has_work() {
                driver.go();
            }
        });
    }

    fn drain(self: &Rc<Self>) {
        self.soon();
        // However long a step takes, each turn does one.
        let mut some = false;
        loop {
            let output = self.queue.borrow_mut().poll_output();
            match output {
                Output::Do(command) => self.run(command),
                Output::Emit(event) => self.tell(event),
                Output::Idle(deadline) => {
                    if !self.has_work() {
                        return self.arm(deadline);
                    }
                    let adds = self.inbox.borrow().adds_next();
                    let since = self.since.get().unwrap_or(f64::INFINITY);
                    let most = if adds { ADD_MS } else { DRAIN_MS };
                    if some && !self.is_closed() && awake() - since > most {
                        self.arm(deadline);
                        return self.defer(adds);
                    }
                    some = true;
                    let work = self.inbox.borrow_mut().pop();
                    match work {
                        Some(Work::Input(input)) => self.input(input),
                        Some(Work::Add(addition)) => self.take_in(addition),
                        Some(Work::EndFailed(entry)) => self.end_failed(&entry),
                        None => {}
                    }
                }
            }
        }
    }

    /// Bytes from the start of an upload that storage has without a gap.
    pub(crate) fn settled(&self, upload: UploadId) -> u64 {
        self.queue.borrow().settled(upload)
    }

    fn input(&self, input: Input) {
        let mut queue = self.queue.borrow_mut();
        queue.handle_input(Millis(now()), input);
    }

    /// Whether something in the inbox need not wait for another task.
    fn has_work(&self) -> bool {
        let inbox = self.inbox.borrow();
        let waits = self.adds_later.get() && inbox.adds_next();
        !waits && !inbox.is_empty()
    }

    /// Continues in another task, where only files are left to be added with those: answers go first.
    fn defer(self: &Rc<Self>, adds: bool) {
        let later = move |driver: &Self, set| {
            let flag = if adds {
                &driver.adds_later
            } else {
                &driver.later
            };
            flag.set(set);
        };
        later(self, true);
        let driver = Rc::clone(self);
        spawn(async move {
            pause(0).await;
            later(&driver, false);
            if !driver.is_closed() {
                driver.go();
            }
        });
    }

    /// Sets the timer, unless it is already right.
    fn arm(self: &Rc<Self>, deadline: Option<Millis>) {
        if self.timer.borrow().as_ref().map(|(set, _)| *set) == deadline {
            return;
        }
        let timer = deadline.map(|deadline| {
            let driver = Rc::clone(self);
            let tick = move |_| {
                driver.timer.take();
                driver.feed(Input::Tick);
            };
            let wait = deadline.0.saturating_sub(now()).min(i32::MAX as u64);
            (deadline, alarm(wait as u32, Box::new(tick)))
        });
        self.timer.replace(timer);
    }

    /// Closes: active uploads fail with `closed`, and nothing is left running.
    pub(crate) fn close(self: &Rc<Self>) {
        if self.closed.replace(true) {
            return;
        }
        for entry in self.store.open() {
            if entry.stage.get() != Stage::Added && !entry.ended() {
                self.end_unheard(&entry, Some(closed("start")));
            }
        }
        // Synchronously, before any other callback can run.
        self.later.set(false);
        self.adds_later.set(false);
        self.feed(Input::Close);
    }

    /// Releases everything, once.
    fn tear_down(self: &Rc<Self>) {
        self.timer.take();
        if self.network.take().is_none() {
            return;
        }
        self.running.take();
        self.pool.close();
        self.token.close();
        self.store.close();
        if LIVE {
            for entry in self.store.open() {
                entry.end_recording(false);
            }
        }
        // After closing, no callback of the application is called; null also keeps warnings out of the console.
        self.settings.on_warning.set(JsValue::NULL);
        self.settings.on_event.clear();
        self.settings.signer.clear();
        self.thrown.clear();
        if let Some(keeper) = &self.keeper {
            keeper.close();
        }
    }
}

fn warn(on_warning: JsValue, code: &str, message: &str, upload: Option<UploadId>) {
    if on_warning.is_undefined() {
        return console_warn(&["crowfly: ", message].concat());
    }
    let warning = ObjectBuilder::new()
        .with("code", code)
        .with("message", message)
        .with("upload", upload.map(|id| id.to_text()));
    notify(on_warning, warning.freeze());
}

/// A new ULID; its random part is zero where no source of randomness exists.
pub(crate) fn new_id() -> UploadId {
    let octets = Uint8Array::new_with_length(16);
    let crypto = property(&global(), "crypto");
    if crypto.is_object() {
        let crypto: Crypto = crypto.unchecked_into();
        let _ = crypto.get_random_values_with_array_buffer_view(&octets);
    }
    let mut random = [0; 16];
    octets.copy_to(&mut random);
    UploadId::from_parts(Date::now() as u64, u128::from_ne_bytes(random))
}
