//! Which of the features that the SDK can use a browser offers, detected by feature, never by name.

use serde_json::{Value, json};

use crate::flow::{Seen, Visit};

/// Features that the SDK requires.
const NEEDED: &[&str] = &["WebAssembly", "XMLHttpRequest", "Blob.slice", "BigInt"];

/// Feature detection in the page; each value is true or false.
const ASK: &str = "
    const works = async (probe) => { try { return Boolean(await probe()); } catch { return false; } };
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    const echo = (message) => new Promise((resolve, reject) => {
        const source = 'onmessage = ({ data }) => postMessage(data instanceof WebAssembly.Module);';
        const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
        worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
        worker.onerror = reject;
        worker.postMessage(message);
        setTimeout(reject, 3000);
    });
    const database = () => new Promise((resolve, reject) => {
        const request = indexedDB.open('feature');
        request.onsuccess = () => { request.result.close(); resolve(true); };
        request.onerror = reject;
    });
    return {
        'WebAssembly': await works(() => WebAssembly.compile(empty)),
        'XMLHttpRequest': await works(() => 'onprogress' in new XMLHttpRequest().upload),
        'Blob.slice': await works(() => new Blob(['abc']).slice(1, 2).arrayBuffer()),
        'BigInt': await works(() => typeof BigInt(1) === 'bigint'),
        'secure context': window.isSecureContext,
        'Worker': await works(() => typeof Worker === 'function'),
        'wasm to a worker': await works(async () => echo(await WebAssembly.compile(empty))),
        'IndexedDB': await works(database),
        'Web Locks': await works(() => navigator.locks.request('feature', () => true)),
        'OPFS': await works(() => navigator.storage.getDirectory()),
        'sync access handle': await works(() => window.flows.spools()),
        'MediaRecorder': typeof MediaRecorder === 'function',
        'a camera': await works(async () => (await navigator.mediaDevices.enumerateDevices()).some(({ kind }) => kind === 'videoinput')),
        'file picker handles': typeof window.showOpenFilePicker === 'function',
        'handles by drag and drop': typeof DataTransferItem?.prototype?.getAsFileSystemHandle === 'function',
        'kept storage': typeof navigator.storage?.persist === 'function',
    };";

pub(crate) fn all(visit: &Visit<'_>) -> Seen {
    visit.open();
    let features = visit.browser.run_async(ASK, &[]);
    assert!(features["rejected"].is_null(), "{}", features["rejected"]);
    let features = features.as_object().expect("features");
    assert!(features.len() > NEEDED.len(), "{features:?}");
    for needed in NEEDED {
        assert_eq!(features.get(*needed), Some(&json!(true)), "{needed}");
    }
    let lacking: Vec<&str> = features
        .iter()
        .filter(|(_, has)| **has != Value::Bool(true))
        .map(|(name, _)| name.as_str())
        .collect();
    if lacking.is_empty() {
        "lacks nothing".into()
    } else {
        format!("lacks {}", lacking.join(", ")).into()
    }
}
