//! An upload that is ready to be created lingers so that others join its call, but not for long, and not while
//! the network has nothing to do.

use std::collections::BTreeMap;

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_contract::UploadId;
use crowfly_engine::{Command, Input};

/// A world in which hashing a file takes so many milliseconds.
fn with_hashes_of(millis: u64) -> World {
    let mut world = World::new();
    world.chance = Some(Box::new(move |op, _| match op {
        Op::Hash => Act::Pause(millis),
        _ => Act::Ok,
    }));
    world
}

/// When the upload was asked for at the server, and with how many others.
fn created(world: &World, number: u64) -> (u64, usize) {
    let creates = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Create { items, .. } => Some((*at, items)),
        _ => None,
    });
    creates
        .filter(|(_, items)| items.iter().any(|one| one.item.id == id(number)))
        .map(|(at, items)| (at, items.len()))
        .next()
        .expect("a create call")
}

/// When uploads had been hashed, and went into the journal.
fn hashed(world: &World) -> BTreeMap<UploadId, u64> {
    let saves = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Save { upload, .. } => Some((*upload, *at)),
        _ => None,
    });
    saves.collect()
}

#[test]
fn creates_share_calls_however_fast_files_become_ready() {
    // From thousands a second to 160.
    for hash_ms in [0, 2, 10, 40, 100, 190] {
        for latency_ms in [2, 20, 300] {
            for count in [3, 30, 99, 101, 1_000, 2_950] {
                let mut world = with_hashes_of(hash_ms);
                world.latency_ms = (latency_ms, latency_ms);
                world.keep_log = false;
                for number in 0..count {
                    world.add(new_upload(number, 1000));
                }
                world.finish();
                assert_eq!(world.server.objects.len() as u64, count);
                let calls = world.monitor.creates;
                let most = count.div_ceil(100) + 7;
                assert!(
                    u64::from(calls) <= most,
                    "{calls} calls for {count} files that take {hash_ms} ms, at {latency_ms} ms"
                );
            }
        }
    }
}

#[test]
fn one_upload_does_not_linger() {
    let mut world = World::new();
    world.add(new_upload(1, 1000));
    world.finish();
    // One millisecond to hash, one latency for the journal, one for the token.
    let (at, _) = created(&world, 1);
    assert!(at <= 1 + 40, "{at}");
}

#[test]
fn the_first_of_many_does_not_wait_until_a_hundred_are_ready() {
    let mut world = with_hashes_of(40);
    for number in 0..1_000 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let (at, together) = created(&world, 0);
    assert!(at < 150, "{at}");
    // Those that are read together.
    assert!(together <= 32, "{together}");
}

#[test]
fn whoever_is_ready_waits_five_seconds_at_most() {
    // Two files a second become ready.
    let mut world = with_hashes_of(2_000);
    for number in 0..100 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let hashed = hashed(&world);
    for number in 0..100 {
        let waited = created(&world, number).0 - hashed[&id(number)];
        assert!(waited <= 5_000 + 200, "{number} waited {waited} ms");
    }
}

#[test]
fn no_create_call_lingers_for_parts_that_are_hashed() {
    let mut world = with_hashes_of(3_000);
    world.add(new_upload(1, 2_000 * MIB));
    world.run_for(10_000);
    for number in 2..5 {
        let mut new = new_upload(number, 1000);
        new.priority = 1;
        world.add(new);
        world.run_for(12_000);
        let waited = created(&world, number).0 - hashed(&world)[&id(number)];
        assert!(waited < 100, "{number} waited {waited} ms");
    }
    world.input(Input::Abort(id(1)));
    world.finish();
}

#[test]
fn one_of_higher_priority_does_not_wait_with_the_crowd() {
    let mut world = with_hashes_of(40);
    for number in 0..1_000 {
        world.add(new_upload(number, 1000));
    }
    world.run_for(6_000);
    let mut first = new_upload(1_000, 1000);
    first.priority = 1;
    let from = world.now;
    world.add(first);
    world.finish();
    let waited = created(&world, 1_000).0 - from;
    // At most one group is read before it.
    assert!(waited < 150, "{waited} ms");
}

#[test]
fn small_files_are_hashed_in_groups_while_others_wait_to_be_sent() {
    let mut world = with_hashes_of(1);
    for number in 0..1_000 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let mut groups: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, command) in &world.sent {
        if matches!(command, Command::Hash { .. }) {
            *groups.entry(*at).or_default() += 1;
        }
    }
    assert!(groups.len() <= 1_000 / 32 + 8, "{groups:?}");
}

#[test]
fn the_next_call_goes_out_before_the_last_file_of_the_one_before() {
    let mut world = with_hashes_of(80);
    world.server.exposes = true;
    for number in 0..500 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let (mut created, mut sent) = (0, 0);
    for (at, command) in &world.sent {
        match command {
            Command::Create { items, .. } => {
                assert!(
                    created == 0 || sent < created,
                    "{sent} of {created} at {at}"
                );
                created += items.len();
            }
            Command::Send { .. } => sent += 1,
            _ => {}
        }
    }
}
