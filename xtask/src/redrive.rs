//! `cargo xtask redrive`: moves a stack's dead letters back to its queue, once their cause is fixed.
//!
//! SQS moves them itself, by a message move task
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>), which is
//! started by the AWS CLI with the operator's configured credentials. Recording is idempotent, so a message may be
//! processed twice.

mod queue;

use std::path::{Path, PathBuf};
use std::time::Duration;

use devkit::aws::Key;
use lexopt::{Arg, Parser, ValueExt};
use serde_json::Value;

use crate::error::Error;
use crate::{files, paths};
use queue::{Place, Queues};

/// Interval of polling the move.
const PAUSE: Duration = Duration::from_millis(500);

/// The options on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    stack: Option<String>,
    region: Option<String>,
    endpoint: Option<String>,
    most: Option<u16>,
    env: Option<PathBuf>,
}

/// Moves the messages and reports the progress.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let asked = parse(arguments)?;
    let place = match &asked.env {
        Some(file) => local(file, asked.stack.as_deref())?,
        None => on_aws(&asked)?,
    };
    let queues = Queues::of(&place)?;
    let queue = &place.queue;
    if queues.waiting()? == 0 {
        println!("the dead-letter queue of {queue} is empty");
        return Ok(());
    }
    // Ctrl-C ends this command only; a started move continues in SQS.
    queues.start(asked.most)?;
    loop {
        let moving = queues.moving()?;
        let of = moving.of.map_or(String::new(), |of| format!(" of {of}"));
        println!("moved {}{of} to {queue}: {}", moving.moved, moving.status);
        match moving.status.as_str() {
            "RUNNING" => std::thread::sleep(PAUSE),
            "COMPLETED" => return Ok(()),
            status => {
                let reason = moving.reason.as_deref().unwrap_or("no reason given");
                return Err(Error::failed(format!(
                    "the move ended as {status}: {reason}"
                )));
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
    let (Some(stack), Some(region)) = (&asked.stack, &asked.region) else {
        return Err(Error::Usage(
            "redrive takes --stack NAME and --region REGION, or --env target/dev/env.json"
                .to_owned(),
        ));
    };
    Ok(Place {
        queue: format!("{stack}-events"),
        region: region.clone(),
        endpoint: asked.endpoint.clone(),
        key: None,
    })
}

/// A stack of the local AWS, from the env file of `dev` or `test`; `stack` selects one of several.
fn local(file: &Path, stack: Option<&str>) -> Result<Place, Error> {
    let name = paths::short(file);
    let text = files::text(file)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Error::failed(format!("{name} is not JSON: {error}")))?;
    let value = match stack {
        Some(stack) => value
            .pointer(&format!("/stacks/{stack}"))
            .unwrap_or(&Value::Null),
        None => &value,
    };
    let text = |field: &str| {
        let found = value.get(field).and_then(Value::as_str);
        found.ok_or_else(|| Error::failed(format!("{name} names no `{field}`; is it a stack's?")))
    };
    let queue = text("queue")?.rsplit('/').next().unwrap_or_default();
    Ok(Place {
        queue: queue.to_owned(),
        region: text("region")?.to_owned(),
        endpoint: Some(text("s3")?.to_owned()),
        key: Some(Key {
            id: text("accessKeyId")?.to_owned(),
            secret: text("secretAccessKey")?.to_owned(),
        }),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lexopt::Parser;
    use serde_json::json;

    use devkit::paths;

    use super::{local, on_aws, parse};

    fn asked(arguments: &[&str]) -> Result<super::Asked, String> {
        parse(Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_stack_on_aws_is_found_by_its_name() {
        let asked = asked(&[
            "--stack",
            "films",
            "--region",
            "eu-west-1",
            "--max-per-second",
            "5",
        ]);
        let asked = asked.expect("it is understood");
        let place = on_aws(&asked).expect("it is enough");
        assert_eq!(place.queue, "films-events");
        assert_eq!((place.region.as_str(), place.endpoint), ("eu-west-1", None));
        assert_eq!(place.key, None);
        assert_eq!(asked.most, Some(5));
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
        assert!(
            text.contains("accessKeyId") && !text.contains("secret"),
            "{text}"
        );
    }

    #[test]
    fn what_is_missing_is_said_in_one_sentence() {
        let nothing = asked(&[]).expect("it is understood");
        let text = on_aws(&nothing).expect_err("not enough").to_string();
        assert!(text.contains("--stack NAME and --region REGION"), "{text}");
        let text = asked(&["--max-per-second", "501"]).expect_err("too many");
        assert!(text.contains("1 to 500"), "{text}");
        let text = local(Path::new("no/such/env.json"), None).expect_err("no file");
        assert!(text.to_string().contains("no/such/env.json"), "{text}");
    }
}
