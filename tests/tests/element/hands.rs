//! What a person does in a page with an element, and what is seen there.

use std::path::Path;
use std::time::Duration;

use devkit::browser::Key;
use devkit::wait;
use serde_json::{Value, json};

use crate::{Case, World};

const WITHIN: Duration = Duration::from_secs(20);
/// More presses of Tab than a page of these has places.
const MOST_TABS: usize = 60;

/// Whether the element has been drawn.
const LOADED: &str = "Boolean(find('[data-action=browse], [data-action=start]')?.textContent)";

/// Finds in the document and in the element's tree.
const FIND: &str = "
    const host = document.querySelector('crowfly-upload, crowfly-recorder');
    const root = host?.shadowRoot ?? document;
    const find = (css) => root.querySelector(css) ?? document.querySelector(css);
    const all = (css) => [...root.querySelectorAll(css)];
    const active = () => {
        let found = document.activeElement;
        while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
        return found;
    };";

impl World {
    /// Runs a case on its own, and looks at what the page wrote to the console.
    pub(crate) fn run(&self, case: Case) -> String {
        self.sink.reset();
        self.site.refuse(None);
        let _ = self.site.letters();
        self.browser.limit_upload(0);
        let _ = self.browser.console();
        let seen = case(self);
        let said = self.browser.console();
        // Chromium writes refusals of the API there too, which the SDK has handled.
        let loud: Vec<&String> = said
            .iter()
            .filter(|line| line.starts_with("WARNING") || line.starts_with("SEVERE"))
            .filter(|line| !line.contains("/api/uploads"))
            .collect();
        assert!(loud.is_empty(), "{loud:?}");
        seen
    }

    /// Opens a page of the site, and waits until its element is there.
    pub(crate) fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.site.origin));
        self.until("the element", LOADED);
    }

    /// Opens the page of an element with these attributes, as a query.
    pub(crate) fn element(&self, attributes: &str) {
        self.open(&format!("/page.html?{attributes}"));
    }

    /// As [`World::element`], at another origin, in which few cases leave anything.
    pub(crate) fn fresh(&self, attributes: &str) {
        let origin = self.site.origin.replace("localhost", "127.0.0.1");
        self.browser
            .open(&format!("{origin}/page.html?{attributes}"));
        self.until("the element", LOADED);
    }

    /// Runs the body of an async function, which has `find`, `all`, `active` and `host`.
    #[track_caller]
    pub(crate) fn script(&self, body: &str) -> Value {
        let result = self.browser.run_async(&format!("{FIND}{body}"), &[]);
        assert!(result["rejected"].is_null(), "{}", result["rejected"]);
        result
    }

    /// The value of an expression.
    #[track_caller]
    pub(crate) fn see(&self, expression: &str) -> Value {
        self.script(&format!("return {expression};"))
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, expression: &str) {
        wait::until(what, WITHIN, || {
            (self.see(expression) == true).then_some(())
        });
    }

    /// Waits until so many rows have a state.
    #[track_caller]
    pub(crate) fn wait_for(&self, state: &str, count: usize) {
        let expression = format!("all('[data-upload][data-state={state}]').length === {count}");
        self.until(&format!("{count} {state}"), &expression);
    }

    /// Presses Tab until the focus is on what the selector names.
    #[track_caller]
    pub(crate) fn tab_to(&self, css: &str) {
        let there = format!("active()?.matches(`{css}`) ?? false");
        for _ in 0..MOST_TABS {
            if self.see(&there) == true {
                return;
            }
            self.browser.press(Key::Tab);
        }
        panic!("Tab does not lead to {css}");
    }

    /// Goes to a button by Tab and presses a key there.
    #[track_caller]
    pub(crate) fn press(&self, css: &str, key: Key) {
        self.tab_to(css);
        self.browser.press(key);
    }

    /// Picks files by the keyboard: the button, then what the browser's own dialog would give.
    #[track_caller]
    pub(crate) fn pick_by_keyboard(&self, css: &str, files: &[&Path]) {
        self.watch_picker();
        self.press(css, Key::Enter);
        self.until("the dialog", "window.asked !== undefined");
        self.give(files);
    }

    /// Catches the click by which the element opens the browser's dialog, which no test can operate.
    pub(crate) fn watch_picker(&self) {
        self.script(
            "window.asked = undefined;
             HTMLInputElement.prototype.click = function () {
                 if (!navigator.userActivation.isActive) throw new Error('without a gesture');
                 window.asked = this;
                 window.askedFor = [this.getAttribute('capture'), this.accept, this.multiple];
             };
             return true;",
        );
    }

    /// Gives files to the picker that was asked, as the dialog does.
    #[track_caller]
    pub(crate) fn give(&self, files: &[&Path]) {
        let asked = json!({"expression": "window.asked"});
        let input = self.browser.devtools("Runtime.evaluate", asked);
        let params = json!({"files": files, "objectId": input["result"]["objectId"]});
        self.browser.devtools("DOM.setFileInputFiles", params);
    }

    /// Gives files to the element as if they had been picked.
    #[track_caller]
    pub(crate) fn pick(&self, files: &[&Path]) {
        self.script("window.asked = root.querySelector('input[type=file]'); return true;");
        self.give(files);
    }

    /// Drags files over the zone and drops them there, as a file manager does:
    /// <https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchDragEvent>
    pub(crate) fn drop_on_zone(&self, paths: &[&Path]) {
        let place = "(({ x, y }) => [x + 9, y + 9])(find('[part=zone]').getBoundingClientRect())";
        let place = self.see(place);
        let data = json!({"items": [], "files": paths, "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "data": data});
            self.browser.devtools("Input.dispatchDragEvent", event);
            if kind == "dragOver" {
                self.until("the zone's mark", "Boolean(find('[data-dragging]'))");
            }
        }
        self.until("the zone without its mark", "!find('[data-dragging]')");
    }

    /// The names of what the element told.
    pub(crate) fn told(&self) -> Value {
        self.see("window.told.map(([name]) => name)")
    }
}
