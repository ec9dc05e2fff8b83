//! One Chromium whose every request goes through the fault proxy, and the page of these tests.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use devkit::browser::{Browser, Kind};
use e2e::proxy::{Config, Proxy};

use crate::site::Site;

/// What all cases share.
pub(crate) struct World {
    pub(crate) browser: Browser,
    pub(crate) proxy: Proxy,
    pub(crate) site: Site,
    cases: AtomicU32,
}

impl World {
    pub(crate) fn start() -> Self {
        Self::of(|proxy| Browser::through(Kind::Chromium, proxy.address()))
    }

    /// A browser without a proxy; the fault proxy is unused.
    pub(crate) fn bare() -> Self {
        Self::of(|_| Browser::start())
    }

    fn of(browser: impl FnOnce(&Proxy) -> Browser) -> Self {
        let proxy = Proxy::start(Config::default()).expect("a proxy");
        Self {
            browser: browser(&proxy),
            proxy,
            site: Site::start(),
            cases: AtomicU32::new(0),
        }
    }

    /// Loads the page afresh, without faults.
    pub(crate) fn open(&self) {
        self.proxy.offline(false);
        self.browser.offline(false);
        self.proxy.clear();
        self.proxy.clear_log();
        self.reopen();
    }

    /// Loads the page afresh and changes nothing else. A busy browser may need another attempt: loading is not what
    /// these cases are about.
    pub(crate) fn reopen(&self) {
        let loaded = || self.browser.run("return Boolean(window.faults);", &[]) == true;
        for attempt in 1..=4 {
            self.browser.open(self.site.url());
            let since = Instant::now();
            while since.elapsed() < Duration::from_secs(10) {
                if loaded() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            eprintln!("the page's modules: not within 10 s, attempt {attempt}");
        }
        panic!("the page's modules: not within 40 s");
    }

    /// A number unique to the case.
    pub(crate) fn number(&self) -> u32 {
        self.cases.fetch_add(1, Ordering::Relaxed) + 1
    }
}
