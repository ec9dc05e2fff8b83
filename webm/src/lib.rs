//! Makes a browser's webm recordings seekable while they are uploaded.
//!
//! A MediaRecorder writes Segment and Clusters of unknown size, no Duration, no Cues and no SeekHead, so that players can
//! neither show how long a recording is nor go to a moment in it
//! ([Chromium 642012](https://crbug.com/642012),
//! [mediacapture-record 119](https://github.com/w3c/mediacapture-record/issues/119)). What is missing is known only at the
//! end, when all but the first part of an upload may be stored already. So there are three steps:
//!
//! 1. [`Reserve`] makes room in the head while it passes, once. All that follows moves, and stays where it is from then on.
//! 2. [`Index`] sees every byte as it is written, or reads it again after a crash.
//! 3. [`finish`] gives the head with Duration, SeekHead and Cues, of the same length.
//!
//! Sans-IO: bytes in, bytes out. The rules are those of EBML ([RFC 8794](https://www.rfc-editor.org/rfc/rfc8794)), Matroska
//! ([RFC 9559](https://www.rfc-editor.org/rfc/rfc9559)) and the
//! [WebM container guidelines](https://www.webmproject.org/docs/container/), which want Cues before the Clusters. Codecs do
//! not matter. Any other file, an mp4 among them, is left as it is.
//!
//! ```
//! use crowfly_webm::{Index, Outcome, Reason, Reserve, finish};
//!
//! let (mut reserve, mut index) = (Reserve::new(4096), Index::new());
//! let mut written = Vec::new();
//! for chunk in [b"\0\0\0\x20ftypiso5".as_slice(), b"no webm"] {
//!     let chunk = reserve.push(chunk);
//!     index.push(&chunk);
//!     written.extend_from_slice(&chunk);
//! }
//! assert_eq!(written, b"\0\0\0\x20ftypiso5no webm");
//! assert_eq!(reserve.outcome(), Outcome::AsItIs(Reason::NotWebm));
//! assert_eq!(finish(&written, &index), Err(Reason::NotWebm));
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

mod ebml;
mod finish;
mod ids;
mod index;
mod layout;
mod points;
mod reserve;
mod track;

pub use finish::finish;
pub use index::Index;
pub use reserve::{Outcome, Reserve};

/// The longest head that is rewritten, in bytes as it is recorded. That of a browser has a few hundred.
pub const HEAD_LIMIT: usize = 65_536;
/// The most room for Cues, in bytes: some 2,800 cues.
pub const ROOM_LIMIT: usize = 65_536;

/// Why a recording is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is no webm and no other Matroska of a known version.
    NotWebm,
    /// Its Segment has a size, or its head positions of what follows: it is complete already.
    Finished,
    /// Its head has a structure that is not understood, or no room.
    Unknown,
    /// Its head is longer than [`HEAD_LIMIT`].
    TooLong,
    /// It ended in its head, or before the first frame.
    Ended,
    /// What follows its head is no sequence of elements, or a second recording.
    Damaged,
}
