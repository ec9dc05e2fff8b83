//! Storage: one PUT, by `XMLHttpRequest` where there is one.

mod fetch;
mod xhr;

use std::rc::Rc;

use crowfly_contract::Grant;
use crowfly_engine::{Receipt, SendFailure};
use wasm_bindgen::JsValue;

use crate::api::{AbortGuard, retry_after};
use crate::page::{first_match, global, has_function};
use xhr::Xhr;

/// A code or an id: short, without special characters.
const WORD: &str = r"[\w.+/=-]{1,64}";
/// A sentence up to the first markup or URL query.
const SENTENCE: &str = r"[\x20-\x25\x27-\x3b\x3d\x3e\x40-\x7e]{1,200}";

/// Events of a PUT.
pub(crate) enum News {
    /// Bytes handed to the network so far.
    Moved(u64),
    /// It has ended. Reported once.
    End(Result<Receipt, SendFailure>),
}

/// A PUT in flight; aborted when dropped.
#[expect(dead_code, reason = "each is kept for its Drop")]
pub(crate) enum Transfer {
    Xhr(Xhr),
    Fetch(AbortGuard),
}

impl Transfer {
    /// Sends `body` with exactly the grant's headers. Fails if the browser refuses the address or a header.
    pub(crate) fn start(
        grant: &Grant,
        body: &JsValue,
        hear: Rc<dyn Fn(News)>,
    ) -> Result<Self, JsValue> {
        if reports_progress() {
            Xhr::start(grant, body, hear).map(Self::Xhr)
        } else {
            fetch::start(grant, body, hear).map(Self::Fetch)
        }
    }
}

/// Whether requests report upload progress: there is no `XMLHttpRequest` in a service worker.
/// <https://developer.mozilla.org/docs/Web/API/Service_Worker_API>
pub(crate) fn reports_progress() -> bool {
    has_function(&global(), "XMLHttpRequest")
}

/// An entity tag without its quotes. <https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3>
pub(crate) fn bare_etag(etag: &str) -> Option<String> {
    first_match("([^\"]+)\"?$", "", etag)
}

/// The meaning of an answer; `body` may be storage's XML.
fn outcome(
    status: u16,
    header: &dyn Fn(&str) -> Option<String>,
    body: &str,
) -> Result<Receipt, SendFailure> {
    if status == 0 {
        return Err(SendFailure::Network);
    }
    if status < 300 {
        return Ok(Receipt {
            etag: header("etag").and_then(|etag| bare_etag(&etag)),
            crc64nvme: header("x-amz-checksum-crc64nvme").and_then(|text| text.parse().ok()),
            version_id: header("x-amz-version-id"),
        });
    }
    // No XML parser: the first element of a name, as far as its text is short and plain, so that no markup and no
    // query passes. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    let element =
        |name: &str, plain: &str| first_match(&["<", name, ">(", plain, ")"].concat(), "", body);
    Err(SendFailure::Http {
        status,
        s3_code: element("Code", WORD),
        s3_message: element("Message", SENTENCE),
        retry_after_ms: header("retry-after").as_deref().and_then(retry_after),
        request_id: header("x-amz-request-id").or_else(|| element("RequestId", WORD)),
    })
}
