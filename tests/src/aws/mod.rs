//! Signed calls to AWS services that prepare a case or check its result; never the subject of a test.

mod dynamodb;
mod events;
mod lambda;
mod s3;
mod sqs;

use devkit::aws::{CLOUDFORMATION, Client, IAM, Key, elements, stack_parameters};
use devkit::env::Stack;
use devkit::http::Response;
use serde_json::{Value, json};

pub use sqs::Message;

/// Most log events of one page.
const PAGE: usize = 10_000;

/// A client of the account that a stack is deployed in.
#[derive(Clone, Debug)]
pub struct Aws {
    stack: Stack,
    client: Client,
}

impl Aws {
    /// Signs with the root key from the stack's description, else with the key in the environment.
    pub fn new(stack: &Stack) -> Self {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let of_environment = || Key {
            id: variable("AWS_ACCESS_KEY_ID"),
            secret: variable("AWS_SECRET_ACCESS_KEY"),
        };
        Self {
            stack: stack.clone(),
            client: Client {
                url: stack.s3.clone(),
                region: stack.region.clone(),
                key: stack.key.clone().unwrap_or_else(of_environment),
            },
        }
    }

    /// Calls an operation of a JSON service, such as `("dynamodb", "DynamoDB_20120810.GetItem")`.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn call(&self, service: &str, target: &str, body: &Value) -> Value {
        let answer = self.try_call(service, target, body);
        let (status, text) = (answer.status, answer.text());
        assert!(status == 200, "{target}: {status} {text}");
        match text.is_empty() {
            true => Value::Null,
            false => answer.json(),
        }
    }

    /// As [`Aws::call`], but returns the answer whatever its status.
    #[track_caller]
    pub fn try_call(&self, service: &str, target: &str, body: &Value) -> Response {
        self.client.json(service, target, body).send()
    }

    /// Creates a stack from the stack's own template with these parameters, the same origins, and the defaults
    /// for all others; returns the answer whatever its status.
    #[track_caller]
    pub fn update_stack(&self, parameters: &[(&str, &str)]) -> Response {
        let fixed = [
            ("UsePreviousTemplate", "true"),
            ("StackName", self.stack.name()),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
            ("Parameters.member.1.ParameterKey", "AllowedOrigins"),
            ("Parameters.member.1.UsePreviousValue", "true"),
        ];
        let all = stack_parameters(&fixed, 2, parameters);
        self.client.query(CLOUDFORMATION, "UpdateStack", all).send()
    }

    /// Calls as a new user of the same account who has only these actions.
    ///
    /// # Panics
    /// When IAM refuses.
    #[track_caller]
    pub fn user(&self, name: &str, actions: &[&str]) -> Self {
        self.user_with(name, &[("*", actions)])
    }

    /// Calls as a new user of the same account who has only these actions, each on its own resource.
    ///
    /// # Panics
    /// When IAM refuses.
    #[track_caller]
    pub fn user_with(&self, name: &str, rights: &[(&str, &[&str])]) -> Self {
        self.iam("CreateUser", name, &[]);
        let statements: Vec<Value> = rights
            .iter()
            .filter(|(_, actions)| !actions.is_empty())
            .map(|(on, actions)| json!({"Effect": "Allow", "Action": actions, "Resource": on}))
            .collect();
        if !statements.is_empty() {
            let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
            let more = [("PolicyName", "own"), ("PolicyDocument", &policy)];
            self.iam("PutUserPolicy", name, &more);
        }
        let made = self.iam("CreateAccessKey", name, &[]).text();
        let element = |tag: &str| elements(&made, tag).concat();
        let mut user = self.clone();
        user.client.key = Key {
            id: element("AccessKeyId"),
            secret: element("SecretAccessKey"),
        };
        user
    }

    /// The access key id and the secret that it calls with.
    pub fn keys(&self) -> (&str, &str) {
        (&self.client.key.id, &self.client.key.secret)
    }

    #[track_caller]
    fn iam(&self, action: &str, user: &str, more: &[(&str, &str)]) -> Response {
        let parameters = [&[("UserName", user)], more].concat();
        let answer = self.client.query(IAM, action, parameters).send();
        assert!(answer.status == 200, "{action}: {}", answer.text());
        answer
    }

    /// Every line that one of this stack's functions (such as `presign`) has written.
    #[track_caller]
    pub fn log_lines(&self, function: &str) -> Vec<String> {
        let group = format!("/crowfly/{}/{function}", self.stack.name());
        let events = self.log_events(&group).into_iter();
        let messages = events.map(|mut event| event["message"].take());
        messages
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    }

    /// Every event of a log group, with its `message`, `timestamp` and `logStreamName`.
    #[track_caller]
    pub fn log_events(&self, group: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut ask = json!({"logGroupName": group, "limit": PAGE, "startTime": 0});
        loop {
            let mut page = self.call("logs", "Logs_20140328.FilterLogEvents", &ask);
            let events = page["events"].take();
            let mut events: Vec<Value> = serde_json::from_value(events).unwrap_or_default();
            let next = page["nextToken"].take();
            let mut more = next.is_string();
            if more {
                ask["nextToken"] = next;
            } else if events.len() == PAGE {
                // The local AWS returns no token: continue from the timestamp of the last event, all of that millisecond.
                let last = events.last().map(|event| event["timestamp"].clone());
                let last = last.unwrap_or_default();
                if last != ask["startTime"] {
                    events.retain(|event| event["timestamp"] != last);
                    ask["startTime"] = last;
                    more = true;
                }
            }
            all.extend(events);
            if !more {
                return all;
            }
        }
    }
}
