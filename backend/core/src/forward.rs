//! The `forward` function: from S3's event to our queue message with the object's address.

use crowfly_contract::QueueMessage;
use serde_json::Value;

use crate::Fault;
use crate::address::ObjectAddress;
use crate::message::{Malformed, Message, parse_s3};
use crate::ports::SendMessages;

/// Most messages that the queue takes in one call.
const BATCH: usize = 10;

/// Which objects are forwarded.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// The bucket; events of others are not ours.
    pub bucket: String,
    /// How addresses of its objects are formed.
    pub address: ObjectAddress,
    /// What a key must end with, case-sensitive as S3's own filter; empty for any key.
    pub key_suffix: String,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Messages that the queue accepted.
    pub sent: usize,
    /// Records that are not ours to forward.
    pub ignored: usize,
}

/// Why the event must come again. What was sent then comes twice, which `record` does not mind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// A record cannot be read, now or later; everything else was sent.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The queue failed as a whole.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The queue did not accept some messages.
    #[error("the queue did not accept {0} messages")]
    NotAccepted(usize),
}

/// Forwards all records of one S3 event that are ours; every batch is tried before an error is returned.
///
/// # Errors
/// [`ForwardError`] when anything was not sent, so that the event is delivered again and nothing is lost.
pub async fn forward(
    queue: &impl SendMessages,
    forwarder: &Forwarder,
    event: &Value,
) -> Result<Forwarded, ForwardError> {
    let mut done = Forwarded::default();
    let mut failure = None;
    let mut messages: Vec<QueueMessage> = Vec::new();
    for message in parse_s3(event) {
        match message {
            Ok(Message::Object(event))
                if event.bucket == forwarder.bucket
                    && event.key.ends_with(&forwarder.key_suffix) =>
            {
                messages.push(event.to_message(forwarder.address.of(&event.key)));
            }
            Ok(_) => done.ignored += 1,
            Err(malformed) => failure = Some(malformed.into()),
        }
    }
    for batch in messages.chunks(BATCH) {
        match queue.send_messages(batch).await {
            Ok(failed) if failed.is_empty() => done.sent += batch.len(),
            Ok(failed) => failure = Some(ForwardError::NotAccepted(failed.len())),
            Err(fault) => failure = Some(fault.into()),
        }
    }
    failure.map_or(Ok(done), Err)
}
