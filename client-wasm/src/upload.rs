use std::rc::Rc;

use crowfly_engine::{Input, State};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::driver::Driver;
use crate::js;
use crate::listener::Listener;
use crate::store::Entry;

/// The handle of one upload, as `api.d.ts` describes it.
#[wasm_bindgen(skip_typescript)]
pub struct Upload {
    driver: Rc<Driver>,
    entry: Rc<Entry>,
}

#[wasm_bindgen]
impl Upload {
    /// The same in the API, the key and the record.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn id(&self) -> String {
        self.entry.id().to_string()
    }

    /// Where it stands.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn state(&self) -> String {
        self.entry.state().as_str().to_owned()
    }

    /// How far it is.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn progress(&self) -> JsValue {
        self.entry.progress()
    }

    /// Resolves when storage holds the file.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn done(&self) -> Promise {
        self.entry.done()
    }

    /// Resolves when the record is there.
    #[wasm_bindgen(skip_typescript)]
    pub fn processed(&self) -> Promise {
        let (promise, ask) = self.entry.await_processed();
        if ask {
            self.driver.feed(Input::AwaitProcessed(self.entry.id()));
        }
        promise
    }

    /// Stops sending until `resume`.
    #[wasm_bindgen(skip_typescript)]
    pub fn pause(&self) {
        self.driver.feed(Input::Pause(self.entry.id()));
    }

    /// Goes on after `pause`.
    #[wasm_bindgen(skip_typescript)]
    pub fn resume(&self) {
        self.driver.feed(Input::Resume(self.entry.id()));
    }

    /// Ends the upload here and on the server.
    #[wasm_bindgen(skip_typescript)]
    pub fn abort(&self, reason: JsValue) {
        abort(&self.driver, &self.entry, reason);
    }

    /// Starts a failed upload again.
    #[wasm_bindgen(skip_typescript)]
    pub fn retry(&self) {
        if self.entry.state() != State::Failed || self.driver.closed() {
            return;
        }
        self.entry.renew();
        let listening = self.listen();
        self.driver.feed(Input::Retry(self.entry.id()));
        if !listening {
            self.driver.feed(Input::Abort(self.entry.id()));
        }
    }
}

impl Upload {
    pub(crate) fn new(driver: Rc<Driver>, entry: Rc<Entry>) -> Self {
        Self { driver, entry }
    }

    /// Listens to the signal, if there is one; `false` if it has fired already.
    pub(crate) fn listen(&self) -> bool {
        let Some(signal) = self.entry.signal() else {
            return true;
        };
        if js::get(signal, "aborted").is_some_and(|aborted| aborted == JsValue::TRUE) {
            self.entry.set_reason(reason(signal));
            return false;
        }
        let (driver, entry) = (Rc::downgrade(&self.driver), Rc::downgrade(&self.entry));
        let source = signal.clone();
        let hear = move |_| {
            if let (Some(driver), Some(entry)) = (driver.upgrade(), entry.upgrade()) {
                abort(&driver, &entry, reason(&source));
            }
        };
        let listener = Listener::new(signal, "abort", Box::new(hear));
        self.entry.listen(Some(listener));
        true
    }

    /// Ends an upload whose signal had fired before it was made; the server never hears of it.
    pub(crate) fn aborted_before_start(&self) {
        self.entry.set_state(State::Aborted);
        self.entry.reject_aborted();
        let store = self.driver.store();
        store.touch();
        store.notify();
    }
}

fn reason(signal: &AbortSignal) -> JsValue {
    js::get(signal, "reason").unwrap_or_default()
}

fn abort(driver: &Rc<Driver>, entry: &Rc<Entry>, reason: JsValue) {
    // The reason belongs to the abort that counts: one that comes after the end changes nothing.
    if !entry.state().ended() {
        entry.set_reason(reason);
        driver.feed(Input::Abort(entry.id()));
    }
}
