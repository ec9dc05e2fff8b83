//! The `record` function: SQS messages about objects become records.
//!
//! IAM: `dynamodb:GetItem` and `dynamodb:UpdateItem` on the table; `s3:GetObject` on the uploads and
//! `s3:ListBucket` on the bucket; the queue's `ReceiveMessage`, `DeleteMessage` and `GetQueueAttributes`,
//! and `ChangeMessageVisibility` for those that must come again.

mod counts;

use crowfly_aws::{Bucket, Queue, Table};
use crowfly_core::denied::DeniedOwners;
use crowfly_core::ports::{Hidden, HideMessages};
use crowfly_core::record::{Objects, Recorder, Redelivery, Rows, record_batch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use counts::Counts;

use crate::environment::Environment;
use crate::runtime::{Function, Moment};
use crate::variables::StartError;
use crate::{log, runtime};

/// Messages of one batch that are worked on at the same time.
const AT_ONCE: usize = 10;

/// The function with its clients.
#[derive(Debug)]
pub struct Record {
    rows: Table,
    objects: Bucket,
    queue: Queue,
    settings: Settings,
}

/// What the deployment decides for this function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is recorded.
    pub recorder: Recorder,
    /// When messages that could not be settled are received again.
    pub redelivery: Redelivery,
    /// Owners who are turned away. What they store all the same, by a URL that they had, is recorded as ever and
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

/// Which messages of a batch must come again: exactly those, by the ids that Lambda gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// Empty when all are settled.
    pub batch_item_failures: Vec<Failure>,
}

/// A message that must come again.
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
            settings: Settings {
                recorder: environment.recorder()?,
                redelivery: Redelivery {
                    visibility_timeout_s: variables.visibility_timeout()?,
                },
                denied: variables.denied_owners()?,
            },
        })
    }

    /// Fails when the event is not a batch of SQS: then Lambda delivers it again as a whole.
    async fn call(&self, event: Value, now: Moment) -> Result<BatchAnswer, runtime::Error> {
        let (rows, objects) = (&self.rows, &self.objects);
        handle(rows, objects, &self.queue, &self.settings, event, now.ms).await
    }
}

/// Handles one batch over any ports.
///
/// # Errors
/// When the event is not a batch of SQS.
pub async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    queue: &impl HideMessages,
    settings: &Settings,
    event: Value,
    now_ms: u64,
) -> Result<BatchAnswer, runtime::Error> {
    let batch: Batch = serde_json::from_value(event)?;
    let bodies: Vec<&str> = batch
        .records
        .iter()
        .map(|message| message.body.as_str())
        .collect();
    // Boxed: futures one within the other, down to the SDK's, are deeper than the compiler looks.
    let outcomes = Box::pin(record_batch(
        rows,
        objects,
        &settings.recorder,
        &bodies,
        AT_ONCE,
    ))
    .await;
    let mut counts = Counts::new(now_ms, &settings.denied);
    let mut unsettled = Vec::new();
    for (message, results) in batch.records.into_iter().zip(outcomes) {
        for result in &results {
            counts.add(&message.message_id, result);
        }
        let delay = settings.redelivery.delay_s(message.receives(), &results);
        unsettled.extend(delay.map(|seconds| (message, seconds)));
    }
    counts.log();
    put_off(queue, &unsettled).await;
    Ok(BatchAnswer {
        batch_item_failures: unsettled
            .into_iter()
            .map(|(message, _)| Failure {
                item_identifier: message.message_id,
            })
            .collect(),
    })
}

/// Says when each message comes again. What the queue does not hear of comes after its own time.
async fn put_off(queue: &impl HideMessages, messages: &[(Message, u32)]) {
    for messages in messages.chunks(AT_ONCE) {
        let hidden: Vec<Hidden> = messages
            .iter()
            .map(|(message, seconds)| Hidden {
                receipt: message.receipt_handle.clone(),
                seconds: *seconds,
            })
            .collect();
        if let Err(fault) = queue.hide_messages(&hidden).await {
            log::line("warn", "put-off", json!({"fault": fault.to_string()}));
        }
    }
}

impl Message {
    /// How often it has been received, this time included.
    fn receives(&self) -> u32 {
        let count = &self.attributes.approximate_receive_count;
        count.parse().unwrap_or(1)
    }
}
