//! `cargo xtask redrive`: moves a stack's dead letters back to its queue, once their cause is mended.

use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::{Arg, Parser, ValueExt};
use serde_json::Value;

use crate::error::Error;
use crate::local::Key;
use crate::process::Cmd;
use crate::test::NATIVE;
use crate::{paths, step};

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    stack: Option<String>,
    region: Option<String>,
    endpoint: Option<String>,
    most: Option<u16>,
    env: Option<PathBuf>,
}

/// Where the queue is: its name, the variables by which the tool reaches it, and the key if it is not the
/// environment's.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    queue: String,
    variables: Vec<(&'static str, String)>,
    key: Option<Key>,
}

impl Place {
    /// What the tool finds in its environment.
    fn environment(self) -> Vec<(&'static str, String)> {
        let mut variables = self.variables;
        if let Some(Key { id, secret }) = self.key {
            variables.extend([
                ("AWS_ACCESS_KEY_ID", id),
                ("AWS_SECRET_ACCESS_KEY", secret),
                ("AWS_SESSION_TOKEN", String::new()),
            ]);
        }
        variables
    }
}

/// Moves the messages and says how far it is.
///
/// # Errors
/// If the command line is not understood, the queue is not found, or SQS refuses.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let asked = parse(arguments)?;
    let place = match &asked.env {
        Some(file) => local(file, asked.stack.as_deref())?,
        None => on_aws(&asked)?,
    };
    step::step("the tool, compiling", || {
        Cmd::new("cargo")
            .args(["build", "--quiet", "--example", "redrive"])
            .args(NATIVE)
            .log("build-redrive")
            .run()
    })?;
    step::clear();
    // Its output is for the person who waits, and Ctrl-C reaches it; a move that has begun goes on in SQS.
    let ended = Command::new(paths::cargo_target().join("debug/examples/redrive"))
        .arg(&place.queue)
        .args(asked.most.map(|most| most.to_string()))
        .envs(place.environment())
        .status()
        .map_err(Error::io("start the redrive tool"))?;
    if ended.success() {
        Ok(())
    } else {
        Err(Error::Told)
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

/// A stack on AWS, with the credentials of the environment.
fn on_aws(asked: &Asked) -> Result<Place, Error> {
    let (Some(stack), Some(region)) = (&asked.stack, &asked.region) else {
        return Err(Error::Usage(
            "redrive takes --stack NAME and --region REGION, or --env target/dev/env.json"
                .to_owned(),
        ));
    };
    let mut variables = vec![("AWS_REGION", region.clone())];
    if let Some(endpoint) = &asked.endpoint {
        variables.push(("AWS_ENDPOINT_URL", endpoint.clone()));
    }
    Ok(Place {
        queue: format!("{stack}-events"),
        variables,
        key: None,
    })
}

/// A stack of the local AWS, as `dev` and `test` describe theirs; of several, `stack` names one.
fn local(file: &Path, stack: Option<&str>) -> Result<Place, Error> {
    let name = paths::short(file);
    let text = std::fs::read_to_string(file).map_err(Error::io(format!("read {name}")))?;
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
        variables: vec![
            ("AWS_REGION", text("region")?.to_owned()),
            ("AWS_ENDPOINT_URL", text("s3")?.to_owned()),
        ],
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

    use crate::paths;

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
        assert_eq!(place.variables, [("AWS_REGION", "eu-west-1".to_owned())]);
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
        let environment = place.environment();
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ] {
            let found = environment.iter().find(|(other, _)| *other == name);
            assert_eq!(found.map(|(_, value)| value.as_str()), Some(value));
        }

        stack["accessKeyId"].take();
        std::fs::write(&file, stack.to_string()).expect("a description");
        let text = local(&file, None).expect_err("no key").to_string();
        assert!(
            text.contains("accessKeyId") && !text.contains("secret"),
            "{text}"
        );
    }

    #[test]
    fn what_is_missing_is_told_in_one_sentence() {
        let nothing = asked(&[]).expect("it is understood");
        let text = on_aws(&nothing).expect_err("not enough").to_string();
        assert!(text.contains("--stack NAME and --region REGION"), "{text}");
        let text = asked(&["--max-per-second", "501"]).expect_err("too many");
        assert!(text.contains("1 to 500"), "{text}");
        let text = local(Path::new("no/such/env.json"), None).expect_err("no file");
        assert!(text.to_string().contains("no/such/env.json"), "{text}");
    }
}
