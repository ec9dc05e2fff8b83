//! Grants that expire, and clocks that are wrong.

use e2e::files::MIB;
use e2e::proxy::Entry;
use e2e::sink::Config;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f15_a_url_that_ends_during_its_put_does_not_matter,
    f15_a_put_that_breaks_after_its_url_ended_is_signed_again,
];

pub(crate) const ALONE: &[Test] = tests![Place::Alone:
    f16_after_an_hour_asleep_grants_are_signed_again_and_no_part_is_sent_twice,
    f18_a_clock_that_is_a_day_wrong_makes_no_difference,
    f18_a_clock_that_jumps_makes_no_difference,
];

/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;
const DAY_MS: i64 = 24 * 3_600_000;

/// A sink whose grants expire while a slow part is in flight.
fn short(world: &World) -> Case<'_> {
    let config = Config {
        grant_life_ms: 8_000,
        ..Config::default()
    };
    let case = Case::with(world, PARTS, config);
    case.slow(650_000);
    case
}

fn puts(case: &Case<'_>) -> [u64; 3] {
    [1, 2, 3].map(|part| case.puts(Some(part)))
}

fn f15_a_url_that_ends_during_its_put_does_not_matter(world: &World) -> Seen {
    let case = short(world);
    case.begin().stored();
    assert_eq!(puts(&case), [1, 1, 1]);
    "parts of eleven seconds, URLs of eight".into()
}

fn f15_a_put_that_breaks_after_its_url_ended_is_signed_again(world: &World) -> Seen {
    let case = short(world);
    case.fresh_connections().rule(
        json!({"method": "PUT", "query": "partNumber=2"}),
        json!({"kind": "reset", "at": "last"}),
    );
    case.begin().stored();
    assert_eq!(puts(&case), [1, 2, 1], "no PUT with a URL that has ended");
    format!("{} sign calls", case.count("POST", "/parts"))
}

/// All that this page sent to the case's sink, in order of name. Not counted are preflights, and sign calls: how
/// parts share those depends on milliseconds.
fn calls(case: &Case<'_>) -> Vec<String> {
    let requests = case.requests();
    let counted = requests
        .iter()
        .filter(|entry| entry.method != "OPTIONS" && !entry.path.ends_with("/parts"));
    let name = |entry: &Entry| {
        let last = entry.path.rsplit('/').next().unwrap_or_default();
        let part = entry.part.map(|part| part.to_string());
        format!("{} {}", entry.method, part.as_deref().unwrap_or(last))
    };
    let mut calls: Vec<String> = counted.map(name).collect();
    calls.sort();
    calls
}

/// Shifts the page's wall clock.
fn shift(world: &World, ms: i64) {
    let script = "window.shifted = arguments[0];
        window.realNow ??= Date.now.bind(Date);
        Date.now = () => window.realNow() + window.shifted;";
    world.browser.run(script, &[json!(ms)]);
}

fn f16_after_an_hour_asleep_grants_are_signed_again_and_no_part_is_sent_twice(
    world: &World,
) -> Seen {
    world.open();
    let case = Case::new(world, 64 * MIB as u64).client(json!({"concurrency": 2}));
    case.slow(8_000_000);
    case.begin();
    case.wait("a confirmed part", |seen| {
        seen["progress"]["confirmed"].as_u64().unwrap_or_default() > 0
    });
    let before = case.count("POST", "/parts");
    shift(world, 3_600_000);
    case.stored();
    let after = case.count("POST", "/parts");
    assert!(after > before, "{after} sign calls");
    let puts: Vec<u64> = (1..=6).map(|part| case.puts(Some(part))).collect();
    format!("{before} sign calls before, {after} in all; PUT requests by part {puts:?}")
}

// Acceptance line 20.
fn f18_a_clock_that_is_a_day_wrong_makes_no_difference(world: &World) -> Seen {
    let [right, slow, fast] = [0, -DAY_MS, DAY_MS].map(|ms| {
        world.open();
        shift(world, ms);
        let case = Case::new(world, PARTS).token("jwt");
        let outcome = case.begin().stored();
        let warnings: Value = json!(outcome.warnings);
        let stats = case.stats();
        let at_storage = [
            stats.creates,
            stats.puts,
            stats.parts_sent_twice,
            stats.bytes,
        ];
        (outcome.reasons, warnings, calls(&case), at_storage)
    });
    assert_eq!(right, slow, "a day behind");
    assert_eq!(right, fast, "a day ahead");
    let each_once = ["POST complete", "POST uploads", "PUT 1", "PUT 2", "PUT 3"];
    assert_eq!(right.2, each_once);
    assert_eq!(right.3, [1, 3, 0, PARTS]);
    format!("{right:?} each time")
}

fn f18_a_clock_that_jumps_makes_no_difference(world: &World) -> Seen {
    for ms in [DAY_MS, -DAY_MS] {
        world.open();
        let case = Case::new(world, PARTS).token("jwt");
        case.slow(4_000_000);
        case.begin().wait_sent(1);
        shift(world, ms);
        case.stored();
    }
    "a day forward, a day back: stored, no part twice".into()
}
