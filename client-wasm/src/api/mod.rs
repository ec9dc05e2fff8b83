//! The API adapter: one HTTP call at a time, mapped to what the engine understands.

mod decode;

use std::rc::Rc;

use crowfly_engine::ApiFailure;
use gloo_timers::callback::Timeout;
use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Response};

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
    pub(crate) method: &'static str,
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

    /// Nothing but the token identifies the caller, and the token goes to no other address.
    async fn fetch(&self, ask: Ask, signal: &AbortSignal) -> Option<Response> {
        let maybe = |text: Option<String>| text.map_or(JsValue::UNDEFINED, JsValue::from);
        let json = ask.body.is_some().then(|| "application/json".to_owned());
        let headers = js::frozen(
            "authorization content-type",
            &[maybe(self.token.header()), maybe(json)],
        );
        let init = js::frozen(
            "method headers body signal mode credentials cache redirect referrerPolicy",
            &[
                ask.method.into(),
                headers,
                maybe(ask.body),
                signal.into(),
                "cors".into(),
                "omit".into(),
                "no-store".into(),
                "error".into(),
                "no-referrer".into(),
            ],
        );
        let promise = js::global_fetch(&js::join(&[&self.base, &ask.path]), &init).ok()?;
        Some(JsFuture::from(promise).await.ok()?.unchecked_into())
    }
}

/// `Retry-After` in seconds; the form with a date needs a clock that can be trusted, so it is left.
pub(crate) fn retry_after(text: &str) -> Option<u64> {
    text.trim_ascii()
        .parse::<u64>()
        .ok()
        .map(|seconds| seconds.saturating_mul(1_000))
}

/// The text of a request body.
pub(crate) fn body(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}
