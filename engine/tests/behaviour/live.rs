//! Uploads whose size is not known while they are sent: of recorders and streams.

use crowfly_contract::{ErrorCode, LivePlan, Outcome, Plan};
use crowfly_engine::{Command, Event, Input, Reply, State};

use crate::common::source::{Deed, new_live};
use crate::common::{Act, Ending, MIB, Op, User, World, id, new_upload, s3};

/// Gives so many bytes each second, for so many seconds, and ends.
fn steady(bytes: u64, seconds: u64, mends: bool) -> Vec<(u64, Deed)> {
    let gives = (1..=seconds).map(|second| (second * 1_000, Deed::Gives(bytes)));
    let ends = (seconds * 1_000, Deed::Ends { mends });
    gives.chain([ends]).collect()
}

fn recording(bytes: u64, seconds: u64, mends: bool) -> World {
    let mut world = World::new();
    world.add_live(new_live(1, None), steady(bytes, seconds, mends));
    world
}

fn stored(world: &World) -> u64 {
    assert_eq!(world.ending(id(1)), Some(&Ending::Stored));
    world.server.objects[&id(1)].size
}

#[test]
fn parts_are_sent_while_the_recording_grows() {
    let mut world = recording(MIB, 18, false);
    world.run_for(17_500);
    assert_eq!(world.sends(id(1)), 3);
    let shown = world.queue.snapshot(id(1)).expect("an upload");
    assert_eq!(shown.state, State::Uploading);
    assert!(shown.progress.growing);
    assert_eq!(shown.progress.total, 17 * MIB);
    assert_eq!(shown.progress.confirmed, 15 * MIB);
    world.finish();
    assert_eq!(stored(&world), 18 * MIB);
    assert_eq!(world.sends(id(1)), 4);
    // Two seconds after its end at most.
    assert!(world.now < 20_000, "{}", world.now);
}

#[test]
fn two_hours_at_8_mbit_take_1187_parts_and_a_call_for_each() {
    let mut world = recording(1_000_000, 7_200, false);
    world.keep_log = false;
    world.finish();
    assert_eq!(stored(&world), 7_200_000_000);
    let last = LivePlan::NEW.last(7_200_000_000).expect("within");
    assert_eq!(last.number, 1_187);
    assert_eq!(world.sends(id(1)), last.number);
    assert_eq!(world.monitor.signs, last.number);
    assert_eq!((world.monitor.creates, world.monitor.completes), (1, 1));
    assert_eq!(world.monitor.lists, 0);
}

#[test]
fn a_recording_of_nothing_is_an_empty_object() {
    let mut world = World::new();
    world.add_live(new_live(1, None), [(5_000, Deed::Ends { mends: false })]);
    world.finish();
    assert_eq!(stored(&world), 0);
}

#[test]
fn one_that_ends_with_a_whole_part_has_no_other() {
    let mut world = recording(5 * MIB, 2, false);
    world.finish();
    assert_eq!(stored(&world), 10 * MIB);
    assert_eq!(world.sends(id(1)), 2);
}

#[test]
fn a_changed_head_is_the_only_part_that_is_sent_twice() {
    let mut world = recording(MIB, 18, true);
    world.finish();
    stored(&world);
    assert_eq!(world.sends(id(1)), 5);
    assert_eq!(world.server.resent, 0);
}

#[test]
fn a_short_recording_with_a_changed_head_is_sent_once() {
    let mut world = recording(100_000, 3, true);
    world.finish();
    stored(&world);
    assert_eq!(world.sends(id(1)), 1);
}

#[test]
fn a_head_that_changes_while_it_is_sent_is_sent_after_that() {
    let mut world = World::new();
    // The first part takes five seconds.
    world.bytes_per_ms = 1_048;
    world.add_live(
        new_live(1, None),
        [
            (1_000, Deed::Gives(6 * MIB)),
            (2_000, Deed::Ends { mends: true }),
        ],
    );
    world.finish();
    stored(&world);
    let sends = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Send { part: Some(1), .. } => Some(*at),
        _ => None,
    });
    let sends: Vec<u64> = sends.collect();
    assert!(
        matches!(sends[..], [first, second] if second > first + 5_000),
        "{sends:?}"
    );
    let cancelled = |(_, command): &(u64, Command)| matches!(command, Command::Cancel { .. });
    assert!(!world.sent.iter().any(cancelled));
}

