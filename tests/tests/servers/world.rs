//! A browser, a proxy between it and everything, a store and an app in front of it.

use std::time::Duration;

use devkit::browser::{self, Browser};
use e2e::files::TestFile;
use e2e::proxy::{Config, Entry, Proxy};
use serde_json::json;

use crate::app::{App, Kind};
use crate::store::{self, Store};

pub(crate) struct World {
    pub(crate) kind: Kind,
    pub(crate) browser: Browser,
    pub(crate) proxy: Proxy,
    pub(crate) app: App,
    pub(crate) store: Store,
}

impl World {
    pub(crate) fn start(store: store::Kind, kind: Kind) -> Self {
        let store = Store::start(store);
        let app = App::start(kind, &store);
        let proxy = Proxy::start(Config::default()).expect("a proxy");
        // The store has its own.
        proxy.s3_rules(false);
        Self {
            kind,
            browser: Browser::through(browser::Kind::Chromium, proxy.address()),
            proxy,
            app,
            store,
        }
    }

    /// A fresh page of a user who is signed in, whatever a case before this one left behind.
    pub(crate) fn restore(&mut self) {
        self.proxy.clear();
        self.load();
        if !self.signed_in() {
            self.click("Sign in");
            self.until("the session's cookie", || self.signed_in());
            self.load();
        }
        self.proxy.clear_log();
    }

    /// Every part of an upload from this number on gets stuck.
    pub(crate) fn stick_from(&self, part: u32, parts: u32) {
        for number in part..=parts {
            self.proxy.rule(json!({
                "match": {"method": "PUT", "query": format!("partNumber={number}"), "times": "forever"},
                "fault": {"kind": "stall", "at": 0},
            }));
        }
    }

    /// The link to storage carries this many bytes a second.
    pub(crate) fn slow(&self, bytes_per_second: usize) {
        self.proxy.rule(json!({
            "match": {"method": "PUT", "host": self.store.host(), "times": "forever"},
            "fault": {"kind": "bandwidth", "bytesPerSecond": bytes_per_second},
        }));
    }

    /// PUTs to storage since the log was cleared.
    pub(crate) fn puts(&self) -> Vec<Entry> {
        let mut requests = self.proxy.log().requests;
        requests.retain(|entry| entry.method == "PUT" && entry.host == self.store.host());
        requests
    }

    /// Waits until storage has acknowledged so many parts.
    pub(crate) fn wait_for_parts(&self, count: usize) {
        let stored = |entry: &&Entry| entry.status == Some(200);
        self.until("parts in storage", || {
            self.puts().iter().filter(stored).count() >= count
        });
    }

    /// Statuses with which the app has answered these calls since the log was cleared.
    pub(crate) fn answers(&self, method: &str, end: &str) -> Vec<u16> {
        let host = self.app.origin.trim_start_matches("http://");
        let requests = self.proxy.log().requests.into_iter();
        let calls = requests.filter(|entry| {
            entry.method == method && entry.host == host && entry.path.ends_with(end)
        });
        calls.filter_map(|entry| entry.status).collect()
    }

    /// The object under the key that the page shows has the file's bytes; returns the key.
    #[track_caller]
    pub(crate) fn assert_arrived(&self, file: &TestFile) -> String {
        let key = self.wait_for_output(|output| output.starts_with("uploads/"));
        let object = self.store.get(&key);
        assert_eq!(object.status, 200, "{key}: {}", object.text());
        assert!(object.body == file.bytes, "{key}: other bytes in storage");
        key
    }

    pub(crate) fn until(&self, what: &str, is: impl Fn() -> bool) {
        devkit::wait::until(what, Duration::from_secs(30), || is().then_some(()));
    }
}
