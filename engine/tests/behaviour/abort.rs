//! Cancelling: own requests first, then the server; exactly one ending; the truth wins.

use super::common::{Act, Ending, MIB, Op, World, api, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config, Input};

#[test]
fn f41_an_abort_at_every_moment_ends_once_and_truthfully() {
    for at in 0..450 {
        let mut world = World::new();
        world.bytes_per_ms = 10_000;
        world.add(new_upload(1, MIB));
        world.later_input(at, Input::Abort(id(1)));
        world.finish();
        match world.ending(id(1)) {
            Some(Ending::Aborted) => assert!(world.server.objects.is_empty(), "aborted at {at}"),
            Some(Ending::Stored) => assert!(world.server.objects.contains_key(&id(1))),
            other => panic!("aborted at {at}: {other:?}"),
        }
    }
}

#[test]
fn before_the_create_call_the_server_is_not_bothered() {
    let mut world = World::new();
    world.script(Op::Hash, [Act::Hang(50)]);
    world.add(new_upload(1, MIB));
    world.run_for(5);
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
    assert_eq!((world.monitor.creates, world.monitor.deletes), (0, 0));
}

#[test]
fn own_requests_are_stopped_before_the_server_is_told() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.input(Input::Abort(id(1)));
    world.finish();
    let last: Vec<_> = world
        .sent
        .iter()
        .rev()
        .map(|(_, command)| command)
        .filter(|command| !matches!(command, Command::NoteCancel { .. } | Command::Erase { .. }))
        .take(2)
        .collect();
    assert!(
        matches!(last[..], [Command::Delete { .. }, Command::Cancel { .. }]),
        "{last:?}"
    );
    assert!(world.server.created[&id(1)].aborted);
    assert_eq!(world.deadline(), None);
}

#[test]
fn no_timer_outlives_the_upload() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.input(Input::Abort(id(1)));
    assert!(world.run_until(|world| world.ending(id(1)).is_some()));
    assert_eq!(world.deadline(), None);
}

#[test]
fn a_server_that_does_not_answer_does_not_hold_the_user_up_for_long() {
    for acts in [
        vec![Act::HangAfter; 9],
        vec![Act::Reset(0); 9],
        vec![api(500, ErrorCode::Internal); 9],
    ] {
        let mut world = World::new();
        world.bytes_per_ms = 100;
        world.script(Op::Delete, acts);
        world.add(new_upload(1, MIB));
        world.run_for(1_000);
        world.input(Input::Abort(id(1)));
        world.finish();
        assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
        assert!(world.now <= 1_000 + Config::default().abort_ms);
        assert!(world.monitor.deletes <= 4);
    }
}

#[test]
fn an_abort_while_offline_ends_too() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.link_up = false;
    world.input(Input::Offline);
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
}

#[test]
fn stored_already_wins_over_an_abort() {
    let mut world = World::new();
    // The PUT succeeded, but the client does not know.
    world.script(Op::Send, [Act::HangAfter]);
    world.add(new_upload(1, MIB));
    world.run_for(5_000);
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Stored));
    assert_eq!(world.monitor.deletes, 1);
}

#[test]
fn once_storage_acknowledged_an_abort_comes_too_late() {
    let mut world = World::new();
    world.script(Op::Complete, [Act::HangAfter]);
    world.add(new_upload(1, MIB));
    world.run_for(5_000);
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Stored));
    assert_eq!(world.monitor.deletes, 0);
}

#[test]
fn a_paused_upload_can_be_aborted() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.input(Input::Pause(id(1)));
    world.run_for(1_000);
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
}

#[test]
fn a_failed_upload_can_be_aborted_to_free_its_place_on_the_server() {
    let mut world = World::new();
    world.script(Op::Send, vec![Act::Reset(50); 50]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert!(world.failed_with(id(1)).is_some());
    world.input(Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
    assert!(world.server.created[&id(1)].aborted);
}

#[test]
fn one_abort_does_not_disturb_those_who_share_the_create_call() {
    let mut world = World::new();
    world.latency_ms = (500, 500);
    for number in 0..5 {
        world.add(new_upload(number, 1000));
    }
    world.run_for(1_100);
    world.input(Input::Abort(id(2)));
    world.finish();
    assert_eq!(world.ending(id(2)), Some(&Ending::Aborted));
    assert_eq!(world.server.objects.len(), 4);
}

#[test]
fn closing_stops_everything_and_says_so() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    for number in 0..20 {
        world.add(new_upload(number, MIB));
    }
    world.run_for(1_000);
    world.input(Input::Close);
    world.add(new_upload(99, MIB));
    world.finish();
    for number in (0..20).chain([99]) {
        assert_eq!(world.failed_with(id(number)), Some(ErrorCode::Closed));
    }
}
