//! Adding uploads to the engine, and the application's requests for one.

use std::rc::Rc;

use crowfly_contract::{OCTET_STREAM, standard_type};
use crowfly_engine::{ChecksumMode, Input, Millis, NewUpload, State};
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Driver;
use super::inbox::{Addition, Work};
use crate::LIVE;
use crate::clock::now;
use crate::entry::{Entry, Stage};
use crate::error::{invalid_option, unreadable};
use crate::file::{adopted, is_handle, is_readable, stated_size};
use crate::object::ObjectBuilder;
use crate::options::media_type;
use crate::page::{Listener, invoke, property};
use crate::task::{spawn, wait_foreign};

const NO_FILE: &str = "the handle gives no file";
const NO_ITEM: &str = "upload: the file has an impossible size";
pub(crate) const NO_LEAVE: &str = "the file is gone, or reading it was not permitted";

/// A request of the application for one upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Pause,
    Resume,
    Abort,
    Retry,
    Process,
}

impl Driver {
    /// Adds an upload of this file; without one, of the file that is set, as an earlier page began it. No event is
    /// emitted and the file is not read before the caller has the handle.
    pub(crate) fn add(self: &Rc<Self>, entry: &Rc<Entry>, file: Option<JsValue>) {
        let entry = Rc::clone(entry);
        self.post(Work::Add(Addition { entry, file }));
        self.soon();
    }

    /// Opens the file of a handle kept in the journal, and adds an upload of it.
    pub(crate) fn add_handle(self: &Rc<Self>, entry: &Rc<Entry>) {
        let (paused, wanted) = (false, false);
        entry.stage.set(Stage::Opening { paused, wanted });
        let (driver, entry) = (Rc::clone(self), Rc::clone(entry));
        spawn(async move {
            let opened = open_file(entry.handle.get()).await;
            let Stage::Opening { paused, wanted } = entry.stage.get() else {
                return;
            };
            if entry.ended() {
                return;
            }
            let file = match opened {
                Ok(file) if is_readable(&file) => file,
                Ok(_) => {
                    let error = unreadable(NO_FILE, JsValue::UNDEFINED);
                    return driver.end_unheard(&entry, Some(error));
                }
                Err(error) => return driver.end_unheard(&entry, Some(error)),
            };
            entry.stage.set(Stage::Added);
            driver.add(&entry, Some(file));
            if paused {
                driver.ask(Want::Pause, &entry);
            }
            if wanted {
                driver.ask(Want::Process, &entry);
            }
        });
    }

    /// Adds an upload to the engine, but only one that it can process: an upload unknown to the engine is ended here.
    pub(super) fn take_in(self: &Rc<Self>, addition: Addition) {
        let Addition { entry, file } = addition;
        let fresh = entry
            .live
            .borrow()
            .as_ref()
            .is_some_and(|live| !live.resumed);
        let resumed = file.is_none() && !(LIVE && fresh);
        if let Some(file) = file {
            let own = property(&file, "type").as_string().unwrap_or_default();
            let given = entry.given.media_type.clone().or_else(|| media_type(&own));
            let size = stated_size(&file);
            entry.set_file(
                adopted(file),
                given.unwrap_or_else(|| OCTET_STREAM.to_owned()),
                size.max(0.0),
            );
            if size < 0.0 {
                return self.refuse(&entry);
            }
        }
        let given = &entry.given;
        let live = given.live.filter(|_| LIVE);
        let new = NewUpload {
            id: entry.id,
            name: given.name.clone(),
            path: given.path.as_string(),
            size: entry.size.get() as u64,
            live: live.map(|_| entry.spooled()),
            max_bytes: live.and_then(|live| live.max_bytes),
            media_type: standard_type(&entry.media_type.borrow()).to_owned(),
            visibility: given.visibility,
            metadata: given.metadata.clone(),
            priority: given.priority,
            checksum: match given.proof {
                (false, _) => ChecksumMode::None,
                (true, false) => ChecksumMode::Crc64Nvme,
                (true, true) => ChecksumMode::Crc64NvmeRequired,
            },
            resumed,
        };
        let added = self.queue.borrow_mut().add(Millis(now()), new);
        if added.is_err() {
            self.refuse(&entry);
        }
    }

    fn refuse(self: &Rc<Self>, entry: &Rc<Entry>) {
        entry.set_file(JsValue::UNDEFINED, String::new(), 0.0);
        entry.stage.set(Stage::Refused);
        self.end_unheard(entry, Some(invalid_option(NO_ITEM)));
    }

    /// A request for one upload; answered here if the engine does not know the upload.
    pub(crate) fn ask(self: &Rc<Self>, want: Want, entry: &Rc<Entry>) {
        match (entry.stage.get(), want) {
            (Stage::Added, _) => self.feed(match want {
                Want::Pause => Input::Pause(entry.id),
                Want::Resume => Input::Resume(entry.id),
                Want::Abort => Input::Abort(entry.id),
                Want::Retry => Input::Retry(entry.id),
                Want::Process => Input::AwaitProcessed(entry.id),
            }),
            (_, Want::Abort) => self.end_unheard(entry, None),
            (Stage::Refused, Want::Retry) => self.end_unheard(entry, Some(entry.error.get())),
            (Stage::Refused, _) => {}
            (Stage::Opening { .. }, Want::Retry) => {
                entry.set_state(State::Queued);
                self.store.touch();
                self.store.notify();
                self.add_handle(entry);
            }
            (Stage::Opening { paused, .. }, Want::Process) => {
                let wanted = true;
                entry.stage.set(Stage::Opening { paused, wanted });
            }
            (Stage::Opening { wanted, .. }, _) => {
                let paused = want == Want::Pause;
                entry.stage.set(Stage::Opening { paused, wanted });
            }
        }
    }

