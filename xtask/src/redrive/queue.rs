//! A queue with its dead-letter queue, and SQS's move from the latter to the former.

use std::path::PathBuf;

use devkit::aws::Key;
use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::python;

/// How to reach a queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its name.
    pub(super) queue: String,
    /// Such as `eu-west-1`.
    pub(super) region: String,
    /// SQS's endpoint, if not on AWS.
    pub(super) endpoint: Option<String>,
    /// The key to call with, unless the AWS CLI finds one.
    pub(super) key: Option<Key>,
}

/// Progress of a move.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moving {
    /// The task's status: `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub(super) status: String,
    /// Messages moved so far.
    pub(super) moved: u64,
    /// Messages at the start, if SQS reports them.
    pub(super) of: Option<u64>,
    /// Why it failed, if it did.
    pub(super) reason: Option<String>,
}

/// A queue with its dead-letter queue.
#[derive(Debug)]
pub(super) struct Queues<'a> {
    sqs: Sqs<'a>,
    arn: String,
    dead_arn: String,
    dead_url: String,
}

impl<'a> Queues<'a> {
    /// Finds the queue by its name, and its dead-letter queue by its redrive policy.
    pub(super) fn of(place: &'a Place) -> Result<Self, Error> {
        let program = python::aws_cli()?.join("aws");
        let sqs = Sqs { program, place };
        let url = sqs.url(&place.queue)?;
        let attributes = sqs.attributes(&url, &["QueueArn", "RedrivePolicy"])?;
        let Some((arn, dead_arn)) = arns(&attributes) else {
            let queue = &place.queue;
            return Err(Error::failed(format!(
                "the queue {queue} has no dead-letter queue"
            )));
        };
        let dead_url = sqs.url(dead_arn.rsplit(':').next().unwrap_or_default())?;
        Ok(Self {
            sqs,
            arn,
            dead_arn,
            dead_url,
        })
    }

    /// The approximate number of messages in the dead-letter queue.
    pub(super) fn waiting(&self) -> Result<u64, Error> {
        let name = "ApproximateNumberOfMessages";
        let attributes = self.sqs.attributes(&self.dead_url, &[name])?;
        let count = text(&attributes, name).and_then(|count| count.parse().ok());
        Ok(count.unwrap_or_default())
    }

    /// Starts the move, at most this many messages a second (1 to 500), or as fast as SQS can.
    pub(super) fn start(&self, most_per_second: Option<u16>) -> Result<(), Error> {
        let most = most_per_second.map(|most| most.to_string());
        let mut arguments = vec!["--source-arn", &self.dead_arn];
        // Without it SQS finds no destination for a message that was sent to the dead-letter queue directly.
        arguments.extend(["--destination-arn", &self.arn]);
        if let Some(most) = &most {
            arguments.extend(["--max-number-of-messages-per-second", most]);
        }
        self.sqs
            .call("start-message-move-task", &arguments)
            .map(drop)
    }

    /// The progress of the latest move.
    pub(super) fn moving(&self) -> Result<Moving, Error> {
        let arguments = ["--source-arn", &self.dead_arn, "--max-results", "1"];
        let answer = self.sqs.call("list-message-move-tasks", &arguments)?;
        moving(&answer).ok_or_else(|| Error::failed("SQS lists no move, although one was started"))
    }
}

/// Calls of SQS through the AWS CLI.
#[derive(Debug)]
struct Sqs<'a> {
    program: PathBuf,
    place: &'a Place,
}

impl Sqs<'_> {
    fn url(&self, queue: &str) -> Result<String, Error> {
        let answer = self.call("get-queue-url", &["--queue-name", queue])?;
        Ok(text(&answer, "QueueUrl").unwrap_or_default().to_owned())
    }

    fn attributes(&self, url: &str, names: &[&str]) -> Result<Value, Error> {
        let arguments = [&["--queue-url", url, "--attribute-names"], names].concat();
        let mut answer = self.call("get-queue-attributes", &arguments)?;
        Ok(answer["Attributes"].take())
    }

    fn call(&self, action: &str, arguments: &[&str]) -> Result<Value, Error> {
        let mut command = Cmd::new(&self.program)
            .args(["sqs", action, "--output", "json"])
            .args(["--region", &self.place.region])
            .args(arguments)
            .log("redrive");
        if let Some(endpoint) = &self.place.endpoint {
            command = command.args(["--endpoint-url", endpoint]);
        }
        if let Some(Key { id, secret }) = &self.place.key {
            command = command
                .env("AWS_ACCESS_KEY_ID", id)
                .env("AWS_SECRET_ACCESS_KEY", secret)
                .env_remove("AWS_SESSION_TOKEN");
        }
        let answer = command.output()?;
        // The CLI prints nothing for an empty answer.
        if answer.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&answer)
            .map_err(|error| Error::failed(format!("the AWS CLI wrote no JSON: {error}")))
    }
}

/// The ARNs of a queue and of its dead-letter queue.
fn arns(attributes: &Value) -> Option<(String, String)> {
    let policy: Value = serde_json::from_str(text(attributes, "RedrivePolicy")?).ok()?;
    let dead = text(&policy, "deadLetterTargetArn")?;
    Some((text(attributes, "QueueArn")?.to_owned(), dead.to_owned()))
}

fn moving(answer: &Value) -> Option<Moving> {
    let task = answer.get("Results")?.get(0)?;
    let count = |name: &str| task.get(name).and_then(Value::as_u64);
    Some(Moving {
        status: text(task, "Status")?.to_owned(),
        moved: count("ApproximateNumberOfMessagesMoved").unwrap_or_default(),
        of: count("ApproximateNumberOfMessagesToMove"),
        reason: text(task, "FailureReason").map(str::to_owned),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Moving, arns, moving};

    #[test]
    fn the_dead_letter_queue_is_found_by_the_redrive_policy() {
        let policy = json!({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:dead"});
        let attributes = json!({"QueueArn": "arn:aws:sqs:eu-west-1:1:q",
            "RedrivePolicy": policy.to_string()});
        let (queue, dead) = arns(&attributes).expect("both");
        assert_eq!(queue, "arn:aws:sqs:eu-west-1:1:q");
        assert_eq!(dead, "arn:aws:sqs:eu-west-1:1:dead");
        for attributes in [
            Value::Null,
            json!({"QueueArn": "q"}),
            json!({"QueueArn": "q", "RedrivePolicy": "x"}),
        ] {
            assert_eq!(arns(&attributes), None);
        }
    }

    #[test]
    fn a_move_says_how_far_it_is() {
        let running = json!({"Results": [{"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 1,
            "ApproximateNumberOfMessagesToMove": 3}]});
        let expected = Moving {
            status: "RUNNING".to_owned(),
            moved: 1,
            of: Some(3),
            reason: None,
        };
        assert_eq!(moving(&running), Some(expected));
        let failed = json!({"Results": [{"Status": "FAILED", "FailureReason": "AccessDenied"}]});
        let failed = moving(&failed).expect("a move");
        assert_eq!((failed.moved, failed.of), (0, None));
        assert_eq!(failed.reason.as_deref(), Some("AccessDenied"));
        assert_eq!(moving(&json!({"Results": []})), None);
        assert_eq!(moving(&Value::Null), None);
    }
}
