//! The diagnosis and the fallback of the package when its module or its worker cannot be loaded: P1, P2, P4 and
//! U18. Needs a browser, but no stack.

use std::path::PathBuf;
use std::sync::OnceLock;

use devkit::browser::Browser;
use devkit::http::{Incoming, Reply, Server};
use serde_json::{Value, json};

use crate::vite_app::fetched_the_copy;

const HTML: &str = "<!doctype html><title>App</title>";
const WASM: &str = "crowfly_bg.wasm";

/// The content security policy of the page at `/<name>/`.
fn policy(name: &str) -> &'static str {
    match name {
        "no-wasm" => "script-src 'self'",
        "no-fetch" => "connect-src 'none'",
        "no-worker" => "worker-src 'none'",
        "blob-only" => "worker-src blob:",
        "worker-self" => "worker-src 'self'",
        "trusted" => "require-trusted-types-for 'script'; trusted-types crowfly",
        "untrusted" => "require-trusted-types-for 'script'; trusted-types 'none'",
        _ => "frame-ancestors 'self'",
    }
}

/// The answer at `/<name>/` instead of a file of the package.
fn instead(name: &str, file: &str) -> Option<Reply> {
    let gone = || Reply::text(404, "no");
    let page = |status, kind| Reply::new(status).body(kind, HTML);
    match (name, file) {
        ("html", WASM) | ("worker-html", "worker.js") => Some(page(200, "text/html")),
        ("named-wasm", WASM) => Some(page(200, "application/wasm")),
        ("json", WASM) => Some(Reply::json(200, &json!({}))),
        ("broken", WASM) => Some(page(503, "text/html")),
        ("gone" | "nothing", WASM) | ("nothing", "inline-data.js") => Some(gone()),
        ("worker-gone" | "worker-self", "worker.js") => Some(gone()),
        _ => None,
    }
}

fn answer(request: &Incoming) -> Reply {
    let mut parts = request.path.trim_start_matches('/').splitn(2, '/');
    let (name, file) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let isolated = |answer: Reply| match name {
        "isolated" => answer
            .header("cross-origin-opener-policy", "same-origin")
            .header("cross-origin-embedder-policy", "require-corp"),
        _ => answer,
    };
    if file.is_empty() {
        let page = Reply::html(200, HTML);
        return isolated(page.header("content-security-policy", policy(name)));
    }
    if let Some(answer) = instead(name, file) {
        return answer;
    }
    let kind = match file.rsplit('.').next() {
        Some("wasm") if name == "octets" => "application/octet-stream",
        Some("wasm") => "application/wasm",
        _ => "text/javascript; charset=utf-8",
    };
    match std::fs::read(package().join(file)) {
        // Readable from any origin, as on a CDN.
        Ok(bytes) => Reply::new(200)
            .body(kind, bytes)
            .header("access-control-allow-origin", "*"),
        Err(_) => Reply::text(404, "no"),
    }
}

fn package() -> PathBuf {
    devkit::paths::root().join("target/npm/package")
}

/// Two origins with the same content.
fn origins() -> &'static [String; 2] {
    static ORIGINS: OnceLock<[String; 2]> = OnceLock::new();
    ORIGINS.get_or_init(|| {
        [(); 2].map(|()| {
            let server = Server::bind(0).expect("a port");
            let address = server.address();
            server.serve(answer).expect("a server").detach();
            format!("http://{address}")
        })
    })
}

/// Creates a client by `entry` in the page `/<name>/` and hashes a file in a worker. Returns the warnings, or
/// `{code, message}` of the error.
fn outcome(browser: &Browser, name: &str, entry: &str) -> Value {
    browser.open(&format!("{}/{name}/", origins()[0]));
    let script = "
        const { createClient } = await import(arguments[0]);
        const warnings = [];
        let hashed;
        const done = new Promise((resolve) => (hashed = resolve));
        const never = () => new Promise(() => {});
        const create = ({ uploads: [{ crc64nvme }] }) => (hashed(crc64nvme), never());
        const signer = { create, sign: never, parts: never, complete: never, abort: async () => {} };
        try {
            const onWarning = (warning) => warnings.push(warning);
            const client = await createClient({ signer, resume: false, onWarning });
            client.upload(new File([new Uint8Array(1_000_000)], 'zeros.bin'));
            const crc = await done;
            client.close();
            return { warnings, hashed: typeof crc };
        } catch ({ code, message }) {
            return { code, message };
        }";
    browser.run_async(script, &[json!(entry)])
}

/// As [`outcome`] of the default entry on the same origin, which must be these warnings.
#[track_caller]
fn warns(browser: &Browser, name: &str, expected: &[(&str, &[&str])]) {
    assert_warns(&outcome(browser, name, "./index.js"), name, expected);
}

