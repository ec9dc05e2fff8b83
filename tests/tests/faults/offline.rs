//! Networks that go away, with and without an `offline` event.

use std::net::TcpListener;
use std::time::Duration;

use e2e::files::MIB;
use e2e::sink::{Config, Sink};
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Alone:
    f12_f13_cut_off_at_every_phase_although_the_browser_says_online,
    f12_offline_at_every_phase_as_the_browser_says,
    f12_offline_before_anything_was_asked,
];

pub(crate) const BARE: &[Test] = tests![Place::Bare:
    f11_a_refused_connection_is_waited_for,
    f11_a_name_that_does_not_resolve_is_waited_for,
];

/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;

/// The request in flight when the network goes away: its method and a part of its path.
const PHASES: [(&str, &str); 4] = [
    ("POST", "/uploads"),
    ("POST", "/parts"),
    ("PUT", "/uploads/"),
    ("POST", "/complete"),
];

/// Goes offline in each phase; returns how often the browser claimed to be online meanwhile.
fn through_all_phases(world: &World, cut: impl Fn(bool)) -> usize {
    let mut online = 0;
    for (method, piece) in PHASES {
        world.open();
        let case = Case::signing(world, PARTS);
        // Delayed, so that it is in flight for long enough.
        case.rule(
            json!({"method": method, "pathContains": piece}),
            json!({"kind": "delay", "ms": 4_000}),
        );
        case.slow(3_000_000);
        case.begin().wait_request(method, piece);
        if method == "PUT" {
            case.wait_sent(1);
        }
        cut(true);
        // A call in flight may still be answered: `navigator.onLine` alone stops nothing.
        // https://developer.mozilla.org/en-US/docs/Web/API/Navigator/onLine
        case.wait(&format!("waiting, offline at {method} {piece}"), |seen| {
            seen["state"] == "waiting" || piece == "/complete" && seen["state"] == "stored"
        });
        online += usize::from(world.browser.run("return navigator.onLine;", &[]) == true);
        std::thread::sleep(Duration::from_millis(500));
        cut(false);
        let outcome = case.stored();
        assert!(outcome.ending["error"].is_null(), "{method} {piece}");
    }
    online
}

// Acceptance line 15, for as long as a test may take; ten minutes pass in virtual time.
fn f12_f13_cut_off_at_every_phase_although_the_browser_says_online(world: &World) -> Seen {
    let online = through_all_phases(world, |off| world.proxy.offline(off));
    assert_eq!(online, PHASES.len(), "the browser knew nothing of it");
    "create, sign, part, complete: waited, went on, no part twice".into()
}

// Acceptance line 15.
fn f12_offline_at_every_phase_as_the_browser_says(world: &World) -> Seen {
    let online = through_all_phases(world, |off| world.browser.offline(off));
    assert_eq!(online, 0, "the browser said so");
    "create, sign, part, complete: waited, went on, no part twice".into()
}

fn f12_offline_before_anything_was_asked(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, PARTS);
    case.open();
    world.browser.offline(true);
    case.begin().wait_state("waiting");
    world.browser.offline(false);
    let outcome = case.stored();
    format!("warnings: {:?}", outcome.warnings)
}

fn f11_a_refused_connection_is_waited_for(world: &World) -> Seen {
    let closed = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = closed.local_addr().expect("its number").port();
    drop(closed);
    world.open();
    let mut case = Case::new(world, PARTS);
    case.host = format!("127.0.0.1:{port}");
    case.begin().wait_state("waiting");
    let config = Config {
        port,
        ..Config::default()
    };
    let before = std::mem::replace(&mut case.sink, Sink::start(config).expect("the port"));
    drop(before);
    case.stored();
    "waiting, then stored".into()
}

fn f11_a_name_that_does_not_resolve_is_waited_for(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, PARTS).client(json!({"api": "https://nowhere.invalid"}));
    case.begin().wait_state("waiting");
    case.run("one.upload.abort();");
    let outcome = case.end();
    assert_eq!(outcome.ending["error"]["name"], "AbortError");
    "waiting until aborted".into()
}
