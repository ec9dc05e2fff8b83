//! The client as declared in `api.d.ts`.

use std::rc::Rc;

use crowfly_contract::UploadId;
use wasm_bindgen::prelude::*;

use crate::LIVE;
use crate::driver::{Driver, NO_API, Want, new_id};
use crate::entry::Entry;
use crate::error::{closed, invalid_option, unsupported};
use crate::file::is_handle;
use crate::members::members;
use crate::options::{read_client, read_file, read_live, read_page, read_upload};
use crate::recorder::is_source;
use crate::resumable::resumable;
use crate::task::promise;
use crate::upload::Upload;
use crate::wire::Route;

const NO_SOURCE: &str = "uploadLive: source must be a MediaRecorder, a ReadableStream, or an iterable of bytes or Blobs";
const NO_ID: &str = "id must be a ULID of 26 characters";

/// A client: its uploads, and reads of records.
pub(crate) struct Client(Rc<Driver>);

/// Makes a client. `worker` creates a worker that runs `worker.js`.
///
/// # Errors
/// An `UploadError` with code `invalid_option` that names the option.
#[wasm_bindgen(js_name = createClient, skip_typescript)]
pub fn create_client(options: JsValue, worker: JsValue) -> Result<JsValue, JsValue> {
    let settings = read_client(&options)?;
    if !worker.is_undefined() && !worker.is_function() {
        let what = "createClient: worker must be a function";
        return Err(invalid_option(what));
    }
    Ok(Client(Driver::open(settings, worker)).into_page())
}

members!(
    Client,
    getters {},
    methods {
        upload: |client, file, options| client.upload(file, options),
        find: |client, id, _| {
            let found = client.0.store.shown(&id);
            Ok(found.map(|entry| Upload::handle(&client.0, entry)).into())
        },
        forget: |client, id, _| {
            let found = client.0.store.shown(&id);
            Ok(found.is_none_or(|entry| client.0.forget(&entry)).into())
        },
        pauseAll: |client, _, _| client.ask_all(Want::Pause, &JsValue::UNDEFINED),
        resumeAll: |client, _, _| client.ask_all(Want::Resume, &JsValue::UNDEFINED),
        retryFailed: |client, _, _| client.ask_all(Want::Retry, &JsValue::UNDEFINED),
        abortAll: |client, reason, _| client.ask_all(Want::Abort, &reason),
        resumable: |client, _, _| Ok(promise(resumable(Rc::clone(&client.0))).into()),
        subscribe: |client, listener, _| client.subscribe(listener),
        snapshot: |client, _, _| Ok(client.0.store.snapshot()),
        records: |client, page, _| Ok(client.read(Route::Records, read_page(&page))),
        record: |client, id, _| Ok(client.read(Route::Record, read_id(&id))),
        content: |client, id, _| Ok(client.read(Route::Content, read_id(&id))),
        remove: |client, id, _| Ok(client.read(Route::Remove, read_id(&id))),
        close: |client, _, _| {
            client.0.close();
            Ok(JsValue::UNDEFINED)
        },
    },
    live {
        uploadLive: |client, source, options| {
            if LIVE {
                client.upload_live(source, options)
            } else {
                Ok(JsValue::UNDEFINED)
            }
        },
    },
);

impl Client {
    /// Uploads a file.
    fn upload(&self, file: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
        let driver = &self.0;
        if driver.is_closed() {
            return Err(closed("start"));
        }
        read_file(&file, "upload")?;
        let given = read_upload(&file, &options, driver.settings.proof)?;
        let by_handle = is_handle(&file);
        let handle = if by_handle {
            file.clone()
        } else {
            JsValue::UNDEFINED
        };
        let entry = Entry::new(new_id(), given, handle, false);
        driver.store.add(&entry);
        if !driver.heed(&entry) {
            driver.end_unheard(&entry, None);
        } else if by_handle {
            driver.add_handle(&entry);
        } else {
            driver.add(&entry, Some(file));
        }
        Ok(Upload::handle(driver, entry))
    }

    /// Uploads what a recorder or a stream gives, while it does.
    fn upload_live(&self, source: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
        let driver = &self.0;
        if driver.is_closed() {
            return Err(closed("start"));
        }
        if driver.settings.has_signer {
            return Err(unsupported("start", NO_API));
        }
        if !is_source(&source) {
            return Err(invalid_option(NO_SOURCE));
        }
        let given = read_live(&source, &options, driver.settings.proof)?;
        let entry = Entry::new(new_id(), given, JsValue::UNDEFINED, false);
        driver.store.add(&entry);
        if driver.heed(&entry) {
            driver.add_live(&entry, &source);
        } else {
            driver.end_unheard(&entry, None);
        }
        Ok(Upload::handle(driver, entry))
    }

    fn ask_all(&self, want: Want, reason: &JsValue) -> Result<JsValue, JsValue> {
        self.0.ask_all(want, reason);
        Ok(JsValue::UNDEFINED)
    }

    /// Calls `listener` after each change of the snapshot; returns the unsubscribe function.
    fn subscribe(&self, listener: JsValue) -> Result<JsValue, JsValue> {
        if !listener.is_function() {
            return Err(invalid_option("subscribe: listener must be a function"));
        }
        let number = self.0.store.subscribe(listener);
        let driver = Rc::downgrade(&self.0);
        let leave = move |_| {
            if let Some(driver) = driver.upgrade() {
                driver.store.unsubscribe(number);
            }
        };
        // The page owns it; it is freed when the page drops it.
        let leave: Box<dyn Fn(JsValue)> = Box::new(leave);
        Ok(Closure::wrap(leave).into_js_value())
    }

    fn read(&self, route: Route, path: Result<String, JsValue>) -> JsValue {
        self.0.read_records(route, path).into()
    }
}

/// The upload id in a value, if there is one.
fn read_id(id: &JsValue) -> Result<String, JsValue> {
    let text = id.as_string().unwrap_or_default();
    let id: Option<UploadId> = text.parse().ok();
    id.map(|_| text).ok_or_else(|| invalid_option(NO_ID))
}
