use crowfly_engine::{ChecksumMode, Config};
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;

use super::Options;
use crate::error::invalid_option;
use crate::js;

const OWNER: &str = "createClient";
const KNOWN: &str = "api token checksum concurrency tokenTimeoutMs pollTimeoutMs onWarning";
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
    let options = Options::open(value, OWNER, KNOWN);
    let mut config = Config::default();
    let what = "must be an integer from 1 to 6";
    if let Some(window) = options.integer("concurrency", 1..=6, what) {
        config.window = window.unsigned_abs() as usize;
    }
    let milliseconds = |name| {
        let what = "must be an integer of milliseconds, from 1 to 3600000";
        options
            .integer(name, 1..=LONGEST_MS, what)
            .map(i32::unsigned_abs)
    };
    if let Some(wait) = milliseconds("pollTimeoutMs") {
        config.processing_ms = wait.into();
    }
    let token_timeout_ms = milliseconds("tokenTimeoutMs").unwrap_or(30_000);
    // The token source gives up first, with the better message; the engine's limit stands behind it.
    config.token_timeout_ms = u64::from(token_timeout_ms) + 1_000;
    let checksum = options.checksum().unwrap_or_default();
    let on_warning = options.function("onWarning");
    let api = api_base(&options);
    let Some(token) = options.function("token") else {
        options.refuse("token", "is missing; give a function that gives a JWT");
        return Err(options.error.take());
    };
    options.end(ClientSettings {
        api,
        token,
        token_timeout_ms,
        checksum,
        on_warning,
        config,
    })
}

/// The function that makes a worker, if the page lends one.
pub(crate) fn read_worker(value: &JsValue) -> Result<Option<Function>, JsValue> {
    if value.is_undefined() || value.is_function() {
        let function = value.is_function().then(|| value.clone().unchecked_into());
        return Ok(function);
    }
    Err(invalid_option(
        "createClient: worker must be a function that makes a Worker",
    ))
}

/// The API's address: a token goes there, so it must be https, this machine, or the page's own origin.
fn api_base(options: &Options) -> String {
    let mut base = String::new();
    let Some(value) = options.get("api") else {
        options.refuse("api", "is missing; give the address of the API");
        return base;
    };
    let address = js::get(&value, "href").unwrap_or(value);
    let place = js::get(&js_sys::global(), "location").unwrap_or_default();
    let Some(url) = address
        .as_string()
        .and_then(|address| Url::new_with_base(&address, &text(&place, "href")).ok())
    else {
        options.refuse("api", "must be an address such as https://api.example.com");
        return base;
    };
    let host = text(&url, "hostname");
    let here = host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]"
        || text(&url, "origin") == text(&place, "origin");
    let protocol = text(&url, "protocol");
    if protocol != "https:" && !(protocol == "http:" && here) {
        options.refuse("api", "must be https; http only on this machine");
    }
    for part in ["username", "password", "search", "hash"] {
        if !text(&url, part).is_empty() {
            options.refuse("api", "must have no user, query or fragment");
        }
    }
    base = text(&url, "href");
    while base.ends_with('/') {
        base.pop();
    }
    base
}

fn text(object: &JsValue, name: &str) -> String {
    let text = js::get(object, name).and_then(|text| text.as_string());
    text.unwrap_or_default()
}
