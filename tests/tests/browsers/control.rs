//! What a person does to an upload under way.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use e2e::aws::Aws;
use e2e::files::{MIB, page_content};
use serde_json::json;

use crate::flow::{Seen, Visit};
use crate::sending::{assert_arrived, assert_lawful};

/// Pausing as soon as bytes move needs no slow network.
const PAUSE: &str = "
    let held = false;
    const onStateChange = (state, upload) => {
        if (state === 'uploading' && !held) { held = true; upload.pause(); }
    };
    const told = flows.start(client, flows.file('paused.zip', given.seed, given.size), { onStateChange });
    await flows.until('paused', () => told.upload.state === 'paused');
    const before = told.upload.progress;
    await new Promise((resolve) => setTimeout(resolve, 700));
    const after = told.upload.progress;
    const still = { state: told.upload.state, moved: after.sent - before.sent };
    told.upload.resume();
    return { ...await flows.ending(told), still };";

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
    assert_lawful(&end, size as u64);
    format!("states {}", words(&end["states"])).into()
}

const ABORT: &str = "
    // Once bytes move the server knows it, so that there is something to cancel.
    const told = flows.start(client, flows.file('aborted.zip', 5, given.size));
    await flows.until('bytes', () => told.upload.progress.sent > 0);
    told.upload.abort();
    const end = await flows.ending(told);
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
