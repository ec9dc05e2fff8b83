use crowfly_contract::limits::{
    MAX_METADATA_BYTES, MAX_METADATA_ENTRIES, MAX_METADATA_KEY_BYTES, MAX_NAME_BYTES, MAX_PAGE,
    MAX_TYPE_BYTES,
};
use crowfly_contract::{Metadata, UploadId, Visibility};
use crowfly_engine::ChecksumMode;
use js_sys::{Array, Function, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Blob};

use super::Options;
use crate::error::invalid_option;
use crate::js;

const OWNER: &str = "upload";
const KNOWN: &str =
    "onProgress onStateChange signal visibility metadata priority name type checksum";
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// What one upload is set to.
pub(crate) struct UploadSettings {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) visibility: Visibility,
    pub(crate) metadata: Metadata,
    pub(crate) priority: i32,
    pub(crate) checksum: Option<ChecksumMode>,
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) on_progress: Option<Function>,
    pub(crate) on_state: Option<Function>,
}

/// Which page of records is asked for.
pub(crate) struct PageQuery {
    pub(crate) limit: Option<i32>,
    pub(crate) cursor: Option<String>,
}

/// The file argument. A `File` of another window is one too.
pub(crate) fn read_file(value: &JsValue) -> Result<Blob, JsValue> {
    let like = |name| js::get(value, name).is_some_and(|method| method.is_function());
    if value.is_instance_of::<Blob>() || (like("slice") && like("arrayBuffer")) {
        Ok(value.unchecked_ref::<Blob>().clone())
    } else {
        Err(invalid_option("upload: file must be a File or a Blob"))
    }
}

pub(crate) fn read_upload(file: &Blob, value: &JsValue) -> Result<UploadSettings, JsValue> {
    let options = Options::open(value, OWNER, KNOWN);
    let what = "must be \"private\" or \"public\"";
    let public = options.second("visibility", ["private", "public"], what);
    let signal = options.get("signal").and_then(|signal| {
        let signal = signal.dyn_into::<AbortSignal>().ok();
        if signal.is_none() {
            options.refuse("signal", "must be an AbortSignal");
        }
        signal
    });
    let what = "must be an integer from -1000 to 1000";
    let settings = UploadSettings {
        name: name(file, &options),
        media_type: media_type(file, &options),
        visibility: if public == Some(true) {
            Visibility::Public
        } else {
            Visibility::Private
        },
        metadata: metadata(&options),
        priority: options
            .integer("priority", -1_000..=1_000, what)
            .unwrap_or(0),
        checksum: options.checksum(),
        signal,
        on_progress: options.function("onProgress"),
        on_state: options.function("onStateChange"),
    };
    options.end(settings)
}

pub(crate) fn read_page(value: &JsValue) -> Result<PageQuery, JsValue> {
    let options = Options::open(value, "records", "limit cursor");
    let what = "must be an integer from 1 to 100";
    let page = PageQuery {
        limit: options.integer("limit", 1..=MAX_PAGE as i32, what),
        cursor: options.text("cursor"),
    };
    options.end(page)
}

pub(crate) fn read_id(value: &JsValue) -> Result<UploadId, JsValue> {
    value
        .as_string()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| invalid_option("id must be the id of an upload: a ULID of 26 characters"))
}

fn name(file: &Blob, options: &Options) -> String {
    let own = || js::get(file, "name")?.as_string();
    let Some(name) = options.text("name").or_else(own) else {
        options.refuse("name", "is missing; a Blob has none of its own");
        return String::new();
    };
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        options.refuse("name", "must have 1 to 1024 bytes");
    }
    name
}

/// A media type without its parameters: what a recorder gives is `video/webm;codecs=vp8`.
fn media_type(file: &Blob, options: &Options) -> String {
    let given = options.text("type");
    let text = given.clone().unwrap_or_else(|| file.type_());
    let (bare, _) = js::cut(&text, b';');
    let mut bare = bare.trim_ascii().to_ascii_lowercase();
    if !is_media_type(&bare) {
        if given.is_some() {
            options.refuse("type", "must be a media type such as video/webm");
        }
        bare = UNKNOWN_TYPE.to_owned();
    }
    bare
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    let (kind, sort) = js::cut(text, b'/');
    text.len() <= MAX_TYPE_BYTES && token(kind) && token(sort)
}

fn metadata(options: &Options) -> Metadata {
    let mut metadata = Metadata::new();
    let Some(value) = options.get("metadata") else {
        return metadata;
    };
    if !value.is_object() || Array::is_array(&value) {
        options.refuse("metadata", "must be an object of strings");
        return metadata;
    }
    let mut bytes = 0;
    for key in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let key = key.as_string().unwrap_or_default();
        let Some(text) = js::get(&value, &key).and_then(|text| text.as_string()) else {
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
