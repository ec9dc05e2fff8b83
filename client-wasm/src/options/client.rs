//! The options of a client.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::Options;
use super::address::read_address;
use crate::page::{Held, has_function};

/// The functions of the application's own backend.
const FUNCTIONS: [&str; 5] = ["create", "sign", "parts", "complete", "abort"];
const NO_TOKEN: &str = "is missing; give a function that gives a JWT, or `credentials` for cookies";
const MUST_HAVE: &str = "must have five functions: create sign parts complete abort";

/// The options of `createClient`.
pub(crate) struct Settings {
    /// The address of the API without a trailing slash; empty with a signer.
    pub(crate) api: String,
    /// Whether the application's own backend replaces the API, and its functions until the client is closed.
    pub(crate) has_signer: bool,
    pub(crate) signer: Held,
    /// The token function; undefined if there is none.
    pub(crate) token: JsValue,
    /// Which calls of the API carry the page's cookies.
    pub(crate) credentials: &'static str,
    /// Default for uploads: whether they are hashed and must be verified.
    pub(crate) proof: (bool, bool),
    /// Requests to storage in all; undecided, six a host.
    pub(crate) concurrency: Option<usize>,
    pub(crate) token_timeout_ms: u32,
    pub(crate) poll_timeout_ms: u32,
    pub(crate) on_warning: Rc<Held>,
    pub(crate) on_event: Held,
    /// Whether calls of the API carry a `traceparent`.
    pub(crate) trace: bool,
    pub(crate) resume: bool,
    pub(crate) scope: String,
}

/// Reads the options of `createClient`.
pub(crate) fn read_client(value: &JsValue) -> Result<Settings, JsValue> {
    let known = "api signer token credentials checksum requireVerified concurrency tokenTimeoutMs pollTimeoutMs onWarning onEvent trace resume scope";
    let options = Options::of(value, "createClient", known);
    let concurrency = options.integer("concurrency", 1, 6, "");
    let signer = options.get("signer").unwrap_or_default();
    let mut settings = Settings {
        api: String::new(),
        has_signer: !signer.is_undefined(),
        signer: Held::default(),
        token: options.function("token"),
        credentials: match options.word("credentials", ["same-origin", "include"]) {
            None => "omit",
            Some(true) => "same-origin",
            Some(false) => "include",
        },
        proof: options.proof(true, false),
        concurrency: concurrency.map(|most| most.unsigned_abs() as usize),
        token_timeout_ms: options.milliseconds("tokenTimeoutMs", 30_000),
        poll_timeout_ms: options.milliseconds("pollTimeoutMs", 60_000),
        on_warning: Rc::new(Held::new(options.function("onWarning"))),
        on_event: Held::new(options.function("onEvent")),
        trace: options.flag("trace").unwrap_or_default(),
        resume: options.flag("resume").unwrap_or(true),
        scope: options.text("scope").unwrap_or_default(),
    };
    match options.get("api") {
        None if !settings.has_signer => {
            options.refuse(
                "api",
                "is missing; give the address of the API, or a `signer`",
            );
        }
        api if settings.has_signer && (api.is_some() || settings.credentials != "omit") => {
            let what = "stands instead of `api` and `credentials`";
            options.refuse("signer", what);
        }
        Some(api) => {
            match read_address(&api) {
                Ok(address) => settings.api = address,
                Err(what) => options.refuse("api", &what),
            }
            if settings.token.is_undefined() && settings.credentials == "omit" {
                options.refuse("token", NO_TOKEN);
            }
        }
        None if !FUNCTIONS.iter().all(|name| has_function(&signer, name)) => {
            options.refuse("signer", MUST_HAVE);
        }
        None => settings.signer.set(signer),
    }
    options.end(settings)
}
