use serde_json::{Value, json};

use super::Aws;

/// A message of a queue.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its body.
    pub body: String,
    receipt: String,
}

impl Aws {
    /// Puts a message into a queue.
    #[track_caller]
    pub fn send_message(&self, queue: &str, body: &str) {
        self.call(
            "sqs",
            "AmazonSQS.SendMessage",
            &json!({"QueueUrl": queue, "MessageBody": body}),
        );
    }

    /// Sends up to ten messages in one call, so that they tend to be received in one batch.
    #[track_caller]
    pub fn send_messages(&self, queue: &str, bodies: &[String]) {
        let entries: Vec<Value> = bodies
            .iter()
            .enumerate()
            .map(|(place, body)| json!({"Id": format!("m{place}"), "MessageBody": body}))
            .collect();
        let answer = self.call(
            "sqs",
            "AmazonSQS.SendMessageBatch",
            &json!({"QueueUrl": queue, "Entries": entries}),
        );
        let failed = answer["Failed"].as_array().map_or(0, Vec::len);
        assert!(failed == 0, "the queue refused: {}", answer["Failed"]);
    }

    /// Receives up to ten messages with a visibility timeout of a minute.
    #[track_caller]
    pub fn receive_messages(&self, queue: &str) -> Vec<Message> {
        let answer = self.call(
            "sqs",
            "AmazonSQS.ReceiveMessage",
            &json!({"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 60}),
        );
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        answer["Messages"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|message| Message {
                body: text(&message["Body"]),
                receipt: text(&message["ReceiptHandle"]),
            })
            .collect()
    }

    /// Deletes a message.
    #[track_caller]
    pub fn delete_message(&self, queue: &str, message: &Message) {
        let body = json!({"QueueUrl": queue, "ReceiptHandle": message.receipt});
        self.call("sqs", "AmazonSQS.DeleteMessage", &body);
    }

    /// Messages in a queue, visible and in flight.
    #[track_caller]
    pub fn queue_depth(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let answer = self.call(
            "sqs",
            "AmazonSQS.GetQueueAttributes",
            &json!({"QueueUrl": queue, "AttributeNames": names}),
        );
        names
            .iter()
            .map(|name| {
                answer["Attributes"][name]
                    .as_str()
                    .and_then(|text| text.parse::<u64>().ok())
            })
            .map(|count| count.expect("the queue reports its depth"))
            .sum()
    }
}
