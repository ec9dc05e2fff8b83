//! The packed npm package in somebody else's app: installed, built by Vite, used as the README says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use e2e::api::{Api, crc64nvme};
use e2e::browser::Browser;
use e2e::files::{MIB, TestFile};
use e2e::http::{Answer, Incoming, Server, Url};
use e2e::{Env, Stack};
use serde_json::{Value, json};

use crate::common::oidc;
use crate::page::assert_quiet;
use crate::page_a11y::node_modules;

const INDEX: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>App</title>\
    <input type=\"file\"><script type=\"module\" src=\"./main.js\"></script></html>\n";

/// Hands the example to the page, and nothing else.
const MAIN: &str = "import * as example from './example.js';\n\
    import * as crowfly from 'crowfly';\n\
    window.example = example;\n\
    window.crowfly = crowfly;\n";

/// The example as the README prints it.
fn example() -> String {
    let path = e2e::env::root().join("README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let (_, rest) = text
        .split_once("<!-- example:start -->")
        .expect("the example's start");
    let (block, _) = rest
        .split_once("<!-- example:end -->")
        .expect("the example's end");
    let (_, code) = block.split_once("```js\n").expect("a block of JavaScript");
    code.split("```").next().unwrap_or_default().to_owned()
}

#[track_caller]
fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("npm_config_update_notifier", "false")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{program} {arguments:?}:\n{}",
        String::from_utf8_lossy(&text)
    );
}

/// A fresh app with the package installed from its tarball, built.
fn built_app() -> PathBuf {
    let app = e2e::env::scratch("vite-app");
    std::fs::remove_dir_all(&app).expect("an old app can be removed");
    std::fs::create_dir_all(&app).expect("a folder");
    let manifest = json!({"name": "app", "private": true, "type": "module"});
    for (name, text) in [
        ("package.json", manifest.to_string()),
        ("index.html", INDEX.into()),
        ("main.js", MAIN.into()),
        ("example.js", example()),
    ] {
        std::fs::write(app.join(name), text).expect("a file of the app");
    }
    let tarball = e2e::env::root().join("target/npm/crowfly.tgz");
    let tarball = tarball.to_str().expect("a path in UTF-8");
    run(
        &app,
        "npm",
        &[
            "install",
            "--offline",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            tarball,
        ],
    );
    let vite = node_modules().join("vite/bin/vite.js");
    run(
        &app,
        "node",
        &[
            vite.to_str().expect("a path in UTF-8"),
            "build",
            "--logLevel",
            "warn",
        ],
    );
    app
}

/// The address of the built app, served on the origin that the stacks allow besides their page.
fn app() -> &'static str {
    static APP: OnceLock<String> = OnceLock::new();
    APP.get_or_init(|| {
        let dist = built_app().join("dist");
        let origin = Env::get().extra_origin.clone();
        let url = Url::parse(&origin).expect("an origin");
        let port = url
            .authority
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .expect("its port");
        let server =
            Server::bind(port).unwrap_or_else(|error| panic!("cannot serve on {origin}: {error}"));
        std::thread::spawn(move || server.run(|request| file(&dist, request)));
        format!("{}/", origin.trim_end_matches('/'))
    })
}

fn file(dist: &Path, request: &Incoming) -> Answer {
    let name = match request.path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    match std::fs::read(dist.join(name)) {
        Ok(bytes) if !name.contains("..") => Answer::new(200, kind, bytes),
        _ => Answer::new(404, "text/plain", "not found"),
    }
}

/// Opens the app and picks a file in it.
fn with_file(browser: &Browser, file: &TestFile) {
    browser.open(app());
    let input = browser.wait_for("input[type=file]");
    browser.pick(&input, &[&file.path]);
    e2e::wait::until(
        "the app's modules",
        std::time::Duration::from_secs(10),
        || (browser.run("return Boolean(window.example);", &[]) == true).then_some(()),
    );
}

/// Uploads the picked file by the README's ten lines.
fn upload_by_example(browser: &Browser, stack: &Stack, token: &str) -> Value {
    let script = "
        const [api, token] = arguments;
        const file = document.querySelector('input[type=file]').files[0];
        const seen = [];
        const onProgress = ({ sent, confirmed, total }) => seen.push({ sent, confirmed, total });
        const { stored, record } = await window.example.upload(file, { api, accessToken: () => token, onProgress });
        return { stored, record, seen };";
    browser.run_async(script, &[json!(stack.api), json!(token)])
}

