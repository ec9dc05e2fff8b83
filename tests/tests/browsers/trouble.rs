//! Networks that go away during an upload.

use std::time::Duration;

use e2e::files::{MIB, page_content};
use serde_json::json;

use crate::flow::{Seen, Visit};
use crate::sending::{assert_arrived, assert_valid_progress};

const SIZE: usize = 8 * MIB;
const IN_PARTS: usize = 24 * MIB;

/// Slow enough for a fault in the middle of a file.
fn slow(visit: &Visit<'_>) {
    visit.proxy.rule(json!({
        "match": {"method": "PUT", "times": "forever"},
        "fault": {"kind": "bandwidth", "bytesPerSecond": 4_000_000},
    }));
}

/// No `offline` event: the client sees that nothing answers, waits, and finds the network again.
fn offline_in(visit: &Visit<'_>, size: usize) -> Seen {
    visit.open();
    slow(visit);
    visit.begin(&json!({"name": "offline.zip", "seed": 21, "size": size}));
    visit.wait("upload.progress.sent > 0");
    visit.proxy.offline(true);
    visit.wait("upload.state === 'waiting'");
    std::thread::sleep(Duration::from_secs(1));
    visit.proxy.clear();
    visit.proxy.offline(false);
    let end = visit.end();
    assert_arrived(visit, &end, &page_content(21, size));
    assert_valid_progress(&end, size as u64);
    "waited, then went on".into()
}

pub(crate) fn offline(visit: &Visit<'_>) -> Seen {
    offline_in(visit, SIZE)
}

pub(crate) fn offline_parts(visit: &Visit<'_>) -> Seen {
    offline_in(visit, IN_PARTS)
}

pub(crate) fn reset(visit: &Visit<'_>) -> Seen {
    visit.open();
    visit.proxy.rule(json!({
        "match": {"method": "PUT", "times": 2},
        "fault": {"kind": "reset", "at": "half"},
    }));
    visit.begin(&json!({"name": "reset.zip", "seed": 22, "size": SIZE}));
    let end = visit.end();
    assert_arrived(visit, &end, &page_content(22, SIZE));
    assert_valid_progress(&end, SIZE as u64);
    let puts = visit.proxy.log().requests;
    let puts = puts.iter().filter(|entry| entry.method == "PUT").count();
    assert!(puts >= 3, "{puts} PUT requests for two resets");
    format!("{puts} PUT requests for two resets").into()
}
