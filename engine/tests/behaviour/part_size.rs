//! The part size that suits the path is asked for, once the path was measured.

use super::common::server::First;
use super::common::{Act, MIB, Op, User, World, id, new_upload};
use crowfly_contract::{PlanKind, UploadId};
use crowfly_engine::{Command, Config, ItemToCreate, PathMeasure};

const SIZE: u64 = 300 * MIB;

/// What the server would choose by itself.
fn usual(size: u64) -> u64 {
    match PlanKind::for_new_file(size) {
        Ok(PlanKind::Multipart(plan)) => plan.part_size(),
        other => panic!("{other:?}"),
    }
}

/// A slow path: 100 kB/s of each connection, so that small parts suit it.
fn slow() -> World {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.latency_ms = (100, 100);
    world.server.url_life_ms = 3_600_000;
    world
}

/// Uploads a file, and returns what its create calls asked for, with the part size of the plan.
fn upload(world: &mut World, number: u64, size: u64) -> (Vec<ItemToCreate>, u64) {
    world.add(new_upload(number, size));
    world.finish();
    let name = id(number);
    assert_eq!(world.failed_with(name), None);
    (creates(world, name), planned(world, name))
}

fn creates(world: &World, name: UploadId) -> Vec<ItemToCreate> {
    let commands = world.sent.iter();
    let items = commands.filter_map(|(_, command)| match command {
        Command::Create { items, .. } => items.iter().find(|one| one.item.id == name).cloned(),
        _ => None,
    });
    items.collect()
}

fn planned(world: &World, name: UploadId) -> u64 {
    let plan = world.server.created[&name].plan;
    plan.expect("in parts").part_size()
}

#[test]
fn the_first_file_has_the_usual_size_and_the_next_one_that_of_the_path() {
    let mut world = slow();
    let (first, size) = upload(&mut world, 1, SIZE);
    assert_eq!((first[0].part_size, size), (usual(SIZE), usual(SIZE)));
    let measured = world.queue.path();
    assert!((measured.byte_ms - 0.01).abs() < 0.0005, "{measured:?}");
    // The latency of the way there and back.
    assert!(
        (150.0..300.0).contains(&measured.overhead_ms),
        "{measured:?}"
    );
    assert_eq!(measured.faults, 0.0);
    let before = world.server.received;
    let (second, size) = upload(&mut world, 2, SIZE);
    assert!(size < usual(SIZE) / 2, "{size}");
    assert_eq!(second[0].part_size, size);
    assert!(!second[0].parts.is_empty());
    assert_eq!(second.len(), 1, "the server signs parts of it along");
    assert_eq!(world.monitor.creates, 2);
    assert_eq!(world.server.received - before, SIZE, "every byte once");
}

#[test]
fn what_an_earlier_page_measured_is_used_at_once() {
    let path = PathMeasure {
        byte_ms: 0.01,
        overhead_ms: 200.0,
        faults: 5e-6,
    };
    let config = Config {
        path,
        ..Config::default()
    };
    let mut world = World::with(config, 1);
    assert_eq!(world.queue.path(), path);
    let (_, size) = upload(&mut world, 1, SIZE);
    assert!(size < usual(SIZE) / 2, "{size}");
}

#[test]
fn connections_that_break_are_counted() {
    // The last one moves no byte: that is no fault of a large part.
    let faults = |acts: &[Act]| {
        let mut world = slow();
        world.script(Op::Send, acts.iter().cloned());
        upload(&mut world, 1, SIZE);
        world.queue.path().faults
    };
    let two = faults(&[Act::Reset(50), Act::Hang(50), Act::Reset(0)]);
    let one = faults(&[Act::Reset(50)]);
    assert!(two > 1.8 * one && two < 2.2 * one, "{two}, {one}");
    assert_eq!(faults(&[Act::Reset(0)]), 0.0);
}

#[test]
fn a_server_that_keeps_to_its_plan_is_asked_once_and_still_signs_along() {
    let mut world = slow();
    world.server.grants_sizes = false;
    upload(&mut world, 1, SIZE);
    let before = world.server.received;
    let (second, size) = upload(&mut world, 2, SIZE);
    assert!(second[0].part_size < size);
    assert_eq!(size, usual(SIZE));
    assert_eq!(world.server.received - before, SIZE, "every byte once");
    let (third, _) = upload(&mut world, 3, SIZE);
    assert_eq!((third.len(), third[0].part_size), (1, usual(SIZE)));
    assert!(!third[0].parts.is_empty());
}

#[test]
fn a_server_that_refuses_the_field_is_asked_again_without_it_and_no_more() {
    let mut world = slow();
    world.server.first = First::Refused;
    upload(&mut world, 1, SIZE);
    for number in 2..=3 {
        let (creates, size) = upload(&mut world, number, SIZE);
        assert_eq!((creates.len(), creates[0].parts.len()), (1, 0));
        assert_eq!(size, usual(SIZE));
    }
}

#[test]
fn a_server_that_refuses_the_size_of_an_earlier_page_is_asked_again_without() {
    let mut world = slow();
    upload(&mut world, 1, SIZE);
    world.server.first = First::Refused;
    let (creates, size) = upload(&mut world, 2, SIZE);
    assert_eq!(creates.len(), 2);
    assert!(creates[0].part_size < usual(SIZE));
    assert!(creates[1].parts.is_empty());
    assert_eq!(size, usual(SIZE));
}

#[test]
fn files_added_together_are_split_when_their_turn_comes() {
    let mut world = slow();
    for number in 1..=20 {
        world.add(new_upload(number, SIZE));
    }
    world.finish();
    let usual = usual(SIZE);
    let sizes: Vec<u64> = (1..=20).map(|number| planned(&world, id(number))).collect();
    assert_eq!(sizes[0], usual);
    assert!(sizes[19] < usual / 2, "{sizes:?}");
}

#[test]
fn f25_an_upload_of_an_earlier_page_keeps_its_plan() {
    let mut world = slow();
    world.add(new_upload(1, SIZE));
    world.run_for(400_000);
    assert!(world.queue.path().byte_ms > 0.0);
    let before = planned(&world, id(1));
    world.later(0, User::Crash { back: 1_000 });
    world.run();
    world.check_end();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(planned(&world, id(1)), before);
    let asked = creates(&world, id(1));
    assert!(asked.len() > 1 && asked[1].parts.is_empty());
    assert_eq!(world.server.resent, 0);
}

#[test]
fn a_lost_answer_is_asked_for_again_by_the_same_size() {
    let mut world = slow();
    upload(&mut world, 1, SIZE);
    world.script(Op::Create, [Act::LoseAnswer]);
    let (creates, size) = upload(&mut world, 2, SIZE);
    assert_eq!(creates.len(), 2);
    assert_eq!([creates[0].part_size, creates[1].part_size], [size, size]);
}

#[test]
fn small_files_stay_single_puts() {
    let mut world = slow();
    upload(&mut world, 1, SIZE);
    world.add(new_upload(2, 16 * MIB));
    world.finish();
    assert_eq!(world.server.created[&id(2)].plan, None);
    assert!(creates(&world, id(2))[0].parts.is_empty());
}
