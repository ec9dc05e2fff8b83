//! Stacks deployed from a template.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use devkit::aws::{CLOUDFORMATION, elements, stack_parameters};
use devkit::env::Stack;
use serde_json::json;

use super::server::{Aws, REGION};
use crate::error::Error;

const DEPLOY: Duration = Duration::from_secs(120);
/// The demo user of a stack's own pool; the password is valid in the local AWS only.
const USER: &str = "demo";
const PASSWORD: &str = "Crowfly-Demo-1";

type Outputs = BTreeMap<String, String>;

/// Creates a stack from the template at this URL; a failure has the reasons that CloudFormation gives.
pub(crate) fn create(
    aws: &Aws,
    name: &str,
    template: &str,
    parameters: &[(&str, &str)],
) -> Result<Outputs, Error> {
    let fixed = [
        ("StackName", name),
        ("TemplateURL", template),
        ("Capabilities.member.1", "CAPABILITY_IAM"),
        ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
    ];
    let all = stack_parameters(&fixed, 1, parameters);
    aws.query(CLOUDFORMATION, "CreateStack", all)?;
    wait(aws, name)
}

/// Creates a stack of Crowfly, still without a page, and the demo user if it has a pool of its own.
pub(crate) fn deploy(
    aws: &Aws,
    name: &str,
    template: &str,
    parameters: &[(&str, &str)],
) -> Result<Stack, Error> {
    let outputs = create(aws, name, template, parameters)?;
    let mut stack = described(aws, &outputs)?;
    if let Some(pool) = outputs.get("UserPoolId") {
        create_user(aws, pool)?;
        (stack.user, stack.password) = (USER.to_owned(), PASSWORD.to_owned());
    }
    Ok(stack)
}

fn described(aws: &Aws, outputs: &Outputs) -> Result<Stack, Error> {
    let output = |name: &str| {
        let found = outputs.get(name).cloned();
        found.ok_or_else(|| Error::failed(format!("the stack has no output `{name}`")))
    };
    let url = aws.url();
    Ok(Stack {
        page: String::new(),
        api: format!("{url}/_aws/execute-api/{}/$default", output("ApiId")?),
        s3: url.to_owned(),
        region: REGION.to_owned(),
        key: Some(aws.key().clone()),
        issuer: output("Issuer")?,
        audience: output("Audience")?,
        client_id: output("Audience")?,
        scope: String::new(),
        user: String::new(),
        password: String::new(),
        bucket: output("Bucket")?,
        table: output("Table")?,
        queue: output("Queue")?,
        dlq: output("Dlq")?,
    })
}

fn wait(aws: &Aws, name: &str) -> Result<Outputs, Error> {
    let started = Instant::now();
    loop {
        let answer = aws.query(CLOUDFORMATION, "DescribeStacks", [("StackName", name)])?;
        let status = elements(&answer, "StackStatus");
        let status = status.first().map(String::as_str).unwrap_or_default();
        if status == "CREATE_COMPLETE" {
            return Ok(outputs(&answer));
        }
        if !status.ends_with("CREATE_IN_PROGRESS") {
            let reasons = reasons(aws, name)?;
            let text = format!("the stack {name} could not be created ({status}): {reasons}");
            return Err(Error::failed(text));
        }
        if started.elapsed() > DEPLOY {
            let text = format!("the stack {name} was not there after {DEPLOY:?}");
            return Err(Error::failed(text));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn outputs(answer: &str) -> Outputs {
    let text = |member: &str, tag| elements(member, tag).into_iter().next();
    let pair = |member: &String| Some((text(member, "OutputKey")?, text(member, "OutputValue")?));
    elements(answer, "member").iter().filter_map(pair).collect()
}

fn reasons(aws: &Aws, name: &str) -> Result<String, Error> {
    let events = aws.query(CLOUDFORMATION, "DescribeStackEvents", [("StackName", name)])?;
    let mut reasons = elements(&events, "ResourceStatusReason");
    // Newest first, and the first failure is the cause of the later ones.
    reasons.reverse();
    reasons.dedup();
    Ok(reasons.join("; "))
}

fn create_user(aws: &Aws, pool: &str) -> Result<(), Error> {
    let user = json!({"UserPoolId": pool, "Username": USER, "MessageAction": "SUPPRESS"});
    aws.cognito("AdminCreateUser", &user)?;
    let password =
        json!({"UserPoolId": pool, "Username": USER, "Password": PASSWORD, "Permanent": true});
    aws.cognito("AdminSetUserPassword", &password)
}

#[cfg(test)]
mod tests {
    use devkit::aws::Key;

    use super::{Aws, described};

    #[test]
    fn h3_a_stack_is_described_with_roots_key() {
        let outputs = [
            "ApiId", "Issuer", "Audience", "Bucket", "Table", "Queue", "Dlq",
        ];
        let outputs = outputs.map(|name| (name.to_owned(), String::new())).into();
        let key = Key::random().expect("randomness");
        let aws = Aws::at(1, key.clone());
        let described = described(&aws, &outputs).expect("every output is there");
        assert!(!format!("{described:?}").contains(&key.secret));
        let described = serde_json::to_value(described).expect("a description in JSON");
        assert_eq!(described["accessKeyId"], *key.id);
        assert_eq!(described["secretAccessKey"], *key.secret);
        let printed = format!("{aws:?}");
        assert!(!printed.contains(&key.secret), "{printed}");
    }
}
