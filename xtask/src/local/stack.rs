//! One stack deployed from `template.yaml`.

use std::time::{Duration, Instant};

use devkit::aws::{Key, elements, stack_parameters};
use devkit::env::{self, Secret};
use serde_json::json;

use super::aws::{Aws, REGION};
use crate::error::Error;

const DEPLOY: Duration = Duration::from_secs(120);
const USER: &str = "demo";
const PASSWORD: &str = "Crowfly-Demo-1";

/// A deployed stack: its outputs, and its demo user.
#[derive(Debug)]
pub(crate) struct Stack {
    /// The URL of the API, path-style, without a trailing slash; empty when the stack has none.
    pub(crate) api: String,
    /// The address of storage.
    pub(crate) s3: String,
    /// The demo user of the stack's own pool.
    pub(crate) user: Option<User>,
    outputs: Vec<(String, String)>,
}

/// A user who may sign in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    /// The name.
    pub(crate) name: &'static str,
    /// The password; it is valid in the local AWS only.
    pub(crate) password: &'static str,
}

impl Stack {
    /// Creates the stack `name` from the template at this URL.
    pub(crate) fn create(
        aws: &Aws,
        name: &str,
        template: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let fixed = [
            ("StackName", name),
            ("TemplateURL", template),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all = fixed.into_iter().chain(stack_parameters(1, parameters));
        aws.cloudformation("CreateStack", all)?;
        Ok(Self {
            api: String::new(),
            s3: aws.url().to_owned(),
            user: None,
            outputs: wait(aws, name)?,
        })
    }

    /// Creates a stack of Crowfly and, if it has a pool of its own, the demo user.
    pub(crate) fn deploy(
        aws: &Aws,
        name: &str,
        template: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let mut stack = Self::create(aws, name, template, parameters)?;
        stack.api = format!(
            "{}/_aws/execute-api/{}/$default",
            aws.url(),
            stack.output("ApiId")?
        );
        if let Ok(pool) = stack.output("UserPoolId") {
            stack.user = Some(create_user(aws, pool)?);
        }
        Ok(stack)
    }

    /// An output of the template.
    pub(crate) fn output(&self, name: &str) -> Result<&str, Error> {
        let found = self.outputs.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| Error::failed(format!("the stack has no output `{name}`")))
    }

    /// The description by which other tools find the stack; `page` is the URL of its page, `key` the root key.
    pub(crate) fn describe(&self, page: &str, key: &Key) -> Result<env::Stack, Error> {
        let user = self.user.as_ref();
        let output = |name| self.output(name).map(str::to_owned);
        Ok(env::Stack {
            page: page.to_owned(),
            api: self.api.clone(),
            s3: self.s3.clone(),
            region: REGION.to_owned(),
            access_key_id: key.id.clone(),
            secret_access_key: Secret(key.secret.clone()),
            issuer: output("Issuer")?,
            audience: output("Audience")?,
            client_id: output("Audience")?,
            user: user.map_or("", |user| user.name).to_owned(),
            password: user.map_or("", |user| user.password).to_owned(),
            bucket: output("Bucket")?,
            table: output("Table")?,
            queue: output("Queue")?,
            dlq: output("Dlq")?,
        })
    }
}

fn wait(aws: &Aws, name: &str) -> Result<Vec<(String, String)>, Error> {
    let started = Instant::now();
    loop {
        let answer = aws.cloudformation("DescribeStacks", [("StackName", name)])?;
        let status = elements(&answer, "StackStatus");
        let status = status.first().map(String::as_str).unwrap_or_default();
        if status == "CREATE_COMPLETE" {
            return Ok(outputs(&answer));
        }
        if !status.ends_with("CREATE_IN_PROGRESS") {
            return Err(Error::failed(format!(
                "the stack {name} could not be created ({status}): {}",
                reasons(aws, name)?
            )));
        }
        if started.elapsed() > DEPLOY {
            return Err(Error::failed(format!(
                "the stack {name} was not there after {} s",
                DEPLOY.as_secs()
            )));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn outputs(answer: &str) -> Vec<(String, String)> {
    let text = |member: &str, tag| elements(member, tag).into_iter().next();
    elements(answer, "member")
        .iter()
        .filter_map(|member| Some((text(member, "OutputKey")?, text(member, "OutputValue")?)))
        .collect()
}

fn reasons(aws: &Aws, name: &str) -> Result<String, Error> {
    let events = aws.cloudformation("DescribeStackEvents", [("StackName", name)])?;
    let mut reasons = elements(&events, "ResourceStatusReason");
    // Newest first, and the first failure is the cause of the later ones.
    reasons.reverse();
    reasons.dedup();
    Ok(reasons.join("; "))
}

fn create_user(aws: &Aws, pool: &str) -> Result<User, Error> {
    aws.cognito(
        "AdminCreateUser",
        &json!({"UserPoolId": pool, "Username": USER, "MessageAction": "SUPPRESS"}),
    )?;
    aws.cognito(
        "AdminSetUserPassword",
        &json!({"UserPoolId": pool, "Username": USER, "Password": PASSWORD, "Permanent": true}),
    )?;
    Ok(User {
        name: USER,
        password: PASSWORD,
    })
}

#[cfg(test)]
mod tests {
    use super::{Key, Stack};

    #[test]
    fn h3_a_stack_is_described_with_roots_key() {
        let outputs = ["Issuer", "Audience", "Bucket", "Table", "Queue", "Dlq"];
        let stack = Stack {
            api: "http://127.0.0.1:1/api".to_owned(),
            s3: "http://127.0.0.1:1".to_owned(),
            user: None,
            outputs: outputs.map(|name| (name.to_owned(), String::new())).into(),
        };
        let key = Key::random().expect("randomness");
        let described = stack.describe("http://127.0.0.1:2/", &key);
        let described = described.expect("every output is there");
        assert!(!format!("{described:?}").contains(&key.secret));
        let described = serde_json::to_value(described).expect("a description in JSON");
        assert_eq!(described["accessKeyId"], *key.id);
        assert_eq!(described["secretAccessKey"], *key.secret);
        let printed = format!("{stack:?}");
        assert!(!printed.contains(&key.secret), "{printed}");
    }
}
