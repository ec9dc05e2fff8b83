//! The `record` function: turns SQS messages about objects into records.
//!
//! IAM: `dynamodb:GetItem` and `dynamodb:UpdateItem` on the table; `s3:GetObject` on the uploads
//! and `s3:ListBucket` on the bucket; on the queue `ReceiveMessage`, `DeleteMessage` and
//! `GetQueueAttributes`, which the event source needs, and `ChangeMessageVisibility` to delay
//! retries; with a bus, `events:PutEvents` on it.

mod counts;

use crowfly_aws::{Bucket, EventBus, Queue, Table};
use crowfly_core::denied::DeniedOwners;
use crowfly_core::ports::{PutEvents, SetVisibilityTimeouts, VisibilityTimeout};
use crowfly_core::record::{Objects, Recorder, Redelivery, Rows, record_batch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use counts::Counts;

use crate::environment::Environment;
use crate::log;
use crate::runtime::{CallError, Function, Moment};
use crate::variables::StartError;

/// Messages of a batch that are handled concurrently.
const AT_ONCE: usize = 10;

/// The function with its clients.
#[derive(Debug)]
pub struct Record {
    rows: Table,
    objects: Bucket,
    queue: Queue,
    bus: Option<EventBus>,
    settings: Settings,
}

/// The settings of this function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How objects are recorded.
    pub recorder: Recorder,
    /// When failed messages are received again.
    pub redelivery: Redelivery,
    /// Denied owners. What they store with a URL that was signed before is recorded as usual, and
    /// reported.
    pub denied: DeniedOwners,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    receipt_handle: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    approximate_receive_count: String,
}

/// The partial batch response: the ids of the messages to receive again.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// Empty if all messages are handled.
    pub batch_item_failures: Vec<Failure>,
}

/// A message to receive again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The message's id.
    pub item_identifier: String,
}

impl Function for Record {
    type Answer = BatchAnswer;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        let variables = &environment.variables;
        Ok(Self {
            rows: environment.table()?,
            objects: environment.bucket()?,
            queue: environment.queue()?,
            bus: environment.bus(),
            settings: Settings {
                recorder: environment.recorder()?,
                redelivery: Redelivery {
                    visibility_timeout_s: variables.visibility_timeout()?,
                },
                denied: variables.denied_owners()?,
            },
        })
    }

    /// Fails if the event is not an SQS batch: then Lambda retries the whole batch.
    async fn call(&self, event: Value, now: Moment) -> Result<BatchAnswer, CallError> {
        let (rows, objects, queue) = (&self.rows, &self.objects, &self.queue);
        handle(
            rows,
            objects,
            queue,
            &self.bus,
            &self.settings,
            event,
            now.ms,
        )
        .await
    }
}

/// Handles one batch, over any ports.
///
/// # Errors
/// If the event is not an SQS batch.
pub async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    queue: &impl SetVisibilityTimeouts,
    bus: &impl PutEvents,
    settings: &Settings,
    event: Value,
    now_ms: u64,
) -> Result<BatchAnswer, CallError> {
    let batch: Batch = serde_json::from_value(event)?;
    let bodies: Vec<&str> = batch
        .records
        .iter()
        .map(|message| message.body.as_str())
        .collect();
    // Boxed: the nested futures, down to those of the SDK, exceed the recursion limit of the
    // compiler.
    let recorded = Box::pin(record_batch(
        rows,
        objects,
        bus,
        &settings.recorder,
        &bodies,
        AT_ONCE,
        now_ms,
    ))
    .await;
    let mut counts = Counts::new(now_ms, &settings.denied);
    let mut failed = Vec::new();
    for (message, results) in batch.records.into_iter().zip(recorded.results) {
        for result in &results {
            counts.add(&message.message_id, result);
        }
        let delay = settings.redelivery.delay_s(message.receives(), &results);
        failed.extend(delay.map(|seconds| (message, seconds)));
    }
    counts.notified(recorded.notifications);
    counts.log();
    delay_retries(queue, &failed).await;
    Ok(BatchAnswer {
        batch_item_failures: failed
            .into_iter()
            .map(|(message, _)| Failure {
                item_identifier: message.message_id,
            })
            .collect(),
    })
}

/// Sets the visibility timeout of each failed message. If that fails, the one of the queue applies.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>
async fn delay_retries(queue: &impl SetVisibilityTimeouts, messages: &[(Message, u32)]) {
    for messages in messages.chunks(AT_ONCE) {
        let timeouts: Vec<VisibilityTimeout> = messages
            .iter()
            .map(|(message, seconds)| VisibilityTimeout {
                receipt: message.receipt_handle.clone(),
                seconds: *seconds,
            })
            .collect();
        if let Err(fault) = queue.set_visibility_timeouts(&timeouts).await {
            log::line(
                "warn",
                "visibility-timeout",
                json!({"fault": fault.to_string()}),
            );
        }
    }
}

impl Message {
    /// Number of receives, this one included.
    fn receives(&self) -> u32 {
        let count = &self.attributes.approximate_receive_count;
        count.parse().unwrap_or(1)
    }
}
