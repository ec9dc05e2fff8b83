//! The API: one HTTP call at a time. Nothing but the token identifies the caller. An answer of any status is an
//! answer; only the lack of one is none.

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
    /// The page's own `fetch`: the `send` of gloo-net panics when a page's replacement of it rejects with something
    /// that is no `Error`, or gives something that is no `Response`.
    #[wasm_bindgen(catch)]
    fn fetch(request: &Request) -> Result<JsValue, JsValue>;
}

/// Aborts what listens to its signal when it is dropped; that does nothing to a call that has ended.
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

/// Makes a call; gives a promise of its answer.
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
        // The token goes to no other address.
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

/// What an answer holds; `None` if its connection was lost meanwhile, or if it is none.
pub(crate) async fn read(response: JsValue) -> Option<Answer> {
    let response: Response = response.dyn_into().ok()?;
    let text = wait(&response.text().ok()?.into())
        .await
        .ok()?
        .as_string()?;
    let retry = response.headers().get("retry-after").ok().flatten();
    Some(Answer {
        status: response.status(),
        body: JSON::parse(&text).unwrap_or_default(),
        retry_after_ms: retry.as_deref().and_then(retry_after),
    })
}

/// Milliseconds of a `Retry-After` header in seconds (RFC 9110, 10.2.3); the form with a date needs a clock that can
/// be trusted, so it is left.
pub(crate) fn retry_after(text: &str) -> Option<u64> {
    let digits = first_match(r"^\s*(\d{1,9})\s*$", "", text)?;
    let seconds: u64 = digits.parse().ok()?;
    Some(seconds * 1000)
}
