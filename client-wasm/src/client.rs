//! The client as declared in `api.d.ts`.

use std::rc::Rc;

use crowfly_contract::UploadId;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::driver::{Driver, new_id};
use crate::entry::Entry;
use crate::error::{closed, invalid_option};
use crate::file::is_handle;
use crate::options::{read_client, read_file, read_page, read_upload};
use crate::page::{bind, methods};
use crate::resumable::resumable;
use crate::task::promise;
use crate::upload::Upload;
use crate::wire::Route;

const NO_ID: &str = "id must be the id of an upload: a ULID of 26 characters";

/// A client: its uploads, and reads of records.
#[wasm_bindgen(skip_typescript)]
pub struct Client(Rc<Driver>);

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
    let client = Client(Driver::open(settings, worker)).into();
    let names = [
        "upload",
        "resumable",
        "subscribe",
        "snapshot",
        "records",
        "record",
        "content",
        "close",
    ];
    bind(&client, &methods(&client, &names));
    Ok(client)
}

#[wasm_bindgen]
impl Client {
    /// Uploads a file.
    ///
    /// # Errors
    /// An `UploadError` if an argument is wrong or the client is closed.
    #[wasm_bindgen(skip_typescript)]
    pub fn upload(&self, file: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
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

    /// Uploads that earlier pages left unfinished.
    #[wasm_bindgen(skip_typescript)]
    pub fn resumable(&self) -> Promise {
        promise(resumable(Rc::clone(&self.0)))
    }

    /// Calls `listener` after each change of the snapshot; returns the unsubscribe function.
    ///
    /// # Errors
    /// An `UploadError` if it is not a function.
    #[wasm_bindgen(skip_typescript)]
    pub fn subscribe(&self, listener: JsValue) -> Result<Function, JsValue> {
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
        Ok(Closure::wrap(leave).into_js_value().unchecked_into())
    }

    /// The current snapshot of all uploads.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn snapshot(&self) -> JsValue {
        self.0.store.snapshot()
    }

    /// A page of records.
    #[wasm_bindgen(skip_typescript)]
    pub fn records(&self, page: JsValue) -> Promise {
        self.0.read_records(Route::Records, read_page(&page))
    }

    /// One record.
    #[wasm_bindgen(skip_typescript)]
    pub fn record(&self, id: JsValue) -> Promise {
        self.0.read_records(Route::Record, read_id(&id))
    }

    /// The address of an upload's bytes.
    #[wasm_bindgen(skip_typescript)]
    pub fn content(&self, id: JsValue) -> Promise {
        self.0.read_records(Route::Content, read_id(&id))
    }

    /// Closes the client.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        self.0.close();
    }
}

/// The upload id in a value, if there is one.
fn read_id(id: &JsValue) -> Result<String, JsValue> {
    let text = id.as_string().unwrap_or_default();
    let id: Option<UploadId> = text.parse().ok();
    id.map(|_| text).ok_or_else(|| invalid_option(NO_ID))
}
