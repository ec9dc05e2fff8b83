//! Signed calls to AWS services that prepare a case or check its result; never the subject of a test.

mod cloudformation;
mod dynamodb;
mod iam;
mod lambda;
mod logs;
mod s3;
mod sigv4;
mod sqs;

use devkit::http::{Request, Response};
use serde_json::Value;

use crate::Stack;

pub use dynamodb::{item, plain};
pub use sigv4::{Credentials, Moment, presign, sign};
pub use sqs::Message;

/// A client of the account that a stack is deployed in.
#[derive(Clone, Debug)]
pub struct Aws {
    stack: Stack,
    credentials: Credentials,
}

impl Aws {
    /// Signs with the root key from the stack's description, else with the key in the environment.
    pub fn new(stack: &Stack) -> Self {
        let of_environment = |name: &str| std::env::var(name).unwrap_or_default();
        let credentials = if stack.access_key_id.is_empty() {
            Credentials {
                access_key: of_environment("AWS_ACCESS_KEY_ID"),
                secret_key: of_environment("AWS_SECRET_ACCESS_KEY"),
            }
        } else {
            Credentials {
                access_key: stack.access_key_id.clone(),
                secret_key: stack.secret_access_key.reveal().to_owned(),
            }
        };
        Self {
            stack: stack.clone(),
            credentials,
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
        let version = if matches!(service, "dynamodb" | "sqs") {
            "1.0"
        } else {
            "1.1"
        };
        let request = Request::new("POST", format!("{}/", self.stack.s3))
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", target)
            .body(body.to_string());
        sign(request, &self.moment(service)).send()
    }

    fn moment(&self, service: &str) -> Moment {
        Moment {
            credentials: self.credentials.clone(),
            region: self.stack.region.clone(),
            service: service.into(),
            unix: devkit::time::unix(),
        }
    }
}
