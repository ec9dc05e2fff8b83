//! A browser, a proxy between it and everything, a store and the example that signs for it.

use std::time::Duration;

use devkit::browser::{Browser, Kind};
use devkit::wait;
use e2e::files::page_content;
use e2e::proxy::{Config, Entry, Proxy};
use serde_json::{Value, json};

use crate::facts::Facts;
use crate::signer::{Language, Signer};
use crate::store::Store;

pub(crate) const MIB: usize = 1024 * 1024;
/// Longest time of one upload; the largest takes seconds.
const ENDS_WITHIN: Duration = Duration::from_secs(150);

pub(crate) struct World {
    pub(crate) browser: Browser,
    pub(crate) proxy: Proxy,
    pub(crate) store: Store,
    pub(crate) facts: Facts,
    pub(crate) signer: Signer,
}

/// A file that page and test make alike.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) seed: u32,
    pub(crate) size: usize,
}

impl Given {
    pub(crate) fn new(name: &str, size: usize) -> Self {
        let seed = 7 + u32::try_from(size % 10_007).unwrap_or_default();
        let name = name.to_owned();
        Self { name, seed, size }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"name": self.name, "seed": self.seed, "size": self.size})
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        page_content(self.seed, self.size)
    }
}

impl World {
    /// In front of a store that was measured.
    pub(crate) fn start(store: Store, facts: Facts, language: Language) -> Self {
        let proxy = Proxy::start(Config::default()).expect("a proxy");
        // A real store has its own.
        proxy.s3_rules(false);
        Self {
            browser: Browser::through(Kind::Chromium, proxy.address()),
            signer: Signer::start(language, &store, 300),
            proxy,
            store,
            facts,
        }
    }

    /// Another example in front of the same store.
    pub(crate) fn change_signer(&mut self, language: Language, seconds: u64) {
        self.signer = Signer::start(language, &self.store, seconds);
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

    /// Starts an upload in the page; returns its id.
    pub(crate) fn begin(&self, given: &Given, options: Value) -> String {
        let script = "
            const [given, options] = arguments;
            const { open, file, follow } = window.stores;
            const client = await open(options);
            return follow(client.upload(file(given)));";
        let id = self.browser.run_async(script, &[given.json(), options]);
        id.as_str().unwrap_or_else(|| panic!("{id}")).to_owned()
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
    pub(crate) fn upload(&self, given: &Given) -> Value {
        self.open();
        self.begin(given, json!({}));
        self.end()
    }

    /// The file is in storage, byte for byte; returns its key.
    #[track_caller]
    pub(crate) fn assert_arrived(&self, given: &Given, end: &Value) -> String {
        assert!(end["error"].is_null(), "{end}");
        let key = end["stored"]["key"].as_str().expect("a key").to_owned();
        let object = self.store.get(&key);
        assert_eq!(object.status, 200, "{}", object.text());
        assert!(
            object.body == given.bytes(),
            "{key}: other bytes in storage"
        );
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
