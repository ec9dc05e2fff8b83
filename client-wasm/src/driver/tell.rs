use std::rc::Rc;

use crowfly_contract::ErrorCode;
use crowfly_engine::{Event, Failure};
use wasm_bindgen::JsValue;

use super::Driver;
use crate::error::UploadError;
use crate::json;

impl Driver {
    /// Tells the application what the engine says.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        let store = self.store.clone();
        match event {
            Event::State { upload, state } => {
                if let Some(entry) = store.find(upload) {
                    store.touch();
                    entry.set_state(state);
                }
            }
            Event::Progress { upload, progress } => {
                if let Some(entry) = store.find(upload) {
                    store.touch_in_frame();
                    entry.set_progress(&progress);
                }
            }
            Event::Stored { upload, stored } => {
                if let Some(entry) = store.find(upload) {
                    store.touch();
                    entry.listen(None);
                    entry.resolve_done(json::stored_to_js(&stored));
                }
            }
            Event::Failed { upload, failure } => {
                if let Some(entry) = store.find(upload) {
                    store.touch();
                    entry.listen(None);
                    entry.fail(self.error(&failure));
                }
            }
            Event::Aborted { upload } => {
                if let Some(entry) = store.find(upload) {
                    store.touch();
                    entry.listen(None);
                    entry.reject_aborted();
                }
            }
            Event::Processed { upload, record } => {
                if let Some(entry) = store.find(upload) {
                    store.touch();
                    entry.resolve_processed(json::record_to_js(&record));
                }
            }
            Event::ProcessingFailed { upload, failure } => {
                if let Some(entry) = store.find(upload) {
                    entry.reject_processed(&self.error(&failure));
                }
            }
            // News that this version has no use for.
            _ => {}
        }
    }

    fn error(&self, failure: &Failure) -> JsValue {
        let cause = match failure.code {
            ErrorCode::TokenProvider => self.api.token().failure(),
            _ => None,
        };
        UploadError::of(failure, cause).into_js()
    }
}
