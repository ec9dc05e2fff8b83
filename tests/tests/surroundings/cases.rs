//! The surroundings in which pages use the package.

use Runs::{Chromium, Everywhere};

/// In which browsers a case makes sense.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    Everywhere,
    Chromium,
}

/// One page.
pub(crate) struct Case {
    /// The name of the test.
    pub(crate) name: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) runs: Runs,
    /// Headers of the page, where `API` stands for an address; of all files below its folder with `on_files`.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) on_files: bool,
    /// HTML before the script.
    pub(crate) before: &'static str,
    /// The page's script; `API` and `CDN` stand for addresses.
    pub(crate) script: &'static str,
    /// The script of its service worker, if it has one.
    pub(crate) worker: &'static str,
    /// The warnings that a developer must get, by code and a word of the message; no others.
    pub(crate) warnings: &'static [(&'static str, &'static str)],
    /// Bytes a second of requests to storage; 0 for no limit.
    pub(crate) slow: u64,
    /// A lifecycle event of the page meanwhile.
    pub(crate) event: Event,
}

/// What happens to the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    None,
    /// It is frozen for two seconds and resumed. <https://wicg.github.io/page-lifecycle/>
    Freeze,
    /// The user goes to another page and comes back. <https://web.dev/articles/bfcache>
    Back,
    /// It is opened from the disk.
    Disk,
}

const PLAIN: Case = Case {
    name: "a_plain_page",
    folder: "plain",
    runs: Everywhere,
    headers: &[],
    on_files: false,
    before: "",
    script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
tell(upload(createClient));
"#,
    worker: "",
    warnings: &[],
    slow: 0,
    event: Event::None,
};

