//! One upload as the application sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_contract::UploadId;
use crowfly_engine::{Progress, State};
use wasm_bindgen::JsValue;

use crate::LIVE;
use crate::error::abort_error;
use crate::object::ObjectBuilder;
use crate::options::Given;
use crate::page::{Deferred, Held, Listener, notify};
use crate::recorder::Recording;
use crate::summary::Summary;
use crate::wire::progress_to_page;

/// Whether the engine knows an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not yet: the file of the handle is being opened, or failed to open. Requests of the application are kept in
    /// `paused` and `wanted`.
    Opening { paused: bool, wanted: bool },
    /// Never: the handle does not give a file.
    Refused,
    /// It was added.
    Added,
}

/// What the journal should contain for an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Noted {
    /// Resumable.
    #[default]
    Open,
    /// To be cancelled on the server.
    Cancelled,
    /// No entry.
    Over,
}

/// The state of one upload, and its promises.
pub(crate) struct Entry {
    pub(crate) id: UploadId,
    pub(crate) given: Given,
    /// The handle kept in the journal.
    pub(crate) handle: Held,
    /// Only a cancel on the server is left.
    pub(crate) hidden: Cell<bool>,
    pub(crate) stage: Cell<Stage>,
    pub(crate) noted: Cell<Noted>,
    /// The file's first bytes were compared with its type.
    pub(crate) looked: Cell<bool>,
    /// The body; undefined before it is known, and once it is no longer read.
    pub(crate) file: Held,
    pub(crate) size: Cell<f64>,
    /// What records a live upload.
    pub(crate) live: RefCell<Option<Recording>>,
    /// Bytes that the source of a live upload has given.
    pub(crate) recorded: Cell<Option<u64>>,
    pub(crate) media_type: RefCell<String>,
    /// What servers and storage have had kept, field by field as the journal has it; undefined if nothing.
    pub(crate) kept: Held,
    pub(crate) state: Cell<State>,
    /// A failed upload to be restarted before the engine has received it.
    pub(crate) renewed: Cell<bool>,
    /// What it takes.
    pub(crate) summary: Summary,
    pub(crate) progress: Cell<Progress>,
    /// The same for the page, made when it is first asked for.
    progress_shown: Held,
    pub(crate) done: RefCell<Deferred>,
    /// Its failure, stored object, and record; undefined if absent.
    pub(crate) error: Held,
    stored: Held,
    record: Held,
    /// The record of the last status answer.
    pub(crate) answered: Held,
    processed: RefCell<Option<Deferred>>,
    /// The abort reason: the first one counts, even if undefined.
    reason: RefCell<Option<JsValue>>,
    snapshot: Held,
    signal: Cell<Option<Listener>>,
}

impl Entry {
    pub(crate) fn new(id: UploadId, given: Given, handle: JsValue, hidden: bool) -> Rc<Self> {
        let entry = Self {
            id,
            given,
            handle: Held::new(handle),
            hidden: Cell::new(hidden),
            stage: Cell::new(Stage::Added),
            noted: Cell::default(),
            looked: Cell::default(),
            file: Held::default(),
            size: Cell::default(),
            live: RefCell::default(),
            recorded: Cell::default(),
            media_type: RefCell::default(),
            kept: Held::default(),
            state: Cell::new(State::Queued),
            renewed: Cell::default(),
            summary: Summary::default(),
            progress: Cell::default(),
            progress_shown: Held::default(),
            done: RefCell::new(Deferred::quiet()),
            error: Held::default(),
            stored: Held::default(),
            record: Held::default(),
            answered: Held::default(),
            processed: RefCell::default(),
            reason: RefCell::default(),
            snapshot: Held::default(),
            signal: Cell::default(),
        };
        entry.set_file(JsValue::UNDEFINED, String::new(), 0.0);
        Rc::new(entry)
    }

    /// Sets the file with its size and type.
    pub(crate) fn set_file(&self, file: JsValue, media_type: String, size: f64) {
        self.file.set(file);
        self.media_type.replace(media_type);
        self.size.set(size);
        self.keep_progress(Progress {
            total: size as u64,
            ..Progress::default()
        });
    }

    fn keep_progress(&self, progress: Progress) {
        self.progress.set(progress);
        self.progress_shown.clear();
        self.snapshot.clear();
    }

    /// Its progress, as the page sees it.
    pub(crate) fn progress(&self) -> JsValue {
        let shown = &self.progress_shown;
        if !shown.is_set() {
            shown.set(progress_to_page(&self.progress.get(), self.recorded.get()));
        }
        shown.get()
    }

    /// Whether it is a live upload whose source has not ended.
    fn is_recording(&self) -> bool {
        LIVE && self.progress.get().growing && !self.ended()
    }

    /// Its progress in a snapshot, where the total of a recording is what there is by now: sums need a number.
    fn progress_so_far(&self) -> JsValue {
        if !self.is_recording() {
            return self.progress();
        }
        let growing = false;
        let so_far = Progress {
            growing,
            ..self.progress.get()
        };
        progress_to_page(&so_far, self.recorded.get())
    }

    pub(crate) fn ended(&self) -> bool {
        self.state.get().ended()
    }

    /// Whether it has ended for good.
    pub(crate) fn is_final(&self) -> bool {
        self.ended() && self.state.get() != State::Failed
    }

