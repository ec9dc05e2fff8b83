//! `cargo xtask redrive`: moves a stack's dead letters back to its queue, once their cause is fixed.
//!
//! SQS moves them itself, by a message move task
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>), which is
//! started by the AWS CLI with the operator's configured credentials. Recording is idempotent, so a message may be
//! processed twice.

use std::path::{Path, PathBuf};
use std::time::Duration;

use devkit::aws::Key;
use lexopt::{Arg, Parser, ValueExt};
use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::python;
use crate::{files, paths};

const PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    stack: Option<String>,
    region: Option<String>,
    profile: Option<String>,
    endpoint: Option<String>,
    most: Option<u16>,
    env: Option<PathBuf>,
}

/// How to reach a queue.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    queue: String,
    /// `None` is that of the profile, or of the environment.
    region: Option<String>,
    /// The AWS CLI's profile, static or by SSO.
    profile: Option<String>,
    /// SQS's endpoint, if not on AWS.
    endpoint: Option<String>,
    /// The key to call with, unless the AWS CLI finds one.
    key: Option<Key>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Moving {
    /// `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    #[serde(rename = "Status")]
    status: String,
    #[serde(rename = "ApproximateNumberOfMessagesMoved", default)]
    moved: u64,
    /// Messages at the start, if SQS reports them.
    #[serde(rename = "ApproximateNumberOfMessagesToMove")]
    of: Option<u64>,
    /// Why it failed, if it did.
    #[serde(rename = "FailureReason")]
    reason: Option<String>,
}

pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let asked = parse(arguments)?;
    let place = match &asked.env {
        Some(file) => local(file, asked.stack.as_deref())?,
        None => on_aws(&asked)?,
    };
    let queue = &place.queue;
    let own = place.attributes(queue, "QueueArn RedrivePolicy")?;
    // The dead-letter queue is that of the redrive policy.
    let (arn, dead) = arns(&own)
        .ok_or_else(|| Error::failed(format!("the queue {queue} has no dead-letter queue")))?;
    let waiting = "ApproximateNumberOfMessages";
    let letters = place.attributes(dead.rsplit(':').next().unwrap_or_default(), waiting)?;
    if matches!(text(&letters, waiting), None | Some("0")) {
        println!("the dead-letter queue of {queue} is empty");
        return Ok(());
    }
    // Without a destination SQS finds none for a message that was sent to the dead-letter queue directly.
    let mut task = vec!["--source-arn", &dead, "--destination-arn", &arn];
    let most = asked.most.map(|most| most.to_string());
    if let Some(most) = &most {
        task.extend(["--max-number-of-messages-per-second", most]);
    }
    // Ctrl-C ends this command only; a started move continues in SQS.
    place.call("start-message-move-task", &task)?;
    loop {
        let latest = ["--source-arn", &dead, "--max-results", "1"];
        let moving = moving(&place.call("list-message-move-tasks", &latest)?)
            .ok_or_else(|| Error::failed("SQS lists no move, although one was started"))?;
        let of = moving.of.map_or(String::new(), |of| format!(" of {of}"));
        println!("moved {}{of} to {queue}: {}", moving.moved, moving.status);
        match moving.status.as_str() {
            "RUNNING" => std::thread::sleep(PAUSE),
            "COMPLETED" => return Ok(()),
            status => {
                let reason = moving.reason.as_deref().unwrap_or("no reason given");
                let failed = format!("the move ended as {status}: {reason}");
                return Err(Error::failed(failed));
            }
        }
    }
}

