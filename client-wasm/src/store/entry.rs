use std::cell::{Cell, RefCell};

use crowfly_contract::UploadId;
use crowfly_engine::{Progress, State};
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Blob};

use crate::deferred::Deferred;
use crate::error::abort_error;
use crate::js;
use crate::listener::Listener;

/// What an upload is made of.
pub(crate) struct NewEntry {
    pub(crate) id: UploadId,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) file: Blob,
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) on_progress: Option<Function>,
    pub(crate) on_state: Option<Function>,
}

/// One upload as JavaScript sees it. No cell is borrowed while a callback runs.
pub(crate) struct Entry {
    given: NewEntry,
    state: Cell<State>,
    progress: RefCell<JsValue>,
    done: RefCell<Deferred>,
    processed: RefCell<Option<Deferred>>,
    outcome: RefCell<Outcome>,
    listener: RefCell<Option<Listener>>,
    cached: RefCell<Option<JsValue>>,
}

/// How it ended; undefined where it did not.
#[derive(Clone, Default)]
struct Outcome {
    error: JsValue,
    stored: JsValue,
    record: JsValue,
    /// What the user gave to `abort`, or the signal's reason.
    reason: Option<JsValue>,
}

impl Entry {
    pub(crate) fn new(given: NewEntry) -> Self {
        let total = given.file.size() as u64;
        let progress = Progress {
            total,
            ..Progress::default()
        };
        Self {
            given,
            state: Cell::new(State::Queued),
            progress: RefCell::new(progress_to_js(&progress)),
            done: RefCell::new(Deferred::new()),
            processed: RefCell::new(None),
            outcome: RefCell::default(),
            listener: RefCell::new(None),
            cached: RefCell::new(None),
        }
    }

    pub(crate) fn id(&self) -> UploadId {
        self.given.id
    }

    pub(crate) fn file(&self) -> &Blob {
        &self.given.file
    }

    pub(crate) fn signal(&self) -> Option<&AbortSignal> {
        self.given.signal.as_ref()
    }

    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    pub(crate) fn progress(&self) -> JsValue {
        self.progress.borrow().clone()
    }

    pub(crate) fn done(&self) -> Promise {
        self.done.borrow().promise()
    }

    /// Holds the listener of the signal; `None` ends it.
    pub(crate) fn listen(&self, listener: Option<Listener>) {
        let old = self.listener.replace(listener);
        drop(old);
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.set(state);
        self.forget_cached();
        if let Some(callback) = &self.given.on_state {
            js::notify(callback, &state.as_str().into());
        }
    }

    pub(crate) fn set_progress(&self, progress: &Progress) {
        let value = progress_to_js(progress);
        let old = self.progress.replace(value.clone());
        drop(old);
        self.forget_cached();
        if let Some(callback) = &self.given.on_progress {
            js::notify(callback, &value);
        }
    }

    /// Keeps the first reason for an abort.
    pub(crate) fn set_reason(&self, reason: JsValue) {
        let mut outcome = self.outcome.borrow_mut();
        if outcome.reason.is_none() && !reason.is_undefined() {
            outcome.reason = Some(reason);
        }
    }

    pub(crate) fn resolve_done(&self, stored: JsValue) {
        self.outcome.borrow_mut().stored = stored.clone();
        self.forget_cached();
        let functions = self.done.borrow_mut().take();
        if let Some((resolve, _)) = functions {
            settle(&resolve, &stored);
        }
    }

    pub(crate) fn fail(&self, error: JsValue) {
        self.outcome.borrow_mut().error = error.clone();
        self.forget_cached();
        self.reject(&error);
    }

    pub(crate) fn reject_aborted(&self) {
        let reason = self.abort_reason();
        self.reject(&reason);
    }

    fn reject(&self, error: &JsValue) {
        let functions = self.done.borrow_mut().take();
        if let Some((_, reject)) = functions {
            settle(&reject, error);
        }
        self.reject_processed(error);
    }

    /// Makes a failed upload a new one: no error, and a new promise.
    pub(crate) fn renew(&self) {
        let old = self.done.replace(Deferred::new());
        let error = std::mem::take(&mut self.outcome.borrow_mut().error);
        drop((old, error));
        self.forget_cached();
    }

    /// The promise of the record, and whether the engine must be asked for it.
    pub(crate) fn await_processed(&self) -> (Promise, bool) {
        let outcome = self.outcome.borrow().clone();
        if let Some(waiting) = self.processed.borrow().as_ref() {
            return (waiting.promise(), true);
        }
        if outcome.record.is_object() {
            return (Promise::resolve(&outcome.record), false);
        }
        match self.state.get() {
            State::Failed => (Promise::reject(&outcome.error), false),
            State::Aborted => (Promise::reject(&self.abort_reason()), false),
            _ => {
                let waiting = Deferred::new();
                let promise = waiting.promise();
                *self.processed.borrow_mut() = Some(waiting);
                (promise, true)
            }
        }
    }

    pub(crate) fn resolve_processed(&self, record: JsValue) {
        self.outcome.borrow_mut().record = record.clone();
        self.forget_cached();
        if let Some((resolve, _)) = self.take_processed() {
            settle(&resolve, &record);
        }
    }

    pub(crate) fn reject_processed(&self, error: &JsValue) {
        if let Some((_, reject)) = self.take_processed() {
            settle(&reject, error);
        }
    }

    /// The upload now; the same object until something changes.
    pub(crate) fn snapshot(&self) -> JsValue {
        if let Some(cached) = self.cached.borrow().as_ref() {
            return cached.clone();
        }
        let outcome = self.outcome.borrow().clone();
        let snapshot = js::frozen(
            "id name size type state progress error stored record",
            &[
                self.given.id.to_string().into(),
                self.given.name.as_str().into(),
                self.given.file.size().into(),
                self.given.media_type.as_str().into(),
                self.state.get().as_str().into(),
                self.progress(),
                outcome.error,
                outcome.stored,
                outcome.record,
            ],
        );
        let old = self.cached.replace(Some(snapshot.clone()));
        drop(old);
        snapshot
    }

    fn abort_reason(&self) -> JsValue {
        let reason = self.outcome.borrow().reason.clone();
        reason.unwrap_or_else(abort_error)
    }

    fn take_processed(&self) -> Option<(Function, Function)> {
        let waiting = self.processed.take();
        waiting?.take()
    }

    fn forget_cached(&self) {
        let old = self.cached.take();
        drop(old);
    }
}

fn settle(function: &Function, value: &JsValue) {
    // The functions that settle a promise do not throw.
    drop(function.call1(&JsValue::UNDEFINED, value));
}

fn progress_to_js(progress: &Progress) -> JsValue {
    let number = |value: u64| JsValue::from_f64(value as f64);
    js::frozen(
        "sent confirmed total hashed bytesPerSecond etaMs",
        &[
            number(progress.sent),
            number(progress.confirmed),
            number(progress.total),
            number(progress.hashed),
            number(progress.bytes_per_second),
            progress.eta_ms.map_or(JsValue::UNDEFINED, number),
        ],
    )
}
