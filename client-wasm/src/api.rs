//! API calls by `fetch`. The token identifies the caller, or the page's cookies where the application says so. A response
//! of any status is an answer; a missing response is not.

use gloo_net::http::Response;
use js_sys::JSON;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::object::ObjectBuilder;
use crate::page::first_match;
use crate::task::wait_foreign;
use crate::wire::{Answer, Content, Route};

#[wasm_bindgen]
extern "C" {
    /// The page's own `fetch`: gloo-net's `send` panics if a page's replacement of it rejects with something other
    /// than an `Error`, or resolves to something other than a `Response`. Its `RequestBuilder` would be 2.6 kB of the
    /// compressed package, most of it for text formatting that nothing else here needs.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;
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

/// A request, without the page's address and cache, and without its cookies unless the application wants them.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) headers: JsValue,
    pub(crate) body: JsValue,
    pub(crate) redirect: &'static str,
    /// <https://developer.mozilla.org/docs/Web/API/RequestInit#credentials>
    pub(crate) credentials: &'static str,
}

impl Request {
    /// Sends it; returns a promise of its answer.
    pub(crate) fn send(self, url: &str, signal: &AbortSignal) -> Result<JsValue, JsValue> {
        let init = ObjectBuilder::new()
            .with("method", self.method)
            .with("headers", self.headers)
            .with("body", self.body)
            .with("credentials", self.credentials)
            .with("cache", "no-store")
            .with("redirect", self.redirect)
            .with("referrerPolicy", "no-referrer")
            .with("signal", signal.clone());
        fetch(url, &init.build())
    }
}

/// What identifies the caller of an API.
pub(crate) struct Caller {
    /// The value of the `Authorization` header.
    pub(crate) token: Option<String>,
    pub(crate) credentials: &'static str,
    /// The value of the `traceparent` header: <https://www.w3.org/TR/trace-context/>
    pub(crate) trace: Option<String>,
}

/// Starts a call; returns a promise of its answer.
pub(crate) fn start(
    route: Route,
    url: &str,
    caller: Caller,
    content: Content,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let mut headers = ObjectBuilder::new().with("authorization", caller.token);
    if content.body.is_some() {
        headers = headers.with("content-type", "application/json");
    }
    let request = Request {
        method: route.method(),
        headers: headers
            .with("crowfly-state", content.state)
            .with("traceparent", caller.trace)
            .build(),
        body: content.body.into(),
        // It must not carry the token to another address.
        redirect: "error",
        credentials: caller.credentials,
    };
    request.send(url, signal)
}

/// A response and its body; `None` if the connection was lost meanwhile, or if the value is not a response.
pub(crate) async fn whole(response: JsValue) -> Option<(Response, String)> {
    let response: web_sys::Response = response.dyn_into().ok()?;
    // Not by gloo-net's `text`, which panics if a page's replacement of it rejects with something other than an `Error`.
    let text = wait_foreign(response.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    Some((Response::from(response), text))
}

/// Reads a response as an answer of the API.
pub(crate) async fn read(response: JsValue) -> Option<Answer> {
    let (response, text) = whole(response).await?;
    let retry = response.headers().get("retry-after");
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
    let seconds = digits
        .bytes()
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Some(seconds * 1000)
}
