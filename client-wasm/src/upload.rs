//! The handle of one upload, as declared in `api.d.ts`.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::LIVE;
use crate::driver::{Driver, NO_API, Want};
use crate::entry::Entry;
use crate::error::unsupported;
use crate::members::members;

/// One upload. It is not a promise: its `done` is.
pub(crate) struct Upload {
    driver: Rc<Driver>,
    entry: Rc<Entry>,
}

members!(
    Upload,
    getters {
        id: |upload, _, _| Ok(upload.entry.id.to_text().into()),
        state: |upload, _, _| Ok(upload.entry.state.get().as_str().into()),
        progress: |upload, _, _| Ok(upload.entry.progress()),
        done: |upload, _, _| Ok(upload.entry.done.borrow().promise.clone().into()),
    },
    methods {
        processed: |upload, _, _| Ok(upload.processed().into()),
        pause: |upload, _, _| upload.ask(Want::Pause),
        resume: |upload, _, _| upload.ask(Want::Resume),
        abort: |upload, reason, _| {
            upload.driver.abort(&upload.entry, reason);
            Ok(JsValue::UNDEFINED)
        },
        retry: |upload, _, _| {
            upload.driver.retry(&upload.entry);
            Ok(JsValue::UNDEFINED)
        },
    },
    live {
        finish: |upload, _, _| {
            if LIVE {
                upload.entry.finish(None);
            }
            Ok(JsValue::UNDEFINED)
        },
    },
);

impl Upload {
    /// A handle of an upload.
    pub(crate) fn handle(driver: &Rc<Driver>, entry: Rc<Entry>) -> JsValue {
        let driver = Rc::clone(driver);
        Self { driver, entry }.into_page()
    }

    fn ask(&self, want: Want) -> Result<JsValue, JsValue> {
        self.driver.ask(want, &self.entry);
        Ok(JsValue::UNDEFINED)
    }

    /// Settles with the record.
    fn processed(&self) -> Promise {
        if self.driver.settings.has_signer {
            return Promise::reject(&unsupported("process", NO_API));
        }
        let (waiting, ask) = self.entry.processed();
        if ask {
            self.driver.ask(Want::Process, &self.entry);
        }
        waiting.promise
    }
}
