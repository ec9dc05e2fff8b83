//! Media types: one table for client and backend.
//!
//! The client uses it for its mismatch warning, the policy for its allowlist, `record` for the mismatch mark, and
//! `content` for the type to serve. [`standard_type`] gives the canonical name of a type, [`sniff`] the format of
//! first bytes, [`mismatch`] whether they match a type, [`is_refused`] and [`served_type`] deal with types that a
//! browser could run.

mod kind;
mod mismatch;
mod name;
mod runs;
mod sniff;
mod table;

use crate::limits::MAX_TYPE_BYTES;
use crate::pieces::{cut, words};

pub use kind::Kind;
pub use mismatch::{Mismatch, mismatch};
pub use name::{MediaType, MediaTypeError};
pub use runs::{is_refused, served_type};
pub use sniff::{SNIFF_BYTES, sniff};

/// The type for arbitrary bytes. <https://www.rfc-editor.org/rfc/rfc2046#section-4.5.1>
pub const OCTET_STREAM: &str = "application/octet-stream";

/// Whether `text` is `type/subtype` in lower case without parameters.
/// <https://www.rfc-editor.org/rfc/rfc6838#section-4.2>
pub fn is_media_type(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let name = |text: &str| {
        text.bytes().next().is_some_and(plain)
            && text.bytes().all(|byte| plain(byte) || is_mark(byte))
    };
    text.len() <= MAX_TYPE_BYTES
        && cut(text, b'/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// Whether a name may have this mark after its first character.
fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+'
    )
}

/// The canonical name of a media type: the one in the IANA registry, or the one browsers prefer where they
/// differ; `media_type` itself if the table has no entry. Case is ignored.
///
/// Operating systems and browsers report one format under many names: `image/jpg`, `audio/x-wav`,
/// `application/x-zip-compressed`. Sources: <https://www.iana.org/assignments/media-types/media-types.xhtml>, the
/// freedesktop.org shared-mime-info database, and the types that Windows, macOS and Android register for extensions.
pub fn standard_type(media_type: &str) -> &str {
    table::find(media_type).map_or(media_type, |found| found.name)
}

/// `type/subtype` without parameters and surrounding space.
pub fn essence(media_type: &str) -> &str {
    let essence = cut(media_type, b';').map_or(media_type, |(essence, _)| essence);
    essence.trim_ascii()
}

/// Whether two texts are equal, ignoring ASCII case.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn starts_with(text: &str, start: &str) -> bool {
    let own = text.as_bytes().get(..start.len());
    own.is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
}

fn ends_with(text: &str, end: &str) -> bool {
    let bytes = text.as_bytes();
    let own = bytes.get(bytes.len().wrapping_sub(end.len())..);
    own.is_some_and(|own| own.eq_ignore_ascii_case(end.as_bytes()))
}