#[test]
fn the_example_of_the_readme_uploads_from_a_fresh_vite_app() {
    let file = TestFile::new("한 by vite.zip", 16 * MIB);
    let browser = Browser::start();
    for stack in [Env::stack("main"), oidc()] {
        let api = if stack.user.is_empty() {
            Api::of_subject(stack, "vite")
        } else {
            Api::demo_user(stack)
        };
        with_file(&browser, &file);
        let result = upload_by_example(&browser, stack, &api.token);
        assert!(result["rejected"].is_null(), "{}", result["rejected"]);
        let (stored, record) = (&result["stored"], &result["record"]);
        let crc = crc64nvme(&file.bytes).to_string();
        assert_eq!(
            (&stored["size"], &stored["crc64nvme"]),
            (&json!(file.bytes.len()), &json!(crc))
        );
        assert_eq!(
            (&record["status"], &record["verified"]),
            (&json!("stored"), &json!(true))
        );
        assert_eq!(record["id"], stored["id"]);
        let own = api.record(
            stored["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id"),
        );
        assert_eq!(
            record,
            &serde_json::to_value(own).expect("JSON"),
            "the record as the API gives it"
        );
        assert_progress(&result["seen"], file.bytes.len() as u64);
    }
    assert_quiet(&browser);
}

/// Progress events: never falling, never above the total, and the total only at the end.
fn assert_progress(seen: &Value, total: u64) {
    let number = |event: &Value, name: &str| event[name].as_u64().expect("a number of bytes");
    let events = seen.as_array().expect("events");
    assert!(!events.is_empty(), "progress was told");
    for pair in events.windows(2) {
        assert!(
            number(&pair[0], "sent") <= number(&pair[1], "sent"),
            "{pair:?}"
        );
        assert!(
            number(&pair[0], "confirmed") <= number(&pair[1], "confirmed"),
            "{pair:?}"
        );
    }
    for event in events {
        assert_eq!(number(event, "total"), total);
        assert!(
            number(event, "sent") <= total && number(event, "confirmed") <= number(event, "sent")
        );
    }
    let last = events.last().expect("a last event");
    assert_eq!(
        (number(last, "sent"), number(last, "confirmed")),
        (total, total)
    );
    let early = events[..events.len() - 1]
        .iter()
        .filter(|event| number(event, "confirmed") == total);
    assert!(
        early.count() <= 1,
        "confirmed stands at the total only at the end"
    );
}

#[test]
fn wrong_options_give_typed_errors() {
    let file = TestFile::new("a.txt", 10);
    let browser = Browser::start();
    with_file(&browser, &file);
    let script = "
        const [api, token] = arguments;
        const { createClient } = window.crowfly;
        const good = { api, token: async () => token };
        const file = document.querySelector('input[type=file]').files[0];
        const results = {};
        const note = (name, error) => {
            results[name] = {
                real: error instanceof Error, name: error?.name, code: error?.code, message: error?.message,
                retryable: error?.retryable, leaks: String(error?.stack ?? '').includes(token),
            };
        };
        const clients = {
            'no options': undefined, 'options null': null, 'options text': 'x', 'no api': { ...good, api: undefined },
            'api number': { ...good, api: 7 }, 'api relative': { ...good, api: '/api' },
            'api ftp': { ...good, api: 'ftp://x' }, 'api query': { ...good, api: api + '?a=b' },
            'token missing': { ...good, token: undefined }, 'token text': { ...good, token: 'abc' },
            'checksum': { ...good, checksum: 'md5' }, 'concurrency 0': { ...good, concurrency: 0 },
            'concurrency 7': { ...good, concurrency: 7 }, 'concurrency 1.5': { ...good, concurrency: 1.5 },
            'concurrency NaN': { ...good, concurrency: NaN }, 'concurrency text': { ...good, concurrency: '6' },
            'tokenTimeoutMs': { ...good, tokenTimeoutMs: -1 }, 'pollTimeoutMs': { ...good, pollTimeoutMs: 'x' },
            'onWarning': { ...good, onWarning: 7 },
        };
        for (const [name, options] of Object.entries(clients)) {
            try { (await createClient(options)).close(); results[name] = 'accepted'; } catch (error) { note(name, error); }
        }
        const client = await createClient(good);
        const uploads = {
            'no file': [undefined], 'file null': [null], 'file text': ['x'], 'file object': [{}],
            'options 7': [file, 7], 'onProgress': [file, { onProgress: 1 }], 'onStateChange': [file, { onStateChange: {} }],
            'signal': [file, { signal: {} }], 'visibility': [file, { visibility: 'everyone' }],
            'metadata': [file, { metadata: 'x' }], 'metadata value': [file, { metadata: { a: 1 } }],
            'priority': [file, { priority: 1001 }], 'priority text': [file, { priority: 'high' }],
            'name': [file, { name: 7 }], 'name empty': [file, { name: '' }], 'type': [file, { type: 7 }],
            'blob without name': [new Blob(['x'])], 'checksum': [file, { checksum: 'sha1' }],
        };
        for (const [name, args] of Object.entries(uploads)) {
            const key = 'upload: ' + name;
            try {
                const upload = client.upload(...args);
                upload.done.catch(() => {});
                upload.abort();
                results[key] = 'accepted';
            } catch (error) { note(key, error); }
        }
        const reads = {
            'limit 0': () => client.records({ limit: 0 }), 'limit 101': () => client.records({ limit: 101 }),
            'limit text': () => client.records({ limit: 'x' }), 'cursor 7': () => client.records({ cursor: 7 }),
            'record 7': () => client.record(7), 'record x': () => client.record('x'), 'content null': () => client.content(null),
            'subscribe': async () => client.subscribe(7),
        };
        for (const [name, read] of Object.entries(reads)) {
            const key = 'read: ' + name;
            try { await read(); results[key] = 'accepted'; } catch (error) { note(key, error); }
        }
        client.close();
        return results;";
    let token = Api::of_subject(oidc(), "options").token;
    let results = browser.run_async(script, &[json!(oidc().api), json!(token)]);
    let results = results.as_object().expect("results");
    assert!(results.len() >= 45, "the script broke off: {results:?}");
    for (case, result) in results {
        assert_eq!(result["real"], true, "{case}: {result}");
        assert_eq!(result["name"], "UploadError", "{case}: {result}");
        assert_eq!(result["code"], "invalid_option", "{case}: {result}");
        assert_eq!(
            (&result["retryable"], &result["leaks"]),
            (&json!(false), &json!(false)),
            "{case}: {result}"
        );
        let sentence = result["message"].as_str().unwrap_or_default();
        assert!(sentence.len() >= 15, "{case}: no sentence: {result}");
    }
}

