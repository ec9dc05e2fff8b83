//! The package in the surroundings that pages give it: other origins, policies, service workers, libraries that
//! replace what the browser has. One browser goes through all cases; each must store its file and warn of exactly
//! what a developer has to know.
#![forbid(unsafe_code)]

mod cases;
mod doctor;
mod site;

use std::process::ExitCode;
use std::time::Duration;

use devkit::browser::{Browser, Kind};
use devkit::wait;
use e2e::Tally;
use e2e::proxy::{Config, Proxy};
use e2e::sink::{self, Sink};
use serde_json::{Value, json};

use cases::{CASES, Case, Event, Runs};
use doctor::WRONGS;
use site::Site;

/// Longest time of one case, besides that of its bytes.
const LONGEST: Duration = Duration::from_secs(60);
const LOCKS: &str = "locks_unavailable";
/// Bytes through the service worker: enough for parts that take longer than the 10 s after which silence is a stall.
/// `CROWFLY_WORKER_BYTES` sets another number.
const WORKER_BYTES: u64 = 24_000_000;

struct World {
    browser: Browser,
    proxy: Proxy,
    sink: Sink,
    site: Site,
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let named = std::env::var("CROWFLY_BROWSERS").unwrap_or_else(|_| "chromium".into());
    let kinds = Kind::ALL
        .into_iter()
        .filter(|kind| named.split(',').any(|name| name == kind.name()));
    let mut tally = Tally::default();
    for kind in kinds {
        let chosen = |name: &str| {
            wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()))
        };
        let full = |case: &str| format!("{}::{case}", kind.name());
        let world = World::start(kind);
        let everything = kind == Kind::Chromium;
        let cases = |tally: &mut Tally, slow: bool| {
            let chosen = CASES
                .iter()
                .filter(|case| chosen(case.name) && (case.slow > 0) == slow);
            for case in chosen.filter(|case| everything || case.runs == Runs::Everywhere) {
                tally.run(&full(case.name), || world.run(case));
            }
        };
        cases(&mut tally, false);
        // The judgements are the same in every browser.
        for wrong in WRONGS
            .iter()
            .filter(|wrong| everything && chosen(wrong.name))
        {
            tally.run(&full(wrong.name), || world.examine(wrong));
        }
        cases(&mut tally, true);
    }
    tally.end()
}

impl World {
    fn start(kind: Kind) -> Self {
        let proxy = Proxy::start(Config::default()).expect("a proxy");
        let sink = Sink::start(sink::Config::default()).expect("a sink");
        let site = Site::start(&format!("http://{}", sink.address()));
        let browser = Browser::through(kind, proxy.address());
        Self {
            browser,
            proxy,
            sink,
            site,
        }
    }

    /// No faults, no log, no uploads. Connections that were slow stay so.
    fn reset(&self) {
        self.proxy.clear();
        self.proxy.clear_log();
        self.sink.reset();
    }

    /// Runs one case; returns what was seen.
    fn run(&self, case: &Case) -> String {
        self.reset();
        if case.slow > 0 {
            self.proxy.rule(json!({
                "match": {"method": "PUT", "times": "forever"},
                "fault": {"kind": "bandwidth", "bytesPerSecond": case.slow},
            }));
        }
        self.open(case);
        match case.event {
            Event::Freeze => {
                wait::until("bytes on their way", LONGEST, || {
                    self.proxy
                        .log()
                        .requests
                        .iter()
                        .any(|entry| entry.received > 0)
                        .then_some(())
                });
                self.browser.freeze(true);
                std::thread::sleep(Duration::from_secs(2));
                self.browser.freeze(false);
            }
            Event::Back => {
                self.outcome();
                self.browser.open(&self.site.url(&CASES[0]));
                self.browser.run("history.back();", &[]);
            }
            Event::None | Event::Disk => {}
        }
        let outcome = self.outcome();
        assert_eq!(outcome["verified"], true, "{outcome}");
        let heard: Vec<&Value> = outcome["warnings"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        let mut codes: Vec<_> = heard
            .iter()
            .filter_map(|warning| warning["code"].as_str())
            .collect();
        codes.sort_unstable();
        // Through a proxy no name is this computer to Firefox, so that its pages are no secure contexts.
        if self.browser.kind() == Kind::Firefox
            && !case.warnings.iter().any(|(code, _)| *code == LOCKS)
        {
            codes.retain(|code| *code != LOCKS);
        }
        let wanted: Vec<&str> = case.warnings.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, wanted, "{outcome}");
        for (code, word) in case.warnings {
            let warning = heard.iter().find(|warning| warning["code"] == *code);
            let message = warning
                .and_then(|warning| warning["message"].as_str())
                .unwrap_or_default();
            assert!(message.contains(word), "{code}: {message}");
        }
        let size = outcome["size"].as_u64().unwrap_or_default();
        let sent: u64 = self
            .proxy
            .log()
            .requests
            .iter()
            .filter(|entry| entry.method == "PUT")
            .map(|entry| entry.received)
            .sum();
        // A page that came back has sent two files.
        let files = if case.event == Event::Back { 2 } else { 1 };
        let size = size + 4;
        assert!(
            sent * 10 <= size * 11 * files,
            "{sent} bytes were sent of {size}"
        );
        format!("{size} bytes, {sent} sent, warnings: {codes:?}")
    }

    fn open(&self, case: &Case) {
        let url = self.site.url(case);
        if case.event != Event::Disk {
            return self.browser.open(&url);
        }
        let api = format!("http://{}", self.sink.address());
        let cdn = format!("http://127.0.0.1:{}", self.site.cdn);
        let script = case.script.replace("API", &api).replace("CDN", &cdn);
        let page = format!(
            "<!doctype html><title>Disk</title><script type=\"module\">{script}</script>\n"
        );
        let file = devkit::paths::root().join("target/test/surroundings.html");
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, page).expect("a page on the disk");
        self.browser.open(&format!("file://{}", file.display()));
    }

    fn outcome(&self) -> Value {
        let most = LONGEST + Duration::from_secs(worker_bytes() / 500_000);
        let outcome = wait::until("the outcome", most, || {
            let outcome = self.browser.run("return window.outcome ?? null;", &[]);
            (!outcome.is_null()).then_some(outcome)
        });
        assert!(outcome["error"].is_null(), "{}", outcome["error"]);
        outcome["value"].clone()
    }
}

/// The size of the file that goes through a service worker.
fn worker_bytes() -> u64 {
    let given = std::env::var("CROWFLY_WORKER_BYTES").ok();
    given.map_or(WORKER_BYTES, |text| {
        text.parse().expect("a number of bytes")
    })
}
