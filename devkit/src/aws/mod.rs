//! Signed calls to AWS services over plain HTTP, as the local AWS takes them.

mod key;
mod sigv4;

use serde_json::Value;

use crate::http::{Request, encode};
use crate::time::unix;

pub use key::Key;
pub use sigv4::{Moment, presign, sign};

/// A service with the AWS Query protocol, and the version of its API:
/// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.
pub type QueryService = (&'static str, &'static str);

/// CloudFormation.
pub const CLOUDFORMATION: QueryService = ("cloudformation", "2010-05-15");
/// IAM.
pub const IAM: QueryService = ("iam", "2010-05-08");

/// Makes signed requests to every service of one account.
#[derive(Clone, Debug)]
pub struct Client {
    /// The address of all services, without a trailing slash.
    pub url: String,
    /// The region.
    pub region: String,
    /// The key that signs.
    pub key: Key,
}

impl Client {
    /// Signs a request to a service by its signing name, such as `s3`.
    #[must_use]
    pub fn sign(&self, service: &str, request: Request) -> Request {
        sign(request, &self.now(service))
    }

    /// Key, scope and time of a signature made now.
    pub fn now(&self, service: &str) -> Moment {
        Moment {
            key: self.key.clone(),
            region: self.region.clone(),
            service: service.into(),
            unix: unix(),
        }
    }

    /// A call of a JSON service, such as `("dynamodb", "DynamoDB_20120810.GetItem")`.
    pub fn json(&self, service: &str, target: &str, body: &Value) -> Request {
        let version = match service {
            "dynamodb" | "sqs" => "1.0",
            _ => "1.1",
        };
        let request = Request::new("POST", format!("{}/", self.url))
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", target)
            .body(body.to_string());
        self.sign(service, request)
    }

    /// A call of a service with the Query protocol; its answer is XML.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(
        &self,
        (service, version): QueryService,
        action: &str,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Request {
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            let (name, value) = (encode(name.as_ref()), encode(value.as_ref()));
            form.push_str(&format!("&{name}={value}"));
        }
        let request = Request::new("POST", format!("{}/", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        self.sign(service, request)
    }
}

/// The parameters of a call of CloudFormation: `fixed`, then those of a stack, numbered from `first`.
pub fn stack_parameters(
    fixed: &[(&str, &str)],
    first: usize,
    parameters: &[(&str, &str)],
) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut all: Vec<_> = fixed.iter().map(owned).collect();
    for (number, (key, value)) in (first..).zip(parameters) {
        let member = format!("Parameters.member.{number}");
        all.push((format!("{member}.ParameterKey"), (*key).to_owned()));
        all.push((format!("{member}.ParameterValue"), (*value).to_owned()));
    }
    all
}

/// The text between `<tag>` and `</tag>`, for each such pair in turn, without entities when it is not XML itself.
pub fn elements(xml: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let rests = xml.split(open.as_str()).skip(1);
    let inner = rests.filter_map(|rest| Some(rest.split_once(close.as_str())?.0));
    let text = |inner: &str| match inner.contains('<') {
        true => inner.to_owned(),
        false => unescaped(inner),
    };
    inner.map(text).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{elements, unescaped};

    #[test]
    fn elements_are_found_in_turn() {
        let xml = "<Outputs><member><K>a</K></member><member><K>b&amp;</K></member></Outputs>";
        assert_eq!(elements(xml, "member"), ["<K>a</K>", "<K>b&amp;</K>"]);
        assert_eq!(elements(xml, "K"), ["a", "b&"]);
        assert!(elements(xml, "missing").is_empty());
        assert_eq!(unescaped("&amp;lt; &lt;a&gt; &quot;"), "&lt; <a> \"");
    }
}
