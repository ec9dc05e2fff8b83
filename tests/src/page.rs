//! The demo page, found by its documented markers and used as a person uses it.

use std::path::Path;
use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Stack;
use devkit::wait;
use serde::Deserialize;
use serde_json::json;

/// The demo page in a browser.
#[derive(Debug)]
pub struct Page<'browser> {
    browser: &'browser Browser,
}

/// The row of one file.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// The upload's id.
    pub id: String,
    /// Its state.
    pub state: String,
    /// Percent on its progress bar.
    pub percent: f64,
    /// All its text.
    pub text: String,
}

/// What a row showed at one moment.
#[derive(Clone, Debug, Deserialize)]
pub struct Sample {
    /// Milliseconds of the page's clock.
    pub at: f64,
    /// The state.
    pub state: String,
    /// Percent on the progress bar.
    pub percent: f64,
}

const ROWS: &str = "
    return [...document.querySelectorAll('[data-upload]')].map((row) => ({
        id: row.dataset.upload,
        state: row.dataset.state,
        percent: Number(row.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0),
        text: row.innerText,
    }));";

/// Records each change of each row. It samples once a frame, because a person sees only what is painted.
const WATCH: &str = "
    const seen = (window.crowflySamples = {});
    const look = () => {
        for (const row of document.querySelectorAll('[data-upload]')) {
            const bar = row.querySelector('[role=progressbar]');
            const percent = Number(bar?.getAttribute('aria-valuenow') ?? 0);
            const list = (seen[row.dataset.upload] ??= []);
            const last = list.at(-1);
            if (!last || last.state !== row.dataset.state || last.percent !== percent) {
                list.push({ at: performance.now(), state: row.dataset.state, percent });
            }
        }
    };
    new MutationObserver(look).observe(document.body, {
        subtree: true, childList: true, attributes: true,
        attributeFilter: ['data-state', 'data-upload', 'aria-valuenow'],
    });";

impl<'browser> Page<'browser> {
    /// Opens a stack's page.
    #[track_caller]
    pub fn open(browser: &'browser Browser, stack: &Stack) -> Self {
        browser.open(&stack.page);
        Self::of(browser)
    }

    /// The page that is open.
    pub fn of(browser: &'browser Browser) -> Self {
        Self { browser }
    }

    /// Submits the sign-in form as it is served, filled in with the demo user.
    #[track_caller]
    pub fn log_in(&self) {
        self.browser.wait_for("[data-action=login]").click();
        self.wait_ready();
    }

    /// Waits until the page accepts files.
    #[track_caller]
    pub fn wait_ready(&self) {
        wait::until("the logged-in page", Duration::from_secs(20), || {
            let script = "const input = document.querySelector('input[type=file][multiple]');\
                          return Boolean(input && !input.disabled && !input.parentElement.closest('[hidden]'));";
            (self.browser.run(script, &[]) == true).then_some(())
        });
        self.browser.run(WATCH, &[]);
    }

    /// Picks files.
    #[track_caller]
    pub fn pick(&self, paths: &[&Path]) {
        let input = self.browser.find("input[type=file][multiple]");
        self.browser.pick(&input.expect("one file input"), paths);
    }

    /// Every row.
    pub fn rows(&self) -> Vec<Row> {
        serde_json::from_value(self.browser.run(ROWS, &[])).expect("rows of the page")
    }

    /// The newest row for `name`.
    pub fn row(&self, name: &str) -> Option<Row> {
        let mut newest = self.rows().into_iter().rev();
        newest.find(|row| row.text.contains(name))
    }

    /// Waits until the row of `name` satisfies `condition`.
    #[track_caller]
    pub fn wait_row(&self, name: &str, limit: Duration, condition: impl Fn(&Row) -> bool) -> Row {
        let mut last = None;
        let start = std::time::Instant::now();
        while start.elapsed() < limit {
            last = self.row(name);
            if let Some(row) = last.as_ref().filter(|row| condition(row)) {
                return row.clone();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the row of {name}: not within {limit:?}; last seen: {last:?}");
    }

    /// Waits until the row of `name` has `state`.
    ///
    /// # Panics
    /// At once when the upload has failed.
    #[track_caller]
    pub fn wait_state(&self, name: &str, state: &str, limit: Duration) -> Row {
        let ended = |row: &Row| row.state == state || row.state == "failed";
        let row = self.wait_row(name, limit, ended);
        let text = &row.text;
        assert!(row.state == state, "{name} should be {state}, but: {text}");
        row
    }

    /// Presses a button of a row.
    #[track_caller]
    pub fn act(&self, id: &str, action: &str) {
        let button = format!("[data-upload='{id}'] [data-action={action}]");
        self.browser.wait_for(&button).click();
    }

    /// What the row of an upload has shown so far.
    pub fn samples(&self, id: &str) -> Vec<Sample> {
        let script = "return window.crowflySamples[arguments[0]] ?? [];";
        let list = self.browser.run(script, &[json!(id)]);
        serde_json::from_value(list).expect("samples of the page")
    }

    /// What the page tells a developer of a failed upload.
    #[track_caller]
    pub fn facts(&self, id: &str) -> String {
        let script =
            "return document.querySelector(`[data-failed='${arguments[0]}']`)?.textContent;";
        wait::until("the facts of a failure", Duration::from_secs(5), || {
            let facts = self.browser.run(script, &[json!(id)]);
            facts.as_str().map(str::to_owned)
        })
    }

    /// What all live regions say now: <https://www.w3.org/TR/wai-aria-1.2/#dfn-live-region>.
    pub fn announced(&self) -> String {
        let script = "return [...document.querySelectorAll('[role=status], [aria-live]')]\
                      .map((region) => region.textContent).join(' ');";
        let said = self.browser.run(script, &[]);
        said.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for the row of an upload in the table of records.
    #[track_caller]
    pub fn wait_record(&self, id: &str) -> String {
        let row = format!("[data-record='{id}']");
        self.browser.wait_for(&row).text()
    }
}
