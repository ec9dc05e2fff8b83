//! No network: nothing is lost, nothing is given up while it is known, and the browser's word alone is not
//! trusted.

use super::common::{Act, MIB, Op, User, World, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config, Input, State};

fn network(world: &World) -> Vec<(u64, &Command)> {
    let network = world.sent.iter().filter(|(_, command)| {
        !matches!(
            command,
            Command::Hash { .. }
                | Command::Save { .. }
                | Command::Erase { .. }
                | Command::NoteCancel { .. }
                | Command::Cancel { .. }
        )
    });
    network.map(|(at, command)| (*at, command)).collect()
}

#[test]
fn f12_offline_at_every_moment_is_survived() {
    for at in (0..400).step_by(7) {
        let mut world = World::new();
        world.bytes_per_ms = 10_000;
        world.add(new_upload(1, MIB));
        world.later(at, User::LinkDown { told: true });
        world.later(at + 3_600_000, User::LinkUp { told: true });
        world.finish();
        assert_eq!(world.failed_with(id(1)), None, "offline at {at}");
        assert_eq!(world.server.objects.len(), 1);
    }
}

#[test]
fn f11_offline_shows_waiting_and_online_goes_on_at_once() {
    let mut world = World::new();
    world.link_up = false;
    world.input(Input::Offline);
    world.add(new_upload(1, 1000));
    world.run_for(100_000);
    assert_eq!(world.states(id(1)).last(), Some(&State::Waiting));
    world.later(0, User::LinkUp { told: true });
    world.run_for(500);
    assert!(world.ending(id(1)).is_some());
}

#[test]
fn while_offline_only_a_rare_probe_goes_out_whoever_waits() {
    let mut world = World::new();
    world.link_up = false;
    world.input(Input::Offline);
    for number in 0..500 {
        world.add(new_upload(number, 1000));
    }
    world.run_for(600_000);
    let probes = network(&world).len();
    assert!((4..=10).contains(&probes), "{probes} in ten minutes");
    world.later(0, User::LinkUp { told: true });
    world.finish();
    assert_eq!(world.server.objects.len(), 500);
}

#[test]
fn a_browser_that_wrongly_says_offline_is_found_out_by_a_probe() {
    let mut world = World::new();
    world.input(Input::Offline);
    world.add(new_upload(1, 1000));
    world.add(new_upload(2, 1000));
    world.finish();
    assert_eq!(world.server.objects.len(), 2);
    // The probe succeeds, so no other request waits for another probe.
    let probe = Config::default().offline_probe_ms;
    assert!(world.now < 2 * probe + 2_000, "took {}", world.now);
}

#[test]
fn f13_no_route_although_the_browser_says_online_is_waited_out() {
    let mut world = World::new();
    world.link_up = false;
    world.add(new_upload(1, MIB));
    world.later(60_000, User::LinkUp { told: false });
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert!(world.states(id(1)).contains(&State::Waiting));
}

#[test]
fn f13_no_route_for_ever_ends_within_the_budget() {
    let mut world = World::new();
    world.link_up = false;
    for number in 0..200 {
        world.add(new_upload(number, MIB));
    }
    world.finish();
    for number in 0..200 {
        assert_eq!(world.failed_with(id(number)), Some(ErrorCode::Network));
    }
    assert!(world.now < 300_000, "took {}", world.now);
    assert!(
        network(&world).len() < 400,
        "{} requests",
        network(&world).len()
    );
}

#[test]
fn the_budget_does_not_run_while_offline() {
    let mut world = World::new();
    world.link_up = false;
    world.add(new_upload(1, MIB));
    world.later_input(100_000, Input::Offline);
    world.later(5_000_000, User::LinkUp { told: true });
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn a_put_under_way_that_survives_the_browsers_alarm_is_left_alone() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.later_input(3_000, Input::Offline);
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
}

#[test]
fn hashing_goes_on_while_offline() {
    let mut world = World::new();
    world.script(Op::Hash, [Act::Pause(5_000)]);
    world.input(Input::Offline);
    world.add(new_upload(1, MIB));
    world.run_for(2_000);
    assert_eq!(world.states(id(1)).last(), Some(&State::Hashing));
}

#[test]
fn a_token_function_that_fails_while_offline_is_asked_as_rarely_as_any_probe() {
    let mut world = World::new();
    world.link_up = false;
    world.script(Op::Token, vec![Act::Reset(0); 500]);
    world.input(Input::Offline);
    world.add(new_upload(1, 1000));
    world.run_for(600_000);
    assert!(
        (3..=10).contains(&world.monitor.tokens),
        "{} tokens",
        world.monitor.tokens
    );
    assert_eq!(world.failed_with(id(1)), None);
    world.script.clear();
    world.later(0, User::LinkUp { told: true });
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}
