//! A page with more uploads than the quota of open uploads allows.

use std::time::Duration;

use devkit::http::Request;
use e2e::api::new_id;
use e2e::sink::Config;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    a37_twelve_files_go_through_a_quota_of_three,
    a37_a_place_that_another_tab_holds_is_waited_for,
];

const PLACES: usize = 3;
const FILES: u64 = 12;
const SIZE: u64 = 300_000;

fn with_quota(world: &World) -> Case<'_> {
    let config = Config {
        open_uploads: Some(PLACES),
        ..Config::default()
    };
    Case::with(world, SIZE, config)
}

/// Create calls in the proxy's log.
fn creates(case: &Case<'_>) -> usize {
    let requests = case.requests();
    let creates = requests
        .iter()
        .filter(|entry| entry.method == "POST" && entry.path == "/uploads");
    creates.count()
}

/// One call to the API, bypassing browser and proxy; returns its status.
fn ask(case: &Case<'_>, method: &str, path: &str, body: &Value) -> u16 {
    let request = Request::new(method, format!("http://{}/uploads{path}", case.host));
    request.bearer("another-tab").json(body).send().status
}

/// Takes all slots of the quota; returns the ids that hold them.
fn another_tab(case: &Case<'_>) -> Vec<String> {
    let ids: Vec<String> = (0..PLACES).map(|_| new_id().to_string()).collect();
    for id in &ids {
        let item =
            json!({"id": id, "name": "other.bin", "size": 5, "type": "application/octet-stream"});
        assert_eq!(ask(case, "POST", "", &json!({"uploads": [item]})), 201);
    }
    ids
}

fn a37_twelve_files_go_through_a_quota_of_three(world: &World) -> Seen {
    let case = with_quota(world);
    case.slow(SIZE);
    case.open();
    case.run(&format!(
        "one.kept = {{ stored: 0, wrong: [], states: [] }};
         for (let n = 1; n <= {FILES}; n += 1) {{
           const file = faults.file({{ name: `${{n}}.bin`, seed: n, size: {SIZE} }});
           const states = [];
           one.kept.states.push(states);
           one.client.upload(file, {{ onStateChange: (state) => states.push(state) }}).done.then(
             () => (one.kept.stored += 1), (error) => one.kept.wrong.push(String(error)));
         }}"
    ));
    let kept = devkit::wait::until("twelve endings", Duration::from_secs(60), || {
        let kept = case.run("return one.kept;");
        let stored = kept["stored"].as_u64().unwrap_or_default();
        let wrong = kept["wrong"].as_array().map_or(0, Vec::len);
        (stored + wrong as u64 == FILES).then_some(kept)
    });
    assert_eq!(kept["wrong"], json!([]));
    let stats = case.stats();
    assert_eq!((stats.completed, stats.parts_sent_twice), (FILES, 0));
    assert_eq!(stats.most_open, PLACES as u64, "open at a time");
    let states = kept["states"].as_array().expect("states");
    let waited = states.iter().filter(|reported| {
        reported
            .as_array()
            .is_some_and(|reported| reported.contains(&json!("waiting")))
    });
    let waited = waited.count();
    assert!(waited > 0, "no upload was seen to wait: {states:?}");
    let calls = creates(&case);
    // Each of the twelve that ends wakes the next one, which may find the slot taken again.
    assert!(calls <= 3 * FILES as usize, "{calls} create calls");
    format!(
        "{calls} create calls, {} items refused, {waited} seen waiting",
        stats.quota_refusals
    )
}

fn a37_a_place_that_another_tab_holds_is_waited_for(world: &World) -> Seen {
    let case = with_quota(world);
    let taken = another_tab(&case);
    case.begin().wait_state("waiting");
    std::thread::sleep(Duration::from_secs(4));
    case.run("one.upload.pause();");
    case.wait_state("paused");
    let calls = creates(&case);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(creates(&case), calls, "create calls while paused");
    case.run("one.upload.resume();");
    case.wait("the wait goes on", |seen| seen["state"] != "paused");
    // At least a second apart, as `retryAfterMs` says.
    assert!((2..=6).contains(&calls), "{calls} create calls");
    for id in taken {
        assert_eq!(ask(&case, "DELETE", &format!("/{id}"), &Value::Null), 204);
    }
    case.stored_one();
    format!(
        "{calls} create calls before the pause, {} in all",
        creates(&case)
    )
}
