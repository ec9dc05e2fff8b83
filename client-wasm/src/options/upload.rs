//! The options of one upload, and the other arguments of the client's methods.

use crowfly_contract::limits::{
    MAX_METADATA_BYTES, MAX_METADATA_ENTRIES, MAX_METADATA_KEY_BYTES, MAX_NAME_BYTES, MAX_PAGE,
    MAX_SAFE_INTEGER,
};
use crowfly_contract::{Metadata, OCTET_STREAM, Visibility, essence, is_media_type};
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Options;
use crate::error::invalid_option;
use crate::file::{is_blob, is_handle, is_readable};
use crate::page::{Held, keys, property};
use crate::text::decimal;

/// The application's callbacks and its signal; undefined if not given.
///
/// They may reference anything, including the client itself. The garbage collector cannot see cycles through this
/// module, so they are released as soon as they can no longer be called.
#[derive(Default)]
pub(crate) struct Callbacks {
    pub(crate) on_progress: Held,
    pub(crate) on_state_change: Held,
    pub(crate) signal: Held,
}

impl Callbacks {
    pub(crate) fn let_go(&self) {
        self.on_progress.clear();
        self.on_state_change.clear();
        self.signal.clear();
    }
}

/// What the application gives with a file.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) name: String,
    /// The folder, a text that the server cleans; undefined if none.
    pub(crate) path: JsValue,
    /// `None`: the file's own type.
    pub(crate) media_type: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) metadata: Metadata,
    pub(crate) priority: i32,
    /// Whether the bytes are hashed, and whether verification is required.
    pub(crate) proof: (bool, bool),
    pub(crate) callbacks: Callbacks,
    /// Of a live upload.
    pub(crate) live: Option<Live>,
}

/// What a live upload is given besides.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Live {
    pub(crate) max_bytes: Option<u64>,
    /// A source that fails ends the upload with nothing.
    pub(crate) aborts: bool,
    /// A webm gets its duration and cues.
    pub(crate) mends: bool,
    /// The browser is asked to keep what is spooled.
    pub(crate) persists: bool,
}

/// Names of the options of every upload.
macro_rules! common {
    () => {
        "onProgress onStateChange signal visibility metadata priority name path type checksum requireVerified"
    };
}

/// The file argument.
pub(crate) fn read_file(value: &JsValue, owner: &str) -> Result<(), JsValue> {
    if is_readable(value) || is_handle(value) {
        return Ok(());
    }
    let what = if is_blob(value) {
        "whose size is a number of bytes"
    } else {
        "a Blob or a FileSystemFileHandle"
    };
    let message = [owner, ": file must be a File, ", what].concat();
    Err(invalid_option(&message))
}

/// The options of one upload, with the client's as defaults. `file` may be a handle, whose type is known later.
pub(crate) fn read_upload(
    file: &JsValue,
    value: &JsValue,
    (hashes, required): (bool, bool),
) -> Result<Given, JsValue> {
    let options = Options::of(value, "upload", common!());
    let given = read_common(file, &options, (hashes, required));
    options.end(given)
}

/// The options of a live upload. The type of a `MediaRecorder` is its own.
pub(crate) fn read_live(
    source: &JsValue,
    value: &JsValue,
    proof: (bool, bool),
) -> Result<Given, JsValue> {
    let known = concat!(common!(), " maxBytes onSourceError fixDuration persist");
    let options = Options::of(value, "uploadLive", known);
    let mut given = read_common(source, &options, proof);
    let own = property(source, "mimeType").as_string();
    let own = own.and_then(|own| media_type(&own));
    given.media_type = given.media_type.or(own);
    let bytes = |value: &JsValue| {
        let number = value.as_f64()?;
        let right = number >= 1.0 && number.trunc() == number && number <= MAX_SAFE_INTEGER as f64;
        right.then_some(number as u64)
    };
    given.live = Some(Live {
        max_bytes: options.check("maxBytes", bytes, "must be a number of bytes"),
        aborts: options.word("onSourceError", ["keep", "abort"]) == Some(false),
        mends: options.flag("fixDuration") == Some(true),
        persists: options.flag("persist") == Some(true),
    });
    options.end(given)
}

