//! The `forward` function: sends S3's events on to the queue, with the object's URL.

use crowfly_contract::QueueMessage;
use serde_json::Value;

use crate::Fault;
use crate::address::ObjectAddress;
use crate::message::{Malformed, Message, parse_s3};
use crate::ports::SendMessages;

/// Entries of a batch:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
const BATCH: usize = 10;

/// Selects the objects to forward.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// The bucket; events of other buckets are ignored.
    pub bucket: String,
    /// How URLs of its objects are formed.
    pub address: ObjectAddress,
    /// Required suffix of keys, case-sensitive like the filter of S3; empty for any key.
    pub key_suffix: String,
}

/// What was forwarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Messages that the queue accepted.
    pub sent: usize,
    /// Records that are not forwarded.
    pub ignored: usize,
}

/// Why Lambda must deliver the event again. Messages that were sent are then sent twice, and
/// `record` handles duplicates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// A record cannot be parsed, and a retry cannot change that; all others were sent.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The queue failed as a whole.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The queue did not accept some messages.
    #[error("the queue did not accept {0} messages")]
    NotAccepted(usize),
}

/// Forwards the matching records of an S3 event; every batch is attempted before an error is
/// returned.
///
/// # Errors
/// [`ForwardError`] if anything was not sent, so that Lambda delivers the event again.
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
