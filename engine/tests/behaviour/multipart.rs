//! Large files: parts in parallel, signed just in time, completed once.

use super::common::{Act, MIB, Op, World, api, id, new_upload, s3};
use crowfly_contract::{ErrorCode, PlanKind, UploadId};
use crowfly_engine::{ChecksumMode, Command, Event, Input, Reply, State};

const SIZE: u64 = 100 * MIB;

fn parts() -> u32 {
    match PlanKind::for_new_file(SIZE) {
        Ok(PlanKind::Multipart(plan)) => plan.part_count(),
        other => panic!("{other:?}"),
    }
}

fn large() -> World {
    let mut world = World::new();
    world.add(new_upload(1, SIZE));
    world
}

fn stored(world: &World) -> bool {
    world.server.objects.contains_key(&id(1)) && world.failed_with(id(1)).is_none()
}

/// The numbers of the parts that were sent, in order.
fn sent_parts(world: &World) -> Vec<u32> {
    let sent = world.sent.iter();
    sent.filter_map(|(_, command)| match command {
        Command::Send { part, .. } => *part,
        _ => None,
    })
    .collect()
}

#[test]
fn a_large_file_goes_in_parts_six_at_a_time_each_once() {
    let mut world = large();
    world.input(Input::AwaitProcessed(id(1)));
    world.finish();
    assert!(stored(&world));
    let mut sent = sent_parts(&world);
    sent.sort_unstable();
    assert_eq!(sent, (1..=parts()).collect::<Vec<_>>());
    assert_eq!(world.monitor.most_sends, 6);
    assert_eq!((world.monitor.creates, world.monitor.completes), (1, 1));
    assert_eq!(world.monitor.lists, 0);
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
}

#[test]
fn the_first_part_is_sent_before_the_last_is_hashed() {
    let world = {
        let mut world = large();
        world.finish();
        world
    };
    let place = |found: fn(&Command) -> bool| world.sent.iter().position(|(_, c)| found(c));
    let first_send = place(|command| matches!(command, Command::Send { .. }));
    let last_hash = world
        .sent
        .iter()
        .rposition(|(_, command)| matches!(command, Command::Hash { .. }));
    assert!(first_send.is_some() && first_send < last_hash);
}

#[test]
fn hashing_and_signing_stay_just_ahead_of_sending() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, 1024 * MIB));
    world.run_for(30_000);
    let count = |found: fn(&Command) -> bool| {
        let commands = world.sent.iter();
        commands.filter(|(_, command)| found(command)).count()
    };
    assert_eq!(count(|command| matches!(command, Command::Send { .. })), 6);
    assert!(count(|command| matches!(command, Command::Hash { .. })) <= 12);
}

#[test]
fn parts_that_become_ready_together_share_a_sign_call() {
    let mut world = large();
    world.latency_ms = (200, 200);
    world.finish();
    assert!(stored(&world));
    assert!(world.monitor.signs < parts() / 2, "{}", world.monitor.signs);
}

#[test]
fn the_sum_of_the_parts_checksums_is_that_of_the_file() {
    let mut world = large();
    world.finish();
    let body = world.sent.iter().find_map(|(_, command)| match command {
        Command::Complete { body, .. } => body.crc64nvme,
        _ => None,
    });
    // The world's server compares the sum of what it holds with this.
    assert_eq!(body, Some(world.server.objects[&id(1)].crc));
}

#[test]
fn without_checksum_no_part_is_hashed_and_none_is_sent_with_complete() {
    let mut world = World::new();
    let mut new = new_upload(1, SIZE);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world.finish();
    assert!(stored(&world));
    let hashed = |command: &Command| matches!(command, Command::Hash { .. });
    assert!(!world.sent.iter().any(|(_, command)| hashed(command)));
}

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
            Act::Says(Reply::Signed(Vec::new())),
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

#[test]
fn f41_abort_with_parts_under_way_and_while_completing() {
    for at in [3_000, 5_000, 20_000, 25_000, 26_000, 27_000] {
        let mut world = large();
        world.bytes_per_ms = 1_000;
        world.latency_ms = (300, 300);
        world.later_input(at, Input::Abort(id(1)));
        world.finish();
        let here = world.server.objects.contains_key(&id(1));
        let states = world.states(id(1));
        assert_eq!(
            states.last(),
            Some(&if here { State::Stored } else { State::Aborted })
        );
        assert_eq!(world.server.created[&id(1)].aborted, !here, "at {at}");
    }
}

#[test]
fn f41_the_cancel_stands_in_the_journal_until_the_server_has_confirmed_it() {
    let mut world = large();
    world.bytes_per_ms = 1_000;
    world.script(Op::Delete, vec![Act::Reset(0); 20]);
    world.later_input(3_000, Input::Abort(id(1)));
    world.finish();
    assert_eq!(world.states(id(1)).last(), Some(&State::Aborted));
    assert!(world.journal[&id(1)].cancelled);
    // The next page carries it out.
    world.script.clear();
    world.later(0, super::common::User::Crash { back: 10 });
    world.finish();
    assert!(world.server.created[&id(1)].aborted);
    assert!(world.journal.is_empty());
}

#[test]
fn pause_keeps_what_storage_has_and_resume_sends_the_rest() {
    let mut world = large();
    world.bytes_per_ms = 1_000;
    world.later_input(14_000, Input::Pause(id(1)));
    world.later_input(400_000, Input::Resume(id(1)));
    world.finish();
    assert!(stored(&world));
    assert_eq!(world.server.resent, 0);
    assert!(world.states(id(1)).contains(&State::Paused));
}

#[test]
fn f20_an_unauthorized_sign_call_fetches_one_token_for_all_and_goes_on() {
    let mut world = large();
    world.script(Op::Sign, vec![api(401, ErrorCode::Unauthenticated)]);
    world.finish();
    assert!(stored(&world));
    assert_eq!((world.monitor.tokens, world.sends(id(1))), (2, parts()));
}

#[test]
fn a_plan_that_does_not_fit_the_file_is_a_bad_response() {
    let mut world = large();
    let wrong = crowfly_contract::Created {
        key: "uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01HF7YAT000000000000000001/f"
            .parse()
            .expect("a key"),
        plan: crowfly_contract::Plan::Multipart {
            part_size: 8 * MIB,
            part_count: 99,
        },
    };
    let result = crowfly_contract::CreateResult {
        id: id(1),
        outcome: crowfly_contract::Outcome::Created(wrong),
    };
    world.script(
        Op::Create,
        vec![Act::Says(Reply::Created(vec![result])); 20],
    );
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::BadResponse));
}

#[test]
fn urgent_files_overtake_a_large_one_that_is_under_way() {
    let mut world = World::new();
    world.bytes_per_ms = 1_000;
    world.add(new_upload(1, 2048 * MIB));
    world.run_for(20_000);
    let mut urgent = new_upload(2, MIB);
    urgent.priority = 5;
    world.add(urgent);
    let large_done = |world: &World| world.ending(id(1)).is_some();
    assert!(world.run_until(|world| world.ending(id(2)).is_some() || large_done(world)));
    assert!(!large_done(&world));
    assert!(world.now < 80_000, "{}", world.now);
    world.finish();
}
