//! Pause and resume.

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_engine::{Command, Input, State};

#[test]
fn a_pause_at_every_moment_stops_the_bytes_and_a_resume_goes_on() {
    for at in 0..450 {
        let mut world = World::new();
        world.bytes_per_ms = 10_000;
        world.add(new_upload(1, MIB));
        world.later_input(at, Input::Pause(id(1)));
        world.later_input(at + 30_000, Input::Resume(id(1)));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None, "paused at {at}");
        assert_eq!(world.server.objects.len(), 1);
    }
}

#[test]
fn a_paused_upload_sends_nothing_and_hashes_nothing() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.input(Input::Pause(id(1)));
    world.run_for(50);
    let before = world.sent.len();
    world.run_for(1_000_000);
    assert_eq!(world.sent.len(), before);
    assert!(matches!(
        world.sent.last(),
        Some((_, Command::Cancel { .. }))
    ));
    assert_eq!(world.states(id(1)).last(), Some(&State::Paused));
    let shown = world.queue.snapshot(id(1)).expect("known").progress;
    assert_eq!((shown.bytes_per_second, shown.eta_ms), (0, None));
}

#[test]
fn a_paused_upload_gives_its_place_to_others() {
    let mut world = World::new();
    world.bytes_per_ms = 1;
    for number in 0..7 {
        world.add(new_upload(number, MIB));
    }
    world.run_for(60_000);
    assert_eq!(world.sends(id(6)), 0);
    world.input(Input::Pause(id(0)));
    world.run_for(1_000);
    assert_eq!(world.sends(id(6)), 1);
}

#[test]
fn pausing_before_its_turn_keeps_it_out_of_line() {
    let mut world = World::new();
    for number in 0..50 {
        world.add(new_upload(number, MIB));
    }
    world.input(Input::Pause(id(40)));
    world.run();
    assert_eq!(world.server.objects.len(), 49);
    world.input(Input::Resume(id(40)));
    world.finish();
    assert_eq!(world.server.objects.len(), 50);
}

#[test]
fn a_hash_is_not_computed_twice_because_of_a_pause_while_sending() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(5_000);
    world.input(Input::Pause(id(1)));
    world.input(Input::Resume(id(1)));
    world.finish();
    let hashes = world
        .sent
        .iter()
        .filter(|(_, command)| matches!(command, Command::Hash { .. }));
    assert_eq!(hashes.count(), 1);
}

#[test]
fn a_pause_while_the_answer_is_awaited_asks_before_it_sends_again() {
    let mut world = World::new();
    world.script(Op::Send, [Act::HangAfter]);
    world.add(new_upload(1, MIB));
    world.run_for(5_000);
    world.input(Input::Pause(id(1)));
    world.input(Input::Resume(id(1)));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
}
