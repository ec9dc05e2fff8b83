//! Two host names of storage, in a browser without a proxy: it opens six connections to each.

use std::time::Duration;

use e2e::files::{MIB, TestFile};
use e2e::sink::Config;
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const BARE: &[Test] = tests![Place::Bare:
    more_than_six_connections_are_used_where_each_is_slow,
    a_host_that_the_pages_policy_blocks_costs_a_warning,
    another_client_gets_its_share_of_a_full_link,
];

fn two_hosts() -> Config {
    Config {
        two_hosts: true,
        ..Config::default()
    }
}

fn more_than_six_connections_are_used_where_each_is_slow(world: &World) -> Seen {
    world.open();
    let config = Config {
        bytes_per_second: Some(2_000_000),
        ..two_hosts()
    };
    let case = Case::with(world, 128 * MIB as u64, config);
    let outcome = case.begin().stored();
    assert_eq!(outcome.warnings, [""; 0]);
    let most = case.stats().max_concurrency;
    // How many more varies: a body first fills the buffers of this computer.
    assert!((7..=12).contains(&most), "{most} connections");
    format!("{most} connections")
}

fn a_host_that_the_pages_policy_blocks_costs_a_warning(world: &World) -> Seen {
    world.open();
    let case = Case::with(world, 60 * MIB as u64, two_hosts());
    let policy = format!("connect-src 'self' http://{}", case.host);
    let script = "const meta = document.createElement('meta');
        meta.httpEquiv = 'Content-Security-Policy';
        meta.content = arguments[0];
        document.head.append(meta);";
    world.browser.run(script, &[json!(policy)]);
    let outcome = case.begin().stored();
    assert_eq!(outcome.warnings, ["storage_silent"]);
    "stored, with one warning".into()
}

fn another_client_gets_its_share_of_a_full_link(world: &World) -> Seen {
    world.open();
    let config = Config {
        uplink: Some(8_000_000),
        ..two_hosts()
    };
    // Picked: for seconds on end Chromium cannot read a generated file of this size (NotReadableError).
    let file = TestFile::sparse("big.zip", 200 * MIB as u64);
    let input = world.browser.find("input").expect("an input");
    world.browser.pick(&input, &[&file.path]);
    let case = Case::with(world, 200 * MIB as u64, config);
    let sent = |key: &str| {
        let script =
            "const one = faults.cases.get(arguments[0]); return one.look().progress?.sent ?? 0;";
        let sent = world.browser.run(script, &[json!(key)]);
        sent.as_f64().unwrap_or_default()
    };
    case.begin_picked().wait_sent(20 * MIB as u64);
    let other = format!("{} again", case.key);
    let given = case.given(json!("picked"));
    let begin = "faults.begin(arguments[0], arguments[1]);";
    world.browser.run(begin, &[json!(other), given]);
    // The first one's parts take long, and are not cut short.
    std::thread::sleep(Duration::from_secs(10));
    let before = [sent(&case.key), sent(&other)];
    std::thread::sleep(Duration::from_secs(10));
    let got = [sent(&case.key) - before[0], sent(&other) - before[1]];
    world.browser.run(
        "for (const one of faults.cases.values()) one.client.close();",
        &[],
    );
    let share = got[1] / (got[0] + got[1]);
    assert!((0.25..=0.75).contains(&share), "{got:?}");
    format!("{:.0} % of the link", share * 100.0)
}
