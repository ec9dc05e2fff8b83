//! Ten thousand files at once.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Bare:
    ten_thousand_files_of_one_kib_in_one_queue,
];

const FILES: u64 = 10_000;
const SIZE: u64 = 1024;
const LIMIT: Duration = Duration::from_secs(150);

// Acceptance line 9: full create calls, and listeners are notified at most once a frame.
fn ten_thousand_files_of_one_kib_in_one_queue(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, SIZE);
    case.open();
    let since = Instant::now();
    let begun = case.run(&format!(
        "one.notified = 0; one.stored = 0; one.records = 0; one.wrong = [];
         one.client.subscribe(() => (one.notified += 1));
         const bytes = new Uint8Array({SIZE});
         const all = (what) => {{
           const begun = performance.now();
           const made = Array.from({{ length: {FILES} }}, (_, n) => what(n));
           return [made, Math.round(performance.now() - begun)];
         }};
         const [files, making] = all((n) => {{
           new DataView(bytes.buffer).setUint32(0, n);
           return new File([bytes], `${{n}}.zip`, {{ type: 'application/octet-stream' }});
         }});
         const wrong = (error) => one.wrong.push(String(error));
         const [uploads, starting] = all((n) => one.client.upload(files[n]));
         const [, asking] = all((n) => {{
           uploads[n].done.then(() => (one.stored += 1), wrong);
           uploads[n].processed().then(() => (one.records += 1), wrong);
         }});
         faults.watch();
         return {{ making, starting, asking }};"
    ));
    assert!(begun.is_object(), "{begun}");
    let seen = loop {
        let seen = case.run(
            "const { notified, stored, records, wrong } = one; return { notified, stored, records, wrong };",
        );
        if seen["records"] == FILES || seen["wrong"] != json!([]) {
            break seen;
        }
        assert!(since.elapsed() < LIMIT, "after {LIMIT:?} {seen}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let seconds = since.elapsed().as_secs_f64();
    let watched = world.browser.run("return faults.watched();", &[]);
    assert_eq!(seen["wrong"], json!([]));
    assert_eq!(seen["stored"], FILES);
    let stats = case.stats();
    assert_eq!((stats.completed, stats.puts), (FILES, FILES));
    let number = |value: &serde_json::Value| value.as_u64().unwrap_or_default();
    let (notified, frames) = (number(&seen["notified"]), number(&watched["frames"]));
    let figures = format!(
        "{seconds:.1} s, {} create calls, {} status calls, listeners notified {notified} times in {frames} frames, \
         making the files {} ms, calls of upload() {} ms, of processed() {} ms, longest gap of the page after \
         that {} ms",
        stats.creates,
        stats.status_calls,
        begun["making"],
        begun["starting"],
        begun["asking"],
        watched["gap"]
    );
    // A busy machine paints fewer frames; at 60 Hz at most one notification per 16 ms passes in any case.
    assert!(
        (notified as f64) < seconds * 62.5 + 5.0,
        "more than once a frame: {figures}"
    );
    // While the connections are idle, create calls that are not full are sent, each with twice as many items as
    // the last.
    assert!(
        stats.creates <= FILES / 100 + 7,
        "calls not full: {figures}"
    );
    figures
}
