//! What the browser denies to a page, or arbitrates between tabs.

use e2e::files::MIB;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Alone:
    f28_without_a_database_uploads_work_with_a_warning,
    f28_a_database_that_never_answers_is_not_waited_for,
    f29_two_tabs_never_work_on_one_upload,
];

/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;

fn without_database(world: &World, open: &str) -> Seen {
    world.open();
    let script = format!(
        "Object.defineProperty(window, 'indexedDB', {{ value: {{ open() {{ {open} }} }} }});"
    );
    world.browser.run(&script, &[]);
    let case = Case::new(world, PARTS);
    let outcome = case.begin().stored();
    assert_eq!(outcome.warnings, ["journal_unavailable"]);
    "stored, with one warning".into()
}

fn f28_without_a_database_uploads_work_with_a_warning(world: &World) -> Seen {
    without_database(world, "throw new DOMException('denied', 'SecurityError');")
}

fn f28_a_database_that_never_answers_is_not_waited_for(world: &World) -> Seen {
    without_database(world, "return {};")
}

/// Runs the body of an async function in the page.
fn script(world: &World, body: &str, arguments: &[Value]) -> Value {
    let seen = world.browser.run_async(body, arguments);
    assert!(seen["rejected"].is_null(), "{}", seen["rejected"]);
    seen
}

// Acceptance line 24.
fn f29_two_tabs_never_work_on_one_upload(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, PARTS);
    // A part that never arrives completely.
    case.rule(
        json!({"method": "PUT", "query": "partNumber=3"}),
        json!({"kind": "stall", "at": "half"}),
    );
    case.begin();
    case.wait("two parts", |seen| {
        seen["progress"]["confirmed"].as_u64().unwrap_or_default() > PARTS / 2
    });
    let arguments = [json!(case.key), case.given(case.file())];
    // Another tab finds nothing to resume while the first one is open.
    let seen = script(
        world,
        "const [key, given] = arguments;
         const tabs = [window.open(location.href), window.open(location.href)];
         for (const tab of tabs) {
           while (!tab.faults) await new Promise((done) => setTimeout(done, 20));
           tab.one = new tab.faults.Case(key);
           await tab.one.open(given);
         }
         window.tabs = tabs;
         return Promise.all(tabs.map(async (tab) => (await tab.one.client.resumable()).length));",
        &arguments,
    );
    assert_eq!(
        seen,
        json!([0, 0]),
        "entries of an upload that is under way"
    );
    // The first tab closes its client; both others try to resume at the same moment.
    let seen = script(
        world,
        "const [key, given] = arguments;
         faults.cases.get(key).client.close();
         const entries = await Promise.all(tabs.map((tab) => tab.one.client.resumable()));
         const file = faults.take(given.file);
         const ends = await Promise.all(entries.map(async ([entry]) => {
           try {
             return { stored: await (await entry.attach(file)).done };
           } catch (error) {
             return { code: error.code };
           }
         }));
         for (const tab of tabs) { tab.one.client.close(); tab.close(); }
         return ends;",
        &arguments,
    );
    let ends = seen.as_array().expect("two ends");
    let stored = ends.iter().filter(|end| end["stored"].is_object()).count();
    let locked = ends.iter().filter(|end| end["code"] == "locked").count();
    assert_eq!((stored, locked), (1, 1), "{seen}");
    let stats = case.stats();
    assert_eq!((stats.completed, stats.parts_sent_twice), (1, 0));
    "one went on, the other was locked out".into()
}
