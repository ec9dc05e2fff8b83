//! The upload state machine of Crowfly.
//!
//! Sans-IO: no clock, no randomness, no file bytes. Time, seed and limits are arguments; the driver feeds in
//! events and carries out commands:
//!
//! 1. [`Queue::handle_input`] takes one [`Input`]: a user request, a network change, a reply.
//! 2. [`Queue::poll_output`] is drained: start each [`Output::Do`], pass each [`Output::Emit`] to the application.
//! 3. [`Output::Idle`] ends the drain and carries the deadline of the next [`Input::Tick`].
//!
//! Inputs never fail; those for unknown ids, and late or duplicate replies, change nothing. An adapter may
//! answer a command during step 2, provided the reply is fed in after the drain.
//!
//! Inside, a queue (windows, token, backoff, order) holds uploads (facts, from which the next work is derived),
//! and an upload holds parts (ranges that are hashed, signed and sent independently; a single-PUT file has one).
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

/// Whether live uploads are in this build.
const LIVE: bool = cfg!(feature = "live");

mod answer_timeout;
mod classify;
mod config;
pub mod crc64;
mod facts;
mod failure;
mod input;
mod job;
mod link;
mod next;
mod output;
mod part;
mod parts;
mod path;
mod progress;
mod queue;
mod ready_queue;
mod retry;
mod shown;
mod snapshot;
mod storage_codes;
mod time;
mod token;
mod upload;
mod uploads;

pub use config::Config;
pub use failure::{Failure, Phase, StorageAnswer};
pub use input::{
    AddRefusal, ApiFailure, ChecksumMode, Completion, Input, NewUpload, ReadFailure, Receipt,
    Recording, Reply, SendFailure, StatusNews, TokenFailure, TokenLife, Wrong,
};
pub use output::{
    Command, Event, ItemToCreate, Output, ReadId, RequestId, Retry, State, TokenReason,
};
pub use path::PathMeasure;
pub use progress::Progress;
pub use queue::Queue;
pub use snapshot::Snapshot;
pub use time::Millis;
