//! What is done in an app's page, and seen there: the same in every app.

use e2e::files::TestFile;
use serde_json::{Value, json};

use crate::world::World;

impl World {
    /// Loads the page, and waits until its client is there.
    pub(crate) fn load(&self) {
        self.browser.open(&format!("{}/", self.app.origin));
        let loaded = "return performance.getEntriesByType('resource')
            .some(({ name }) => /crowfly_bg|inline-data/.test(name));";
        self.until("the client", || self.browser.run(loaded, &[]) == true);
    }

    pub(crate) fn signed_in(&self) -> bool {
        let cookies = self.browser.devtools("Network.getCookies", json!({}));
        let cookies = cookies["cookies"].as_array().cloned().unwrap_or_default();
        cookies.iter().any(|cookie| cookie["name"] == "session")
    }

    pub(crate) fn sign_out(&self) {
        self.browser
            .devtools("Network.clearBrowserCookies", json!({}));
    }

    /// Picks a file, which starts its upload.
    pub(crate) fn pick(&self, file: &TestFile) {
        let input = self.browser.wait_for("input[type=file]");
        self.browser.pick(&input, &[&file.path]);
    }

    #[track_caller]
    pub(crate) fn click(&self, word: &str) {
        let buttons = self.browser.find_all("button").into_iter();
        let mut found = buttons.filter(|button| button.text() == word);
        let button = found.next().unwrap_or_else(|| panic!("no button {word}"));
        button.click();
    }

    /// The state of the page's upload, or its end.
    pub(crate) fn output(&self) -> String {
        let output = self.browser.find("output");
        output.map(|output| output.text()).unwrap_or_default()
    }

    /// What the page says of its upload in the end.
    #[track_caller]
    pub(crate) fn wait_for_output(&self, is: impl Fn(&str) -> bool) -> String {
        self.until("the end of the upload", || {
            let output = self.output();
            is(&output) || output.contains("failed") || output.contains('_')
        });
        let output = self.output();
        assert!(is(&output), "the page says {output}");
        output
    }

    /// Calls a route of the app from its own page: status and answer.
    pub(crate) fn fetch(&self, method: &str, path: &str) -> Value {
        let script = "
            const [method, path] = arguments;
            return fetch('/api/uploads/uploads' + path, { method })
                .then(async (answer) => ({ status: answer.status, body: await answer.json() }));";
        self.browser
            .run_async(script, &[json!(method), json!(path)])
    }
}
