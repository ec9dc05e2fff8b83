//! The few AWS calls that deploying needs, made to the local AWS only.

use devkit::aws::{CLOUDFORMATION, Client, IAM, Key};
use devkit::http::Request;
use serde_json::Value;

use crate::error::Error;

/// A client of a running local AWS.
#[derive(Debug, Clone)]
pub(crate) struct Aws(Client);

/// The region of everything local.
pub(crate) const REGION: &str = "us-east-1";

impl Aws {
    /// The local AWS at `127.0.0.1:<port>`, called with the root key.
    pub(crate) fn at(port: u16, key: Key) -> Self {
        Self(Client {
            url: format!("http://127.0.0.1:{port}"),
            region: REGION.to_owned(),
            key,
        })
    }

    /// Its URL, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// The root key.
    pub(crate) fn key(&self) -> &Key {
        &self.0.key
    }

    /// Whether it answers.
    pub(crate) fn healthy(&self) -> bool {
        let health = Request::new("GET", format!("{}/_ministack/health", self.0.url));
        health.try_send().is_ok_and(|answer| answer.status == 200)
    }

    /// Creates a bucket.
    pub(crate) fn create_bucket(&self, name: &str) -> Result<(), Error> {
        self.put(name, Vec::new())
    }

    /// Stores an object. The key must need no percent-encoding.
    pub(crate) fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<(), Error> {
        self.put(&format!("{bucket}/{key}"), body)
    }

    fn put(&self, path: &str, body: Vec<u8>) -> Result<(), Error> {
        let request = Request::new("PUT", format!("{}/{path}", self.0.url)).body(body);
        accepted("s3", &self.0.sign("s3", request)).map(drop)
    }

    /// A call of CloudFormation; the answer is XML.
    pub(crate) fn cloudformation<K: AsRef<str>, V: AsRef<str>>(
        &self,
        action: &str,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Result<String, Error> {
        let request = self.0.query(CLOUDFORMATION, action, parameters);
        accepted("CloudFormation", &request)
    }

    /// A call of IAM; the answer is XML.
    pub(crate) fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
        let request = self.0.query(IAM, action, parameters.iter().copied());
        accepted("IAM", &request)
    }

    /// A call of Cognito's user pools.
    pub(crate) fn cognito(&self, action: &str, input: &Value) -> Result<(), Error> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let request = self.0.json("cognito-idp", &target, input);
        accepted("Cognito", &request).map(drop)
    }
}

/// The text of the answer, if it is a success.
fn accepted(service: &str, request: &Request) -> Result<String, Error> {
    let failed = |why: String| Error::failed(format!("the local AWS ({service}) {why}"));
    let answer = request.try_send();
    let answer = answer.map_err(|error| failed(format!("does not answer: {error}")))?;
    match answer.status {
        200..300 => Ok(answer.text()),
        status => Err(failed(format!("answered {status}: {}", answer.text()))),
    }
}
