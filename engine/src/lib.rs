//! The upload state machine of Crowfly.
//!
//! No IO happens here: no clock, no randomness, no bytes of any file. Time, seed and limits are arguments;
//! the driver feeds in what happened and carries out what is asked for:
//!
//! 1. [`Queue::handle_input`] takes one [`Input`]: what the user asks for, news of the network, an answer.
//! 2. [`Queue::poll_output`] is drained: each [`Output::Do`] is started, each [`Output::Emit`] goes to the application.
//! 3. [`Output::Idle`] ends the drain, with the moment of the next [`Input::Tick`] in hand.
//!
//! Inputs never fail; those for unknown ids, and answers that come late or twice, change nothing. An
//! adapter may answer a command from within step 2, as long as the answer is fed in after the drain.
//!
//! Inside, a queue (windows, token, back-off, order) holds uploads (facts, from which the next pieces of
//! work follow), and an upload holds parts (ranges that are hashed, signed and sent by themselves; a file
//! that goes in one PUT has one).
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
pub use failure::{Failure, Phase};
pub use input::{
    AddRefusal, ApiFailure, ChecksumMode, Completion, Input, NewUpload, ReadFailure, Receipt,
    Reply, SendFailure, TokenFailure, TokenLife,
};
pub use output::{Command, Event, Output, ReadId, RequestId, State, TokenReason};
pub use progress::Progress;
pub use queue::Queue;
pub use snapshot::Snapshot;
pub use time::Millis;
