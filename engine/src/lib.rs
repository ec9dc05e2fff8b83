//! The upload state machine of Crowfly.
//!
//! No IO happens here: no clock, no randomness, no bytes of any file. The driver feeds what happened with
//! [`Queue::handle_input`] and then drains [`Queue::poll_output`] until it says [`Output::Idle`], which
//! carries the moment of the next [`Input::Tick`].
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

mod classify;
mod config;
pub mod crc64;
mod failure;
mod input;
mod job;
mod line;
mod link;
mod output;
mod part;
mod progress;
mod queue;
mod retry;
mod time;
mod token;
mod upload;
mod uploads;

pub use config::Config;
pub use failure::{Failure, Phase};
pub use input::{
    ApiFailure, ChecksumMode, Completion, Input, NewUpload, ReadFailure, Reply, SendFailure,
    TokenFailure, TokenLife,
};
pub use output::{Command, Event, Output, Progress, RequestId, Snapshot, State, TokenReason};
pub use queue::Queue;
pub use time::Millis;
