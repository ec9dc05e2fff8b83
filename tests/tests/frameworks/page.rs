//! What is done in an example's page, and seen there: the same in every framework.

use std::path::Path;
use std::time::Duration;

use devkit::http::Request;
use devkit::wait;
use serde_json::{Value, json};

use crate::World;
use crate::cases::Case;

const WITHIN: Duration = Duration::from_secs(30);

impl World {
    /// Runs a case on its own, and looks at what the page wrote to the console.
    pub(crate) fn run(&self, case: Case) -> String {
        self.sink.reset();
        self.browser.limit_upload(0);
        let _ = self.browser.console();
        let seen = case(self);
        let said = self.browser.console();
        // Chromium writes refusals of the API and of storage there too, which the SDK has handled.
        let loud: Vec<&String> = said
            .iter()
            .filter(|line| line.starts_with("WARNING") || line.starts_with("SEVERE"))
            .filter(|line| !line.contains(&self.api))
            .collect();
        assert!(loud.is_empty(), "{loud:?}");
        seen
    }

    /// Opens a page of the dev server, and waits until its scripts listen.
    pub(crate) fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.app.origin));
        self.ready();
    }

    /// Waits until the client is there: by then the zone listens too.
    pub(crate) fn ready(&self) {
        let loaded = "return performance.getEntriesByType('resource')
            .some(({ name }) => /crowfly_bg|inline-data/.test(name));";
        self.until("the client", || self.browser.run(loaded, &[]) == true);
    }

    pub(crate) fn until(&self, what: &str, is: impl Fn() -> bool) {
        wait::until(what, WITHIN, || is().then_some(()));
    }

    pub(crate) fn pick(&self, files: &[&Path]) {
        let inputs = self.browser.find_all(".zone input[type=file]");
        self.browser
            .pick(inputs.first().expect("the zone's input"), files);
    }

    /// Uploads of a state in the list.
    pub(crate) fn in_state(&self, state: &str) -> usize {
        self.browser
            .find_all(&format!("li[data-state={state}]"))
            .len()
    }

    pub(crate) fn wait_for(&self, state: &str, count: usize) {
        let what = format!("{count} in state {state}");
        self.until(&what, || self.in_state(state) == count);
    }

    pub(crate) fn text(&self, css: &str) -> String {
        let found = self.browser.find(css).map(|element| element.text());
        found.unwrap_or_default()
    }

    pub(crate) fn click(&self, word: &str) {
        let buttons = self.browser.find_all("button").into_iter();
        let button = buttons.into_iter().find(|button| button.text() == word);
        button.unwrap_or_else(|| panic!("no button {word}")).click();
    }

    /// Drags files over the zone and drops them there.
    pub(crate) fn drop_on_zone(&self, path: &Path) {
        self.drop_on(".zone", ".zone.dragging", path);
        self.until("the zone without its mark", || {
            self.browser.find(".zone.dragging").is_none()
        });
    }

    /// Drags files over an element and drops them there, once the page has `mark`, as a file manager does:
    /// <https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchDragEvent>
    pub(crate) fn drop_on(&self, css: &str, mark: &str, path: &Path) {
        let place = "const { x, y } = document.querySelector(arguments[0]).getBoundingClientRect(); return [x + 9, y + 9];";
        let place = self.browser.run(place, &[json!(css)]);
        let data = json!({"items": [], "files": [path], "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "data": data});
            self.browser.devtools("Input.dispatchDragEvent", event);
            if kind == "dragOver" {
                self.until("the mark of what is held over it", || {
                    self.browser.find(mark).is_some()
                });
            }
        }
    }

    /// The records that the API has.
    pub(crate) fn records(&self) -> Vec<Value> {
        let list = Request::new("GET", format!("{}/uploads", self.api))
            .bearer("a.b.c")
            .send();
        list.json()["uploads"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}
