use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, SendMessageBatchRequestEntry};
use crowfly_contract::QueueMessage;
use crowfly_core::ports::{SendMessages, SetVisibilityTimeouts, VisibilityTimeout};
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::fault::fault;
use crate::session::configure;

const SERVICE: &str = "sqs.SendMessageBatch";

/// The queue whose messages the `record` function receives.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// Opens the queue with this URL.
    pub fn open(session: &Session, url: &str) -> Self {
        let config = configure!(aws_sdk_sqs, session, sqs).build();
        Self {
            client: Client::from_conf(config),
            url: url.to_owned(),
        }
    }
}

impl SendMessages for Queue {
    async fn send_messages(&self, messages: &[QueueMessage]) -> Result<Vec<usize>, Fault> {
        let entries = messages
            .iter()
            .enumerate()
            .map(|(index, message)| {
                let body = serde_json::to_string(message).map_err(|error| error.to_string())?;
                SendMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .message_body(body)
                    .build()
                    .map_err(|error| error.to_string())
            })
            .collect::<Result<Vec<_>, String>>()
            .map_err(|detail| Fault::new(SERVICE, FaultKind::Unexpected, detail))?;
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        // A batch can succeed in part: an entry counts as sent only if the answer lists it.
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
        let accepted: Vec<&str> = answer.successful().iter().map(|entry| entry.id()).collect();
        Ok((0..messages.len())
            .filter(|index| !accepted.contains(&index.to_string().as_str()))
            .collect())
    }
}

impl SetVisibilityTimeouts for Queue {
    async fn set_visibility_timeouts(&self, messages: &[VisibilityTimeout]) -> Result<(), Fault> {
        const SERVICE: &str = "sqs.ChangeMessageVisibilityBatch";
        let entries = messages
            .iter()
            .enumerate()
            .map(|(index, message)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(&message.receipt)
                    .visibility_timeout(i32::try_from(message.seconds).unwrap_or(i32::MAX))
                    .build()
                    .map_err(|error| Fault::new(SERVICE, FaultKind::Unexpected, error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .client
            .change_message_visibility_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        match answer.failed().first() {
            None => Ok(()),
            Some(first) => Err(Fault::new(SERVICE, FaultKind::Unexpected, first.code())),
        }
    }
}
