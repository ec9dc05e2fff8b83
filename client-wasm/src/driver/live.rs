//! Live uploads: what their source gives becomes input of the engine.

use std::rc::Rc;

use crowfly_contract::{OCTET_STREAM, UploadId};
use crowfly_engine as engine;
use crowfly_engine::Input;
use wasm_bindgen::JsValue;

use super::{Driver, Want};
use crate::entry::{Entry, Stage};
use crate::error::unreadable;
use crate::object::ObjectBuilder;
use crate::options::media_type;
use crate::page::{get, property};
use crate::recorder::Recording;

const VOLATILE: &str =
    "what is recorded is kept in memory, up to 64 MiB, and is lost with this page: ";
const FAILED: &str = "the source failed; what it gave until then is uploaded: ";
const NO_SPOOL: &str = "what was recorded is no longer on this device";

impl Driver {
    /// Records from a source, or takes up what an earlier page has recorded, and uploads it.
    pub(crate) fn add_live(self: &Rc<Self>, entry: &Rc<Entry>, source: &JsValue) {
        let given = entry.given.media_type.clone();
        // The type that a browser has chosen is that of the recorder once it has given something:
        // https://w3c.github.io/mediacapture-record/#dom-mediarecorder-mimetype
        let tells = given.is_none() && property(source, "mimeType").is_string();
        let media_type = given.unwrap_or_else(|| OCTET_STREAM.to_owned());
        entry.set_file(JsValue::UNDEFINED, media_type, 0.0);
        // Its source tells of its bytes later.
        entry.recorded.set(Some(0));
        self.record(entry, source);
        if tells || source.is_undefined() {
            // The server is asked once it is known what is there.
            let (paused, wanted) = (false, false);
            entry.stage.set(Stage::Opening { paused, wanted });
        } else {
            self.add(entry, None);
        }
    }

    /// Opens source and spool alone.
    pub(crate) fn record(self: &Rc<Self>, entry: &Rc<Entry>, source: &JsValue) {
        let (driver, weak) = (Rc::downgrade(self), Rc::downgrade(entry));
        let hear = move |news| {
            if let (Some(driver), Some(entry)) = (driver.upgrade(), weak.upgrade()) {
                driver.hear_recorder(&entry, &news);
            }
        };
        let id = entry.id.to_text();
        let settings = self.recorder_settings(entry);
        let recording = Recording::open(source, &id, Box::new(hear), &settings);
        entry.live.replace(Some(recording));
    }

    fn recorder_settings(&self, entry: &Entry) -> JsValue {
        let given = entry.given.live.unwrap_or_default();
        let settings = ObjectBuilder::new()
            .with("worker", self.pool.maker())
            .with("persist", given.persists);
        #[cfg(feature = "live")]
        let settings = if given.mends {
            settings.with("mender", crate::mender::Mender::new().into_page())
        } else {
            settings
        };
        settings.build()
    }

    fn hear_recorder(self: &Rc<Self>, entry: &Rc<Entry>, news: &JsValue) {
        let number = |name: &str| property(news, name).as_f64().unwrap_or_default();
        let error = get(news, "error");
        let ended = property(news, "ended").is_truthy();
        let spooled = engine::Recording {
            bytes: number("ready") as u64,
            #[cfg(feature = "live")]
            given: number("bytes") as u64,
            ended,
            duration_ms: get(news, "durationMs").and_then(|ms| Some(ms.as_f64()? as u64)),
        };
        let resumed = {
            let live = entry.live.borrow();
            let Some(live) = live.as_ref().filter(|_| !entry.is_final()) else {
                return;
            };
            live.spooled.set(spooled);
            live.resumed
        };
        entry.recorded.set(Some(number("bytes") as u64));
        if let Some(file) = get(news, "file") {
            entry.file.set(file);
            entry.size.set(number("ready"));
        }
        if let Some(cause) = property(news, "cause").as_string() {
            let message = [VOLATILE, &cause].concat();
            self.warn("spool_unavailable", &message, Some(entry.id));
        }
        let opening = match entry.stage.get() {
            Stage::Opening { paused, wanted } => Some((paused, wanted)),
            _ => None,
        };
        if let Some(error) = error {
            if resumed && opening.is_some() {
                return self.end_unheard(entry, Some(unreadable(NO_SPOOL, error)));
            }
            // Of nothing there is nothing to keep.
            let nothing = number("bytes") == 0.0;
            if nothing || entry.given.live.is_some_and(|live| live.aborts) {
                return self.abort(entry, error);
            }
            let said = property(&error, "message").as_string().unwrap_or_default();
            self.warn("source_failed", &[FAILED, &said].concat(), Some(entry.id));
        }
        if let Some((paused, wanted)) = opening {
            let own = property(news, "type").as_string();
            if let Some(own) = own.and_then(|own| media_type(&own)) {
                entry.media_type.replace(own);
            }
            return self.take_up(entry, paused, wanted);
        }
        let upload = entry.id;
        if property(news, "head").is_truthy() {
            self.feed(Input::HeadChanged(upload));
        }
        self.feed(Input::Recorded {
            upload,
            recording: spooled,
        });
    }

    /// What an earlier page has recorded is at hand, or the type of what is recorded now is known.
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

    /// The limit of a live upload is reached: what it gives beyond that is not sent.
    pub(crate) fn stop_source(&self, upload: UploadId, max_bytes: u64) {
        if let Some(entry) = self.store.find(upload) {
            entry.finish(Some(max_bytes));
        }
    }

    /// Storage has more of a live upload, so that memory need not keep it.
    pub(crate) fn release(&self, entry: &Entry) {
        if let Some(live) = &*entry.live.borrow() {
            live.release(self.settled(entry.id));
        }
    }
}
