//! Checks the first bytes of a stored object against its media type, and whether the object must be
//! withheld.

use crowfly_contract::{ObjectKey, Withheld, mismatch};

use crate::Fault;
use crate::ports::{Findings, Head, Peek, PeekObject};

/// The result of an inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inspection {
    /// The object was inspected.
    Done(Findings),
    /// There is no object any more.
    Gone,
    /// Another object has replaced it.
    Replaced,
}

/// Inspects the first bytes of the object that `head` describes.
///
/// The type is the one in storage, which a browser would be sent. Whether it is also the declared
/// one is part of `verified`.
///
/// # Errors
/// A fault of storage.
pub(crate) async fn inspect(
    objects: &impl PeekObject,
    key: &ObjectKey,
    head: &Head,
) -> Result<Inspection, Fault> {
    if head.size == 0 {
        return Ok(Inspection::Done(findings(head, &[])));
    }
    Ok(match objects.peek_object(key, &head.etag).await? {
        Peek::First(first) => Inspection::Done(findings(head, &first)),
        Peek::Gone => Inspection::Gone,
        Peek::Replaced => Inspection::Replaced,
    })
}

/// A presigned PUT may carry a `Content-Encoding` that was not signed: only `host` and `x-amz-*`
/// headers must be
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>). A browser
/// decodes such a download (<https://www.rfc-editor.org/rfc/rfc9110#section-8.4>), so it shows
/// bytes that neither this inspection, nor a scan, nor the checksum has covered.
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
