//! Waiting for the record.

use super::common::{Act, MIB, Op, User, World, api, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config, Input, State};

fn asked(world: &World) -> Vec<u64> {
    let asked = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Status { .. } => Some(*at),
        _ => None,
    });
    asked.collect()
}

fn awaited(processing_ms: u64, acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.server.processing_ms = processing_ms;
    world.script(Op::Status, acts);
    world.add(new_upload(1, MIB));
    world.input(Input::AwaitProcessed(id(1)));
    world.finish();
    world
}

#[test]
fn the_interval_grows_from_a_quarter_second_to_two() {
    let world = awaited(30_000, []);
    let at = asked(&world);
    let gaps: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps[0] < 500, "{gaps:?}");
    assert!(
        gaps[8..].iter().all(|gap| (1_500..=2_600).contains(gap)),
        "{gaps:?}"
    );
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
    assert_eq!(world.states(id(1)).last(), Some(&State::Processed));
}

#[test]
fn one_call_asks_for_all_that_wait() {
    let mut world = World::new();
    world.server.processing_ms = 20_000;
    for number in 0..100 {
        world.add(new_upload(number, 100));
        world.input(Input::AwaitProcessed(id(number)));
    }
    world.finish();
    assert!(
        world
            .monitor
            .uploads
            .values()
            .all(|watched| watched.processed == 1)
    );
    assert!(
        world.monitor.statuses < 40,
        "{} calls",
        world.monitor.statuses
    );
}

#[test]
fn a_record_that_never_comes_ends_the_wait_and_not_the_upload() {
    let mut world = awaited(200_000, []);
    let failed = &world.monitor.uploads[&id(1)].processing_failed;
    assert_eq!(failed[..], [ErrorCode::ProcessingTimeout]);
    assert_eq!(world.states(id(1)).last(), Some(&State::Stored));
    assert!((60_000..62_000).contains(&world.now), "{}", world.now);
    // Asked again later, it is found.
    world.run_for(200_000);
    world.input(Input::AwaitProcessed(id(1)));
    world.finish();
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
}

#[test]
fn failures_on_the_way_are_only_a_delay() {
    let world = awaited(
        1_000,
        [
            Act::Reset(0),
            Act::HangAfter,
            api(500, ErrorCode::Internal),
            api(401, ErrorCode::Unauthenticated),
            api(429, ErrorCode::RateLimited),
        ],
    );
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
    let world = awaited(1_000, [api(403, ErrorCode::Forbidden)]);
    let failed = &world.monitor.uploads[&id(1)].processing_failed;
    assert_eq!(failed[..], [ErrorCode::Forbidden]);
}

#[test]
fn a_server_that_keeps_no_records_says_so_once() {
    let world = awaited(1_000, vec![api(501, ErrorCode::Unsupported); 10]);
    let failed = &world.monitor.uploads[&id(1)].processing_failed;
    assert_eq!(failed[..], [ErrorCode::Unsupported]);
    assert_eq!(asked(&world).len(), 1);
    assert_eq!(world.states(id(1)).last(), Some(&State::Stored));
}

#[test]
fn the_wait_does_not_run_out_while_offline() {
    let mut world = World::new();
    world.server.processing_ms = 5_000;
    world.add(new_upload(1, 100));
    world.input(Input::AwaitProcessed(id(1)));
    world.later(1_000, User::LinkDown { told: true });
    world.later(900_000, User::LinkUp { told: true });
    world.finish();
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
}

#[test]
fn whoever_waits_for_an_upload_that_fails_or_is_aborted_is_told() {
    let mut world = World::new();
    world.script(Op::Create, [api(403, ErrorCode::Forbidden)]);
    world.add(new_upload(1, 100));
    world.input(Input::AwaitProcessed(id(1)));
    world.finish();
    world.input(Input::AwaitProcessed(id(1)));
    world.add(new_upload(2, 100));
    world.input(Input::AwaitProcessed(id(2)));
    world.input(Input::Abort(id(2)));
    world.finish();
    world.input(Input::AwaitProcessed(id(2)));
    let failed = |number| &world.monitor.uploads[&id(number)].processing_failed[..];
    assert_eq!(failed(1), [ErrorCode::Forbidden; 2]);
    assert_eq!(failed(2), [ErrorCode::Aborted; 2]);
}

#[test]
fn a_processed_upload_says_so_again_without_asking() {
    let mut world = awaited(0, []);
    let before = asked(&world).len();
    world.input(Input::AwaitProcessed(id(1)));
    assert_eq!(asked(&world).len(), before);
    assert_eq!(world.monitor.uploads[&id(1)].processed, 2);
    assert_eq!(Config::default().processing_ms, 60_000);
}

#[test]
fn a_round_of_several_calls_ends_before_the_next_begins() {
    let mut world = World::new();
    world.latency_ms = (100, 2_000);
    world.server.processing_ms = 40_000;
    for number in 0..250 {
        world.add(new_upload(number, 100));
        world.input(Input::AwaitProcessed(id(number)));
    }
    world.finish();
    assert!(
        world
            .monitor
            .uploads
            .values()
            .all(|watched| watched.processed == 1)
    );
    // A round of three calls takes two to four seconds, and is followed by up to 2.5 of rest.
    assert!(
        world.monitor.statuses < 110,
        "{} calls",
        world.monitor.statuses
    );
}
