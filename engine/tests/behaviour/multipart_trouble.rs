//! What goes wrong with parts, and with putting them together.

use super::common::{Act, Op, World, api, id, new_upload, s3};
use super::multipart::{SIZE, large, parts, stored};
use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{Event, Input, Reply};

#[test]
fn f14_f15_f16_grants_that_grow_old_are_signed_again_and_no_part_is_sent_twice() {
    let mut world = large();
    world.bytes_per_ms = 1_000;
    world.server.url_life_ms = 15_000;
    world.later(1_500, super::common::User::Sleep(3_600_000));
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.server.resent, 0);
}

#[test]
fn f14_a_403_signs_that_part_again() {
    let mut world = large();
    world.script(Op::Send, [s3(403, "AccessDenied"), s3(403, "ExpiredToken")]);
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.sends(id(1)), parts() + 2);
}

#[test]
fn f06_slow_down_halves_the_window_for_all_files_and_goes_on() {
    let mut world = large();
    world.script(Op::Send, vec![s3(503, "SlowDown"); 5]);
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.sends(id(1)), parts() + 5);
}

#[test]
fn f12_a_sign_call_that_fails_is_repeated() {
    let mut world = large();
    world.script(
        Op::Sign,
        [
            Act::Reset(0),
            api(503, ErrorCode::ServiceUnavailable),
            Act::HangAfter,
            Act::LoseAnswer,
        ],
    );
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.sends(id(1)), parts());
}

#[test]
fn f32_one_part_that_always_fails_names_itself_and_the_others_go_on_meanwhile() {
    let mut world = World::new();
    let mut seen = 0;
    world.chance = Some(Box::new(move |op, _| {
        // The first part that is sent is refused, and every later attempt at it: it is alone by then.
        seen += u32::from(op == Op::Send);
        match op {
            Op::Send if seen == 1 || seen > parts() => s3(500, "InternalError"),
            _ => Act::Ok,
        }
    }));
    world.add(new_upload(1, SIZE));
    world.finish();
    assert_eq!(
        world.failed_with(id(1)),
        Some(ErrorCode::StorageUnavailable)
    );
    let held = world.server.created[&id(1)].multipart.as_ref();
    assert_eq!(
        held.map(|held| held.parts.len()),
        Some(parts() as usize - 1)
    );
    let failure = world.log.iter().find_map(|(_, event)| match event {
        Event::Failed { failure, .. } => Some(failure.clone()),
        _ => None,
    });
    let missing = held.and_then(|held| (1..=parts()).find(|part| !held.parts.contains_key(part)));
    assert_eq!(failure.and_then(|failure| failure.part), missing);
    // It can be tried again: only what is missing is sent.
    world.chance = None;
    let sends = world.sends(id(1));
    world.input(Input::Retry(id(1)));
    world.finish();
    assert!(stored(&world));
    assert_eq!((world.sends(id(1)), world.server.resent), (sends + 1, 0));
}

#[test]
fn a_lost_answer_of_a_part_is_looked_up_before_it_is_sent_again() {
    let mut world = large();
    world.script(Op::Send, [Act::LoseAnswer, Act::HangAfter]);
    world.finish();
    assert!(stored(&world));
    assert_eq!((world.sends(id(1)), world.server.resent), (parts(), 0));
    assert!(world.monitor.lists >= 1);
}

#[test]
fn f31_f34_bytes_that_storage_refuses_are_hashed_and_sent_again() {
    let mut world = large();
    world.script(Op::Send, [s3(400, "BadDigest")]);
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.sends(id(1)), parts() + 1);
}

#[test]
fn f26_a_file_that_changes_between_hashing_and_sending_is_never_mixed() {
    let mut world = large();
    world.script(Op::Send, [Act::Ok, Act::Ok, Act::Changes]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::FileChanged));
    assert!(world.server.objects.is_empty());
}

#[test]
fn f36_f37_f38_whatever_becomes_of_complete_the_verdict_is_right() {
    let working = || {
        Act::Says(Reply::Completed(crowfly_engine::Completion::Working {
            retry_after_ms: 1_000,
        }))
    };
    for acts in [
        vec![Act::LoseAnswer],
        vec![Act::HangAfter],
        vec![api(503, ErrorCode::ServiceUnavailable); 3],
        vec![working(), working(), Act::LoseAnswer],
        vec![Act::Reset(0), Act::Reset(0)],
    ] {
        let mut world = large();
        world.script(Op::Complete, acts);
        world.finish();
        assert!(stored(&world));
        assert_eq!(world.sends(id(1)), parts());
    }
}

#[test]
fn f40_a_multipart_upload_that_storage_lets_go_of_begins_anew_and_says_so() {
    let mut world = large();
    world.bytes_per_ms = 1_000;
    world.later(12_000, super::common::User::Expire(id(1)));
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.monitor.restarts, 1);
    assert_eq!(world.monitor.creates, 2);
}

#[test]
fn f40_storage_that_lets_go_again_and_again_ends_in_a_failure() {
    let mut world = large();
    world.script(Op::Sign, vec![api(409, ErrorCode::MultipartGone); 9]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::MultipartGone));
    assert_eq!(world.monitor.restarts, 3);
}

#[test]
fn parts_that_storage_lost_are_sent_again_before_complete() {
    let mut world = large();
    // Two parts vanish at the last moment: the server finds them missing.
    let lose = |world: &mut World, whose: UploadId| {
        let held = world.server.created.get_mut(&whose);
        if let Some(held) = held.and_then(|pending| pending.multipart.as_mut()) {
            held.parts.remove(&2);
            held.parts.remove(&5);
        }
    };
    assert!(world.run_until(|world| world.monitor.completes == 1));
    lose(&mut world, id(1));
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.sends(id(1)), parts() + 2);
    assert_eq!(world.server.resent, 0);
}

#[test]
fn f39_another_object_under_the_key_is_never_overwritten() {
    let mut world = large();
    world.script(Op::Complete, [api(409, ErrorCode::Conflict)]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Conflict));
}
