//! The `forward` function: sends S3 events on to the queue, with the object's URL.
//!
//! IAM: `sqs:SendMessage` on the queue. It reads neither the bucket nor the table.

use crowfly_aws::Queue;
use crowfly_core::forward::{Forwarder, forward};
use crowfly_core::ports::SendMessages;
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::log;
use crate::runtime::{CallError, Function, Moment};
use crate::variables::StartError;

/// The function with its client.
#[derive(Debug)]
pub struct Forward {
    queue: Queue,
    forwarder: Forwarder,
}

impl Function for Forward {
    type Answer = ();

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        Ok(Self {
            queue: environment.queue()?,
            forwarder: Forwarder {
                address: environment.address()?,
                bucket: environment.bucket_name()?,
                key_suffix: environment.variables.key_suffix()?,
            },
        })
    }

    async fn call(&self, event: Value, now: Moment) -> Result<(), CallError> {
        handle(&self.queue, &self.forwarder, event, now.ms).await
    }
}

/// Handles one event, over any queue.
///
/// # Errors
/// If anything was not sent.
pub async fn handle(
    queue: &impl SendMessages,
    forwarder: &Forwarder,
    event: Value,
    now_ms: u64,
) -> Result<(), CallError> {
    match forward(queue, forwarder, &event).await {
        Ok(done) => {
            log::Metrics::at(now_ms)
                .count("EventsForwarded", done.sent)
                .count("EventsIgnored", done.ignored)
                .write();
            Ok(())
        }
        Err(error) => {
            log::line("error", "forward", json!({"fault": error.to_string()}));
            Err(error.into())
        }
    }
}
