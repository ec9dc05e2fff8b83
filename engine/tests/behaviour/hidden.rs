//! Pages whose requests report no progress, and services that never answer.

use super::common::{Act, Ending, MIB, Op, World, api, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Event, Input, Phase};

/// Through a service worker, at so many bytes a millisecond.
fn worker(bytes_per_ms: u64, told: bool) -> World {
    let mut world = World::new();
    world.bytes_per_ms = bytes_per_ms;
    world.silent = 100;
    world.server.url_life_ms = 900_000;
    if told {
        world.input(Input::ProgressHidden);
    }
    world
}

fn silences(world: &World) -> Vec<(u64, bool)> {
    let silent = |(at, event): &(u64, Event)| match event {
        Event::Silent { storage } => Some((*at, *storage)),
        _ => None,
    };
    world.log.iter().filter_map(silent).collect()
}

#[test]
fn u1_a_slow_part_without_progress_is_sent_once() {
    // 16 MiB at 50 KB/s: more than five minutes without a sign.
    let mut world = worker(50, true);
    world.add(new_upload(1, 16 * MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
    assert_eq!(world.monitor.hidden, 1);
}

#[test]
fn u1_a_first_answer_without_progress_tells_that_there_is_none() {
    let mut world = worker(1000, false);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.monitor.hidden, 1);
    world.bytes_per_ms = 50;
    world.add(new_upload(2, 16 * MIB));
    world.finish();
    assert_eq!((world.failed_with(id(2)), world.sends(id(2))), (None, 1));
}

#[test]
fn u1_a_request_under_way_is_given_more_time_when_progress_turns_out_to_be_hidden() {
    let mut world = worker(100, false);
    world.add(new_upload(1, 4 * MIB));
    world.later_input(9_000, Input::ProgressHidden);
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
}

#[test]
fn u1_a_request_that_hangs_ends_after_the_time_of_a_slow_link() {
    let mut world = worker(1000, true);
    world.script(Op::Send, [Act::Hang(0)]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 2));
    // 30 s, and 64 s for 1 MiB at 16 KiB/s.
    assert!((94_000..96_500).contains(&world.now), "{}", world.now);
}

#[test]
fn u1_a_lost_answer_is_settled_by_asking_although_no_byte_was_seen_to_move() {
    let mut world = worker(1000, true);
    world.script(Op::Send, [Act::LoseAnswer]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
    assert_eq!(world.monitor.completes, 1);
}

#[test]
fn u8_an_api_that_never_answers_is_reported_within_five_seconds() {
    for act in [Act::Reset(0), Act::Hang(0)] {
        let mut world = World::new();
        world.script(Op::Create, vec![act; 300]);
        world.add(new_upload(1, 5));
        world.run();
        assert!(matches!(silences(&world)[..], [(at, false)] if at < 5_000));
        let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
            panic!("it did not fail");
        };
        assert_eq!(
            (failure.code, failure.unreached),
            (ErrorCode::Network, true)
        );
    }
}

#[test]
fn s6_storage_that_never_answers_is_reported_within_five_seconds() {
    let mut world = World::new();
    world.script(Op::Send, vec![Act::Reset(0); 300]);
    world.add(new_upload(1, 5));
    world.run();
    assert!(matches!(silences(&world)[..], [(at, true)] if at < 5_000));
    let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
        panic!("it did not fail");
    };
    assert_eq!((failure.phase, failure.unreached), (Phase::Send, true));
}

#[test]
fn u8_a_service_that_has_answered_once_is_not_reported() {
    for error in [
        api(503, ErrorCode::ServiceUnavailable),
        api(401, ErrorCode::Unauthenticated),
    ] {
        let mut world = World::new();
        world.script(Op::Create, [error]);
        world.script(Op::Create, vec![Act::Reset(0); 300]);
        world.script(Op::Send, [s3(503, "SlowDown")]);
        world.script(Op::Send, vec![Act::Reset(0); 300]);
        world.add(new_upload(1, 5));
        world.run();
        assert_eq!(silences(&world), []);
        let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
            panic!("it did not fail");
        };
        assert!(!failure.unreached);
    }
}

#[test]
fn u8_time_without_a_network_is_no_silence() {
    let mut world = World::new();
    world.link_up = false;
    world.input(Input::Offline);
    world.add(new_upload(1, 5));
    world.run_for(60_000);
    assert_eq!(silences(&world), []);
    world.link_up = true;
    world.input(Input::Online);
    world.finish();
    assert_eq!(silences(&world), []);
}

#[test]
fn s5_a_failure_carries_what_storage_said() {
    let mut world = World::new();
    let act = Act::S3 {
        status: 400,
        code: "EntityTooLarge",
        message: "Your proposed upload exceeds the maximum allowed size",
        retry_after_ms: None,
    };
    world.script(Op::Send, [act]);
    world.add(new_upload(1, 5));
    world.run();
    let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
        panic!("it did not fail");
    };
    let storage = failure.storage.as_ref().expect("what storage said");
    assert_eq!(storage.code, "EntityTooLarge");
    assert!(storage.message.starts_with("Your proposed"));
    assert_eq!(
        (failure.status, failure.request_id.as_deref()),
        (Some(400), Some("s3-1"))
    );
}
