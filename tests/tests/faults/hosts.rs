//! Two host names of storage, in a browser without a proxy: it opens six connections to each.

use e2e::files::MIB;
use e2e::sink::Config;
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const BARE: &[Test] = tests![Place::Bare:
    more_than_six_connections_are_used_where_each_is_slow,
    a_host_that_the_pages_policy_blocks_costs_a_warning,
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
