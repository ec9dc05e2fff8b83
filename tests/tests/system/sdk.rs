//! Promises of the SDK's API: typed errors, aborts like those of `fetch`, the store contract of UI frameworks.

use devkit::browser::Browser;
use e2e::api::Api;
use e2e::files::{MIB, TestFile};
use serde_json::json;

use crate::common::oidc;
use crate::vite_app::with_file;

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
            'api number': { ...good, api: 7 }, 'api plain http': { ...good, api: 'http://api.example.com' },
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
            notified: before > 1, quiet: calls === before, listed: page.uploads[0].id === upload.id,
            same: JSON.stringify(same) === JSON.stringify(record), metadata: record.metadata,
            content: typeof content.url, life: content.expiresInMs > 0,
        };";
    let token = Api::of_subject(oidc(), &format!("store-{}", devkit::random::random_hex(4))).token;
    let result = browser.run_async(script, &[json!(oidc().api), json!(token)]);
    let expected = json!({
        "stable": true, "changed": true, "entries": [["store.txt", "processed"]], "notified": true, "quiet": true,
        "listed": true, "same": true, "metadata": {"a": "b"}, "content": "string", "life": true,
    });
    assert_eq!(result, expected);
}
