//! Storage: one PUT by `XMLHttpRequest`, which unlike `fetch` reports upload progress.
//! <https://developer.mozilla.org/docs/Web/API/XMLHttpRequest/upload>

use crowfly_contract::Grant;
use crowfly_engine::{Receipt, SendFailure};
use wasm_bindgen::prelude::*;
use web_sys::XmlHttpRequest;

use crate::api::retry_after;
use crate::page::{Listener, first_match, property};

/// A code or an id: short, without special characters.
const WORD: &str = r"[\w.+/=-]{1,64}";
/// A sentence without markup, attribute quotes, or URL query characters.
const SENTENCE: &str = r"[\x20-\x25\x27-\x2e\x30-\x3b\x3d\x3e\x40-\x7e]{1,200}";

/// Events of a PUT.
pub(crate) enum News {
    /// Bytes handed to the network so far.
    Moved(u64),
    /// It has ended. Reported once.
    End(Result<Receipt, SendFailure>),
}

/// A PUT in flight; aborted when dropped.
pub(crate) struct Transfer {
    xhr: XmlHttpRequest,
    heard: Option<(Listener, Listener)>,
}

impl Transfer {
    /// Sends `body` with exactly the grant's headers.
    ///
    /// If the browser rejects the address or a header.
    /// If the browser refuses the address or a header.
    pub(crate) fn start(
        grant: &Grant,
        body: &JsValue,
        hear: impl Fn(News) + Clone + 'static,
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
            Box::new(move |_| hear(News::End(outcome(&answered)))),
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

impl Drop for Transfer {
    fn drop(&mut self) {
        // In this order the abort triggers no handler; it has no effect on a request that has ended.
        self.heard.take();
        let _ = self.xhr.abort();
    }
}

fn outcome(xhr: &XmlHttpRequest) -> Result<Receipt, SendFailure> {
    let status = property(xhr, "status").as_f64().unwrap_or_default() as u16;
    if status == 0 {
        return Err(SendFailure::Network);
    }
    // Asking for a header that CORS hides logs an error to the console; the list does not.
    // https://developer.mozilla.org/docs/Web/API/XMLHttpRequest/getAllResponseHeaders
    let headers = xhr.get_all_response_headers().unwrap_or_default();
    let header = |name: &str| {
        let pattern = ["^", name, ": *\"?(.*?)\"?\\s*$"].concat();
        first_match(&pattern, "im", &headers)
    };
    if status < 300 {
        return Ok(Receipt {
            etag: header("etag").filter(|etag| !etag.is_empty()),
            crc64nvme: header("x-amz-checksum-crc64nvme").and_then(|text| text.parse().ok()),
            version_id: header("x-amz-version-id"),
        });
    }
    // No XML parser: the first element of a name, if its text is short and plain, so that no markup and no URL
    // passes. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    let body = property(xhr, "responseText").as_string();
    let body = body.unwrap_or_default();
    let element =
        |name: &str, plain: &str| first_match(&["<", name, ">(", plain, ")<"].concat(), "", &body);
    Err(SendFailure::Http {
        status,
        s3_code: element("Code", WORD),
        s3_message: element("Message", SENTENCE),
        retry_after_ms: header("retry-after").as_deref().and_then(retry_after),
        request_id: header("x-amz-request-id").or_else(|| element("RequestId", WORD)),
    })
}
