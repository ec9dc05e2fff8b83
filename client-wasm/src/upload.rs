//! The handle of one upload, as declared in `api.d.ts`.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::driver::{Driver, NO_API, Want};
use crate::entry::Entry;
use crate::error::unsupported;
use crate::page::{bind, methods};

const METHODS: [&str; 5] = ["processed", "pause", "resume", "abort", "retry"];

/// One upload. It is not a promise: its `done` is.
#[wasm_bindgen(skip_typescript)]
pub struct Upload {
    driver: Rc<Driver>,
    entry: Rc<Entry>,
}

impl Upload {
    /// A handle with bound methods, so that `const { abort } = upload` works.
    pub(crate) fn handle(driver: &Rc<Driver>, entry: Rc<Entry>) -> JsValue {
        let known = &driver.upload_methods;
        let upload = Self {
            driver: Rc::clone(driver),
            entry,
        }
        .into();
        if !known.is_set() {
            known.set(methods(&upload, &METHODS).into());
        }
        bind(&upload, known.get().unchecked_ref());
        upload
    }
}

#[wasm_bindgen]
impl Upload {
    /// The ULID of the upload.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn id(&self) -> JsValue {
        self.entry.id.to_text().into()
    }

    /// The name of its state.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn state(&self) -> JsValue {
        self.entry.state.get().as_str().into()
    }

    /// Its progress.
    #[wasm_bindgen(getter, skip_typescript)]
    #[must_use]
    pub fn progress(&self) -> JsValue {
        self.entry.progress()
    }

    /// Settles when it has ended.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn done(&self) -> Promise {
        self.entry.done.borrow().promise.clone()
    }

    /// Settles with the record.
    #[wasm_bindgen(skip_typescript)]
    pub fn processed(&self) -> Promise {
        if self.driver.settings.has_signer {
            return Promise::reject(&unsupported("process", NO_API));
        }
        let (waiting, ask) = self.entry.processed();
        if ask {
            self.driver.ask(Want::Process, &self.entry);
        }
        waiting.promise
    }

    /// Stops sending.
    #[wasm_bindgen(skip_typescript)]
    pub fn pause(&self) {
        self.driver.ask(Want::Pause, &self.entry);
    }

    /// Continues after a pause.
    #[wasm_bindgen(skip_typescript)]
    pub fn resume(&self) {
        self.driver.ask(Want::Resume, &self.entry);
    }

    /// Cancels the upload locally and on the server; `done` rejects with `reason`.
    #[wasm_bindgen(skip_typescript)]
    pub fn abort(&self, reason: JsValue) {
        self.driver.abort(&self.entry, reason);
    }

    /// Retries a failed upload.
    #[wasm_bindgen(skip_typescript)]
    pub fn retry(&self) {
        self.driver.retry(&self.entry);
    }
}
