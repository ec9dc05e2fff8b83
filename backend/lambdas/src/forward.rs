//! The `forward` function: S3's events go on to the queue, with the object's address.
//!
//! Right: `sqs:SendMessage` on the queue. It reads neither the bucket nor the table.

use crowfly_aws::Queue;
use crowfly_core::forward::{Forwarder, forward};
use crowfly_core::ports::SendMessages;
use serde_json::{Value, json};

use crate::variables::{StartError, Variables, of_process};
use crate::{log, runtime};

/// The function with its client.
#[derive(Debug)]
pub struct Forward {
    queue: Queue,
    forwarder: Forwarder,
}

impl Forward {
    /// Opens the client that the environment names.
    ///
    /// # Errors
    /// [`StartError`] names the variable that is missing or wrong.
    pub fn from_environment() -> Result<Self, StartError> {
        let variables = Variables::new(&of_process);
        let session = variables.session()?;
        let bucket = variables.needed("BUCKET")?;
        Ok(Self {
            queue: Queue::open(&session, &variables.needed("QUEUE_URL")?),
            forwarder: Forwarder {
                address: session.address(&bucket),
                bucket,
                key_suffix: variables.key_suffix()?,
            },
        })
    }

    /// Handles one event.
    ///
    /// # Errors
    /// When anything was not sent: Lambda then delivers the event again.
    pub async fn call(&self, event: Value, now_ms: u64) -> Result<(), runtime::Error> {
        handle(&self.queue, &self.forwarder, event, now_ms).await
    }
}

/// Handles one event over any queue.
///
/// # Errors
/// When anything was not sent.
pub async fn handle(
    queue: &impl SendMessages,
    forwarder: &Forwarder,
    event: Value,
    now_ms: u64,
) -> Result<(), runtime::Error> {
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
