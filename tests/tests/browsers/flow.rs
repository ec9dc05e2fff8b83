//! One flow, and how it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};

use e2e::Stack;
use e2e::api::Api;
use e2e::browser::Browser;
use e2e::issuer::random_hex;
use e2e::proxy::Proxy;
use serde_json::{Value, json};

use crate::site::Site;

/// What a person does with an upload, in one browser.
pub(crate) struct Flow {
    pub(crate) name: &'static str,
    /// Panics where a promise is broken; else says what was seen.
    pub(crate) run: fn(&Visit<'_>) -> Seen,
}

/// What a flow saw besides that it holds: one short text for the table.
#[derive(Debug)]
pub(crate) enum Seen {
    /// The promise holds.
    Holds(String),
    /// The browser lacks what the flow is about, found by asking for the feature.
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

/// How a flow ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed(String),
    Lacks(String),
    Failed(String),
}

/// One browser at work on one flow, as a caller that no other flow is.
pub(crate) struct Visit<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) stack: &'static Stack,
    pub(crate) api: Api,
    /// Between the browser and everything; without rules at the start of each flow.
    pub(crate) proxy: &'a Proxy,
    site: &'a Site,
}

impl Flow {
    pub(crate) fn run(&self, browser: &Browser, proxy: &Proxy, site: &Site) -> Outcome {
        proxy.offline(false);
        proxy.clear();
        proxy.clear_log();
        let stack = e2e::Env::stack("oidc");
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
    /// Opens the test page anew and waits for its modules.
    pub(crate) fn open(&self) {
        self.browser.open(&self.site.url());
        e2e::wait::until(
            "the page's modules",
            std::time::Duration::from_secs(20),
            || (self.browser.run("return Boolean(window.flows);", &[]) == true).then_some(()),
        );
    }

    /// Runs the body of an async function in the page with `client` (a client of this caller), `flows` (see
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

    /// Starts an upload of `flows.file` in the page and leaves it under way, as `window.told`; the client
    /// stays open as `window.client`.
    #[track_caller]
    pub(crate) fn begin(&self, given: &Value) {
        let script = "
            const [api, token, given] = arguments;
            const { open, file, start } = window.flows;
            window.client = await open(api, token);
            window.told = start(window.client, file(given.name, given.seed, given.size));
            return true;";
        let arguments = [json!(self.api.base), json!(self.api.token), given.clone()];
        let begun = self.browser.run_async(script, &arguments);
        assert_eq!(begun, json!(true), "{begun}");
    }

    /// Waits until an expression of `upload`, the upload under way, holds.
    #[track_caller]
    pub(crate) fn wait(&self, expression: &str) {
        let script = format!("const {{ upload }} = window.told; return Boolean({expression});");
        e2e::wait::until(expression, std::time::Duration::from_secs(40), || {
            (self.browser.run(&script, &[]) == true).then_some(())
        });
    }

    /// Waits for the end of the upload under way, as `flows.ending` tells it.
    #[track_caller]
    pub(crate) fn end(&self) -> Value {
        let end = self.browser.run_async(
            "const end = await window.flows.ending(window.told); window.client.close(); return end;",
            &[],
        );
        assert!(end["rejected"].is_null(), "{}", end["rejected"]);
        end
    }
}

/// What `work` gives, or the sentence that it panicked with.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|reason| {
        reason
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| reason.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "a panic without a sentence".to_owned())
    })
}
