use serde::Deserialize;
use serde_json::{Value, json};

use super::Aws;

/// A message of a queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Its body.
    pub body: String,
    receipt_handle: String,
}

impl Aws {
    /// Puts a message into a queue.
    #[track_caller]
    pub fn send_message(&self, queue: &str, body: &str) {
        self.sqs("SendMessage", queue, json!({"MessageBody": body}));
    }

    /// Sends up to ten messages in one call, so that they tend to be received in one batch.
    #[track_caller]
    pub fn send_messages(&self, queue: &str, bodies: &[String]) {
        let entry = |(place, body)| json!({"Id": format!("m{place}"), "MessageBody": body});
        let entries: Vec<Value> = bodies.iter().enumerate().map(entry).collect();
        let answer = self.sqs("SendMessageBatch", queue, json!({"Entries": entries}));
        let failed = answer["Failed"].as_array().map_or(0, Vec::len);
        assert!(failed == 0, "the queue refused: {}", answer["Failed"]);
    }

    /// Receives up to ten messages with a visibility timeout of a minute.
    #[track_caller]
    pub fn receive_messages(&self, queue: &str) -> Vec<Message> {
        let wanted = json!({"MaxNumberOfMessages": 10, "VisibilityTimeout": 60});
        let mut answer = self.sqs("ReceiveMessage", queue, wanted);
        serde_json::from_value(answer["Messages"].take()).unwrap_or_default()
    }

    /// Deletes a message.
    #[track_caller]
    pub fn delete_message(&self, queue: &str, message: &Message) {
        let which = json!({"ReceiptHandle": message.receipt_handle});
        self.sqs("DeleteMessage", queue, which);
    }

    /// Messages in a queue, visible and in flight.
    #[track_caller]
    pub fn queue_depth(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let wanted = json!({"AttributeNames": names});
        let answer = self.sqs("GetQueueAttributes", queue, wanted);
        let count = |name| {
            let text = answer["Attributes"][name].as_str();
            let count = text.and_then(|text| text.parse::<u64>().ok());
            count.expect("the queue reports its depth")
        };
        names.map(count).iter().sum()
    }

    #[track_caller]
    fn sqs(&self, operation: &str, queue: &str, mut body: Value) -> Value {
        body["QueueUrl"] = json!(queue);
        self.call("sqs", &format!("AmazonSQS.{operation}"), &body)
    }
}
