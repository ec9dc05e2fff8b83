//! The decisions of the Crowfly backend, independent of where it runs.
//!
//! A use-case is an `async fn` over the one-verb traits of [`ports`]. Its signature names every
//! permission it needs, and the IAM policy of the function that runs it grants exactly these. There
//! is no AWS here, no Lambda, no clock and no randomness: times are arguments, in Unix
//! milliseconds.
#![forbid(unsafe_code)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

pub mod address;
pub mod caller;
pub mod cancel;
pub mod complete;
mod concurrent;
mod content;
pub mod create;
pub mod cursor;
pub mod denied;
pub mod disposition;
mod error;
pub mod forward;
mod limits;
mod live;
pub mod media;
pub mod message;
pub mod name;
mod notify;
pub mod outbox;
pub mod parts;
pub mod path;
mod percent;
pub mod policy;
pub mod ports;
pub mod quota;
pub mod rate;
pub mod read;
pub mod record;
pub mod remove;
pub mod request;
mod row;
pub mod scan;
mod sequencer;
mod strict;
pub mod sweep;
mod time;
mod verdict;

pub use concurrent::bounded;
pub use error::{Error, Fault, FaultKind, Refusal};
pub use live::{Granted, Granting, LastPart, Live};
pub use notify::Notifications;
pub use outbox::Outbox;
pub use row::{Declared, Open, Row};
pub use scan::Scanned;
pub use sequencer::{Sequencer, SequencerError};
pub use time::{parse_rfc3339_ms, plausible_ms};
pub use verdict::Verdict;