#[test]
fn what_was_spooled_before_a_crash_is_stored_after_it() {
    for second in 1..=17 {
        let mut world = recording(MIB, 18, false);
        world.later(second * 1_000 + 500, User::Crash { back: 60_000 });
        world.finish();
        assert_eq!(stored(&world), second * MIB);
        assert_eq!(world.server.resent, 0, "after {second} s");
    }
}

#[test]
fn bytes_over_the_limit_are_left_and_that_is_said() {
    for (own, servers) in [
        (Some(7 * MIB), u64::MAX),
        (None, 7 * MIB),
        (Some(9 * MIB), 7 * MIB),
    ] {
        let mut world = World::new();
        world.server.max_bytes = servers;
        world.add_live(new_live(1, own), steady(MIB, 12, false));
        world.finish();
        assert_eq!(stored(&world), 7 * MIB);
        let told: Vec<u64> = world
            .log
            .iter()
            .filter_map(|(_, event)| match event {
                Event::LimitReached { max_bytes, .. } => Some(*max_bytes),
                _ => None,
            })
            .collect();
        assert_eq!(told, [7 * MIB]);
    }
}

#[test]
fn a_pause_stops_sending_and_not_the_recording() {
    let mut world = recording(MIB, 30, false);
    world.later_input(6_000, Input::Pause(id(1)));
    world.run_for(25_000);
    assert_eq!(world.sends(id(1)), 1);
    let shown = world.queue.snapshot(id(1)).expect("an upload");
    assert_eq!(
        (shown.state, shown.progress.total),
        (State::Paused, 25 * MIB)
    );
    world.input(Input::Resume(id(1)));
    world.finish();
    assert_eq!(stored(&world), 30 * MIB);
    assert_eq!(world.server.resent, 0);
}

#[test]
fn parts_that_storage_lost_are_sent_again_from_the_spool() {
    let mut world = recording(MIB, 18, false);
    world.later(12_000, User::Expire(id(1)));
    world.finish();
    assert_eq!(stored(&world), 18 * MIB);
    assert_eq!(world.monitor.restarts, 1);
}

#[test]
fn an_outage_of_minutes_loses_nothing() {
    let mut world = recording(MIB, 300, false);
    world.later(10_000, User::LinkDown { told: true });
    world.later(200_000, User::LinkUp { told: true });
    world.finish();
    assert_eq!(stored(&world), 300 * MIB);
}

#[test]
fn a_plan_that_does_not_fit_is_a_bad_response() {
    let mut live = World::new();
    let put = live.server.create(0, &[]);
    assert!(matches!(put, Reply::Created(_)));
    // A live upload that is planned as a file, and a file that is planned as live.
    let mut planned = World::new();
    planned.add(new_upload(2, 17 * MIB));
    planned.finish();
    let mut answers = planned
        .sent
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Create { items, .. } => Some(items.clone()),
            _ => None,
        });
    let items = answers.next().expect("a create call");
    let Reply::Created(mut results) = World::new().server.create(0, &items) else {
        panic!("refused");
    };
    results[0].id = id(1);
    live.script(Op::Create, [Act::Says(Reply::Created(results.clone()))]);
    live.add_live(new_live(1, None), steady(MIB, 3, false));
    live.finish();
    assert_eq!(live.failed_with(id(1)), Some(ErrorCode::BadResponse));

    if let Outcome::Created(created) = &mut results[0].outcome {
        created.plan = Plan::Live {
            plan: LivePlan::NEW,
            max_bytes: 1,
        };
    }
    let mut file = World::new();
    file.script(Op::Create, [Act::Says(Reply::Created(results))]);
    file.add(new_upload(1, 17 * MIB));
    file.finish();
    assert_eq!(file.failed_with(id(1)), Some(ErrorCode::BadResponse));
}

#[test]
fn an_abort_while_recording_leaves_nothing() {
    let mut world = recording(MIB, 18, false);
    world.later_input(9_000, Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.ending(id(1)), Some(&Ending::Aborted));
    assert!(world.journal.is_empty());
}

#[test]
fn a_refused_part_is_sent_again_while_the_recording_goes_on() {
    let mut world = recording(MIB, 18, true);
    world.script(
        Op::Send,
        [s3(503, "SlowDown"), s3(400, "BadDigest"), Act::Reset(50)],
    );
    world.finish();
    assert_eq!(stored(&world), 18 * MIB);
}
