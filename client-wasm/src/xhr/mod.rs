//! The storage adapter: one PUT by `XMLHttpRequest`, the only way to see upload progress in a browser.

mod s3_error;

use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::Grant;
use crowfly_engine::SendFailure;
use wasm_bindgen::JsCast;
use web_sys::{Blob, Event, EventTarget, XmlHttpRequest};

use crate::api::retry_after;
use crate::js;
use crate::listener::Listener;

/// One PUT under way; dropping it aborts the request and removes the listeners.
pub(crate) struct Transfer {
    xhr: XmlHttpRequest,
    // Dropped first by `Drop` below, so that the abort is heard by nobody.
    listeners: Option<[Listener; 4]>,
}

/// How a PUT goes.
pub(crate) enum News {
    /// So many bytes were handed to the network.
    Moved(u64),
    /// It is over.
    End(Result<(), SendFailure>),
}

impl Transfer {
    /// Sends a range of the file with exactly the grant's headers. `hear` is told how it goes; after
    /// [`News::End`] nothing more comes.
    ///
    /// `None` if the browser refuses the address or a header.
    pub(crate) fn start(grant: &Grant, body: &Blob, hear: Box<dyn Fn(News)>) -> Option<Self> {
        let xhr = XmlHttpRequest::new().ok()?;
        xhr.open_with_async("PUT", &grant.url, true).ok()?;
        for (name, value) in &grant.headers {
            xhr.set_request_header(name, value).ok()?;
        }
        let upload = js::get(&xhr, "upload")?.unchecked_into::<EventTarget>();
        let answered = xhr.clone();
        let hear = Rc::new(move |event: Event| {
            let moved = js::get(&event, "loaded").and_then(|loaded| loaded.as_f64());
            hear(match moved {
                Some(moved) if js::get(&event, "type").is_some_and(|name| name == "progress") => {
                    News::Moved(moved as u64)
                }
                _ => News::End(outcome(&answered)),
            });
        });
        // The browser itself aborts when the page is left or its user stops loading.
        let events: [(&EventTarget, _); 4] = [
            (&upload, "progress"),
            (&xhr, "load"),
            (&xhr, "error"),
            (&xhr, "abort"),
        ];
        let listeners = events.map(|(target, name)| {
            let hear = hear.clone();
            Listener::new(target, name, Box::new(move |event| hear(event)))
        });
        let transfer = Self {
            xhr,
            listeners: Some(listeners),
        };
        transfer.xhr.send_with_opt_blob(Some(body)).ok()?;
        Some(transfer)
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.listeners = None;
        // It does nothing to a request that has ended.
        drop(self.xhr.abort());
    }
}

/// A range of the file; of empty type, so that the browser adds no content type of its own.
pub(crate) fn slice(file: &Blob, bytes: &Range<u64>) -> Option<Blob> {
    file.slice_with_f64_and_f64(bytes.start as f64, bytes.end as f64)
        .ok()
}

fn outcome(xhr: &XmlHttpRequest) -> Result<(), SendFailure> {
    let status = js::get(xhr, "status").and_then(|status| status.as_f64());
    let status = status.unwrap_or(0.0) as u16;
    match status {
        0 => Err(SendFailure::Network),
        200..=299 => Ok(()),
        _ => Err(refusal(xhr, status)),
    }
}

fn refusal(xhr: &XmlHttpRequest, status: u16) -> SendFailure {
    let body = js::get(xhr, "responseText").and_then(|body| body.as_string());
    let body = body.unwrap_or_default();
    // Asking for one header that CORS hides writes an error to the console; the list does not.
    let headers = xhr.get_all_response_headers().unwrap_or_default();
    let header = |name: &str| {
        let mut rest = &*headers;
        while !rest.is_empty() {
            let (line, others) = js::cut(rest, b'\n');
            let (key, value) = js::cut(line, b':');
            if key.eq_ignore_ascii_case(name) {
                return Some(value.trim_ascii());
            }
            rest = others;
        }
        None
    };
    SendFailure::Http {
        status,
        s3_code: s3_error::word(&body, "Code").map(str::to_owned),
        s3_message: s3_error::sentence(&body, "Message").map(str::to_owned),
        retry_after_ms: header("retry-after").and_then(retry_after),
        request_id: header("x-amz-request-id")
            .or_else(|| s3_error::word(&body, "RequestId"))
            .map(str::to_owned),
    }
}
