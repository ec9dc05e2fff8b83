//! Uploads that are cancelled.

use std::time::Duration;

use devkit::http::Request;
use e2e::files::MIB;
use e2e::proxy::Entry;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f41_a_cancel_with_parts_under_way_sends_nothing_more,
    f41_a_cancel_during_complete_reports_the_real_outcome,
];

pub(crate) const ALONE: &[Test] = tests![Place::Alone:
    f41_a_cancel_that_a_dying_page_could_not_deliver_is_carried_out_by_the_next,
];

const SIX_PARTS: u64 = 64 * MIB as u64;

/// The upload's record in the API.
fn record(case: &Case<'_>, id: &str) -> Value {
    Request::new("GET", format!("http://{}/uploads/{id}", case.host))
        .header("authorization", "Bearer any")
        .send()
        .json()
}

// Acceptance line 5.
fn f41_a_cancel_with_parts_under_way_sends_nothing_more(world: &World) -> Seen {
    let case = Case::new(world, SIX_PARTS);
    // Fast enough to drain the socket buffers soon.
    case.slow(15_000_000);
    case.begin().wait_sent(1_000_000);
    case.run("one.upload.abort();");
    let (begun, answered) = (case.stats().puts, answered(&case));
    let outcome = case.end();
    assert_eq!(outcome.ending["error"]["name"], "AbortError");
    devkit::wait::until("the end of all PUTs", Duration::from_secs(20), || {
        puts(&case)
            .iter()
            .all(|put| put.end_ms.is_some())
            .then_some(())
    });
    assert_eq!(case.stats().puts, begun, "PUT requests after the abort");
    assert_eq!(case.stats().completed, 0);
    assert_eq!(record(&case, &outcome.id)["status"], "aborted");
    let puts = puts(&case);
    let whole = puts.iter().filter(|put| put.status.is_some()).count();
    assert_eq!(whole, answered, "PUTs that went on after the abort");
    let cut = puts.len() - whole;
    assert!(cut > 0, "nothing was under way");
    format!("no request after it; all {cut} PUTs under way were cut")
}

fn puts(case: &Case<'_>) -> Vec<Entry> {
    let mut all = case.requests();
    all.retain(|entry| entry.method == "PUT");
    all
}

/// PUT requests whose body was received in full.
fn answered(case: &Case<'_>) -> usize {
    let puts = puts(case);
    puts.iter().filter(|put| put.status.is_some()).count()
}

// Acceptance line 5.
fn f41_a_cancel_during_complete_reports_the_real_outcome(world: &World) -> Seen {
    // The object exists already when the cancel arrives.
    let late = Case::new(world, SIX_PARTS);
    late.rule(
        json!({"method": "POST", "pathContains": "/complete"}),
        json!({"kind": "delay", "ms": 3_000}),
    );
    late.begin().wait_request("POST", "/complete");
    devkit::wait::until("the object", Duration::from_secs(10), || {
        (late.stats().completed == 1).then_some(())
    });
    late.run("one.upload.abort();");
    let outcome = late.end();
    assert!(outcome.ending["stored"].is_object(), "{:?}", outcome.ending);
    // It does not exist yet.
    let early = Case::new(world, SIX_PARTS);
    early.rule(
        json!({"method": "POST", "pathContains": "/complete", "times": "forever"}),
        json!({"kind": "status", "status": 503, "form": "problem"}),
    );
    early.begin().wait_request("POST", "/complete");
    early.run("one.upload.abort();");
    let outcome = early.end();
    assert_eq!(outcome.ending["error"]["name"], "AbortError");
    assert_eq!(record(&early, &outcome.id)["status"], "aborted");
    "too late: stored; in time: aborted".into()
}

// Acceptance line 6.
fn f41_a_cancel_that_a_dying_page_could_not_deliver_is_carried_out_by_the_next(
    world: &World,
) -> Seen {
    world.open();
    let case = Case::new(world, SIX_PARTS);
    case.slow(2_000_000);
    let id = case.begin().wait_sent(1_000_000)["id"].clone();
    let id = id.as_str().expect("an id");
    // The network goes away, so the DELETE does not get through; then the page is closed.
    case.rule(
        json!({"method": "DELETE", "times": "forever"}),
        json!({"kind": "reset", "at": 0}),
    );
    case.run("one.upload.abort();");
    case.wait_request("DELETE", "/uploads/");
    assert_eq!(record(&case, id)["status"], "pending");
    world.browser.open("about:blank");
    world.proxy.clear();
    world.reopen();
    case.open();
    devkit::wait::until("the cancel", Duration::from_secs(20), || {
        (record(&case, id)["status"] == "aborted").then_some(())
    });
    "by the journal".into()
}
