//! A file picked in a row's page, and uploaded by the page's own code.

use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::wait;
use e2e::api::Api;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::project::newest;
use crate::rows::Way;
use crate::server::origin;

/// A development server may still be compiling.
const READY: Duration = Duration::from_secs(60);

/// What was seen: where module and worker came from, and the codes of the warnings.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) way: &'static str,
    pub(crate) warnings: Vec<String>,
}

/// Uploads a file, large enough for a worker, in the page of the running server.
#[track_caller]
pub(crate) fn upload(expected: Way) -> Seen {
    let file = TestFile::new("by a tool.zip", 2 * MIB);
    // A new one for each row: the rows share an origin, and so caches and service workers.
    let browser = Browser::start();
    browser.open(&format!("{}/", origin()));
    wait::until("the application's code", READY, || {
        (browser.run("return Boolean(window.upload);", &[]) == true).then_some(())
    });
    let input = browser.wait_for("input[type=file]");
    browser.pick(&input, &[&file.path]);
    let stack = Env::stack("main");
    let token = Api::demo_user(stack).token;
    let called = |name: &str| {
        let script = "
            const [name, api, token] = arguments;
            return window[name]?.(document.querySelector('input[type=file]').files[0], api, token);";
        let outcome = browser.run_async(script, &[json!(name), json!(stack.api), json!(token)]);
        assert!(
            outcome["rejected"].is_null(),
            "{name}: {}",
            outcome["rejected"]
        );
        outcome
    };
    let warnings = warnings_of(&called("upload"));
    if !newest() {
        assert_warned(expected, &warnings, &browser);
    }
    // The entry `crowfly/live`, where the application has it.
    let live = called("uploadLive");
    if !live.is_null() {
        assert_eq!(live["live"], true, "{live}");
        let same = codes(&warnings_of(&live)) == codes(&warnings);
        assert!(same || newest(), "{live}");
    }
    seen(expected, &warnings)
}

/// The warnings of an upload that is stored and verified.
#[track_caller]
fn warnings_of(outcome: &Value) -> Vec<Value> {
    let ended = (&outcome["status"], &outcome["verified"]);
    assert_eq!(ended, (&json!("stored"), &json!(true)), "{outcome}");
    outcome["warnings"].as_array().cloned().unwrap_or_default()
}

fn codes(warnings: &[Value]) -> Vec<String> {
    let codes = warnings
        .iter()
        .filter_map(|warning| warning["code"].as_str());
    let mut codes: Vec<String> = codes.map(str::to_owned).collect();
    codes.sort();
    codes
}

fn seen(expected: Way, warnings: &[Value]) -> Seen {
    let warnings = codes(warnings);
    let way = match expected {
        _ if warnings.iter().any(|code| code == "inlined") => "inlined copy",
        Way::OneFile | Way::Warned(_) => "one file",
        _ => "files beside",
    };
    Seen { way, warnings }
}

/// The warnings are those that the documents promise, and the inlined copy is loaded only then.
#[track_caller]
fn assert_warned(expected: Way, warnings: &[Value], browser: &Browser) {
    let wanted: &[&str] = match expected {
        Way::Beside | Way::OneFile => &[],
        Way::Inlined(_) => &["inlined"],
        Way::Warned(codes) => codes,
    };
    assert_eq!(codes(warnings), wanted, "{warnings:?}");
    if let Way::Inlined(words) = expected {
        let message = warnings[0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{message}");
    }
    if let Way::Beside = expected {
        assert!(!fetched_the_copy(browser), "the inlined copy was loaded");
    }
}

/// Whether the page has loaded the inlined copy, where it is a script of its own.
pub(crate) fn fetched_the_copy(browser: &Browser) -> bool {
    let script = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('inline-data'));";
    browser.run(script, &[]) == true
}
