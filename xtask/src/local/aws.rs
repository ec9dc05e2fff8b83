//! The few AWS calls that deploying needs, made to the local AWS only.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::key::Key;
use super::sign::{Request, date, sign};
use crate::error::Error;

/// A client of a running local AWS.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    /// `http://127.0.0.1:<port>`.
    url: String,
    key: Key,
    agent: ureq::Agent,
}

/// The region of everything local.
pub(crate) const REGION: &str = "us-east-1";
const TIMEOUT: Duration = Duration::from_secs(60);

impl Aws {
    /// The local AWS at `127.0.0.1:<port>`, called with the root key.
    pub(crate) fn at(port: u16, key: Key) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            url: format!("http://127.0.0.1:{port}"),
            key,
            agent,
        }
    }

    /// Its URL, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The root key.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether it answers.
    pub(crate) fn healthy(&self) -> bool {
        let health = self.agent.get(format!("{}/_ministack/health", self.url));
        health.call().is_ok_and(|answer| answer.status() == 200)
    }

    /// Creates a bucket.
    ///
    /// # Errors
    /// If S3 refuses.
    pub(crate) fn create_bucket(&self, name: &str) -> Result<(), Error> {
        self.send("PUT", "s3", &format!("/{name}"), &[], Vec::new())
            .map(drop)
    }

    /// Stores an object. The key must need no percent-encoding.
    ///
    /// # Errors
    /// If S3 refuses.
    pub(crate) fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<(), Error> {
        self.send("PUT", "s3", &format!("/{bucket}/{key}"), &[], body)
            .map(drop)
    }

    /// A call of CloudFormation; the answer is XML.
    ///
    /// # Errors
    /// If CloudFormation refuses.
    pub(crate) fn cloudformation(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Error> {
        self.query("cloudformation", "2010-05-15", action, parameters)
    }

    /// A call of a service with the AWS Query protocol (form parameters):
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.
    fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Error> {
        let fixed = [("Action", action), ("Version", version)];
        let form: Vec<String> = fixed
            .iter()
            .chain(parameters)
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let body = form.join("&").into_bytes();
        self.send("POST", service, "/", &headers, body)
    }

    /// A call of IAM; the answer is XML.
    ///
    /// # Errors
    /// If IAM refuses.
    pub(crate) fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
        self.query("iam", "2010-05-08", action, parameters)
    }

    /// A call of Cognito's user pools.
    ///
    /// # Errors
    /// If Cognito refuses.
    pub(crate) fn cognito(&self, action: &str, input: &Value) -> Result<(), Error> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let body = input.to_string().into_bytes();
        self.send("POST", "cognito-idp", "/", &headers, body)
            .map(drop)
    }

    fn send(
        &self,
        method: &str,
        service: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<String, Error> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let date = date(now.as_secs());
        let host = self.url.trim_start_matches("http://");
        let signature = sign(&Request {
            key: &self.key,
            method,
            host,
            path,
            body: &body,
            service,
            region: REGION,
            date: &date,
        });
        let url = format!("{}{path}", self.url);
        let mut request = match method {
            "PUT" => self.agent.put(url),
            _ => self.agent.post(url),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request
            .header("x-amz-date", &date)
            .header("x-amz-content-sha256", &signature.content)
            .header("authorization", &signature.authorization)
            .send(&body[..]);
        let failed = |why: String| Error::failed(format!("the local AWS ({service}) {why}"));
        let mut answer = answer.map_err(|error| failed(format!("does not answer: {error}")))?;
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|error| failed(format!("broke off its answer: {error}")))?;
        if answer.status().is_success() {
            Ok(text)
        } else {
            Err(failed(format!("answered {}: {text}", answer.status())))
        }
    }
}

/// The text between `<tag>` and `</tag>`, for each such pair in turn.
pub(crate) fn elements<'a>(xml: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    xml.split(open.as_str())
        .skip(1)
        .filter_map(|rest| rest.split_once(close.as_str()).map(|(inner, _)| inner))
        .collect()
}

/// The text of an XML element without its entities.
pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{elements, encoded, unescaped};

    #[test]
    fn elements_are_found_in_turn() {
        let xml = "<Outputs><member><K>a</K></member><member><K>b</K></member></Outputs>";
        assert_eq!(elements(xml, "member"), ["<K>a</K>", "<K>b</K>"]);
        assert!(elements(xml, "missing").is_empty());
    }

    #[test]
    fn texts_survive_both_encodings() {
        assert_eq!(unescaped("&amp;lt; &lt;a&gt; &quot;"), "&lt; <a> \"");
        assert_eq!(encoded("a b&c=ü~"), "a%20b%26c%3D%C3%BC~");
    }
}
