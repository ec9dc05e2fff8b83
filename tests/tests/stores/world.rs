//! A browser, a proxy between it and everything, a store and the example that signs for it.

use std::time::Duration;

use devkit::browser::{Browser, Kind};
use devkit::wait;
pub(crate) use e2e::files::{MIB, TestFile};
use e2e::proxy::{Config, Entry, Proxy};
use serde_json::{Value, json};

use crate::facts::Facts;
use crate::signer::{Language, Signer};
use crate::store::Store;

/// How long URLs live where a case does not say otherwise.
const URL_SECONDS: u64 = 300;
/// Longest time of one upload; the largest takes seconds.
const ENDS_WITHIN: Duration = Duration::from_secs(150);

pub(crate) struct World {
    pub(crate) browser: Browser,
    pub(crate) proxy: Proxy,
    pub(crate) store: Store,
    pub(crate) facts: Facts,
    pub(crate) signer: Signer,
}

impl World {
    /// In front of a store that was measured.
    pub(crate) fn start(store: Store, facts: Facts, language: Language) -> Self {
        let proxy = Proxy::start(Config::default()).expect("a proxy");
        // A real store has its own.
        proxy.s3_rules(false);
        Self {
            browser: Browser::through(Kind::Chromium, proxy.address()),
            signer: Signer::start(language, &store, URL_SECONDS),
            proxy,
            store,
            facts,
        }
    }

    /// Whatever a case before this one left behind: another example, short URLs, a store that is down.
    pub(crate) fn restore(&mut self, language: Language) {
        self.store.run();
        self.use_signer(language, URL_SECONDS);
    }

    /// Another example in front of the same store, or other URLs.
    pub(crate) fn use_signer(&mut self, language: Language, seconds: u64) {
        if (self.signer.language, self.signer.seconds) != (language, seconds) {
            self.signer = Signer::start(language, &self.store, seconds);
        }
    }

    /// A fresh page without faults.
    pub(crate) fn open(&self) {
        self.proxy.clear();
        self.load();
        self.proxy.clear_log();
    }

    /// Loads the page; faults stay.
    pub(crate) fn load(&self) {
        self.browser.open(&format!("{}/", self.signer.origin));
        let add = "
            const script = document.createElement('script');
            script.type = 'module';
            script.textContent = arguments[0];
            document.head.append(script);";
        self.browser.run(add, &[json!(include_str!("page.js"))]);
        wait::until("the page's script", Duration::from_secs(20), || {
            let ready = self.browser.run("return Boolean(window.stores);", &[]);
            (ready == true).then_some(())
        });
    }

    /// Picks a file and starts its upload; returns the id.
    pub(crate) fn begin(&self, file: &TestFile, options: Value) -> String {
        self.pick(file);
        let id = self
            .browser
            .run_async("return window.stores.begin(arguments[0]);", &[options]);
        id.as_str().unwrap_or_else(|| panic!("{id}")).to_owned()
    }

    pub(crate) fn pick(&self, file: &TestFile) {
        let input = self.browser.find("#given").expect("an input");
        self.browser.pick(&input, &[&file.path]);
    }

    /// How the upload ended.
    pub(crate) fn end(&self) -> Value {
        wait::until("the end of the upload", ENDS_WITHIN, || {
            let end = self.browser.run("return window.stores.end ?? null;", &[]);
            (!end.is_null()).then_some(end)
        })
    }

    /// Waits until storage has acknowledged this many bytes.
    pub(crate) fn wait_confirmed(&self, bytes: usize) {
        wait::until("bytes in storage", ENDS_WITHIN, || {
            let script = "
                const { upload, end } = window.stores;
                return end?.error ? end : upload.progress.confirmed;";
            let confirmed = self.browser.run(script, &[]);
            assert!(confirmed.is_u64(), "{confirmed}");
            (confirmed.as_u64() >= Some(bytes as u64)).then_some(())
        });
    }

    /// Uploads a file in a fresh page.
    pub(crate) fn upload(&self, file: &TestFile) -> Value {
        self.open();
        self.begin(file, json!({}));
        self.end()
    }

    /// The file is in storage, byte for byte; returns its key.
    #[track_caller]
    pub(crate) fn assert_arrived(&self, file: &TestFile, end: &Value) -> String {
        assert!(end["error"].is_null(), "{end}");
        let key = end["stored"]["key"].as_str().expect("a key").to_owned();
        let object = self.store.get(&key);
        assert_eq!(object.status, 200, "{}", object.text());
        assert!(object.body == file.bytes, "{key}: other bytes in storage");
        assert_eq!(
            end["stored"]["verified"],
            json!(self.facts.proves()),
            "{end}"
        );
        let warnings: &[&str] = if self.facts.proves() {
            &[]
        } else {
            &["unverified"]
        };
        assert_eq!(end["warnings"], json!(warnings), "{end}");
        key
    }

    /// PUTs to storage since the log was cleared.
    pub(crate) fn puts(&self) -> Vec<Entry> {
        self.requests("PUT", &self.store.host(), "")
    }

    /// Preflights of storage since the log was cleared.
    pub(crate) fn preflights(&self) -> Vec<Entry> {
        self.requests("OPTIONS", &self.store.host(), "")
    }

    /// Calls of a function of the signer by their method and the end of their path.
    pub(crate) fn calls(&self, method: &str, path: &str) -> Vec<Entry> {
        let host = self.signer.origin.trim_start_matches("http://").to_owned();
        self.requests(method, &host, path)
    }

    fn requests(&self, method: &str, host: &str, path: &str) -> Vec<Entry> {
        let mut requests = self.proxy.log().requests;
        requests.retain(|entry| {
            entry.method == method && entry.host == host && entry.path.ends_with(path)
        });
        requests
    }
}

/// Bytes of bodies.
pub(crate) fn bytes_of(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| entry.received).sum()
}
