//! One flow in one browser, and its outcome.

use devkit::browser::Browser;
use devkit::env::Stack;
use devkit::random::random_hex;
use e2e::api::Api;
use e2e::caught;
use e2e::proxy::Proxy;
use serde_json::{Value, json};

use crate::site::Site;

/// A user flow of an upload.
pub(crate) struct Flow {
    pub(crate) name: &'static str,
    /// Panics when a promise is broken; otherwise returns what it observed.
    pub(crate) run: fn(&Visit<'_>) -> Seen,
}

/// What a flow observed besides that it holds: a short text for the table.
#[derive(Debug)]
pub(crate) enum Seen {
    /// It holds.
    Holds(String),
    /// The browser lacks the feature that the flow is about, as feature detection shows.
    Lacks(String),
}

impl From<String> for Seen {
    fn from(text: String) -> Self {
        Self::Holds(text)
    }
}

impl From<&str> for Seen {
    fn from(text: &str) -> Self {
        Self::Holds(text.to_owned())
    }
}

/// The outcome of a flow.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed(String),
    Lacks(String),
    Failed(String),
}

/// One flow in one browser, as an API caller of its own.
pub(crate) struct Visit<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) stack: &'static Stack,
    pub(crate) api: Api,
    /// The fault proxy between the browser and everything else; without rules at the start of each flow.
    pub(crate) proxy: &'a Proxy,
    site: &'a Site,
}

impl Flow {
    pub(crate) fn run(&self, browser: &Browser, proxy: &Proxy, site: &Site) -> Outcome {
        proxy.offline(false);
        proxy.clear();
        proxy.clear_log();
        let stack = devkit::env::Env::stack("oidc");
        let subject = format!("{}-{}", browser.kind().name(), random_hex(6));
        let visit = Visit {
            browser,
            stack,
            api: Api::of_subject(stack, &subject),
            proxy,
            site,
        };
        match caught(|| (self.run)(&visit)) {
            Ok(Seen::Holds(text)) => Outcome::Passed(text),
            Ok(Seen::Lacks(text)) => Outcome::Lacks(text),
            Err(reason) => Outcome::Failed(reason),
        }
    }
}

impl Visit<'_> {
    /// Loads the test page afresh and waits for its modules.
    pub(crate) fn open(&self) {
        self.browser.open(&self.site.url());
        devkit::wait::until(
            "the page's modules",
            std::time::Duration::from_secs(20),
            || (self.browser.run("return Boolean(window.flows);", &[]) == true).then_some(()),
        );
    }

    /// Runs the body of an async function in the page with `client` (a client of this API caller), `flows` (see
    /// `page.js`) and `given`.
    ///
    /// # Panics
    /// When it rejects.
    #[track_caller]
    pub(crate) fn script(&self, body: &str, given: &Value) -> Value {
        let script = format!(
            "const [api, token, given] = arguments;
             const flows = window.flows;
             const client = await flows.open(api, token);
             try {{ return await (async () => {{ {body} }})(); }} finally {{ client.close(); }}"
        );
        let result = self.browser.run_async(
            &script,
            &[json!(self.api.base), json!(self.api.token), given.clone()],
        );
        assert!(result["rejected"].is_null(), "{}", result["rejected"]);
        result
    }

    /// Starts an upload of `flows.file` in the page and leaves it in progress as `window.tracked`; the client
    /// stays open as `window.client`.
    #[track_caller]
    pub(crate) fn begin(&self, given: &Value) {
        let script = "
            const [api, token, given] = arguments;
            const { open, file, start } = window.flows;
            window.client = await open(api, token);
            window.tracked = start(window.client, file(given.name, given.seed, given.size));
            return true;";
        let arguments = [json!(self.api.base), json!(self.api.token), given.clone()];
        let begun = self.browser.run_async(script, &arguments);
        assert_eq!(begun, json!(true), "{begun}");
    }

    /// Waits until an expression of `upload`, the upload in progress, is true.
    #[track_caller]
    pub(crate) fn wait(&self, expression: &str) {
        let script = format!("const {{ upload }} = window.tracked; return Boolean({expression});");
        devkit::wait::until(expression, std::time::Duration::from_secs(40), || {
            (self.browser.run(&script, &[]) == true).then_some(())
        });
    }

    /// Waits for the end of the upload in progress, as `flows.ending` reports it.
    #[track_caller]
    pub(crate) fn end(&self) -> Value {
        let end = self.browser.run_async(
            "const end = await window.flows.ending(window.tracked); window.client.close(); return end;",
            &[],
        );
        assert!(end["rejected"].is_null(), "{}", end["rejected"]);
        end
    }
}
