//! The first parts of a large file are signed along with its create call: the first byte waits for one answer.

use super::common::server::First;
use super::common::{Act, MIB, Op, User, World, api, id, new_upload, s3};
use crowfly_contract::{ErrorCode, PartToSign};
use crowfly_engine::{ChecksumMode, Command, Config, Input, ItemToCreate};

/// Twelve parts, in two rounds.
const SIZE: u64 = 128 * MIB;

fn world(first: First) -> World {
    let mut world = World::new();
    world.server.first = first;
    world
}

fn one(first: First) -> World {
    let mut world = world(first);
    world.add(new_upload(1, SIZE));
    world
}

/// The items of the create calls of an upload, in order, and when they went out.
fn creates(world: &World, number: u64) -> Vec<(u64, ItemToCreate)> {
    let mut found = Vec::new();
    for (at, command) in &world.sent {
        if let Command::Create { items, .. } = command {
            let own = items.iter().find(|one| one.item.id == id(number));
            found.extend(own.map(|one| (*at, one.clone())));
        }
    }
    found
}

fn parts(one: &ItemToCreate) -> Vec<u32> {
    one.parts.iter().map(|part| part.number).collect()
}

/// The names of the commands before the first one that sends bytes.
fn before_the_first_byte(world: &World) -> Vec<&'static str> {
    let commands = world.sent.iter().map(|(_, command)| command);
    let early = commands.take_while(|command| !matches!(command, Command::Send { .. }));
    let named = early.filter_map(|command| match command {
        Command::Create { .. } => Some("create"),
        Command::Sign { .. } => Some("sign"),
        Command::List { .. } => Some("list"),
        _ => None,
    });
    named.collect()
}

/// When the first bytes of an upload went out.
fn first_byte(world: &World, number: u64) -> u64 {
    let mut sent = world.sent.iter();
    let first = sent.find(
        |(_, command)| matches!(command, Command::Send { upload, .. } if *upload == id(number)),
    );
    first.expect("bytes").0
}

#[test]
fn the_first_byte_waits_for_one_answer() {
    let mut world = one(First::Signed);
    world.finish();
    assert_eq!(before_the_first_byte(&world), ["create"]);
    let (at, item) = &creates(&world, 1)[0];
    let numbers = parts(item);
    assert!(numbers.starts_with(&[1]), "{numbers:?}");
    assert!(item.parts.iter().all(|part| part.crc64nvme.is_some()));
    assert_eq!((item.item.part_size, item.item.parts.len()), (None, 0));
    // The answer takes 20 ms.
    assert_eq!(first_byte(&world, 1), at + 40);
    assert_eq!((world.monitor.creates, world.server.resent), (1, 0));
    assert_eq!(world.server.received, SIZE);
}

#[test]
fn it_is_never_later_than_with_a_server_that_signs_nothing_along() {
    for hash_ms in [0, 5, 30, 300, 3_000] {
        let when = |first_parts| {
            let config = Config {
                first_parts,
                first_parts_ms: 0,
                ..Config::default()
            };
            let mut world = World::with(config, 1);
            world.chance = Some(Box::new(move |op, _| match op {
                Op::Hash => Act::Pause(hash_ms),
                _ => Act::Ok,
            }));
            world.add(new_upload(1, SIZE));
            world.finish();
            first_byte(&world, 1)
        };
        let (with, without) = (when(6), when(0));
        // An answer takes 40 ms, as long as a checksum takes that is not delayed.
        let saved = 40_u64.saturating_sub(hash_ms);
        assert!(with + saved <= without, "{hash_ms}: {with}, {without}");
    }
}

#[test]
fn the_call_lingers_for_parts_that_are_nearly_hashed_but_not_for_slow_ones() {
    for (second_ms, asked) in [(5, 4..=6), (1_000, 1..=1)] {
        let mut world = world(First::Signed);
        let late = Act::Pause(second_ms);
        world.script(Op::Hash, [Act::Ok, late.clone(), late.clone(), late]);
        world.add(new_upload(1, SIZE));
        world.finish();
        let (at, item) = &creates(&world, 1)[0];
        let count = parts(item).len();
        assert!(asked.contains(&count), "{second_ms}: {count}");
        assert!(*at < 120, "{at}");
    }
}

#[test]
fn a_server_of_before_refuses_once_and_is_never_asked_again() {
    let mut world = one(First::Refused);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    let asked: Vec<usize> = creates(&world, 1)
        .iter()
        .map(|(_, item)| item.parts.len())
        .collect();
    assert!(
        asked.len() == 2 && asked[0] > 0 && asked[1] == 0,
        "{asked:?}"
    );
    assert_eq!(world.server.received, SIZE);
    let from = world.now;
    world.chance = Some(Box::new(|op, _| match op {
        Op::Hash => Act::Pause(500),
        _ => Act::Ok,
    }));
    world.add(new_upload(2, SIZE));
    world.finish();
    let second = creates(&world, 2);
    assert_eq!((second.len(), second[0].1.parts.len()), (1, 0));
    assert!(second[0].0 - from < 100, "it waits for no hash");
}

