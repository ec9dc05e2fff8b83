//! The API's requests. Nothing but the token identifies the caller.

use gloo_net::http::{Method, RequestBuilder};
use wasm_bindgen::JsValue;
use web_sys::{
    AbortSignal, ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestRedirect,
};

/// A request for the page's own `fetch`: the crate's `send` panics when a page's replacement of `fetch`
/// rejects with something that is no `Error`.
pub(crate) fn request(
    method: &str,
    url: &str,
    token: Option<&str>,
    body: Option<String>,
    signal: &AbortSignal,
) -> Result<Request, JsValue> {
    let method = match method {
        "POST" => Method::POST,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let mut request = RequestBuilder::new(url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        // The token goes to no other address.
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(signal));
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body),
        None => request.build(),
    };
    // The page's `fetch` says itself what is wrong with an address.
    request.map(Into::into).map_err(|_| JsValue::UNDEFINED)
}