fn read_common(file: &JsValue, options: &Options<'_>, (hashes, required): (bool, bool)) -> Given {
    let private = options.word("visibility", ["private", "public"]);
    Given {
        visibility: if private == Some(false) {
            Visibility::Public
        } else {
            Visibility::Private
        },
        callbacks: options.callbacks(),
        name: read_name(file, options),
        path: options.text("path").into(),
        media_type: read_type(options),
        metadata: read_metadata(options),
        priority: options
            .integer("priority", -1_000, 1_000, "")
            .unwrap_or_default(),
        proof: options.proof(hashes, required),
        live: None,
    }
}

/// The options of a resumed upload.
pub(crate) fn read_attach(value: &JsValue) -> Result<Callbacks, JsValue> {
    let options = Options::of(value, "attach", "onProgress onStateChange signal");
    let callbacks = options.callbacks();
    options.end(callbacks)
}

fn read_name(file: &JsValue, options: &Options<'_>) -> String {
    let given = options.text("name");
    let Some(name) = given.or_else(|| property(file, "name").as_string()) else {
        options.refuse("name", "is missing; a Blob has none of its own");
        return String::new();
    };
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        options.refuse("name", "must have 1 to 1024 bytes");
    }
    name
}

/// A media type without its parameters: a `MediaRecorder` reports `video/webm;codecs=vp8`.
/// <https://developer.mozilla.org/docs/Web/API/MediaRecorder/mimeType>
pub(crate) fn media_type(text: &str) -> Option<String> {
    let bare = essence(text).to_ascii_lowercase();
    is_media_type(&bare).then_some(bare)
}

fn read_type(options: &Options<'_>) -> Option<String> {
    let text = options.text("type")?;
    // Unknown, as that of a Blob: <https://w3c.github.io/FileAPI/#dfn-type>
    if text.is_empty() {
        return Some(OCTET_STREAM.to_owned());
    }
    let read = media_type(&text);
    if read.is_none() {
        options.refuse("type", "must be a media type such as video/webm");
    }
    read
}

fn read_metadata(options: &Options<'_>) -> Metadata {
    let mut metadata = Metadata::new();
    let Some(value) = options.get("metadata") else {
        return metadata;
    };
    let Some(given) = keys(&value).filter(|_| !Array::is_array(&value)) else {
        options.refuse("metadata", "must be an object of strings");
        return metadata;
    };
    let mut bytes = 0;
    for key in given.iter().filter_map(|key| key.as_string()) {
        let Some(text) = property(&value, &key).as_string() else {
            options.refuse("metadata", "must have nothing but strings as values");
            return metadata;
        };
        if key.is_empty() || key.len() > MAX_METADATA_KEY_BYTES {
            options.refuse("metadata", "must have keys of 1 to 64 bytes");
        }
        bytes += key.len() + text.len();
        metadata.insert(key, text);
    }
    if metadata.len() > MAX_METADATA_ENTRIES || bytes > MAX_METADATA_BYTES {
        options.refuse("metadata", "must have at most 32 entries and 2048 bytes");
    }
    metadata
}

/// The query of a page of records.
pub(crate) fn read_page(value: &JsValue) -> Result<String, JsValue> {
    let options = Options::of(value, "records", "limit cursor");
    let mut query = String::new();
    let mut add = |name: &str, value: &str| {
        query.push_str(if query.is_empty() { "?" } else { "&" });
        query.push_str(name);
        query.push_str(value);
    };
    if let Some(limit) = options.integer("limit", 1, MAX_PAGE as i32, "") {
        add("limit=", &decimal(limit.unsigned_abs().into()));
    }
    if let Some(cursor) = options.text("cursor") {
        add(
            "cursor=",
            &String::from(js_sys::encode_uri_component(&cursor)),
        );
    }
    options.end(query)
}
