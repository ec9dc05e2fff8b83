//! The API adapter: one HTTP call at a time, mapped to what the engine understands.

mod decode;

use std::rc::Rc;

use crowfly_engine::ApiFailure;
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::callback::Timeout;
use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestRedirect, Response,
};

use crate::js;
use crate::token::TokenSource;

pub(crate) use decode::{completed, created, deleted, ok, statuses};

/// The API's address and the token for it.
pub(crate) struct Api {
    base: String,
    token: Rc<TokenSource>,
}

/// One call under way; dropping it ends the request.
pub(crate) struct Call {
    controller: AbortController,
    _timer: Option<Timeout>,
}

/// What is asked of the API.
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// From the slash on; may hold a query.
    pub(crate) path: String,
    /// JSON.
    pub(crate) body: Option<String>,
}

/// An HTTP answer.
pub(crate) struct Answer {
    status: u16,
    /// The parsed JSON; undefined if there is none.
    body: JsValue,
    retry_after_ms: Option<u64>,
}

impl Call {
    /// `None` where there is no `AbortController`. The engine limits its own calls; the reads that it does
    /// not know give a limit here.
    pub(crate) fn new(limit_ms: Option<u32>) -> Option<(Self, AbortSignal)> {
        let controller = AbortController::new().ok()?;
        let signal = js::get(&controller, "signal")?.unchecked_into();
        let timer = limit_ms.map(|limit| {
            let controller = controller.clone();
            js::after(limit, Box::new(move || controller.abort()))
        });
        let call = Self {
            controller,
            _timer: timer,
        };
        Some((call, signal))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

impl Api {
    pub(crate) fn new(base: String, token: Rc<TokenSource>) -> Self {
        Self { base, token }
    }

    pub(crate) fn token(&self) -> &Rc<TokenSource> {
        &self.token
    }

    /// Makes one call. An answer of any status is an answer; only the lack of one is a failure.
    pub(crate) async fn call(&self, ask: Ask, signal: &AbortSignal) -> Result<Answer, ApiFailure> {
        let response = self.fetch(ask, signal).await.ok_or(ApiFailure::Network)?;
        let retry_after_ms = response
            .headers()
            .get("retry-after")
            .ok()
            .flatten()
            .and_then(|text| retry_after(&text));
        let status = js::get(&response, "status").and_then(|status| status.as_f64());
        let status = status.ok_or(ApiFailure::Network)?;
        let text = match response.text() {
            Ok(text) => JsFuture::from(text).await,
            Err(error) => Err(error),
        };
        // A connection that is lost within the body is a lost connection.
        let text = text.map_err(|_| ApiFailure::Network)?;
        let text = text.as_string().unwrap_or_default();
        Ok(Answer {
            status: status as u16,
            body: JSON::parse(&text).unwrap_or(JsValue::UNDEFINED),
            retry_after_ms,
        })
    }

    /// `fetch`, with every rejection taken for what it is: gloo-net's own `send` panics when a page's
    /// replacement of `fetch` rejects with something that is no `Error`.
    async fn fetch(&self, ask: Ask, signal: &AbortSignal) -> Option<Response> {
        let request = self.request(ask, signal)?;
        let promise = js::global_fetch(&request).ok()?;
        Some(JsFuture::from(promise).await.ok()?.unchecked_into())
    }

    /// Nothing but the token identifies the caller, and the token goes to no other address.
    fn request(&self, ask: Ask, signal: &AbortSignal) -> Option<web_sys::Request> {
        let mut request = RequestBuilder::new(&js::join(&[&self.base, &ask.path]))
            .method(ask.method)
            .credentials(RequestCredentials::Omit)
            .cache(RequestCache::NoStore)
            .redirect(RequestRedirect::Error)
            .referrer_policy(ReferrerPolicy::NoReferrer)
            .abort_signal(Some(signal));
        if let Some(header) = self.token.header() {
            request = request.header("authorization", &header);
        }
        let request = match ask.body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(body),
            None => request.build(),
        };
        Some(request.ok()?.into())
    }
}

/// `Retry-After` in seconds; the form with a date needs a clock that can be trusted, so it is left.
pub(crate) fn retry_after(text: &str) -> Option<u64> {
    text.trim()
        .parse::<u64>()
        .ok()
        .map(|seconds| seconds.saturating_mul(1_000))
}

/// The text of a request body.
pub(crate) fn body(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}
