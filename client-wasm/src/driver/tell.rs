use std::rc::Rc;

use crowfly_contract::{ErrorCode, Stored};
use crowfly_engine::{Event, Failure};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::Driver;
use crate::error::UploadError;
use crate::js;

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
                    entry.resolve_done(stored_to_js(&stored));
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
                    // A record has nothing that JavaScript could not hold.
                    let record = record.serialize(&Serializer::json_compatible());
                    entry.resolve_processed(record.unwrap_or_default());
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

fn stored_to_js(stored: &Stored) -> JsValue {
    let text = |text: &str| JsValue::from_str(text);
    let optional = |value: Option<&str>| value.map_or(JsValue::UNDEFINED, text);
    let crc = stored.crc64nvme.map(|crc| crc.to_string());
    js::frozen(&[
        ("id", text(&stored.id.to_string())),
        ("key", text(&stored.key.to_string())),
        ("size", JsValue::from_f64(stored.size as f64)),
        ("crc64nvme", optional(crc.as_deref())),
        (
            "etag",
            optional(Some(&*stored.etag).filter(|etag| !etag.is_empty())),
        ),
        ("versionId", optional(stored.version_id.as_deref())),
    ])
}