fn parse(mut arguments: Parser) -> Result<Asked, Error> {
    let mut asked = Asked::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("stack") => asked.stack = Some(arguments.value()?.string()?),
            Arg::Long("region") => asked.region = Some(arguments.value()?.string()?),
            Arg::Long("profile") => asked.profile = Some(arguments.value()?.string()?),
            Arg::Long("endpoint") => asked.endpoint = Some(arguments.value()?.string()?),
            Arg::Long("env") => asked.env = Some(arguments.value()?.into()),
            Arg::Long("max-per-second") => {
                let most = arguments.value()?.parse()?;
                if !(1..=500).contains(&most) {
                    return Err(Error::Usage("--max-per-second takes 1 to 500".to_owned()));
                }
                asked.most = Some(most);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(asked)
}

/// A stack on AWS, with the operator's own credentials.
fn on_aws(asked: &Asked) -> Result<Place, Error> {
    let Some(stack) = &asked.stack else {
        let text = "redrive takes --stack NAME and, unless the profile names one, --region REGION; \
                    or --env target/dev/env.json";
        return Err(Error::Usage(text.to_owned()));
    };
    Ok(Place {
        queue: format!("{stack}-events"),
        region: asked.region.clone(),
        profile: asked.profile.clone(),
        endpoint: asked.endpoint.clone(),
        key: None,
    })
}

/// A stack of the local AWS, from the env file of `dev` or `test`; `stack` selects one of several.
fn local(file: &Path, stack: Option<&str>) -> Result<Place, Error> {
    let name = paths::short(file);
    let mut value: Value = files::json(&name, files::read(file)?)?;
    if let Some(stack) = stack {
        let found = value.pointer_mut(&format!("/stacks/{stack}"));
        value = found.map(Value::take).unwrap_or_default();
    }
    let text = |field: &str| {
        let found = text(&value, field).map(str::to_owned);
        found.ok_or_else(|| Error::failed(format!("{name} names no `{field}`; is it a stack's?")))
    };
    let queue = text("queue")?.rsplit('/').next().map(str::to_owned);
    Ok(Place {
        queue: queue.unwrap_or_default(),
        region: Some(text("region")?),
        profile: None,
        endpoint: Some(text("s3")?),
        key: Some(Key {
            id: text("accessKeyId")?,
            secret: text("secretAccessKey")?,
        }),
    })
}

impl Place {
    /// Attributes of a queue of the account, by its name.
    fn attributes(&self, queue: &str, names: &str) -> Result<Value, Error> {
        let answer = self.call("get-queue-url", &["--queue-name", queue])?;
        let url = text(&answer, "QueueUrl").unwrap_or_default();
        let mut arguments = vec!["--queue-url", url, "--attribute-names"];
        arguments.extend(names.split(' '));
        let mut answer = self.call("get-queue-attributes", &arguments)?;
        Ok(answer["Attributes"].take())
    }

    fn call(&self, action: &str, arguments: &[&str]) -> Result<Value, Error> {
        let mut command = Cmd::new(python::aws_cli()?.join("aws"))
            .args(["sqs", action, "--output", "json"])
            .args(arguments)
            .log("redrive");
        for (option, value) in [
            ("--region", &self.region),
            ("--profile", &self.profile),
            ("--endpoint-url", &self.endpoint),
        ] {
            if let Some(value) = value {
                command = command.args([option, value]);
            }
        }
        if let Some(Key { id, secret }) = &self.key {
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
        files::json("what the AWS CLI wrote", answer)
    }
}

/// The ARNs of a queue and of its dead-letter queue.
fn arns(attributes: &Value) -> Option<(String, String)> {
    let policy: Value = serde_json::from_str(text(attributes, "RedrivePolicy")?).ok()?;
    let dead = text(&policy, "deadLetterTargetArn")?;
    Some((text(attributes, "QueueArn")?.to_owned(), dead.to_owned()))
}

fn moving(answer: &Value) -> Option<Moving> {
    Moving::deserialize(answer.get("Results")?.get(0)?).ok()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use devkit::paths;
    use lexopt::Parser;
    use serde_json::{Value, json};

    use super::{Moving, arns, local, moving, on_aws, parse};

    fn asked(arguments: &[&str]) -> Result<super::Asked, String> {
        parse(Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_stack_on_aws_is_found_by_its_name() {
        let words = "--stack films --region eu-west-1 --max-per-second 5".split(' ');
        let asked = asked(&words.collect::<Vec<_>>());
        let asked = asked.expect("it is understood");
        let place = on_aws(&asked).expect("it is enough");
        assert_eq!(place.queue, "films-events");
        assert_eq!(place.region.as_deref(), Some("eu-west-1"));
        assert_eq!((place.profile, place.endpoint), (None, None));
        assert_eq!(place.key, None);
        assert_eq!(asked.most, Some(5));
    }

    #[test]
    fn d16_credentials_and_region_may_be_those_of_a_profile() {
        let asked = asked(&["--stack", "films", "--profile", "operator"]);
        let place = on_aws(&asked.expect("it is understood")).expect("it is enough");
        assert_eq!(place.profile.as_deref(), Some("operator"));
        assert_eq!((place.region, place.key), (None, None));
    }

    #[test]
    fn h3_the_local_systems_key_is_read_where_it_is_described() {
        let folder = paths::target().join("test/redrive");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("env.json");
        let mut stack = json!({
            "queue": "http://127.0.0.1:1/000000000000/crowfly-dev-events",
            "region": "us-east-1",
            "s3": "http://127.0.0.1:1",
            "accessKeyId": "AKIA",
            "secretAccessKey": "secret",
        });
        std::fs::write(&file, stack.to_string()).expect("a description");
        let place = local(&file, None).expect("it is enough");
        assert_eq!(place.queue, "crowfly-dev-events");
        assert!(!format!("{place:?}").contains("secret"), "{place:?}");
        let key = place.key.expect("the system's own key");
        assert_eq!((key.id.as_str(), key.secret.as_str()), ("AKIA", "secret"));

        stack["accessKeyId"].take();
        std::fs::write(&file, stack.to_string()).expect("a description");
        let text = local(&file, None).expect_err("no key").to_string();
        let named = text.contains("accessKeyId") && !text.contains("secret");
        assert!(named, "{text}");
    }

    #[test]
    fn what_is_missing_is_said_in_one_sentence() {
        let nothing = asked(&[]).expect("it is understood");
        let text = on_aws(&nothing).expect_err("not enough").to_string();
        assert!(text.contains("--stack NAME and"), "{text}");
        let text = asked(&["--max-per-second", "501"]).expect_err("too many");
        assert!(text.contains("1 to 500"), "{text}");
        let text = local(Path::new("no/such/env.json"), None).expect_err("no file");
        assert!(text.to_string().contains("no/such/env.json"), "{text}");
    }

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
