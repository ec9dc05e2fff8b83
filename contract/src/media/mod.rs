//! Media types: one table for both sides.
//!
//! The client warns by it before it sends, the policy allows by it, `record` marks by it, and `content` serves
//! by it. [`standard_type`] gives the one name under which a type is known here, [`sniff`] says what first
//! bytes look like, [`mismatch`] whether that is what a type says, [`is_refused`] and [`served_type`] what a
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

/// The type that says nothing.
pub const OCTET_STREAM: &str = "application/octet-stream";

/// Whether `text` is `type/subtype` in lower case without parameters (RFC 6838, section 4.2).
pub fn is_media_type(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let name = |text: &str| {
        text.bytes().next().is_some_and(plain)
            && text
                .bytes()
                .all(|byte| plain(byte) || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= MAX_TYPE_BYTES
        && cut(text, b'/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// The one name of a media type: that of the IANA registry, or where browsers know another one better, that;
/// `media_type` itself if the table has no other. Its case does not matter.
///
/// Operating systems and browsers report one format under many names: `image/jpg`, `audio/x-wav`,
/// `application/x-zip-compressed`. Source: IANA's registry of media types, the shared-mime-info database of
/// freedesktop.org, and the types that Windows, macOS and Android register for extensions.
pub fn standard_type(media_type: &str) -> &str {
    table::find(media_type).map_or(media_type, |found| found.name)
}

/// `type/subtype` without parameters and space around it.
fn essence(media_type: &str) -> &str {
    let essence = cut(media_type, b';').map_or(media_type, |(essence, _)| essence);
    essence.trim_ascii()
}

/// Whether two texts are equal, whatever their case.
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
