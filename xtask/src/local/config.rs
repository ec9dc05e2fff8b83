//! The page's configuration, and the origins that its content security policy therefore allows.

use serde_json::{Value, json};

use super::aws::REGION;
use super::stack::Stack;
use crate::error::Error;

/// The configuration of one page.
#[derive(Debug)]
pub(crate) struct Config {
    value: Value,
    connect: Vec<String>,
}

impl Config {
    /// The configuration of the page that belongs to `stack`.
    pub(crate) fn of(stack: &Stack) -> Result<Self, Error> {
        let client = stack.output("Audience")?;
        let (auth, issuer) = if let Some(user) = stack.user {
            let auth = json!({
                "kind": "cognito",
                "endpoint": stack.s3,
                "clientId": client,
                "user": user.name,
                "password": user.password,
            });
            (auth, stack.s3.as_str())
        } else {
            let issuer = stack.output("Issuer")?;
            let auth = json!({
                "kind": "oidc",
                "issuer": issuer,
                "clientId": client,
                "audience": client,
            });
            (auth, issuer)
        };
        let mut connect: Vec<String> = [stack.api.as_str(), &stack.s3, issuer]
            .iter()
            .map(|url| origin(url).to_owned())
            .collect();
        connect.sort();
        connect.dedup();
        let value = json!({"api": stack.api, "region": REGION, "auth": auth});
        Ok(Self::new(value, connect))
    }

    /// A configuration, and the origins that its page connects to.
    pub(super) fn new(value: Value, connect: Vec<String>) -> Self {
        Self { value, connect }
    }

    /// `config.json`.
    pub(crate) fn json(&self) -> String {
        format!("{:#}\n", self.value)
    }

    /// The content security policy: the page's own files, and connections to its stack only.
    pub(crate) fn policy(&self) -> String {
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data: blob:; font-src 'self'; connect-src 'self' {}; worker-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            self.connect.join(" ")
        )
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url
        .get(host..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::{Config, origin};

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://127.0.0.1:1/a/b"), "http://127.0.0.1:1");
        assert_eq!(origin("https://a.example"), "https://a.example");
    }

    #[test]
    fn the_policy_allows_no_inline_script_and_no_eval() {
        let connect = vec!["http://127.0.0.1:1".to_owned()];
        let policy = Config::new(serde_json::json!({}), connect).policy();
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:1;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
