//! The page of a stack: its server, its configuration, and the content security policy that follows from it.

use std::collections::BTreeSet;

use devkit::env::Stack;
use devkit::http::{Files, Reply, Server, Serving};
use serde_json::{Value, json};

use super::server::REGION;
use crate::error::Error;
use crate::paths;

const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=()";

/// A page server on loopback; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Site(Serving);

impl Site {
    /// Serves `www/` at `/`, the npm package at `/crowfly/` and the configuration at `/config.json`.
    pub(crate) fn start(port: u16, stack: &Stack) -> Result<Self, Error> {
        let files = Files::default()
            .at("/crowfly/", paths::npm_package())
            .at("/", paths::root().join("www"));
        serve(port, &Config::of(stack), files)
            .map(Self)
            .map_err(Error::io(format!("serve the page at port {port}")))
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }
}

fn serve(port: u16, config: &Config, files: Files) -> std::io::Result<Serving> {
    let json = config.json();
    Server::bind(port)?
        .header("content-security-policy", config.policy())
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
        .header("permissions-policy", NO_DEVICES)
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
        .serve(move |request| {
            let (reply, cache) = match request.path.as_str() {
                "/config.json" => {
                    let reply = Reply::new(200).body("application/json", json.as_bytes());
                    (reply, "no-store")
                }
                // Revalidated each time: a developer edits these files.
                _ => (files.answer(request), "no-cache"),
            };
            reply.header("cache-control", cache)
        })
}

/// The configuration of one page.
#[derive(Debug)]
struct Config {
    value: Value,
    connect: Vec<String>,
}

impl Config {
    /// The configuration of the page that belongs to `stack`.
    fn of(stack: &Stack) -> Self {
        let client = &stack.client_id;
        let (auth, issuer) = if stack.user.is_empty() {
            let issuer = &stack.issuer;
            let auth =
                json!({"kind": "oidc", "issuer": issuer, "clientId": client, "audience": client});
            (auth, issuer)
        } else {
            let auth = json!({
                "kind": "cognito", "endpoint": stack.s3, "clientId": client, "user": stack.user,
                "password": stack.password,
            });
            (auth, &stack.s3)
        };
        let urls = [&stack.api, &stack.s3, issuer];
        let connect: BTreeSet<&str> = urls.into_iter().map(|url| origin(url)).collect();
        let connect = connect.into_iter().map(str::to_owned).collect();
        let value = json!({"api": stack.api, "region": REGION, "auth": auth});
        Self::new(value, connect)
    }

    fn new(value: Value, connect: Vec<String>) -> Self {
        Self { value, connect }
    }

    /// `config.json`.
    fn json(&self) -> String {
        format!("{:#}\n", self.value)
    }

    /// The content security policy: the page's own files, and connections to its stack only.
    fn policy(&self) -> String {
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
    let third_slash = url.match_indices('/').nth(2);
    &url[..third_slash.map_or(url.len(), |(at, _)| at)]
}

#[cfg(test)]
mod tests {
    use devkit::http::{Files, Request};
    use devkit::paths;

    use super::{Config, origin, serve};

    #[test]
    fn every_answer_carries_the_policy() {
        let files = Files::default().at("/", paths::root().join("xtask"));
        let config = Config::new(serde_json::json!({}), Vec::new());
        let site = serve(0, &config, files).expect("a free port");
        let ask = |method: &str, path: &str| Request::new(method, site.url() + path);
        for (request, status) in [
            (ask("GET", "Cargo.toml"), 200),
            (ask("GET", "config.json"), 200),
            (ask("GET", "no-such-file"), 404),
            (ask("GET", "%zz"), 400),
            (ask("POST", "Cargo.toml"), 405),
            (ask("GET", "").header("host", "evil.example"), 403),
        ] {
            let answer = request.send();
            assert_eq!(answer.status, status, "{}", request.url);
            let policy = answer.header("content-security-policy");
            assert_eq!(policy, Some(config.policy().as_str()));
        }
    }

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