pub(crate) const CASES: &[Case] = &[
    PLAIN,
    // The policies of docs/guides/csp.md.
    Case {
        name: "u18_the_strictest_policy",
        folder: "strict",
        headers: &[(
            "content-security-policy",
            "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' API",
        )],
        ..PLAIN
    },
    Case {
        name: "u18_trusted_types_with_our_policy",
        folder: "trusted",
        runs: Chromium,
        headers: &[(
            "content-security-policy",
            "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' API; \
             require-trusted-types-for 'script'; trusted-types crowfly",
        )],
        warnings: &[("inlined", "Trusted Types")],
        ..PLAIN
    },
    Case {
        name: "u18_trusted_types_without_our_policy",
        folder: "untrusted",
        runs: Chromium,
        headers: &[(
            "content-security-policy",
            "require-trusted-types-for 'script'; trusted-types other",
        )],
        warnings: &[("worker_unavailable", "trusted-types crowfly")],
        ..PLAIN
    },
    Case {
        name: "u18_cross_origin_isolation_on_all_files",
        folder: "isolated",
        headers: &[
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
        ],
        on_files: true,
        ..PLAIN
    },
    Case {
        name: "u18_cross_origin_isolation_on_the_page_alone",
        folder: "isolated-page",
        runs: Chromium,
        headers: &[
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
        ],
        warnings: &[("inlined", "Cross-Origin-Embedder-Policy")],
        ..PLAIN
    },
    Case {
        name: "p4_from_a_cdn_of_another_origin",
        folder: "cdn",
        script: r#"
import { createClient } from "CDN/crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
tell(upload(createClient));
"#,
        warnings: &[("inlined", "worker")],
        ..PLAIN
    },
    Case {
        name: "p4_as_one_file_from_a_cdn",
        folder: "cdn-one",
        script: r#"
import { createClient } from "CDN/crowfly/crowfly.min.js";
import { tell, upload } from "./page.js?api=API";
tell(upload(createClient));
"#,
        ..PLAIN
    },
    Case {
        name: "u18_a_page_on_the_disk",
        folder: "disk",
        runs: Chromium,
        script: r#"
import { createClient } from "CDN/crowfly/crowfly.min.js";
import { tell, upload } from "CDN/page.js?api=API";
tell(upload(createClient));
"#,
        event: Event::Disk,
        ..PLAIN
    },
    Case {
        name: "u18_a_sandboxed_frame",
        folder: "sandbox",
        before: r#"<iframe sandbox="allow-scripts" src="./inner"></iframe>"#,
        script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
if (window === top) {
  tell(new Promise((done, failed) => addEventListener("message", ({ data }) => (data.size ? done(data) : failed(data)))));
} else {
  upload(createClient).then((value) => top.postMessage(value, "*"), (error) => top.postMessage(String(error), "*"));
}
"#,
        warnings: &[
            ("inlined", "worker"),
            ("journal_unavailable", "IndexedDB"),
            ("locks_unavailable", "Web Locks"),
        ],
        ..PLAIN
    },
    Case {
        name: "u18_a_page_that_comes_back",
        folder: "back",
        runs: Chromium,
        script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
// Another upload once the page is back, by the same client if the page has been kept.
let client;
const keep = (one) => (client = one);
const again = () => tell(upload(() => Promise.resolve(client), { open: true }));
tell(upload(createClient, { open: true, keep }));
addEventListener("pageshow", ({ persisted }) => persisted && again());
"#,
        event: Event::Back,
        ..PLAIN
    },
    Case {
        name: "u18_a_component_that_is_mounted_twice",
        folder: "strict",
        script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
// As React's StrictMode does: the first client is closed while the second one is being made.
createClient({ api: "API", token: () => "a.b.c" }).then((first) => first.close());
tell(upload(createClient));
"#,
        ..PLAIN
    },
    Case {
        name: "u18_a_page_with_zone_js",
        folder: "zone",
        before: r#"<script src="./zone.js/bundles/zone.umd.js"></script>"#,
        ..PLAIN
    },
    Case {
        name: "u18_wrapped_fetch_and_xhr",
        folder: "wrapped",
        script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
// As tracing libraries do.
const { fetch, XMLHttpRequest } = window;
window.fetch = async (...args) => (await fetch(...args)).clone();
for (const name of ["open", "send"]) {
  const own = XMLHttpRequest.prototype[name];
  XMLHttpRequest.prototype[name] = function (...args) {
    this.addEventListener("load", () => (this.traced = this.status));
    return own.apply(this, args);
  };
}
window.XMLHttpRequest = class extends XMLHttpRequest {
  constructor() {
    super();
    this.onload = () => {};
  }
};
tell(upload(createClient));
"#,
        ..PLAIN
    },
    Case {
        name: "p6_a_client_in_a_service_worker",
        folder: "inside",
        runs: Chromium,
        script: r#"
import { tell } from "./page.js?api=API";
const answered = async () => {
  const registration = await navigator.serviceWorker.register("./worker.js", { type: "module" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const heard = new Promise((done, failed) => {
    navigator.serviceWorker.onmessage = ({ data }) => (data.size ? done(data) : failed(data));
    navigator.serviceWorker.startMessages();
  });
  worker.postMessage("upload");
  return heard;
};
tell(answered());
"#,
        worker: r#"
import { createClient } from "./crowfly/crowfly.min.js";
import { upload } from "./page.js?api=API";
addEventListener("message", (event) => {
  const answer = (value) => event.source.postMessage(value);
  event.waitUntil(upload(createClient, { size: 20_000_000 }).then(answer, (error) => answer(String(error?.stack ?? error))));
});
"#,
        warnings: &[
            ("progress_hidden", "service worker"),
            ("worker_unavailable", "worker"),
        ],
        ..PLAIN
    },
    Case {
        name: "u1_a_service_worker_that_passes_all_requests_on",
        folder: "pass",
        runs: Chromium,
        script: r#"
import { createClient } from "./crowfly/index.js";
import { tell, upload } from "./page.js?api=API";
const controlled = async () => {
  await navigator.serviceWorker.register("./worker.js");
  if (navigator.serviceWorker.controller) return;
  await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
};
tell(controlled().then(() => upload(createClient, { size: SIZE })));
"#,
        worker: r#"
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
"#,
        warnings: &[("progress_hidden", "service worker")],
        slow: 500_000,
        ..PLAIN
    },
    // Last: in a tab that was frozen, Chromium holds up what a service worker answers.
    Case {
        name: "u18_a_page_that_is_frozen_and_resumed",
        folder: "frozen",
        runs: Chromium,
        slow: 1_000_000,
        event: Event::Freeze,
        ..PLAIN
    },
];
