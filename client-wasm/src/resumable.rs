//! The result of `resumable()`, and how an earlier page's upload is resumed.

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::LIVE;
use crate::driver::{Driver, NO_LEAVE, Want, open_file, permitted};
use crate::entry::Entry;
use crate::error::{closed, invalid_option, is_upload_error, refused, unreadable};
use crate::file::{adopted, is_handle, sample, stated_size};
use crate::journal::Saved;
use crate::members::members;
use crate::object::ObjectBuilder;
use crate::options::{Callbacks, read_attach, read_file};
use crate::page::texts_to_object;
use crate::summary::Turn;
use crate::task::{promise, wait};
use crate::upload::Upload;

const CHANGED: &str = "this is not the file that the upload began with";
const LOCKED: &str = "another tab works on this upload";
const NOT_FOUND: &str = "this upload is no longer in the journal";
const NO_FILE: &str = "attach: file is missing";

/// One resumable upload.
pub(crate) struct Resumable {
    driver: Rc<Driver>,
    saved: Rc<Saved>,
}

members!(
    Resumable,
    getters {},
    methods {
        attach: |resumable, file, options| Ok(resumable.attach(file, options).into()),
        discard: |resumable, _, _| Ok(resumable.discard().into()),
    },
    live {},
);

/// Uploads that earlier pages left unfinished.
pub(crate) async fn resumable(driver: Rc<Driver>) -> Result<JsValue, JsValue> {
    if driver.is_closed() {
        return Err(closed("start"));
    }
    let list = Array::new();
    for saved in driver.left_uploads().await {
        let live = LIVE && saved.given.live.is_some();
        let needs = if live {
            "nothing"
        } else if saved.handle.is_undefined() {
            "file"
        } else if permitted(&saved.handle, "queryPermission").await {
            "nothing"
        } else {
            "permission"
        };
        // Not by `LIVE`: an asynchronous function keeps what it never comes to.
        #[cfg(feature = "live")]
        let recorded = recorded(&saved).await;
        #[cfg(not(feature = "live"))]
        let recorded = JsValue::UNDEFINED;
        list.push(&Resumable::handle(&driver, *saved, needs, recorded));
    }
    Ok(list.into())
}

impl Resumable {
    fn handle(driver: &Rc<Driver>, saved: Saved, needs: &str, recorded: JsValue) -> JsValue {
        let saved = Rc::new(saved);
        let driver = Rc::clone(driver);
        let given = &saved.given;
        let handle = Self {
            driver,
            saved: Rc::clone(&saved),
        };
        let shown = ObjectBuilder::of(handle.into_page())
            .with("id", saved.id.to_text())
            .with("name", &*given.name)
            .with("path", given.path.clone())
            .with("size", saved.size)
            .with("type", given.media_type.as_deref().unwrap_or_default())
            .with("metadata", texts_to_object(&given.metadata))
            .with("savedAt", saved.saved_at)
            .with("needs", needs);
        let shown = if LIVE {
            shown
                .with("live", given.live.map(|_| true))
                .with("recordedBytes", recorded)
        } else {
            shown
        };
        shown.build()
    }

    /// Resumes the upload; settles with its handle.
    fn attach(&self, file: JsValue, options: JsValue) -> Promise {
        let (driver, saved) = (Rc::clone(&self.driver), Rc::clone(&self.saved));
        promise(async move {
            let callbacks = read_attach(&options)?;
            #[cfg(feature = "live")]
            if saved.given.live.is_some() {
                return attach_live(&driver, &saved, callbacks).await;
            }
            let own = file.is_undefined();
            let source = if own { saved.handle.clone() } else { file };
            if source.is_undefined() {
                return Err(invalid_option(NO_FILE));
            }
            read_file(&source, "attach")?;
            attach(&driver, &saved, source, own, callbacks).await
        })
    }

    /// Cancels the upload locally and on the server.
    fn discard(&self) -> Promise {
        let (driver, id) = (Rc::clone(&self.driver), self.saved.id);
        promise(async move {
            let taken = driver
                .take(id)
                .await
                .map_err(|code| refusal(&driver, code))?;
            let _ = wait(driver.note_cancel(id)).await;
            // An abort is the requested result; an object that was stored meanwhile is reported as such.
            match wait(driver.cancel_saved(*taken)).await {
                Err(error) if is_upload_error(&error) => Err(error),
                _ => Ok(JsValue::UNDEFINED),
            }
        })
    }
}

async fn attach(
    driver: &Rc<Driver>,
    saved: &Saved,
    source: JsValue,
    own: bool,
    callbacks: Callbacks,
) -> Result<JsValue, JsValue> {
    let file = adopted(open_file(source.clone()).await?);
    let mut same = stated_size(&file) == saved.size;
    if same {
        let read = sample(file.clone(), saved.size, None).await;
        same = Some(read.map_err(|cause| unreadable(NO_LEAVE, cause))?) == saved.sample;
    }
    if !same && !own {
        return Err(refused("file_changed", CHANGED));
    }
    let taken = driver
        .take(saved.id)
        .await
        .map_err(|code| refusal(driver, code))?;
    if !same {
        // The original file no longer exists: the upload cannot be resumed.
        let _ = wait(driver.note_cancel(saved.id)).await;
        drop(driver.cancel_saved(*taken));
        return Err(refused("file_changed", CHANGED));
    }
    let mut given = taken.given;
    let media_type = given.media_type.clone().unwrap_or_default();
    given.callbacks = callbacks;
    let handle = if is_handle(&source) {
        source
    } else {
        taken.handle
    };
    let entry = Entry::new(taken.id, given, handle, false);
    entry.set_file(file, media_type, taken.size);
    entry.kept.set(taken.entry);
    entry.summary.turn.set(Turn::Later);
    driver.store.add(&entry);
    let open = driver.heed(&entry);
    driver.add(&entry, None);
    if !open {
        driver.ask(Want::Abort, &entry);
    }
    Ok(Upload::handle(driver, entry))
}

/// Bytes that the spool of a live upload has.
#[cfg(feature = "live")]
async fn recorded(saved: &Saved) -> JsValue {
    if saved.given.live.is_none() {
        return JsValue::UNDEFINED;
    }
    let asked = crate::recorder::recorded_bytes(&saved.id.to_text());
    wait(asked).await.unwrap_or_default()
}

/// Goes on with what an earlier page has recorded.
#[cfg(feature = "live")]
async fn attach_live(
    driver: &Rc<Driver>,
    saved: &Saved,
    callbacks: Callbacks,
) -> Result<JsValue, JsValue> {
    let taken = driver.take(saved.id).await;
    let taken = taken.map_err(|code| refusal(driver, code))?;
    let mut given = taken.given;
    given.callbacks = callbacks;
    let entry = Entry::new(taken.id, given, JsValue::UNDEFINED, false);
    entry.kept.set(taken.entry);
    entry.summary.turn.set(Turn::Later);
    driver.store.add(&entry);
    if driver.heed(&entry) {
        driver.add_live(&entry, &JsValue::UNDEFINED);
    } else {
        driver.end_unheard(&entry, None);
    }
    Ok(Upload::handle(driver, entry))
}

/// Why an entry cannot be claimed.
fn refusal(driver: &Driver, code: &str) -> JsValue {
    match code {
        _ if driver.is_closed() => closed("start"),
        "locked" => refused(code, LOCKED),
        _ => refused(code, NOT_FOUND),
    }
}
