//! The page's server: static files with a strict content security policy.

use devkit::http::{Files, Reply, Server, Serving};

use super::config::Config;
use crate::error::Error;
use crate::paths;

/// A page server on loopback; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Site(Serving);

impl Site {
    /// Serves `www/` at `/`, the npm package at `/crowfly/` and the configuration at `/config.json`.
    pub(crate) fn start(port: u16, config: &Config) -> Result<Self, Error> {
        let files = Files::default()
            .at("/crowfly/", paths::npm_package())
            .at("/", paths::root().join("www"));
        serve(port, config, files)
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
        .header(
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        )
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

#[cfg(test)]
mod tests {
    use devkit::http::{Files, Request};
    use devkit::paths;

    use super::{Config, serve};

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
            assert_eq!(
                answer.header("content-security-policy"),
                Some(config.policy().as_str())
            );
        }
    }
}
