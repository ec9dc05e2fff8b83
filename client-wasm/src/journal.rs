//! The IndexedDB journal: its entries and their owners. The calls are documented in `js/journal.js` and
//! `js/locks.js`.

use crowfly_contract::{Crc64Nvme, OpaqueState, UploadId};
use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;

use crate::LIVE;
use crate::options::{Given, Live};
use crate::page::{get, keys};
use crate::wire::Fields;

#[wasm_bindgen(module = "/js/journal.js")]
extern "C" {
    pub(crate) type Journal;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(name: &str, warn: &Closure<dyn Fn(JsValue)>) -> Journal;

    #[wasm_bindgen(method)]
    pub(crate) fn patch(this: &Journal, id: &str, fields: &JsValue, owner: Option<&str>)
    -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn put(this: &Journal, entry: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn remove(this: &Journal, id: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn read(this: &Journal, id: &str) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn all(this: &Journal) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Journal) -> Promise;
}

// Of `js/locks.js`.
#[wasm_bindgen(module = "/js/journal.js")]
extern "C" {
    pub(crate) type Owner;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(journal: &Journal, id: &str, warn: &Closure<dyn Fn(JsValue)>) -> Owner;

    #[wasm_bindgen(method)]
    pub(crate) fn hold(this: &Owner) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn gone(this: &Owner, ids: &Array) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Owner);
}

/// Named here, so that the script is beside `journal.js`, which exports it.
#[wasm_bindgen(module = "/js/locks.js")]
extern "C" {
    type Locks;
}

/// Named here, so that the script is beside `locks.js`, which loads it where there are no Web Locks.
#[wasm_bindgen(module = "/js/stamps.js")]
extern "C" {
    type Stamps;
}

/// Id prefix of the stamps that clients without Web Locks store beside the uploads.
const STAMP: &str = "owner ";

/// An upload in the journal.
pub(crate) struct Saved {
    pub(crate) id: UploadId,
    pub(crate) size: f64,
    /// When it was written, in Unix milliseconds.
    pub(crate) saved_at: f64,
    pub(crate) owner: String,
    pub(crate) cancelled: bool,
    /// Distinguishes the file from others of its size.
    pub(crate) sample: Option<Crc64Nvme>,
    pub(crate) given: Given,
    pub(crate) handle: JsValue,
    /// The entry itself: what servers and storage had kept is read from it when it is needed.
    pub(crate) entry: JsValue,
}

/// The kinds of journal entries.
pub(crate) enum Kind {
    Upload(Box<Saved>),
    /// Nothing that can be gone on with: the stamp of a running client without Web Locks, or a live upload in a build
    /// without them. When it was written.
    Other(f64),
    /// Invalid: written by another version, another script of the page, or a broken disk.
    Nothing,
}

/// Parses an entry of the journal, which is untrusted.
pub(crate) fn read(entry: &JsValue) -> Kind {
    let fields = Fields::of(entry);
    let saved_at = fields.integer("savedAt") as f64;
    let foreign = !LIVE && fields.get("live").is_some();
    if foreign || fields.text("id").starts_with(STAMP) {
        return fields.all(saved_at).map_or(Kind::Nothing, Kind::Other);
    }
    let word = |name: &str, words: [&str; 2]| {
        let given = fields.maybe_text(name);
        let second = given.as_deref() == Some(words[1]);
        fields.require(given.is_none_or(|word| word == words[0] || second));
        second
    };
    let flag = |name: &str| {
        fields
            .get(name)
            .is_some_and(|flag| fields.must("", "", flag.as_bool()))
    };
    let priority = fields
        .get("priority")
        .map_or(0.0, |number| fields.must("", "", number.as_f64()));
    fields.require(priority.abs() <= 1_000.0 && priority.trunc() == priority);
    // Absent fields are never written as null.
    let values = keys(entry).map(|_| Object::values(entry.unchecked_ref::<Object>()));
    fields.require(values.is_some_and(|values| !values.iter().any(|value| value.is_null())));
    let handle = get(entry, "handle").unwrap_or_default();
    fields.require(handle.is_undefined() || crate::file::is_handle(&handle));
    let _: Option<Crc64Nvme> = fields.maybe_parsed("crc64nvme", "");
    let _: Option<OpaqueState> = fields.maybe_parsed("state", "");
    let max_bytes = if LIVE {
        fields.maybe_integer("maxBytes")
    } else {
        None
    };
    let saved = Saved {
        id: match fields.parsed("id", "") {
            Some(id) => id,
            None => return Kind::Nothing,
        },
        size: fields.integer("size") as f64,
        saved_at,
        owner: fields.text("owner"),
        cancelled: flag("cancelled"),
        sample: fields.parsed("sample", ""),
        given: Given {
            name: fields.text("name"),
            path: fields.maybe_text("path").into(),
            media_type: Some(fields.text("type")),
            visibility: if word("visibility", ["private", "public"]) {
                crowfly_contract::Visibility::Public
            } else {
                crowfly_contract::Visibility::Private
            },
            metadata: fields.texts("metadata"),
            priority: priority as i32,
            proof: (
                !word("checksum", ["crc64nvme", "none"]),
                flag("requireVerified"),
            ),
            live: (LIVE && flag("live")).then(|| Live {
                max_bytes,
                mends: flag("fixDuration"),
                ..Live::default()
            }),
            ..Given::default()
        },
        handle,
        entry: entry.clone(),
    };
    fields.require(saved.sample.is_some() && !saved.given.name.is_empty());
    let saved = fields.all(Box::new(saved));
    saved.map_or(Kind::Nothing, Kind::Upload)
}
