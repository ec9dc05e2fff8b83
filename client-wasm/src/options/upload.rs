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
const KNOWN: &[&str] = &[
    "onProgress",
    "onStateChange",
    "signal",
    "visibility",
    "metadata",
    "priority",
    "name",
    "type",
    "checksum",
];
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
    let options = Options::open(value, OWNER, KNOWN)?;
    let visibility = match options.text("visibility")?.as_deref() {
        None | Some("private") => Visibility::Private,
        Some("public") => Visibility::Public,
        Some(_) => {
            return Err(options.refuse("visibility", "must be \"private\" or \"public\""));
        }
    };
    let signal = options.get("signal").map(|signal| {
        signal
            .dyn_into()
            .map_err(|_| options.refuse("signal", "must be an AbortSignal"))
    });
    Ok(UploadSettings {
        name: name(file, &options)?,
        media_type: media_type(file, &options)?,
        visibility,
        metadata: metadata(&options)?,
        priority: options.integer("priority", -1_000, 1_000)?.unwrap_or(0),
        checksum: options.checksum()?,
        signal: signal.transpose()?,
        on_progress: options.function("onProgress")?,
        on_state: options.function("onStateChange")?,
    })
}

pub(crate) fn read_page(value: &JsValue) -> Result<PageQuery, JsValue> {
    let options = Options::open(value, "records", &["limit", "cursor"])?;
    Ok(PageQuery {
        limit: options.integer("limit", 1, MAX_PAGE as i32)?,
        cursor: options.text("cursor")?,
    })
}

pub(crate) fn read_id(value: &JsValue) -> Result<UploadId, JsValue> {
    value
        .as_string()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| invalid_option("id must be the id of an upload: a ULID of 26 characters"))
}

fn name(file: &Blob, options: &Options) -> Result<String, JsValue> {
    let own = || js::get(file, "name")?.as_string();
    let given = options.text("name")?;
    let name = given
        .or_else(own)
        .ok_or_else(|| options.refuse("name", "is missing; a Blob has none of its own"))?;
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(options.refuse("name", "must have 1 to 1024 bytes"));
    }
    Ok(name)
}

/// A media type without its parameters: what a recorder gives is `video/webm;codecs=vp8`.
fn media_type(file: &Blob, options: &Options) -> Result<String, JsValue> {
    let bare = |text: String| {
        let bare = text.split(';').next().unwrap_or_default();
        bare.trim().to_ascii_lowercase()
    };
    if let Some(given) = options.text("type")? {
        let given = bare(given);
        return if is_media_type(&given) {
            Ok(given)
        } else {
            Err(options.refuse("type", "must be a media type such as video/webm"))
        };
    }
    let own = bare(file.type_());
    Ok(if is_media_type(&own) {
        own
    } else {
        UNKNOWN_TYPE.to_owned()
    })
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    text.len() <= MAX_TYPE_BYTES
        && text
            .split_once('/')
            .is_some_and(|(kind, sort)| token(kind) && token(sort))
}

fn metadata(options: &Options) -> Result<Metadata, JsValue> {
    let Some(value) = options.get("metadata") else {
        return Ok(Metadata::new());
    };
    let refuse = |what| options.refuse("metadata", what);
    if !value.is_object() || value.is_function() || Array::is_array(&value) {
        return Err(refuse("must be an object of strings"));
    }
    let mut metadata = Metadata::new();
    let mut bytes = 0;
    for key in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let key = key.as_string().unwrap_or_default();
        let text = js::get(&value, &key)
            .and_then(|text| text.as_string())
            .ok_or_else(|| refuse("must have nothing but strings as values"))?;
        if key.is_empty() || key.len() > MAX_METADATA_KEY_BYTES {
            return Err(refuse("must have keys of 1 to 64 bytes"));
        }
        bytes += key.len() + text.len();
        metadata.insert(key, text);
    }
    if metadata.len() > MAX_METADATA_ENTRIES || bytes > MAX_METADATA_BYTES {
        return Err(refuse("must have at most 32 entries and 2048 bytes"));
    }
    Ok(metadata)
}
