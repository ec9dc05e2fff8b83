use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Texts;

/// Permission for one exact request to storage: send exactly these headers and no others.
///
/// The URL is a credential until it expires, so `Debug` hides its query string. `headers` never lists `host` or
/// `content-length`: the browser sets both, and both are signed.
/// <https://developer.mozilla.org/docs/Glossary/Forbidden_request_header>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The presigned URL.
    pub url: String,
    /// The same request by another host name of the bucket, if it has one: for a client that cannot reach the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_url: Option<String>,
    /// The signed headers to send, lower-case names.
    pub headers: Texts,
    /// Lifetime of the URL, counted from the answer, in milliseconds.
    pub expires_in_ms: u64,
}

impl fmt::Debug for Grant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        out.debug_struct("Grant")
            .field("url", &format_args!("{address}?<redacted>"))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("expires_in_ms", &self.expires_in_ms)
            .finish()
    }
}
