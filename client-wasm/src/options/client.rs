use crowfly_engine::{ChecksumMode, Config};
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;

use super::Options;
use crate::error::invalid_option;
use crate::js;

const OWNER: &str = "createClient";
const KNOWN: &[&str] = &[
    "api",
    "token",
    "checksum",
    "concurrency",
    "tokenTimeoutMs",
    "pollTimeoutMs",
    "onWarning",
];
const LONGEST_MS: i32 = 3_600_000;

/// What a client is set to.
pub(crate) struct ClientSettings {
    /// Without a slash at the end.
    pub(crate) api: String,
    pub(crate) token: Function,
    pub(crate) token_timeout_ms: u32,
    pub(crate) checksum: ChecksumMode,
    pub(crate) on_warning: Option<Function>,
    pub(crate) config: Config,
}

pub(crate) fn read_client(value: &JsValue) -> Result<ClientSettings, JsValue> {
    let options = Options::open(value, OWNER, KNOWN)?;
    let api = api_base(&options)?;
    let token = options
        .function("token")?
        .ok_or_else(|| options.refuse("token", "is missing; give a function that gives a JWT"))?;
    let milliseconds = |name| {
        let value = options.integer(name, 1, LONGEST_MS)?;
        Ok::<_, JsValue>(value.map(i32::unsigned_abs))
    };
    let mut config = Config::default();
    if let Some(window) = options.integer("concurrency", 1, 6)? {
        config.window = window.unsigned_abs() as usize;
    }
    if let Some(wait) = milliseconds("pollTimeoutMs")? {
        config.processing_ms = wait.into();
    }
    let token_timeout_ms = milliseconds("tokenTimeoutMs")?.unwrap_or(30_000);
    // The token source gives up first, with the better message; the engine's limit stands behind it.
    config.token_timeout_ms = u64::from(token_timeout_ms) + 1_000;
    Ok(ClientSettings {
        api,
        token,
        token_timeout_ms,
        checksum: options.checksum()?.unwrap_or_default(),
        on_warning: options.function("onWarning")?,
        config,
    })
}

/// The function that makes a worker, if the page lends one.
pub(crate) fn read_worker(value: &JsValue) -> Result<Option<Function>, JsValue> {
    if value.is_undefined() {
        return Ok(None);
    }
    let function = value.dyn_ref::<Function>().cloned();
    let refuse = || invalid_option("createClient: worker must be a function that makes a Worker");
    function.map(Some).ok_or_else(refuse)
}

/// The API's address: a token goes there, so it must be https, this machine, or the page's own origin.
fn api_base(options: &Options) -> Result<String, JsValue> {
    let value = options
        .get("api")
        .ok_or_else(|| options.refuse("api", "is missing; give the address of the API"))?;
    let text = match value.dyn_ref::<Url>() {
        Some(url) => url.href(),
        None => value
            .as_string()
            .ok_or_else(|| options.refuse("api", "must be a string or a URL"))?,
    };
    let location = js::get(&js_sys::global(), "location");
    let place = |name| {
        let value = location.as_ref().and_then(|place| js::get(place, name));
        value
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let url = Url::new(&text)
        .or_else(|_| Url::new_with_base(&text, &place("href")))
        .map_err(|_| options.refuse("api", "must be an address such as https://api.example.com"))?;
    let host = url.hostname();
    let here = host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]"
        || url.origin() == place("origin");
    let secure = url.protocol() == "https:" || (url.protocol() == "http:" && here);
    if !secure {
        return Err(options.refuse("api", "must be https; http only on this machine"));
    }
    let plain = [url.username(), url.password(), url.search(), url.hash()];
    if plain.iter().any(|part| !part.is_empty()) {
        return Err(options.refuse("api", "must have no user, query or fragment"));
    }
    Ok(url.href().trim_end_matches('/').to_owned())
}
