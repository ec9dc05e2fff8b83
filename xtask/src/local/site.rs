//! The page of a stack: its server, its configuration, and the content security policy that follows from it.

use std::collections::BTreeSet;

use devkit::env::Stack;
use devkit::http::{Files, Reply, Server, Serving, origin};
use serde_json::json;

use super::server::REGION;
use super::trouble::Switch;
use crate::error::Error;
use crate::paths;

/// What the page records, and nothing else.
const DEVICES: &str = "camera=(self), display-capture=(self), geolocation=(), microphone=(self)";

/// Serves `www/` at `/`, the npm package at `/crowfly/` and the configuration at `/config.json`.
/// The page may also call these origins, and make trouble by the switch.
pub(super) fn start(
    port: u16,
    stack: &Stack,
    others: &[String],
    trouble: Option<Switch>,
) -> Result<Serving, Error> {
    let files = Files::default()
        .at("/crowfly/", paths::npm_package())
        .at("/", paths::root().join("www"));
    serve(
        port,
        config(stack, others, trouble.as_ref()),
        files,
        trouble,
    )
    .map_err(Error::io(format!("serve the page at port {port}")))
}

fn serve(
    port: u16,
    (config, policy): (String, String),
    files: Files,
    trouble: Option<Switch>,
) -> std::io::Result<Serving> {
    Server::bind(port)?
        .header("content-security-policy", policy)
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
        .header("permissions-policy", DEVICES)
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
        .serve(move |request| {
            let (reply, cache) = match request.path.as_str() {
                "/config.json" => {
                    let reply = Reply::new(200).body("application/json", config.as_bytes());
                    (reply, "no-store")
                }
                "/trouble" => {
                    let reply = trouble.as_ref().map(|switch| switch.answer(request));
                    let none = || Reply::text(404, "there is no proxy to make trouble\n");
                    (reply.unwrap_or_else(none), "no-store")
                }
                // Revalidated each time: a developer edits these files.
                _ => (files.answer(request), "no-cache"),
            };
            reply.header("cache-control", cache)
        })
}

/// `config.json` of the page that belongs to `stack`, and its content security policy.
fn config(stack: &Stack, others: &[String], trouble: Option<&Switch>) -> (String, String) {
    let client = &stack.client_id;
    let (auth, issuer) = if stack.user.is_empty() {
        let issuer = &stack.issuer;
        let scope = ["openid profile offline_access", &stack.scope].join(" ");
        let auth = json!({
            "kind": "oidc", "issuer": issuer, "clientId": client, "audience": stack.audience.split(',').next(),
            "scope": scope.trim_end(),
        });
        (auth, issuer)
    } else {
        let auth = json!({
            "kind": "cognito", "endpoint": stack.s3, "clientId": client, "user": stack.user,
            "password": stack.password,
        });
        (auth, &stack.s3)
    };
    let mut config = json!({"api": stack.api, "region": REGION, "auth": auth});
    let proxy = trouble.map(Switch::proxy);
    if proxy.is_some() {
        config["trouble"] = json!("trouble");
    }
    let urls = [&stack.api, &stack.s3, issuer].into_iter();
    // With `UploadHosts=two` files go to storage by both names of this computer.
    let named = [Some(&stack.s3), proxy.as_ref()].into_iter().flatten();
    let named: Vec<String> = named
        .map(|url| url.replace("//127.0.0.1:", "//localhost:"))
        .collect();
    let urls = urls.chain(others).chain(&proxy).chain(&named);
    let origins: BTreeSet<&str> = urls.map(|url| origin(url)).collect();
    let connect: Vec<&str> = origins.into_iter().collect();
    (format!("{config:#}\n"), policy(&connect.join(" ")))
}

/// The content security policy: the page's own files, and connections to its stack only.
fn policy(connect: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src blob:; font-src 'self'; connect-src 'self' {connect}; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use devkit::http::{Files, Request};
    use devkit::paths;

    use super::{policy, serve};

    #[test]
    fn every_answer_carries_the_policy() {
        let files = Files::default().at("/", paths::root().join("xtask"));
        let policy = policy("");
        let config = ("{}".to_owned(), policy.clone());
        let site = serve(0, config, files, None).expect("a free port");
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
            let sent = answer.header("content-security-policy");
            assert_eq!(sent, Some(policy.as_str()));
        }
    }

    #[test]
    fn the_policy_allows_no_inline_script_and_no_eval() {
        let policy = policy("http://127.0.0.1:1");
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:1;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
