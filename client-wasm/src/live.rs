//! What records a live upload: its source and its spool, which are in `js/recorder.js` and `js/spool.js`.

use std::cell::Cell;
use std::rc::Rc;

use crowfly_contract::{OCTET_STREAM, UploadId};
use crowfly_engine as engine;
use crowfly_engine::Input;
#[cfg(feature = "live")]
use js_sys::Promise;
use js_sys::{Reflect, Symbol};
use wasm_bindgen::prelude::*;

use crate::driver::{Driver, Want};
use crate::entry::{Entry, Stage};
use crate::error::unreadable;
use crate::page::{get, has_function, property};

#[wasm_bindgen(module = "/js/live.js")]
extern "C" {
    type Recorder;

    #[wasm_bindgen(constructor)]
    fn new(
        source: &JsValue,
        id: &str,
        worker: &JsValue,
        hear: &Closure<dyn Fn(JsValue)>,
    ) -> Recorder;

    #[wasm_bindgen(method)]
    fn release(this: &Recorder, bytes: f64);

    #[wasm_bindgen(method)]
    fn finish(this: &Recorder);

    #[wasm_bindgen(method)]
    fn end(this: &Recorder, gone: bool);

    /// Bytes in the spool of an earlier page.
    #[cfg(feature = "live")]
    #[wasm_bindgen(js_name = recordedBytes)]
    pub(crate) fn recorded_bytes(id: &str) -> Promise;
}

/// Named here, so that the scripts are beside `live.js`, which loads the first, and that the others.
#[wasm_bindgen(module = "/js/recorder.js")]
extern "C" {
    type Script;
}

#[wasm_bindgen(module = "/js/spool.js")]
extern "C" {
    type Spool;
}

#[wasm_bindgen(module = "/js/source.js")]
extern "C" {
    type Source;
}

const VOLATILE: &str =
    "what is recorded is kept in memory, up to 64 MiB, and is lost with this page: ";
const FAILED: &str = "the source failed; what it gave until then is uploaded: ";
const NO_SPOOL: &str = "what was recorded is no longer on this device";

/// Whether live uploads are in this build. All that only they need hangs on it, so that the package has nothing of it.
pub(crate) const LIVE: bool = cfg!(feature = "live");

/// A recording that runs, or that an earlier page has left.
pub(crate) struct Recording {
    recorder: Recorder,
    /// An earlier page began it.
    pub(crate) resumed: bool,
    /// What can be read of what the source gave.
    spooled: Cell<engine::Recording>,
    _hear: Closure<dyn Fn(JsValue)>,
}

impl Recording {
    /// Ends source and spool.
    pub(crate) fn end(&self, gone: bool) {
        self.recorder.end(gone);
    }
}

/// Whether a value is what `uploadLive` takes.
pub(crate) fn is_source(value: &JsValue) -> bool {
    let iterates = |symbol: Symbol| Reflect::get(value, &symbol).is_ok_and(|it| it.is_function());
    let recorder = has_function(value, "requestData") && has_function(value, "stop");
    value.is_object()
        && (recorder
            || has_function(value, "getReader")
            || iterates(Symbol::async_iterator())
            || iterates(Symbol::iterator()))
}

impl Entry {
    /// Ends the source of a live upload: what it gave is the whole.
    pub(crate) fn finish(&self) {
        if let Some(live) = &*self.live.borrow() {
            live.recorder.finish();
        }
    }

    /// What the spool of a live upload holds.
    pub(crate) fn spooled(&self) -> engine::Recording {
        let live = self.live.borrow();
        live.as_ref()
            .map(|live| live.spooled.get())
            .unwrap_or_default()
    }
}

impl Driver {
    /// Records from a source, or takes up what an earlier page has recorded, and uploads it.
    pub(crate) fn add_live(self: &Rc<Self>, entry: &Rc<Entry>, source: &JsValue) {
        let media_type = entry.given.media_type.clone();
        let media_type = media_type.unwrap_or_else(|| OCTET_STREAM.to_owned());
        entry.set_file(JsValue::UNDEFINED, media_type, 0.0);
        let resumed = source.is_undefined();
        self.record(entry, source, resumed);
        if resumed {
            // What is there must be known before the server is asked which parts it has.
            let (paused, wanted) = (false, false);
            entry.stage.set(Stage::Opening { paused, wanted });
        } else {
            self.add(entry, None);
        }
    }

    /// Opens source and spool alone.
    pub(crate) fn record(self: &Rc<Self>, entry: &Rc<Entry>, source: &JsValue, resumed: bool) {
        let (driver, weak) = (Rc::downgrade(self), Rc::downgrade(entry));
        let hear: Box<dyn Fn(JsValue)> = Box::new(move |news| {
            if let (Some(driver), Some(entry)) = (driver.upgrade(), weak.upgrade()) {
                driver.hear_recorder(&entry, &news);
            }
        });
        let hear = Closure::wrap(hear);
        let recorder = Recorder::new(source, &entry.id.to_text(), &self.pool.maker(), &hear);
        entry.live.replace(Some(Recording {
            recorder,
            resumed,
            spooled: Cell::default(),
            _hear: hear,
        }));
    }

    fn hear_recorder(self: &Rc<Self>, entry: &Rc<Entry>, news: &JsValue) {
        let number = |name: &str| property(news, name).as_f64().unwrap_or_default();
        let error = get(news, "error");
        let ended = property(news, "ended").is_truthy();
        let spooled = engine::Recording {
            bytes: number("ready") as u64,
            ended,
            duration_ms: None,
        };
        {
            let live = entry.live.borrow();
            let Some(live) = live.as_ref().filter(|_| !entry.is_final()) else {
                return;
            };
            live.spooled.set(spooled);
        }
        entry.recorded.set(Some(number("bytes") as u64));
        if let Some(file) = get(news, "file") {
            entry.file.set(file);
            entry.size.set(number("ready"));
        }
        if let Some(cause) = property(news, "cause").as_string() {
            let message = [VOLATILE, &cause].concat();
            self.warn("spool_unavailable", &message, Some(entry.id));
        }
        if let Stage::Opening { paused, wanted } = entry.stage.get() {
            return match error {
                Some(error) => self.end_unheard(entry, Some(unreadable(NO_SPOOL, error))),
                None => self.take_up(entry, paused, wanted),
            };
        }
        if let Some(error) = error {
            if entry.given.live.is_some_and(|live| live.aborts) {
                return self.abort(entry, error);
            }
            let said = property(&error, "message").as_string().unwrap_or_default();
            self.warn("source_failed", &[FAILED, &said].concat(), Some(entry.id));
        }
        let upload = entry.id;
        self.feed(Input::Recorded {
            upload,
            recording: spooled,
        });
    }

    /// What an earlier page has recorded is at hand.
    fn take_up(self: &Rc<Self>, entry: &Rc<Entry>, paused: bool, wanted: bool) {
        entry.stage.set(Stage::Added);
        self.add(entry, None);
        if paused {
            self.ask(Want::Pause, entry);
        }
        if wanted {
            self.ask(Want::Process, entry);
        }
    }

    /// The limit of a live upload is reached: what it gives from now on would not be sent.
    pub(crate) fn stop_source(&self, upload: UploadId) {
        if let Some(entry) = self.store.find(upload) {
            entry.finish();
        }
    }

    /// Storage has more of a live upload, so that memory need not keep it.
    pub(crate) fn release(&self, entry: &Entry) {
        if let Some(live) = &*entry.live.borrow() {
            let settled = self.settled(entry.id);
            live.recorder.release(settled as f64);
        }
    }
}
