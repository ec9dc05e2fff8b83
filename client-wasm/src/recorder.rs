//! What records a live upload: its source and its spool, which are in `js/source.js`, `js/spooling.js` and `js/spool.js`.

use std::cell::Cell;

use crowfly_engine as engine;
#[cfg(feature = "live")]
use js_sys::Promise;
use js_sys::{Reflect, Symbol};
use wasm_bindgen::prelude::*;

use crate::page::has_function;

// Of `js/live.js`.
#[wasm_bindgen(module = "/js/journal.js")]
extern "C" {
    type Recorder;

    #[wasm_bindgen(constructor)]
    fn new(
        source: &JsValue,
        id: &str,
        hear: &Closure<dyn Fn(JsValue)>,
        settings: &JsValue,
    ) -> Recorder;

    #[wasm_bindgen(method)]
    fn release(this: &Recorder, bytes: f64);

    #[wasm_bindgen(method)]
    fn finish(this: &Recorder, limit: Option<f64>);

    #[wasm_bindgen(method)]
    fn end(this: &Recorder, gone: bool);

    /// Bytes in the spool of an earlier page.
    #[cfg(feature = "live")]
    #[wasm_bindgen(js_name = recordedBytes)]
    pub(crate) fn recorded_bytes(id: &str) -> Promise;

    /// Deletes the spools that were last written before this moment, in Unix milliseconds.
    #[cfg(feature = "live")]
    #[wasm_bindgen(js_name = sweepSpools)]
    pub(crate) fn sweep_spools(oldest: f64) -> Promise;
}

/// Named here, so that the scripts are beside `journal.js`, which exports the first: that loads the second, and this the
/// others.
#[wasm_bindgen(module = "/js/live.js")]
extern "C" {
    type Live;
}

#[wasm_bindgen(module = "/js/spooling.js")]
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

/// A recording that runs, or that an earlier page has left.
pub(crate) struct Recording {
    recorder: Recorder,
    /// An earlier page began it.
    pub(crate) resumed: bool,
    /// What can be read of what the source gave.
    pub(crate) spooled: Cell<engine::Recording>,
    _hear: Closure<dyn Fn(JsValue)>,
}

impl Recording {
    /// Records from a source, or takes up what an earlier page has recorded. `settings` are those of `js/spooling.js`.
    pub(crate) fn open(
        source: &JsValue,
        id: &str,
        hear: Box<dyn Fn(JsValue)>,
        settings: &JsValue,
    ) -> Self {
        let hear = Closure::wrap(hear);
        Self {
            recorder: Recorder::new(source, id, &hear, settings),
            resumed: source.is_undefined(),
            spooled: Cell::default(),
            _hear: hear,
        }
    }

    /// Ends the source: what it gave is the whole, up to a limit.
    pub(crate) fn finish(&self, max_bytes: Option<u64>) {
        self.recorder.finish(max_bytes.map(|most| most as f64));
    }

    /// Storage has all up to here, so that memory need not keep it.
    pub(crate) fn release(&self, bytes: u64) {
        self.recorder.release(bytes as f64);
    }

    /// Ends source and spool.
    pub(crate) fn end(&self, gone: bool) {
        self.recorder.end(gone);
    }
}

/// Whether a value is what `uploadLive` takes.
pub(crate) fn is_source(value: &JsValue) -> bool {
    let iterates = |symbol: Symbol| Reflect::get(value, &symbol).is_ok_and(|it| it.is_function());
    // A library's recorder may have no `requestData`.
    let hears = || Reflect::has(value, &"ondataavailable".into()).unwrap_or_default();
    value.is_object()
        && ((has_function(value, "stop") && hears())
            || has_function(value, "getReader")
            || iterates(Symbol::async_iterator())
            || iterates(Symbol::iterator()))
}