#[test]
fn an_aborted_upload_rejects_as_fetch_does() {
    let file = TestFile::new("aborted.zip", 4 * MIB);
    let browser = Browser::start();
    with_file(&browser, &file);
    let script = "
        const [api, token] = arguments;
        const client = await window.crowfly.createClient({ api, token: () => token });
        const file = document.querySelector('input[type=file]').files[0];
        const reason = async (start) => { try { await start(); return 'resolved'; } catch (error) { return error; } };
        const own = await reason(() => { const u = client.upload(file); u.abort(); return u.done; });
        const why = new TypeError('my reason');
        const signal = await reason(() => {
            const controller = new AbortController();
            const u = client.upload(file, { signal: controller.signal });
            controller.abort(why);
            return u.done;
        });
        const before = await reason(() => client.upload(file, { signal: AbortSignal.abort() }).done);
        const failed = await reason(() => client.upload(file, { type: 'text/html' }).done);
        client.close();
        const closed = await reason(async () => client.upload(file).done);
        return {
            own: own.name, signal: signal === why, before: before.name,
            failed: [failed.name, failed.code, failed.phase, failed.status, typeof failed.requestId], closed: closed.code,
        };";
    let token = Api::of_subject(oidc(), "abort").token;
    let result = browser.run_async(script, &[json!(oidc().api), json!(token)]);
    let expected = json!({
        "own": "AbortError", "signal": true, "before": "AbortError",
        "failed": ["UploadError", "type_not_allowed", "create", 400, "string"], "closed": "closed",
    });
    assert_eq!(result, expected);
}

#[test]
fn the_store_contract_holds() {
    let file = TestFile::new("store.txt", 1000);
    let browser = Browser::start();
    with_file(&browser, &file);
    let script = "
        const [api, token] = arguments;
        const client = await window.crowfly.createClient({ api, token: () => token });
        let calls = 0;
        const end = client.subscribe(() => { calls += 1; });
        const empty = client.snapshot();
        const stable = empty === client.snapshot();
        const upload = client.upload(document.querySelector('input[type=file]').files[0], { metadata: { a: 'b' } });
        const record = await upload.processed();
        const last = client.snapshot();
        end();
        const before = calls;
        const page = await client.records({ limit: 1 });
        const same = await client.record(upload.id);
        const content = await client.content(upload.id);
        client.close();
        return {
            stable, changed: last !== empty, entries: last.uploads.map(({ name, state }) => [name, state]),
            told: before > 1, quiet: calls === before, listed: page.uploads[0].id === upload.id,
            same: JSON.stringify(same) === JSON.stringify(record), metadata: record.metadata,
            content: typeof content.url, life: content.expiresInMs > 0,
        };";
    let token = Api::of_subject(oidc(), &format!("store-{}", e2e::issuer::random_hex(4))).token;
    let result = browser.run_async(script, &[json!(oidc().api), json!(token)]);
    let expected = json!({
        "stable": true, "changed": true, "entries": [["store.txt", "processed"]], "told": true, "quiet": true,
        "listed": true, "same": true, "metadata": {"a": "b"}, "content": "string", "life": true,
    });
    assert_eq!(result, expected);
}
