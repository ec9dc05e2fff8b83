//! Whether the bytes of a stored object are what its media type says.

use crowfly_contract::{ObjectKey, contradicts};

use crate::Fault;
use crate::ports::{Head, Peek, PeekObject};

/// What a look at the first bytes of an object has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The object that was asked about.
    Seen {
        /// Whether its first bytes are not what its media type says.
        type_mismatch: bool,
    },
    /// It is gone by now.
    Gone,
    /// Another object is there by now.
    Replaced,
}

/// Looks at the first bytes of the object that `head` describes.
///
/// The type is storage's: what a browser would be told. That it is also the one that the client declared is
/// part of `verified`.
///
/// # Errors
/// A fault of storage.
pub async fn look(objects: &impl PeekObject, key: &ObjectKey, head: &Head) -> Result<Look, Fault> {
    if head.size == 0 {
        return Ok(Look::Seen {
            type_mismatch: false,
        });
    }
    Ok(match objects.peek_object(key, &head.etag).await? {
        Peek::First(first) => Look::Seen {
            type_mismatch: contradicts(&head.media_type, &first).is_some(),
        },
        Peek::Gone => Look::Gone,
        Peek::Replaced => Look::Replaced,
    })
}