#[test]
fn many_large_files_at_a_server_of_before_are_refused_together_and_all_arrive() {
    let mut world = world(First::Refused);
    for number in 1..=5 {
        world.add(new_upload(number, 20 * MIB + number));
    }
    world.add(new_upload(6, 1_000));
    world.finish();
    for number in 1..=6 {
        assert_eq!(world.failed_with(id(number)), None, "{number}");
        assert!(creates(&world, number).len() <= 2, "{number}");
    }
}

#[test]
fn a_refusal_that_has_another_cause_stays_one() {
    for (status, code) in [
        (400, ErrorCode::TypeNotAllowed),
        (413, ErrorCode::TooLarge),
        (400, ErrorCode::UnknownField),
    ] {
        let mut world = world(First::Signed);
        world.script(Op::Create, vec![api(status, code); 3]);
        world.add(new_upload(1, SIZE));
        world.finish();
        assert_eq!(world.failed_with(id(1)), Some(code));
        let calls = if code == ErrorCode::UnknownField {
            2
        } else {
            1
        };
        assert_eq!(world.monitor.creates, calls, "{code}");
    }
}

#[test]
fn a_server_that_signs_nothing_along_is_believed_after_its_first_answer() {
    let mut world = one(First::Ignored);
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.monitor.creates), (None, 1));
    world.add(new_upload(2, SIZE));
    world.finish();
    assert!(creates(&world, 2)[0].1.parts.is_empty());
}

#[test]
fn a_server_with_another_part_size_decides_and_nothing_is_signed_for_the_guess() {
    for part_size in [5 * MIB, 8 * MIB, 64 * MIB] {
        let mut world = world(First::Signed);
        world.server.part_size = Some(part_size);
        world.add(new_upload(1, SIZE));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None);
        assert_eq!(before_the_first_byte(&world), ["create", "sign"]);
        assert_eq!(world.server.received, SIZE, "every byte once");
        let count = u32::try_from(SIZE.div_ceil(part_size)).expect("a count");
        assert_eq!(world.sends(id(1)), count);
    }
}

#[test]
fn without_checksums_nothing_is_hashed_and_six_parts_are_signed_along() {
    let mut world = world(First::Signed);
    let mut new = new_upload(1, SIZE);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world.finish();
    let (_, item) = &creates(&world, 1)[0];
    assert_eq!(parts(item), [1, 2, 3, 4, 5, 6]);
    let bare = |part: &PartToSign| part.crc64nvme.is_none();
    assert!(item.parts.iter().all(bare));
    assert_eq!(before_the_first_byte(&world), ["create"]);
    assert_eq!(world.server.received, SIZE);
}

#[test]
fn f25_what_an_earlier_page_began_is_listed_before_anything_is_signed() {
    let mut world = one(First::Signed);
    world.bytes_per_ms = 5_000;
    world.later(3_000, User::Crash { back: 1_000 });
    world.finish();
    let all = creates(&world, 1);
    assert!(all.len() > 1, "the page did not end under way");
    assert!(all.last().is_some_and(|(_, item)| item.parts.is_empty()));
    assert_eq!(world.server.resent, 0);
}

#[test]
fn a_lost_answer_is_asked_for_again_with_what_is_hashed_by_then() {
    let mut world = world(First::Signed);
    world.script(Op::Create, [Act::LoseAnswer]);
    world.add(new_upload(1, SIZE));
    world.finish();
    let all = creates(&world, 1);
    assert_eq!((all.len(), world.failed_with(id(1))), (2, None));
    assert_eq!(all[0].1.item, all[1].1.item);
    assert_eq!(parts(&all[1].1), [1, 2, 3, 4, 5, 6]);
    assert_eq!((world.server.received, world.server.resent), (SIZE, 0));
}

#[test]
fn f34_a_part_signed_along_whose_bytes_arrived_otherwise_is_hashed_signed_and_sent_again() {
    let mut world = world(First::Signed);
    world.script(Op::Send, [s3(400, "BadDigest")]);
    world.add(new_upload(1, 17 * MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 4));
    assert_eq!((world.monitor.creates, world.monitor.signs), (1, 1));
    assert_eq!(world.server.received, 17 * MIB);
}

#[test]
fn f40_after_storage_has_dropped_everything_the_hashed_parts_are_signed_along() {
    let mut world = one(First::Signed);
    world.bytes_per_ms = 5_000;
    world.later(4_000, User::Expire(id(1)));
    world.finish();
    let all = creates(&world, 1);
    assert_eq!((all.len(), world.failed_with(id(1))), (2, None));
    assert_eq!(parts(&all[1].1), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn f14_a_grant_that_grew_old_during_a_pause_is_not_used() {
    let mut world = world(First::Signed);
    world.server.url_life_ms = 60_000;
    world.latency_ms = (300, 300);
    world.add(new_upload(1, SIZE));
    assert!(world.run_until(|world| world.monitor.creates == 1));
    world.input(Input::Pause(id(1)));
    world.run_for(120_000);
    assert_eq!(world.sends(id(1)), 0);
    world.input(Input::Resume(id(1)));
    world.finish();
    assert_eq!(before_the_first_byte(&world), ["create", "sign"]);
    // Twelve parts, none of them refused.
    assert_eq!(world.sends(id(1)), 12);
}