    pub(crate) fn set_state(&self, state: State) {
        self.summary.leave(self.state.replace(state));
        self.renewed.set(false);
        if self.is_final() {
            // The file is no longer read, unless a failed upload may be retried.
            self.file.clear();
            if LIVE {
                self.end_recording(true);
            }
        }
        if state != State::Failed {
            self.error.clear();
        }
        self.snapshot.clear();
        if self.ended() {
            self.signal.take();
        }
        let callbacks = &self.given.callbacks;
        notify(callbacks.on_state_change.get(), state.as_str().into());
        if matches!(state, State::Processed | State::Aborted) {
            callbacks.let_go();
        }
    }

    pub(crate) fn set_progress(&self, progress: Progress) {
        self.keep_progress(progress);
        let callback = &self.given.callbacks.on_progress;
        if callback.is_set() {
            notify(callback.get(), self.progress());
        }
    }

    /// Ends the source of a live upload: what it gave is the whole, up to a limit.
    pub(crate) fn finish(&self, max_bytes: Option<u64>) {
        if let Some(live) = &*self.live.borrow() {
            live.finish(max_bytes);
        }
    }

    /// What the spool of a live upload holds.
    pub(crate) fn spooled(&self) -> crowfly_engine::Recording {
        let live = self.live.borrow();
        live.as_ref()
            .map(|live| live.spooled.get())
            .unwrap_or_default()
    }

    /// Stops what records it; its spool stays, or goes.
    pub(crate) fn end_recording(&self, gone: bool) {
        let live = self.live.take();
        if let Some(live) = live {
            live.end(gone);
        }
    }

    /// Listens to the signal until the upload has ended.
    pub(crate) fn listen(&self, listener: Listener) {
        self.signal.set(Some(listener));
    }

    /// Keeps the first abort reason; undefined counts as none.
    pub(crate) fn set_reason(&self, reason: JsValue) {
        let mut kept = self.reason.borrow_mut();
        if kept.is_none() && !reason.is_undefined() {
            *kept = Some(reason);
        }
    }

    fn abort_reason(&self) -> JsValue {
        let kept = self.reason.borrow().clone();
        kept.unwrap_or_else(|| {
            let reason = abort_error();
            self.set_reason(reason.clone());
            reason
        })
    }

    pub(crate) fn resolve(&self, stored: JsValue) {
        self.snapshot.clear();
        self.done.borrow().resolve(&stored);
        self.stored.set(stored);
    }

    pub(crate) fn fail(&self, error: JsValue) {
        self.snapshot.clear();
        self.error.set(error.clone());
        self.reject(&error);
    }

    pub(crate) fn reject_aborted(&self) {
        self.reject(&self.abort_reason());
    }

    fn reject(&self, error: &JsValue) {
        self.done.borrow().reject(error);
        self.reject_processed(error);
    }

    /// Turns a failed upload into a new one with a new promise.
    pub(crate) fn renew(&self) {
        self.renewed.set(true);
        self.done.replace(Deferred::quiet());
    }

    /// Whether somebody waits for the record.
    pub(crate) fn is_awaited(&self) -> bool {
        self.processed.borrow().is_some()
    }

    /// The promise of the record, and whether the engine must be asked for it.
    pub(crate) fn processed(&self) -> (Deferred, bool) {
        if let Some(waiting) = self.processed.borrow().clone() {
            return (waiting, true);
        }
        let waiting = Deferred::quiet();
        if self.record.is_set() {
            waiting.resolve(&self.record.get());
        } else if self.state.get() == State::Failed {
            waiting.reject(&self.error.get());
        } else if self.state.get() == State::Aborted {
            waiting.reject(&self.abort_reason());
        } else {
            self.processed.replace(Some(waiting.clone()));
            return (waiting, true);
        }
        (waiting, false)
    }

    pub(crate) fn resolve_processed(&self) {
        self.snapshot.clear();
        let record = self.answered.get();
        self.record.set(record.clone());
        if let Some(waiting) = self.processed.take() {
            waiting.resolve(&record);
        }
    }

    pub(crate) fn reject_processed(&self, error: &JsValue) {
        if let Some(waiting) = self.processed.take() {
            waiting.reject(error);
        }
    }

    /// What it took; undefined before its end.
    pub(crate) fn summary(&self) -> JsValue {
        match self.state.get() {
            State::Stored | State::Processed | State::Failed => self.summary.to_page(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// The current snapshot; the same object until something changes.
    pub(crate) fn snapshot(&self) -> JsValue {
        if !self.snapshot.is_set() {
            // An error is not frozen: whoever catches it may add properties.
            let snapshot = ObjectBuilder::new()
                .with("id", self.id.to_text())
                .with("name", &*self.given.name)
                .with("path", self.given.path.clone())
                .with("size", self.size.get())
                .with("type", &**self.media_type.borrow())
                .with("state", self.state.get().as_str())
                .with("progress", self.progress_so_far())
                .with("error", self.error.get())
                .with("stored", self.stored.get())
                .with("record", self.record.get())
                .with("summary", self.summary());
            let snapshot = if LIVE {
                snapshot.with("recording", self.is_recording().then_some(true))
            } else {
                snapshot
            };
            self.snapshot.set(snapshot.freeze());
        }
        self.snapshot.get()
    }
}
