//! Pause, resume and cancel of an upload in progress.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use e2e::aws::Aws;
use e2e::files::{MIB, page_content};
use serde_json::json;

use crate::flow::{Seen, Visit};
use crate::sending::{assert_arrived, assert_valid_progress};

/// Pausing as soon as bytes move needs no bandwidth limit.
const PAUSE: &str = "
    let held = false;
    const onStateChange = (state, upload) => {
        if (state === 'uploading' && !held) { held = true; upload.pause(); }
    };
    const tracked = flows.start(client, flows.file('paused.zip', given.seed, given.size), { onStateChange });
    await flows.until('paused', () => tracked.upload.state === 'paused');
    const before = tracked.upload.progress;
    await new Promise((resolve) => setTimeout(resolve, 700));
    const after = tracked.upload.progress;
    const still = { state: tracked.upload.state, moved: after.sent - before.sent };
    tracked.upload.resume();
    return { ...await flows.ending(tracked), still };";

pub(crate) fn pause_and_resume(visit: &Visit<'_>) -> Seen {
    pause_in(visit, 16 * MIB)
}

pub(crate) fn pause_and_resume_parts(visit: &Visit<'_>) -> Seen {
    pause_in(visit, 24 * MIB)
}

fn pause_in(visit: &Visit<'_>, size: usize) -> Seen {
    visit.open();
    let seed = 11;
    let end = visit.script(PAUSE, &json!({"seed": seed, "size": size}));
    assert_eq!(end["still"]["state"], "paused");
    let moved = end["still"]["moved"].as_i64().expect("a number");
    assert!(moved <= 0, "{moved} bytes moved while paused");
    assert_arrived(visit, &end, &page_content(seed, size));
    assert_valid_progress(&end, size as u64);
    format!("states {}", words(&end["states"])).into()
}

const ABORT: &str = "
    // Once bytes move the server knows the upload, so there is something to cancel.
    const tracked = flows.start(client, flows.file('aborted.zip', 5, given.size));
    await flows.until('bytes', () => tracked.upload.progress.sent > 0);
    tracked.upload.abort();
    const end = await flows.ending(tracked);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return end;";

pub(crate) fn abort(visit: &Visit<'_>) -> Seen {
    abort_in(visit, 16 * MIB)
}

pub(crate) fn abort_parts(visit: &Visit<'_>) -> Seen {
    abort_in(visit, 24 * MIB)
}

fn abort_in(visit: &Visit<'_>, size: usize) -> Seen {
    visit.open();
    visit.proxy.rule(json!({
        "match": {"method": "PUT", "times": "forever"},
        "fault": {"kind": "bandwidth", "bytesPerSecond": 4_000_000},
    }));
    let end = visit.script(ABORT, &json!({"size": size}));
    visit.proxy.clear();
    assert_eq!(end["error"]["name"], "AbortError", "{end}");
    let id = end["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let limit = Duration::from_secs(15);
    let record = visit.api.wait_status(id, UploadStatus::Aborted, limit);
    let stored = Aws::new(visit.stack).has_object(&record.key.to_string());
    assert!(!stored, "an aborted upload was stored");
    "AbortError, record aborted, no object".into()
}

pub(crate) fn refused(visit: &Visit<'_>) -> Seen {
    visit.open();
    let script = "
        const page = new File(['<p>'], 'page.html', { type: 'text/html' });
        return flows.ending(flows.start(client, page));";
    let end = visit.script(script, &json!({}));
    assert_eq!(end["error"]["name"], "UploadError", "{end}");
    assert_eq!(end["error"]["code"], "type_not_allowed", "{end}");
    let moved = end["events"].as_array().into_iter().flatten();
    assert!(moved.into_iter().all(|event| event["sent"] == 0), "{end}");
    "UploadError type_not_allowed".into()
}

fn words(states: &serde_json::Value) -> String {
    let all = states.as_array().into_iter().flatten();
    let all: Vec<&str> = all.filter_map(serde_json::Value::as_str).collect();
    all.join(" > ")
}
