//! Storage: one PUT by `XMLHttpRequest`, which unlike `fetch` reports upload progress.
//! <https://developer.mozilla.org/docs/Web/API/XMLHttpRequest/upload>

use std::rc::Rc;

use crowfly_contract::Grant;
use wasm_bindgen::prelude::*;
use web_sys::XmlHttpRequest;

use super::{News, outcome};
use crate::page::{Listener, first_match, property};

/// A PUT in flight; aborted when dropped.
pub(crate) struct Xhr {
    xhr: XmlHttpRequest,
    heard: Option<(Listener, Listener)>,
}

impl Xhr {
    pub(super) fn start(
        grant: &Grant,
        body: &JsValue,
        hear: Rc<dyn Fn(News)>,
    ) -> Result<Self, JsValue> {
        let xhr = XmlHttpRequest::new()?;
        xhr.open("PUT", &grant.url)?;
        for (name, value) in grant.headers.iter() {
            xhr.set_request_header(name, value)?;
        }
        let moved = hear.clone();
        let progress = Listener::new(
            &property(&xhr, "upload"),
            &["progress"],
            Box::new(move |event| {
                let loaded = property(&event, "loaded").as_f64();
                moved(News::Moved(loaded.unwrap_or_default() as u64));
            }),
        );
        let answered = xhr.clone();
        // The browser itself aborts on navigation, or when the user stops loading.
        let end = Listener::new(
            &xhr,
            &["load", "error", "abort"],
            Box::new(move |_| {
                let status = property(&answered, "status").as_f64().unwrap_or_default();
                // Asking for a header that CORS hides logs an error to the console; the list does not.
                // https://developer.mozilla.org/docs/Web/API/XMLHttpRequest/getAllResponseHeaders
                let headers = answered.get_all_response_headers().unwrap_or_default();
                let header = |name: &str| {
                    first_match(&["^", name, ": *(.*?)\\s*$"].concat(), "im", &headers)
                };
                let body = property(&answered, "responseText").as_string();
                let body = body.unwrap_or_default();
                hear(News::End(outcome(status as u16, &header, &body)));
            }),
        );
        let transfer = Self {
            xhr,
            heard: Some((progress, end)),
        };
        let body: &web_sys::Blob = body.unchecked_ref();
        transfer.xhr.send_with_opt_blob(Some(body))?;
        Ok(transfer)
    }
}

impl Drop for Xhr {
    fn drop(&mut self) {
        // In this order the abort triggers no handler; it has no effect on a request that has ended.
        self.heard.take();
        let _ = self.xhr.abort();
    }
}
