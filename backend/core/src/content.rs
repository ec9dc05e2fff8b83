//! Whether the bytes of a stored object are what its media type says, and whether its owner may have them.

use crowfly_contract::{ObjectKey, Withheld, mismatch};

use crate::Fault;
use crate::ports::{Findings, Head, Peek, PeekObject};

/// What a look at the first bytes of an object has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The object that was asked about.
    Seen(Findings),
    /// It is gone by now.
    Gone,
    /// Another object is there by now.
    Replaced,
}

/// Looks at the first bytes of the object that `head` describes.
///
/// The type is storage's: what a browser would get. That it is also the one that the client declared is
/// part of `verified`.
///
/// # Errors
/// A fault of storage.
pub(crate) async fn look(
    objects: &impl PeekObject,
    key: &ObjectKey,
    head: &Head,
) -> Result<Look, Fault> {
    if head.size == 0 {
        return Ok(Look::Seen(findings(head, &[])));
    }
    Ok(match objects.peek_object(key, &head.etag).await? {
        Peek::First(first) => Look::Seen(findings(head, &first)),
        Peek::Gone => Look::Gone,
        Peek::Replaced => Look::Replaced,
    })
}

/// A presigned PUT may carry a `Content-Encoding` that was not signed. Then a browser that downloads unpacks the
/// bytes: neither this look, nor a scan, nor the checksum has seen what it shows.
///
/// Source: Amazon S3 User Guide, "Authenticating Requests: Using Query Parameters": only `host` and the
/// `x-amz-*` headers of a request must be signed.
fn findings(head: &Head, first: &[u8]) -> Findings {
    let mismatch = mismatch(&head.media_type, first);
    let active = mismatch.is_some_and(|mismatch| mismatch.active);
    Findings {
        seen_type: mismatch.map(|mismatch| mismatch.seen.to_owned()),
        withheld: if head.content_encoding.is_some() {
            Some(Withheld::ContentEncoding)
        } else {
            active.then_some(Withheld::ActiveContent)
        },
    }
}
