//! Large files: parts in parallel, signed just in time, completed once.

use super::common::{Act, MIB, Op, World, api, id, new_upload};
use crowfly_contract::{ErrorCode, LivePlan, Plan, PlanKind};
use crowfly_engine::{ChecksumMode, Command, Input, Reply, State};

pub(super) const SIZE: u64 = 100 * MIB;

pub(super) fn parts() -> u32 {
    match PlanKind::for_new_file(SIZE) {
        Ok(PlanKind::Multipart(plan)) => plan.part_count(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn large() -> World {
    let mut world = World::new();
    world.add(new_upload(1, SIZE));
    world
}

pub(super) fn stored(world: &World) -> bool {
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

/// The create call of a file is answered with this plan, again and again.
fn answered_with(plan: Plan) -> Option<ErrorCode> {
    let mut world = large();
    let key = "uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01HF7YAT000000000000000001/f";
    let wrong = crowfly_contract::Created::new(key.parse().expect("a key"), plan);
    let result = crowfly_contract::CreateResult {
        id: id(1),
        outcome: crowfly_contract::Outcome::Created(wrong),
    };
    world.script(
        Op::Create,
        vec![Act::Says(Reply::Created(vec![result])); 20],
    );
    world.finish();
    world.failed_with(id(1))
}

#[test]
fn a_plan_that_does_not_fit_the_file_is_a_bad_response() {
    let plan = Plan::Multipart {
        part_size: 8 * MIB,
        part_count: 99,
    };
    assert_eq!(answered_with(plan), Some(ErrorCode::BadResponse));
}

#[test]
fn the_plan_of_a_live_upload_does_not_fit_a_file() {
    let plan = Plan::Live {
        plan: LivePlan::NEW,
        max_bytes: 1_000 * MIB,
    };
    assert_eq!(answered_with(plan), Some(ErrorCode::BadResponse));
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
