//! The strict OpenID provider of `tests/oidc`, and a person who signs in there.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use devkit::browser::Browser;
use devkit::paths;
use devkit::wait;

/// The API that the provider knows, by its audience.
pub(crate) const AUDIENCE: &str = "https://uploads.example/";
/// How long its access tokens live.
pub(crate) const LIFE: Duration = Duration::from_secs(3);

/// The running provider; it ends when dropped, or with this process.
pub(crate) struct Provider {
    child: Child,
    pub(crate) issuer: String,
}

impl Provider {
    /// Starts it at this port (0 takes a free one) for the page at this address.
    pub(crate) fn start(port: u16, page: &str) -> Self {
        let mut child = Command::new("node")
            .arg(paths::root().join("tests/oidc/provider.mjs"))
            .arg(paths::tools().join("node-oidc/node_modules"))
            .args([&port.to_string(), page])
            // It ends with its standard input.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node.js");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let issuer = lines.find(|line| line.starts_with("http://"));
        let issuer = issuer.expect("a provider: `cargo xtask setup` installs it");
        // It writes its notices there, too.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Goes to the provider from the page's sign-in form.
pub(crate) fn go_there(browser: &Browser) {
    browser.wait_for("[data-action=authorize]").click();
}

/// Goes there and signs in, if the provider asks for that, up to its request for consent.
pub(crate) fn sign_in_there(browser: &Browser, name: &str) {
    go_there(browser);
    let form = |prompt: &str| browser.find(&format!("form[data-prompt={prompt}]"));
    let limit = Duration::from_secs(20);
    let asks = wait::until("the provider's page", limit, || {
        form("login")
            .map(|_| true)
            .or(form("consent").map(|_| false))
    });
    if asks {
        browser.wait_for("input[name=name]").type_text(name);
        browser.wait_for("button[value=login]").click();
    }
    browser.wait_for("form[data-prompt=consent]");
}

/// Gives or refuses consent: `allow` or `deny`.
pub(crate) fn answer(browser: &Browser, word: &str) {
    browser.wait_for(&format!("button[value={word}]")).click();
}
