//! The success path: the commands, their order, and the events.

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_contract::limits::{GIB, MAX_OBJECT_BYTES};
use crowfly_contract::{Crc64Nvme, ErrorCode};
use crowfly_engine::{ChecksumMode, Command, Event, Input, Receipt, Reply, State};

#[test]
fn a_file_is_hashed_created_sent_and_completed() {
    let mut world = World::new();
    world.add(new_upload(1, 10 * MIB));
    world.input(Input::AwaitProcessed(id(1)));
    world.finish();
    let names: Vec<&str> = world
        .sent
        .iter()
        .map(|(_, command)| name(command))
        .collect();
    assert_eq!(
        names[..7],
        [
            "hash", "save", "token", "create", "send", "complete", "erase"
        ]
    );
    assert!(names[7..].iter().all(|name| *name == "status"));
    assert_eq!(
        world.states(id(1)),
        [
            State::Queued,
            State::Hashing,
            State::Uploading,
            State::Stored,
            State::Processed
        ]
    );
    assert_eq!(world.monitor.uploads[&id(1)].processed, 1);
    let last = world.monitor.uploads[&id(1)].progress;
    assert_eq!(
        (last.sent, last.confirmed, last.hashed),
        (10 * MIB, 10 * MIB, 10 * MIB)
    );
}

fn name(command: &Command) -> &'static str {
    match command {
        Command::Hash { .. } => "hash",
        Command::Token { .. } => "token",
        Command::Save { .. } => "save",
        Command::Erase { .. } => "erase",
        Command::Create { .. } => "create",
        Command::Send { .. } => "send",
        Command::Complete { .. } => "complete",
        Command::Status { .. } => "status",
        _ => "other",
    }
}

#[test]
fn without_checksum_nothing_is_hashed() {
    let mut world = World::new();
    let mut new = new_upload(1, MIB);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world.finish();
    assert!(
        !world
            .sent
            .iter()
            .any(|(_, command)| name(command) == "hash")
    );
    assert!(world.ending(id(1)).is_some());
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn f43_sizes_from_nothing_to_the_largest_object_arrive_and_larger_ones_are_refused_at_once() {
    let sizes = [
        0,
        1,
        16 * MIB - 1,
        16 * MIB,
        16 * MIB + 1,
        5 * GIB,
        100 * GIB + 1,
        MAX_OBJECT_BYTES - 1,
        MAX_OBJECT_BYTES,
    ];
    for size in sizes {
        let mut world = World::new();
        world.bytes_per_ms = 1 << 30;
        world.keep_log = false;
        world.add(new_upload(1, size));
        world.finish();
        assert_eq!(world.server.objects[&id(1)].size, size);
    }
    let mut world = World::new();
    world.add(new_upload(1, MAX_OBJECT_BYTES + 1));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::TooLarge));
    assert_eq!(world.monitor.commands, 0);
}

#[test]
fn progress_rises_and_reaches_the_whole_only_with_the_end() {
    let mut world = World::new();
    world.bytes_per_ms = 1000;
    world.add(new_upload(1, 10 * MIB));
    world.finish();
    let told: Vec<_> = world
        .log
        .iter()
        .filter_map(|(at, event)| match event {
            Event::Progress { progress, .. } => Some((*at, *progress)),
            _ => None,
        })
        .collect();
    assert!(told.windows(2).all(|pair| pair[0].1.sent <= pair[1].1.sent));
    let (last, before) = told.split_last().expect("progress");
    assert_eq!(last.1.sent, 10 * MIB);
    assert!(before.iter().all(|(_, progress)| progress.sent < 10 * MIB));
    let shown = before.last().expect("progress").1;
    assert!(
        (900_000..1_100_000).contains(&shown.bytes_per_second),
        "{shown:?}"
    );
    assert!(shown.eta_ms.is_some());
}

#[test]
fn higher_priority_goes_first_and_equals_go_in_order() {
    let mut world = World::new();
    // All wait behind the token, so that the order is the queue's.
    world.script(Op::Token, [Act::Pause(50)]);
    for number in 1..=30 {
        let mut new = new_upload(number, 2 * MIB);
        new.priority = i32::from(number == 29);
        world.add(new);
    }
    world.finish();
    let order: Vec<_> = world
        .sent
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Send { upload, .. } => Some(*upload),
            _ => None,
        })
        .collect();
    let place = |number| {
        order
            .iter()
            .position(|other| *other == id(number))
            .expect("sent")
    };
    // Those that were let in before it came keep their places.
    assert!(place(29) < 12, "{}", place(29));
    let rest: Vec<_> = order
        .iter()
        .filter(|other| **other != id(29))
        .copied()
        .collect();
    assert!(rest.is_sorted());
}

#[test]
fn an_id_is_added_once_and_unknown_ids_are_ignored() {
    let mut world = World::new();
    world.add(new_upload(1, 1000));
    let again = world.queue.add(crowfly_engine::Millis(0), new_upload(1, 9));
    assert_eq!(again, Err(crowfly_engine::AddRefusal::KnownId));
    for input in [
        Input::Pause(id(9)),
        Input::Resume(id(9)),
        Input::Abort(id(9)),
        Input::Retry(id(9)),
        Input::AwaitProcessed(id(9)),
    ] {
        world.input(input);
    }
    world.queue.forget(id(9));
    world.queue.forget(id(1));
    world.finish();
    assert_eq!(world.server.objects[&id(1)].size, 1000);
    assert_eq!(world.queue.snapshots().count(), 1);
    world.queue.forget(id(1));
    assert_eq!(world.queue.snapshots().count(), 0);
    assert!(world.queue.snapshot(id(1)).is_none());
}

#[test]
fn an_answer_that_proves_the_object_needs_no_further_call() {
    let mut world = World::new();
    world.server.exposes = true;
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.monitor.completes, world.sends(id(1))), (0, 1));
}

#[test]
fn an_answer_that_proves_nothing_or_something_else_is_settled_by_asking() {
    let other = Receipt {
        etag: Some("etag".into()),
        crc64nvme: Some(Crc64Nvme::new(1)),
        version_id: None,
    };
    for receipt in [Receipt::default(), other] {
        let mut world = World::new();
        // Nothing is stored, whatever the answer says: only asking finds that out.
        world.script(Op::Send, [Act::Says(Reply::Sent(receipt))]);
        world.add(new_upload(1, MIB));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None);
        assert_eq!((world.monitor.completes, world.sends(id(1))), (2, 2));
    }
}

#[test]
fn without_checksum_the_entity_tag_alone_says_that_it_is_stored() {
    let mut world = World::new();
    world.server.exposes = true;
    let mut new = new_upload(1, MIB);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.monitor.completes, 0);
}
