//! Signed calls to AWS services that prepare a case or check its result; never the subject of a test.

mod cloudformation;
mod dynamodb;
mod iam;
mod lambda;
mod logs;
mod s3;
mod sqs;

use devkit::aws::{Client, Key};
use devkit::env::Stack;
use devkit::http::Response;
use serde_json::Value;

pub use sqs::Message;

/// A client of the account that a stack is deployed in.
#[derive(Clone, Debug)]
pub struct Aws {
    stack: Stack,
    client: Client,
}

impl Aws {
    /// Signs with the root key from the stack's description, else with the key in the environment.
    pub fn new(stack: &Stack) -> Self {
        let of_environment = |name: &str| std::env::var(name).unwrap_or_default();
        let key = if stack.access_key_id.is_empty() {
            Key {
                id: of_environment("AWS_ACCESS_KEY_ID"),
                secret: of_environment("AWS_SECRET_ACCESS_KEY"),
            }
        } else {
            Key {
                id: stack.access_key_id.clone(),
                secret: stack.secret_access_key.reveal().to_owned(),
            }
        };
        Self {
            stack: stack.clone(),
            client: Client {
                url: stack.s3.clone(),
                region: stack.region.clone(),
                key,
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
        assert!(
            answer.status == 200,
            "{target}: {} {}",
            answer.status,
            answer.text()
        );
        if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        }
    }

    /// As [`Aws::call`], but returns the answer whatever its status.
    #[track_caller]
    pub fn try_call(&self, service: &str, target: &str, body: &Value) -> Response {
        self.client.json(service, target, body).send()
    }
}