    /// Ends an upload unknown to the engine or the server: as failed with an error, as aborted without one.
    pub(crate) fn end_unheard(self: &Rc<Self>, entry: &Entry, error: Option<JsValue>) {
        match error {
            Some(error) => {
                entry.set_state(State::Failed);
                self.fail(entry, error);
            }
            None => {
                entry.set_state(State::Aborted);
                entry.reject_aborted();
                self.drop_hidden(entry);
            }
        }
        self.store.touch();
        self.store.notify();
    }

    /// Subscribes to the upload's signal, if there is one; false if it is already aborted.
    /// <https://developer.mozilla.org/docs/Web/API/AbortSignal>
    pub(crate) fn heed(self: &Rc<Self>, entry: &Rc<Entry>) -> bool {
        let signal = entry.given.callbacks.signal.get();
        if signal.is_undefined() {
            return true;
        }
        if property(&signal, "aborted").is_truthy() {
            entry.set_reason(property(&signal, "reason"));
            return false;
        }
        let (driver, weak) = (Rc::downgrade(self), Rc::downgrade(entry));
        let fired = signal.clone();
        let hear = move |_| {
            if let (Some(driver), Some(entry)) = (driver.upgrade(), weak.upgrade()) {
                driver.abort(&entry, property(&fired, "reason"));
            }
        };
        entry.listen(Listener::new(&signal, &["abort"], Box::new(hear)));
        true
    }

    /// Aborts an upload with a reason. The reason is kept only if this abort takes effect, not after the end.
    pub(crate) fn abort(self: &Rc<Self>, entry: &Rc<Entry>, reason: JsValue) {
        if entry.is_final() {
            return;
        }
        entry.set_reason(reason);
        self.ask(Want::Abort, entry);
        if entry.state.get() == State::Failed {
            self.post(Work::EndFailed(Rc::clone(entry)));
            self.go();
        }
    }

    /// If it failed before its create call, the engine has nothing to cancel.
    pub(super) fn end_failed(self: &Rc<Self>, entry: &Rc<Entry>) {
        if entry.state.get() == State::Failed && !self.is_closed() {
            self.erase(entry.id);
            self.end_unheard(entry, None);
        }
    }

    /// Drops an upload from the snapshot; false if it has not ended, or its record is awaited.
    pub(crate) fn forget(self: &Rc<Self>, entry: &Rc<Entry>) -> bool {
        if !entry.ended() || entry.is_awaited() {
            return false;
        }
        entry.hidden.set(true);
        if entry.is_final() {
            self.drop_hidden(entry);
        } else {
            self.abort(entry, JsValue::UNDEFINED);
        }
        self.store.touch();
        self.store.notify();
        true
    }

    /// Drops an upload that has ended and is no longer in the snapshot.
    pub(super) fn drop_hidden(&self, entry: &Entry) {
        if entry.hidden.get() && entry.is_final() {
            self.store.remove(entry.id);
            self.queue.borrow_mut().forget(entry.id);
        }
    }

    /// The same request for all uploads in the snapshot, carried out together.
    pub(crate) fn ask_all(self: &Rc<Self>, want: Want, reason: &JsValue) {
        let busy = self.draining.replace(true);
        let mut all = self.store.open();
        if matches!(want, Want::Pause | Want::Abort) {
            // Those that wait for their turn first, so that none of them takes the place of one that is stopped.
            all.reverse();
        }
        for entry in all {
            match want {
                Want::Abort => self.abort(&entry, reason.clone()),
                Want::Retry => self.retry(&entry),
                _ => self.ask(want, &entry),
            }
        }
        self.draining.set(busy);
        self.go();
    }

    /// Restarts a failed upload.
    pub(crate) fn retry(self: &Rc<Self>, entry: &Rc<Entry>) {
        // The engine may not have received the previous attempt yet.
        if entry.state.get() != State::Failed || entry.renewed.get() || self.is_closed() {
            return;
        }
        entry.renew();
        let open = self.heed(entry);
        self.ask(Want::Retry, entry);
        if !open {
            self.ask(Want::Abort, entry);
        }
    }
}

/// The file of a handle, after a permission check; a file is returned as is.
pub(crate) async fn open_file(source: JsValue) -> Result<JsValue, JsValue> {
    if !is_handle(&source) {
        return Ok(source);
    }
    let mut cause = JsValue::UNDEFINED;
    if permitted(&source, "queryPermission").await || permitted(&source, "requestPermission").await
    {
        match invoke(&source, "getFile", Array::new()) {
            Ok(given) => match wait_foreign(given).await {
                Ok(file) => return Ok(file),
                Err(error) => cause = error,
            },
            Err(error) => cause = error,
        }
    }
    Err(unreadable(NO_LEAVE, cause))
}

/// Whether a handle may be read; browsers without the permission API need no check.
/// <https://developer.mozilla.org/docs/Web/API/FileSystemHandle/queryPermission>
pub(crate) async fn permitted(handle: &JsValue, method: &str) -> bool {
    if property(handle, method).is_falsy() {
        return true;
    }
    let mode = ObjectBuilder::new().with("mode", "read").build();
    let Ok(asked) = invoke(handle, method, Array::of1(&mode)) else {
        return false;
    };
    wait_foreign(asked)
        .await
        .is_ok_and(|answer| answer == "granted")
}