#[track_caller]
fn assert_warns(outcome: &Value, name: &str, expected: &[(&str, &[&str])]) {
    assert_eq!(outcome["hashed"], "string", "{name}: {outcome}");
    let warnings = outcome["warnings"].as_array().expect("warnings");
    let codes: Vec<&str> = warnings
        .iter()
        .filter_map(|warning| warning["code"].as_str())
        .collect();
    let wanted: Vec<&str> = expected.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, wanted, "{name}: {outcome}");
    for (warning, (_, words)) in warnings.iter().zip(expected) {
        let message = warning["message"].as_str().expect("a message");
        for word in *words {
            assert!(message.contains(word), "{name}: no {word:?} in {message:?}");
        }
    }
}

#[track_caller]
fn fails(browser: &Browser, name: &str, words: &[&str]) {
    let outcome = outcome(browser, name, "./index.js");
    assert_eq!(outcome["code"], "wasm_unavailable", "{name}: {outcome}");
    let message = outcome["message"].as_str().expect("a message");
    for word in words {
        assert!(message.contains(word), "{name}: no {word:?} in {message:?}");
    }
}

#[test]
fn p2_a_module_that_cannot_be_had_is_replaced_and_the_cause_named() {
    let browser = Browser::start();
    for (name, words) in [
        (
            "html",
            [
                "/html/crowfly_bg.wasm was answered with a page (HTML)",
                "optimizeDeps",
            ],
        ),
        (
            "named-wasm",
            [
                "/named-wasm/crowfly_bg.wasm is no WebAssembly module",
                "3c 21 64 6f",
            ],
        ),
        (
            "json",
            ["was answered with application/json", "copied there"],
        ),
        ("gone", ["was answered with status 404", "copied there"]),
        ("broken", ["was answered with status 503", "copied there"]),
        (
            "no-fetch",
            ["content security policy refused", "connect-src"],
        ),
    ] {
        warns(&browser, name, &[("inlined", &words)]);
        assert!(fetched_the_copy(&browser), "{name}");
    }
}

#[test]
fn p1_where_the_files_are_there_no_copy_is_fetched() {
    let browser = Browser::start();
    for name in ["right", "octets"] {
        warns(&browser, name, &[]);
        assert!(!fetched_the_copy(&browser), "{name}");
    }
}

#[test]
fn p2_what_no_copy_can_cure_is_an_error_that_says_so() {
    let browser = Browser::start();
    fails(
        &browser,
        "no-wasm",
        &["'wasm-unsafe-eval'", "from wherever it comes"],
    );
    assert!(!fetched_the_copy(&browser), "for nothing");
    fails(
        &browser,
        "nothing",
        &[
            "status 404",
            "its inlined copy could not be used either",
            "inline-data.js",
        ],
    );
}

#[test]
fn u18_a_worker_that_cannot_be_had_is_replaced_and_the_cause_named() {
    let browser = Browser::start();
    warns(
        &browser,
        "worker-gone",
        &[(
            "inlined",
            &["/worker-gone/worker.js was answered with status 404"],
        )],
    );
    assert!(fetched_the_copy(&browser));
    warns(
        &browser,
        "worker-html",
        &[(
            "inlined",
            &["a page (HTML) in place of the worker's script"],
        )],
    );
    warns(
        &browser,
        "blob-only",
        &[("inlined", &["content security policy", "worker-src"])],
    );
    warns(
        &browser,
        "trusted",
        &[("inlined", &["Trusted Types", "policy crowfly"])],
    );
    warns(
        &browser,
        "isolated",
        &[("inlined", &["Cross-Origin-Embedder-Policy"])],
    );
}

#[test]
fn p4_a_worker_of_another_origin_is_replaced() {
    let browser = Browser::start();
    let entry = format!("{}/cdn/index.js", origins()[1]);
    let outcome = outcome(&browser, "cdn", &entry);
    assert_warns(
        &outcome,
        "cdn",
        &[("inlined", &["the worker did not start", "origin"])],
    );
}

#[test]
fn u18_without_any_worker_the_warning_names_the_cause() {
    let browser = Browser::start();
    warns(
        &browser,
        "no-worker",
        &[(
            "worker_unavailable",
            &["content security policy", "worker-src"],
        )],
    );
    warns(
        &browser,
        "untrusted",
        &[("worker_unavailable", &["Trusted Types", "policy crowfly"])],
    );
    let both: &[&str] = &[
        "worker.js was answered with status 404",
        "its inlined copy neither",
        "blob:",
    ];
    warns(&browser, "worker-self", &[("worker_unavailable", both)]);
    let inline = outcome(&browser, "worker-self", "./inline.js");
    assert_warns(
        &inline,
        "inline",
        &[("worker_unavailable", &["worker-src", "blob:"])],
    );
}
