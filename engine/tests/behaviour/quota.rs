//! The quota of open uploads is back-pressure: an upload without a slot waits for one, however long it takes.

use std::collections::BTreeSet;

use super::common::{MIB, Op, World, id, new_upload, s3};
use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{Command, Config, Input, State};

const DAY_MS: u64 = 86_400_000;

/// When create calls went out, and for whom.
fn creates(world: &World) -> Vec<(u64, Vec<UploadId>)> {
    let creates = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Create { items, .. } => Some((*at, items.iter().map(|one| one.item.id).collect())),
        _ => None,
    });
    creates.collect()
}

fn with_places(places: usize) -> World {
    let mut world = World::new();
    world.server.quota.places = places;
    world
}

/// A world whose only place another tab holds until then.
fn taken_until(until: u64) -> World {
    let mut world = with_places(1);
    world.server.quota.others.push(0..until);
    world
}

#[test]
fn a37_more_files_than_places_are_all_stored() {
    let mut world = with_places(3);
    for number in 0..50 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    assert_eq!(world.server.objects.len(), 50);
    assert_eq!(world.server.quota.most_open, 3);
    let asked: usize = creates(&world).iter().map(|(_, ids)| ids.len()).sum();
    assert!(asked < 400, "{asked} items asked for 50 uploads");
}

#[test]
fn a37_a_place_is_waited_for_a_day_with_few_calls() {
    let mut world = taken_until(DAY_MS);
    world.monitor.most_creates = 6_000;
    world.add(new_upload(1, 1000));
    world.run_for(DAY_MS - 60_000);
    assert_eq!(world.states(id(1)).last(), Some(&State::Waiting));
    let at: Vec<u64> = creates(&world).iter().map(|(at, _)| *at).collect();
    let gaps: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps[0] >= 250, "{gaps:?}");
    assert!(gaps[8..].iter().all(|gap| (15_000..31_000).contains(gap)));
    assert!(gaps.iter().collect::<BTreeSet<_>>().len() > gaps.len() / 2);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.server.objects.len(), 1);
}

#[test]
fn a37_retry_after_is_kept_to() {
    let mut world = taken_until(600_000);
    world.server.quota.retry_after_ms = Some(20_000);
    world.add(new_upload(1, 1000));
    world.finish();
    let at: Vec<u64> = creates(&world).iter().map(|(at, _)| *at).collect();
    assert!(
        at.windows(2).all(|pair| pair[1] - pair[0] >= 20_000),
        "{at:?}"
    );
    assert_eq!(world.server.objects.len(), 1);
}

/// Longer than any patience of the client, and its parts go on beside sixty files that wait.
#[test]
fn a37_those_who_wait_for_a_large_upload_of_ours_neither_fail_nor_hold_it_up() {
    let mut world = with_places(1);
    world.bytes_per_ms = 50;
    world.add(new_upload(0, 300 * MIB));
    for number in 1..=60 {
        world.add(new_upload(number, 1000));
    }
    let stored = |world: &World| world.server.objects.contains_key(&id(0));
    assert!(world.run_until(stored), "the large upload never ended");
    let alone = {
        let mut world = World::new();
        world.bytes_per_ms = 50;
        world.add(new_upload(0, 300 * MIB));
        world.finish();
        world.now
    };
    assert!(world.now > Config::default().back_pressure_ms);
    assert!(
        world.now < alone + 10_000,
        "{} ms, alone {alone}",
        world.now
    );
    world.finish();
    assert_eq!(world.server.objects.len(), 61);
}

#[test]
fn a37_an_upload_of_ours_that_ends_wakes_the_next_at_once() {
    let mut world = with_places(1);
    world.bytes_per_ms = 10;
    world.server.exposes = true;
    world.add(new_upload(0, MIB));
    world.run_for(5_000);
    world.add(new_upload(1, 1000));
    let ended = |world: &World| world.ending(id(0)).is_some();
    assert!(world.run_until(ended));
    assert!(world.now > 100_000);
    let next = creates(&world).last().cloned();
    assert_eq!(next, Some((world.now, vec![id(1)])));
    world.finish();
}

#[test]
fn a37_only_the_refused_items_of_a_call_are_asked_for_again() {
    let mut world = with_places(40);
    for number in 0..100 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let creates = creates(&world);
    assert_eq!(creates[0].1.len(), 100);
    let again = creates[1..].iter().flat_map(|(_, ids)| ids);
    let again: BTreeSet<UploadId> = again.copied().collect();
    assert_eq!(again, (40..100).map(id).collect());
    assert_eq!(world.server.objects.len(), 100);
}

#[test]
fn a37_whoever_waits_can_pause_go_on_and_abort() {
    let mut world = taken_until(60_000);
    world.add(new_upload(1, 1000));
    world.add(new_upload(2, 1000));
    world.run_for(10_000);
    world.input(Input::Pause(id(1)));
    assert_eq!(world.states(id(1)).last(), Some(&State::Paused));
    world.input(Input::Abort(id(2)));
    let asked = creates(&world).len();
    world.run_for(40_000);
    assert_eq!(world.states(id(2)).last(), Some(&State::Aborted));
    assert_eq!(creates(&world).len(), asked, "asked for nobody");
    world.input(Input::Resume(id(1)));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.server.objects.len(), 1);
}

/// A failed upload keeps its place; when it is tried again, nothing but it can free that.
#[test]
fn a37_a_failed_upload_with_the_only_place_goes_before_those_who_wait() {
    let mut world = with_places(1);
    world.script(Op::Send, vec![s3(503, "SlowDown"); 8]);
    world.add(new_upload(0, MIB));
    assert!(world.run_until(|world| world.ending(id(0)).is_some()));
    assert_eq!(
        world.failed_with(id(0)),
        Some(ErrorCode::StorageUnavailable)
    );
    for number in 1..=12 {
        world.add(new_upload(number, MIB));
    }
    world.run_for(30_000);
    world.input(Input::Retry(id(0)));
    assert!(world.run_until(|world| world.server.objects.len() == 1));
    world.finish();
    assert_eq!(world.server.objects.len(), 13);
}

/// Its URL has expired, and a more urgent file waits for the place that it has.
#[test]
fn a37_signing_again_needs_no_place() {
    let mut world = with_places(1);
    world.server.url_life_ms = 20_000;
    world.bytes_per_ms = 100;
    world.add(new_upload(0, MIB));
    world.run_for(1_000);
    world.input(Input::Pause(id(0)));
    let mut urgent = new_upload(1, 1000);
    urgent.priority = 5;
    world.add(urgent);
    world.run_for(600_000);
    world.input(Input::Resume(id(0)));
    world.run_for(20_000);
    assert!(
        world.server.objects.contains_key(&id(0)),
        "it never went on"
    );
    world.finish();
    assert_eq!(world.server.objects.len(), 2);
}
