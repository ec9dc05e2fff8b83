//! Several host names of one storage: more connections where they bring bytes, and a host that is out of reach.

use std::collections::BTreeMap;

use super::common::{Act, MIB, Op, World, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{ChecksumMode, Command, Config, Event, Input};

const HOSTS: [&str; 2] = ["storage.example", "other.example"];

/// A file of so many MiB, and a path that limits each connection to 1 MB/s.
fn far(config: Config, hosts: &[&'static str], mib: u64) -> World {
    let mut world = World::with(config, 1);
    world.server.hosts = hosts.to_vec();
    world.bytes_per_ms = 1_000;
    let mut new = new_upload(1, mib * MIB);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world
}

/// How many requests each host got.
fn sent_to(world: &World) -> BTreeMap<String, usize> {
    let mut hosts = BTreeMap::new();
    for (_, command) in &world.sent {
        if let Command::Send { grant, .. } = command {
            let host = grant.url.split('/').nth(2).unwrap_or_default();
            *hosts.entry(host.to_owned()).or_default() += 1;
        }
    }
    hosts
}

fn all_stored(world: &World, count: u64) -> bool {
    (0..count).all(|number| world.server.objects.contains_key(&id(number)))
}

#[test]
fn two_hosts_carry_twice_as_much_where_the_path_limits_each_connection() {
    let mut one = far(Config::default(), &HOSTS[..1], 1_000);
    one.finish();
    let mut two = far(Config::default(), &HOSTS, 1_000);
    two.finish();
    assert_eq!((one.monitor.most_sends, two.monitor.most_sends), (6, 12));
    let ratio = one.now as f64 / two.now as f64;
    assert!(ratio > 1.6, "{} and {} ms", one.now, two.now);
    let counts: Vec<usize> = sent_to(&two).into_values().collect();
    assert!(counts[0].abs_diff(counts[1]) <= 1, "{counts:?}");
}

#[test]
fn two_connections_are_added_at_a_time_and_none_before_the_rate_is_known() {
    let mut world = far(Config::default(), &HOSTS, 1_000);
    assert!(world.run_until(|world| world.monitor.most_sends >= 12));
    let at = world.sends_at();
    let began = |from: u64| at.iter().filter(|began| **began == from).count();
    assert_eq!([began(at[0]), began(at[6]), began(at[8])], [6, 2, 2]);
}

#[test]
fn a_limit_in_all_holds_over_both_hosts() {
    let config = Config {
        window: 4,
        window_in_all: 4,
        ..Config::default()
    };
    let mut world = far(config, &HOSTS, 300);
    world.finish();
    assert_eq!(world.monitor.most_sends, 4);
}

#[test]
fn f06_slow_down_halves_the_requests_to_both_hosts() {
    let mut world = far(Config::default(), &HOSTS, 2_000);
    assert!(world.run_until(|world| world.monitor.most_sends >= 12));
    world.script(Op::Send, [s3(503, "SlowDown")]);
    world.finish();
    assert!(world.server.objects.contains_key(&id(1)));
}

#[test]
fn a_host_out_of_reach_is_told_once_and_the_other_takes_its_parts() {
    for down in [Act::Reset(0), Act::Hang(0)] {
        for host in HOSTS {
            let mut world = far(Config::default(), &HOSTS, 300);
            world.lost_host = Some((host, down.clone()));
            world.finish();
            assert!(world.server.objects.contains_key(&id(1)), "{host} {down:?}");
            assert_eq!(world.monitor.silent_hosts, 1);
            let told = world.log.iter().find_map(|(_, event)| match event {
                Event::HostSilent { grant } => Some(grant.url.clone()),
                _ => None,
            });
            assert!(told.is_some_and(|url| url.starts_with(&format!("https://{host}/"))));
            // Nothing waits longer than a stall or two; 300 MiB take 53 s by six connections.
            assert!(world.now < 90_000, "{} ms, {host} {down:?}", world.now);
            let lost = sent_to(&world).remove(host).unwrap_or(0);
            assert!(lost <= 6, "{lost} requests to {host} {down:?}");
        }
    }
}

#[test]
fn small_files_reach_storage_while_one_host_is_out_of_reach() {
    let mut world = World::new();
    world.server.hosts = HOSTS.to_vec();
    world.lost_host = Some((HOSTS[1], Act::Reset(0)));
    for number in 0..200 {
        world.add(new_upload(number, 1_000));
    }
    world.finish();
    assert!(all_stored(&world, 200));
    assert!(sent_to(&world)[HOSTS[1]] <= 12, "{:?}", sent_to(&world));
}

#[test]
fn a_host_that_is_back_is_used_again_within_a_minute_or_so() {
    let mut world = far(Config::default(), &HOSTS, 2_000);
    world.lost_host = Some((HOSTS[1], Act::Reset(0)));
    world.run_for(30_000);
    let lost = sent_to(&world)[HOSTS[1]];
    world.lost_host = None;
    world.finish();
    assert!(world.server.objects.contains_key(&id(1)));
    assert!(
        sent_to(&world)[HOSTS[1]] > lost + 20,
        "{:?}",
        sent_to(&world)
    );
    assert_eq!(world.monitor.most_sends, 12);
}

#[test]
fn a_lost_network_is_no_silent_host() {
    let mut world = far(Config::default(), &HOSTS, 300);
    world.run_for(5_000);
    world.link_up = false;
    world.run_for(20_000);
    world.link_up = true;
    world.input(Input::Online);
    world.finish();
    assert!(world.server.objects.contains_key(&id(1)));
    assert_eq!(world.monitor.silent_hosts, 0);
}

#[test]
fn a_server_that_names_one_host_for_a_part_fails_it_by_the_rules_if_that_is_out_of_reach() {
    let mut world = far(Config::default(), &HOSTS, 100);
    world.server.names_others = false;
    world.lost_host = Some((HOSTS[1], Act::Reset(0)));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Network));
    assert_eq!(world.monitor.silent_hosts, 0);
}

#[test]
fn answers_without_progress_count_for_the_rate_as_well() {
    let mut world = far(Config::default(), &HOSTS, 2_000);
    world.silent = 100;
    world.input(Input::ProgressHidden);
    world.finish();
    assert!(world.monitor.most_sends > 9, "{}", world.monitor.most_sends);
    let failed = |(_, event): &&(u64, Event)| matches!(event, Event::Failed { .. });
    assert_eq!(world.log.iter().find(failed), None);
}
