use std::rc::Rc;

use crowfly_engine::{Input, NewUpload};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::api;
use crate::driver::Driver;
use crate::error::{closed, invalid_option, phase};
use crate::js;
use crate::json;
use crate::options::{read_client, read_file, read_id, read_page, read_upload, read_worker};
use crate::store::{Entry, NewEntry};
use crate::upload::Upload;

/// Makes a client. `worker` makes a worker that runs `worker.js`.
///
/// # Errors
/// An `UploadError` with code `invalid_option` that names the option.
#[wasm_bindgen(js_name = createClient, skip_typescript)]
pub fn create_client(options: &JsValue, worker: &JsValue) -> Result<Client, JsValue> {
    let settings = read_client(options)?;
    let driver = Driver::new(settings, read_worker(worker)?);
    Ok(Client { driver })
}

/// A client, as `api.d.ts` describes it.
#[wasm_bindgen(skip_typescript)]
pub struct Client {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Client {
    /// Starts an upload.
    ///
    /// # Errors
    /// An `UploadError`: `invalid_option` when an option is wrong, `closed` after `close`.
    #[wasm_bindgen(skip_typescript)]
    pub fn upload(&self, file: &JsValue, options: &JsValue) -> Result<Upload, JsValue> {
        let driver = &self.driver;
        if driver.closed() {
            return Err(closed(phase::START));
        }
        let file = read_file(file)?;
        let settings = read_upload(&file, options)?;
        let new = NewUpload {
            id: js::new_id(),
            name: settings.name.clone(),
            size: file.size() as u64,
            media_type: settings.media_type.clone(),
            visibility: settings.visibility,
            metadata: settings.metadata,
            priority: settings.priority,
            checksum: settings.checksum.unwrap_or(driver.checksum()),
        };
        let entry = Rc::new(Entry::new(NewEntry {
            id: new.id,
            name: settings.name,
            media_type: settings.media_type,
            file,
            signal: settings.signal,
            on_progress: settings.on_progress,
            on_state: settings.on_state,
        }));
        driver.store().add(entry.clone());
        let upload = Upload::new(driver.clone(), entry);
        if upload.listen() {
            driver.feed(Input::Add(new));
        } else {
            upload.aborted_before_start();
        }
        Ok(upload)
    }

    /// Calls `listener` after each change of the snapshot; gives the function that ends that.
    ///
    /// # Errors
    /// An `UploadError` with code `invalid_option` if `listener` is no function.
    #[wasm_bindgen(skip_typescript)]
    pub fn subscribe(&self, listener: &JsValue) -> Result<JsValue, JsValue> {
        let listener = listener
            .dyn_ref::<Function>()
            .ok_or_else(|| invalid_option("subscribe: listener must be a function"))?;
        Ok(self.driver.store().subscribe(listener.clone()))
    }

    /// All uploads now; the same object until something changes.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn snapshot(&self) -> JsValue {
        self.driver.store().snapshot()
    }

    /// A page of records.
    #[wasm_bindgen(skip_typescript)]
    pub fn records(&self, page: &JsValue) -> Promise {
        let page = match read_page(page) {
            Ok(page) => page,
            Err(error) => return Promise::reject(&error),
        };
        let mut path = String::from("/uploads");
        if let Some(limit) = page.limit {
            path = js::join(&[&path, "?limit=", &decimal(limit)]);
        }
        if let Some(cursor) = page.cursor {
            let cursor = js_sys::encode_uri_component(&cursor);
            let sign = if page.limit.is_some() { "&" } else { "?" };
            path = js::join(&[&path, sign, "cursor=", &String::from(cursor)]);
        }
        self.driver.read(path, |answer| {
            api::ok(answer, json::list_response).map(|page| json::list_to_js(&page))
        })
    }

    /// One record.
    #[wasm_bindgen(skip_typescript)]
    pub fn record(&self, id: &JsValue) -> Promise {
        match read_id(id) {
            Ok(id) => {
                let path = js::join(&["/uploads/", &id.to_string()]);
                self.driver.read(path, |answer| {
                    api::ok(answer, json::record).map(|record| json::record_to_js(&record))
                })
            }
            Err(error) => Promise::reject(&error),
        }
    }

    /// Where to read an object's bytes.
    #[wasm_bindgen(skip_typescript)]
    pub fn content(&self, id: &JsValue) -> Promise {
        match read_id(id) {
            Ok(id) => {
                let path = js::join(&["/uploads/", &id.to_string(), "/content"]);
                self.driver.read(path, |answer| {
                    api::ok(answer, json::content).map(|content| json::content_to_js(&content))
                })
            }
            Err(error) => Promise::reject(&error),
        }
    }

    /// Ends everything; nothing is left running.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        self.driver.close();
    }
}

/// A small number as text, without the machinery that formats any.
fn decimal(number: i32) -> String {
    let mut digits = String::new();
    if number >= 10 {
        digits = decimal(number / 10);
    }
    digits.extend(char::from_digit(number.unsigned_abs() % 10, 10));
    digits
}
