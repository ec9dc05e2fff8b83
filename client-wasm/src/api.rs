//! API calls by `fetch`. Only the token identifies the caller. A response of any status is an answer; a missing
//! response is not.

use gloo_net::http::RequestBuilder;
use js_sys::JSON;
use wasm_bindgen::prelude::*;
use web_sys::{
    AbortController, AbortSignal, ReferrerPolicy, Request, RequestCache, RequestCredentials,
    RequestRedirect, Response,
};

use crate::page::{first_match, wait};
use crate::wire::{Answer, Route};

#[wasm_bindgen]
extern "C" {
    /// The page's own `fetch`: gloo-net's `send` panics if a page's replacement of it rejects with something other
    /// than an `Error`, or resolves to something other than a `Response`.
    #[wasm_bindgen(catch)]
    fn fetch(request: &Request) -> Result<JsValue, JsValue>;
}

/// Aborts the request of its signal when dropped; no effect once the request has ended.
/// <https://developer.mozilla.org/docs/Web/API/AbortController>
pub(crate) struct AbortGuard(AbortController);

impl AbortGuard {
    pub(crate) fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }

    pub(crate) fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts a call; returns a promise of its answer.
pub(crate) fn start(
    route: Route,
    url: &str,
    token: Option<String>,
    body: Option<String>,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let mut request = RequestBuilder::new(url)
        .method(route.method())
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        // A redirect must not carry the token to another address.
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(signal));
    if let Some(token) = token {
        request = request.header("authorization", &token);
    }
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body),
        None => request.build(),
    };
    match request {
        Ok(request) => fetch(&request.into()),
        Err(_) => Err(JsValue::UNDEFINED),
    }
}

/// Reads a response; `None` if the connection was lost meanwhile, or if the value is not a response.
pub(crate) async fn read(response: JsValue) -> Option<Answer> {
    let response: Response = response.dyn_into().ok()?;
    let text = wait(response.text().ok()?).await.ok()?.as_string()?;
    let retry = response.headers().get("retry-after").ok().flatten();
    Some(Answer {
        status: response.status(),
        body: JSON::parse(&text).unwrap_or_default(),
        retry_after_ms: retry.as_deref().and_then(retry_after),
    })
}

/// Milliseconds of a `Retry-After` header in seconds; the date form needs a trustworthy clock and is ignored.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>
pub(crate) fn retry_after(text: &str) -> Option<u64> {
    let digits = first_match(r"^\s*(\d{1,9})\s*$", "", text)?;
    let seconds: u64 = digits.parse().ok()?;
    Some(seconds * 1000)
}
