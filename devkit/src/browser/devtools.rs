use serde_json::{Value, json};

use super::client::Browser;

/// What only Chromium offers, by the DevTools protocol: <https://chromedevtools.github.io/devtools-protocol/>.
impl Browser {
    /// Sets `prefers-color-scheme` of pages, `light` or `dark`.
    pub fn prefer_color_scheme(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// Shows the page as a phone does, 390 pixels wide and by touch, or as before.
    pub fn phone(&self, on: bool) {
        match on {
            true => self.screen(390, 844, 1.0, true),
            false => self.devtools("Emulation.clearDeviceMetricsOverride", json!({})),
        };
        let touch = json!({"enabled": on});
        self.devtools("Emulation.setTouchEmulationEnabled", touch);
    }

    /// Shows the page on a screen of this size in CSS pixels, each of `scale` pixels in both directions, without scroll bars.
    pub fn screen(&self, width: u32, height: u32, scale: f64, mobile: bool) -> Value {
        let screen = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile,
        });
        self.devtools("Emulation.setScrollbarsHidden", json!({"hidden": true}));
        self.devtools("Emulation.setDeviceMetricsOverride", screen)
    }

    /// A picture of what is on the screen, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let found = self.devtools("Page.captureScreenshot", json!({"format": "png"}));
        let text = found["data"].as_str().unwrap_or_default();
        data_encoding::BASE64
            .decode(text.as_bytes())
            .unwrap_or_default()
    }

    /// Limits the upload rate of the page, in bytes a second; 0 lifts the limit.
    pub fn limit_upload(&self, bytes_per_second: u64) {
        match bytes_per_second {
            0 => self.network(false, json!(-1)),
            limit => self.network(false, json!(limit)),
        }
    }

    /// Cuts the page off the network, or reconnects it.
    pub fn offline(&self, offline: bool) {
        self.network(offline, json!(-1));
    }

    /// Freezes the page, or resumes it: <https://wicg.github.io/page-lifecycle/>.
    pub fn freeze(&self, frozen: bool) {
        let state = if frozen { "frozen" } else { "active" };
        self.devtools("Page.setWebLifecycleState", json!({"state": state}));
    }

    /// Kills the renderer of the current page, as running out of memory does. Later commands need another
    /// window then.
    pub fn crash(&self) {
        let params = json!({"cmd": "Page.crash", "params": {}});
        // The killed page cannot answer.
        let _ = self.session.try_post("/goog/cdp/execute", &params);
    }

    /// What pages wrote to the console since the last call.
    pub fn console(&self) -> Vec<String> {
        let text = |entry: &Value| {
            let [level, message] =
                ["level", "message"].map(|name| entry[name].as_str().unwrap_or(""));
            format!("{level} {message}")
        };
        self.log("browser").iter().map(text).collect()
    }

    /// Method and URL of every request that pages made since the last call.
    pub fn requests(&self) -> Vec<(String, String)> {
        let message = |entry: &Value| -> Option<(String, String)> {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            if event["method"] != "Network.requestWillBeSent" {
                return None;
            }
            let request = &event["params"]["request"];
            let url = request["url"]
                .as_str()
                .filter(|url| url.starts_with("http"))?;
            Some((request["method"].as_str()?.to_owned(), url.to_owned()))
        };
        self.log("performance").iter().filter_map(message).collect()
    }

    fn network(&self, offline: bool, upload: Value) {
        let conditions = json!({
            "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": upload,
        });
        let body = json!({"network_conditions": conditions});
        self.session.post("/chromium/network_conditions", &body);
    }

    /// Calls a method of the protocol.
    pub fn devtools(&self, method: &str, params: Value) -> Value {
        let body = json!({"cmd": method, "params": params});
        self.session.post("/goog/cdp/execute", &body)
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.session.post("/se/log", &json!({"type": kind}));
        entries.as_array().cloned().unwrap_or_default()
    }
}
