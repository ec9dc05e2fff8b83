use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::fault::fault;
use crate::session::configure;

/// Moves what failed back to its queue: from the dead-letter queue, by SQS's own message move task.
///
/// For an operator's tool; no function has the rights that this needs. Recording is idempotent, so a message
/// that comes back may be handled twice.
#[derive(Clone, Debug)]
pub struct Redrive {
    client: Client,
    queue_arn: String,
    dead_arn: String,
    dead_url: String,
}

/// How far a move is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// SQS's word: `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: String,
    /// Messages moved so far.
    pub moved: u64,
    /// Messages that were there at the start, if SQS says so.
    pub of: Option<u64>,
    /// Why it failed, if it did.
    pub reason: Option<String>,
}

impl Redrive {
    /// Finds the queue by its name, and its dead-letter queue by its redrive policy.
    ///
    /// # Errors
    /// If there is no such queue, it has no dead-letter queue, or the caller may not look.
    pub async fn of(session: &Session, queue: &str) -> Result<Self, Fault> {
        let client = Client::from_conf(configure!(aws_sdk_sqs, session).build());
        let url = url(&client, queue).await?;
        let answer = client
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(QueueAttributeName::QueueArn)
            .attribute_names(QueueAttributeName::RedrivePolicy)
            .send()
            .await
            .map_err(|error| fault("sqs.GetQueueAttributes", &error))?;
        let attribute = |name| answer.attributes().and_then(|all| all.get(&name)).cloned();
        let policy = attribute(QueueAttributeName::RedrivePolicy).unwrap_or_default();
        let policy = serde_json::from_str::<serde_json::Value>(&policy).unwrap_or_default();
        let dead_arn = policy
            .get("deadLetterTargetArn")
            .and_then(|arn| arn.as_str());
        let (Some(queue_arn), Some(dead_arn)) = (attribute(QueueAttributeName::QueueArn), dead_arn)
        else {
            let detail = format!("the queue {queue} has no dead-letter queue");
            return Err(Fault::new(
                "sqs.GetQueueAttributes",
                FaultKind::Unexpected,
                detail,
            ));
        };
        let name = dead_arn.rsplit(':').next().unwrap_or_default();
        Ok(Self {
            dead_url: self::url(&client, name).await?,
            dead_arn: dead_arn.to_owned(),
            queue_arn,
            client,
        })
    }

    /// About how many messages lie in the dead-letter queue.
    ///
    /// # Errors
    /// If SQS refuses or does not answer.
    pub async fn waiting(&self) -> Result<u64, Fault> {
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.dead_url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .send()
            .await
            .map_err(|error| fault("sqs.GetQueueAttributes", &error))?;
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let count = answer.attributes().and_then(|all| all.get(&name));
        Ok(count
            .and_then(|count| count.parse().ok())
            .unwrap_or_default())
    }

    /// Starts the move, at most so many messages a second (1 to 500), or as fast as SQS likes.
    ///
    /// # Errors
    /// If SQS refuses, as while another move of this queue runs, or does not answer.
    pub async fn start(&self, most_per_second: Option<u16>) -> Result<(), Fault> {
        self.client
            .start_message_move_task()
            .source_arn(&self.dead_arn)
            // Without it SQS knows no way back for a message that somebody put there by hand.
            .destination_arn(&self.queue_arn)
            .set_max_number_of_messages_per_second(most_per_second.map(i32::from))
            .send()
            .await
            .map(drop)
            .map_err(|error| fault("sqs.StartMessageMoveTask", &error))
    }

    /// How far the latest move is.
    ///
    /// # Errors
    /// If SQS refuses or does not answer.
    pub async fn moving(&self) -> Result<Option<Moving>, Fault> {
        let answer = self
            .client
            .list_message_move_tasks()
            .source_arn(&self.dead_arn)
            .max_results(1)
            .send()
            .await
            .map_err(|error| fault("sqs.ListMessageMoveTasks", &error))?;
        Ok(answer.results().first().map(|task| Moving {
            status: task.status().unwrap_or_default().to_owned(),
            moved: u64::try_from(task.approximate_number_of_messages_moved()).unwrap_or_default(),
            of: task
                .approximate_number_of_messages_to_move()
                .and_then(|count| u64::try_from(count).ok()),
            reason: task.failure_reason().map(str::to_owned),
        }))
    }
}

async fn url(client: &Client, name: &str) -> Result<String, Fault> {
    let answer = client
        .get_queue_url()
        .queue_name(name)
        .send()
        .await
        .map_err(|error| fault("sqs.GetQueueUrl", &error))?;
    Ok(answer.queue_url().unwrap_or_default().to_owned())
}
