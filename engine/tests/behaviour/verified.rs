//! What proves the bytes: that storage states the checksum which this page has computed from the file, and
//! nothing else.

use super::common::{Act, MIB, Op, User, World, id, new_upload};
use crowfly_contract::{Crc64Nvme, ErrorCode, Stored};
use crowfly_engine::{
    AddRefusal, ChecksumMode, Command, Completion, Event, Input, Millis, Receipt, Reply, State,
};

const SIZES: [u64; 3] = [0, 1000, 17 * MIB];

fn world(mute: bool, exposes: bool) -> World {
    let mut world = World::new();
    world.server.mute = mute;
    world.server.exposes = exposes;
    world
}

fn with_mode(number: u64, size: u64, checksum: ChecksumMode) -> crowfly_engine::NewUpload {
    let mut new = new_upload(number, size);
    new.checksum = checksum;
    new
}

/// What the endings said, in their order.
fn verdicts(world: &World) -> Vec<bool> {
    let verdict = |(_, event): &(u64, Event)| match event {
        Event::Stored { verified, .. } => Some(*verified),
        _ => None,
    };
    world.log.iter().filter_map(verdict).collect()
}

fn warned(world: &World) -> Vec<crowfly_contract::UploadId> {
    let warning = |(_, event): &(u64, Event)| match event {
        Event::Unverified { upload } => Some(*upload),
        _ => None,
    };
    world.log.iter().filter_map(warning).collect()
}

#[test]
fn s1_storage_that_states_our_checksum_has_proved_the_bytes() {
    for size in SIZES {
        for exposes in [false, true] {
            for checksum in [ChecksumMode::Crc64Nvme, ChecksumMode::Crc64NvmeRequired] {
                let mut world = world(false, exposes);
                world.add(with_mode(1, size, checksum));
                world.finish();
                assert_eq!(verdicts(&world), [true], "{size} {exposes}");
                assert_eq!(warned(&world), []);
                assert!(world.queue.snapshot(id(1)).is_some_and(|now| now.verified));
            }
        }
    }
}

#[test]
fn s1_storage_that_states_no_checksum_proves_nothing_and_says_so_once() {
    for size in SIZES {
        for exposes in [false, true] {
            let mut world = world(true, exposes);
            world.add(new_upload(1, size));
            world.add(new_upload(2, size));
            world.finish();
            assert_eq!(verdicts(&world), [false, false], "{size} {exposes}");
            assert_eq!(warned(&world).len(), 1, "{size} {exposes}");
            assert!(world.queue.snapshot(id(1)).is_some_and(|now| !now.verified));
        }
    }
}

#[test]
fn s1_who_requires_the_proof_gets_an_error_in_its_place() {
    for size in SIZES {
        for exposes in [false, true] {
            let mut world = world(true, exposes);
            world.add(with_mode(1, size, ChecksumMode::Crc64NvmeRequired));
            world.finish();
            let code = ErrorCode::Unverified;
            assert_eq!(world.failed_with(id(1)), Some(code), "{size} {exposes}");
            assert_eq!((verdicts(&world), warned(&world)), (vec![], vec![]));
            assert!(!code.retryable());
            // The object is there, so nothing is left to resume.
            assert!(world.journal.is_empty());
        }
    }
}

#[test]
fn s1_without_a_checksum_nothing_is_verified_and_nobody_is_warned() {
    for mute in [false, true] {
        for size in SIZES {
            for exposes in [false, true] {
                let mut world = world(mute, exposes);
                world.add(with_mode(1, size, ChecksumMode::None));
                world.finish();
                assert_eq!((verdicts(&world), warned(&world)), (vec![false], vec![]));
            }
        }
    }
}

#[test]
fn s1_bytes_that_a_careless_store_keeps_wrong_are_never_called_verified() {
    for size in [1000, 17 * MIB] {
        let mut world = world(true, true);
        world.server.corrupts = true;
        world.add(new_upload(1, size));
        world.run();
        assert_eq!(verdicts(&world), [false], "{size}");
    }
}

#[test]
fn s1_a_receipt_with_another_checksum_is_not_forgotten() {
    // The PUT's answer states other bytes; the backend then says "stored" without a checksum.
    let mut world = World::new();
    let receipt = Receipt {
        etag: Some("e".into()),
        crc64nvme: Some(Crc64Nvme::new(1)),
        version_id: None,
    };
    world.script(Op::Send, [Act::Says(Reply::Sent(receipt))]);
    let stored = Stored {
        id: id(1),
        key: "uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01HF7YAT000000000000000001/file.bin"
            .parse()
            .expect("a key"),
        size: 1000,
        crc64nvme: None,
        etag: "e".into(),
        version_id: None,
    };
    let says = Act::Says(Reply::Completed(Completion::Stored(stored)));
    world.script(Op::Complete, [says]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::ChecksumMismatch));
}

#[test]
fn s1_a_part_that_storage_took_with_another_checksum_is_sent_again() {
    let mut world = World::new();
    let receipt = Receipt {
        etag: Some("e".into()),
        crc64nvme: Some(Crc64Nvme::new(1)),
        version_id: None,
    };
    world.script(Op::Send, [Act::Says(Reply::Sent(receipt.clone()))]);
    world.add(new_upload(1, 17 * MIB));
    world.finish();
    assert_eq!(verdicts(&world), [true]);
    let parts = world.server.created[&id(1)]
        .item
        .size
        .unwrap()
        .div_ceil(8 * MIB);
    assert_eq!(u64::from(world.sends(id(1))), parts + 1);
    // For ever: it is not stored.
    let mut world = World::new();
    world.script(Op::Send, vec![Act::Says(Reply::Sent(receipt)); 200]);
    world.add(new_upload(1, 17 * MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::ChecksumMismatch));
}

/// More parts than are hashed ahead of the create call.
const LARGE: u64 = 100 * MIB;

/// A page that ends when storage has all of the file, but before it has heard so.
fn stored_before_the_page_ended(checksum: ChecksumMode) -> World {
    let mut world = World::new();
    world.script(Op::Complete, [Act::HangAfter]);
    world.add(with_mode(1, LARGE, checksum));
    assert!(world.run_until(|world| world.server.objects.contains_key(&id(1))));
    world.later(1, User::Crash { back: 1_000 });
    world
}

#[test]
fn s1_what_an_earlier_page_has_stored_is_hashed_as_a_whole_and_compared() {
    for checksum in [ChecksumMode::Crc64Nvme, ChecksumMode::Crc64NvmeRequired] {
        let mut world = stored_before_the_page_ended(checksum);
        world.finish();
        assert_eq!((verdicts(&world), warned(&world)), (vec![true], vec![]));
        let whole = world.sent.iter().any(
            |(_, command)| matches!(command, Command::Hash { bytes, .. } if *bytes == (0..LARGE)),
        );
        assert!(whole, "the file is read as a whole");
    }
}

#[test]
fn s1_other_bytes_than_an_earlier_page_has_stored_are_a_mismatch() {
    let mut world = stored_before_the_page_ended(ChecksumMode::Crc64Nvme);
    world.run_for(500);
    if let Some(object) = world.server.objects.get_mut(&id(1)) {
        object.crc = Crc64Nvme::new(!object.crc.value());
    }
    world.run();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::ChecksumMismatch));
}

#[test]
fn s1_a_file_that_can_no_longer_be_read_leaves_what_is_stored_stored() {
    let mut world = stored_before_the_page_ended(ChecksumMode::Crc64Nvme);
    world.run_for(500);
    let unreadable = Reply::Hashed(Err(crowfly_engine::ReadFailure::Unreadable));
    world.chance = Some(Box::new(move |op, _| match op {
        Op::Hash => Act::Late(2_000, Box::new(Act::Says(unreadable.clone()))),
        _ => Act::Ok,
    }));
    world.run();
    world.check_end();
    assert_eq!(verdicts(&world), [false]);
}

#[test]
fn s1_an_abort_that_comes_too_late_reads_no_file_for_a_proof() {
    let mut world = stored_before_the_page_ended(ChecksumMode::Crc64Nvme);
    world.later_input(2_000, Input::Abort(id(1)));
    world.script(Op::Complete, [Act::HangAfter]);
    world.finish();
    assert_eq!((verdicts(&world), warned(&world)), (vec![false], vec![]));
    assert!(matches!(
        world.queue.snapshot(id(1)).map(|now| now.state),
        Some(State::Stored)
    ));
}

#[test]
fn h4_an_upload_that_is_not_taken_in_is_told_to_the_caller() {
    let mut world = World::new();
    let now = Millis(0);
    assert_eq!(world.queue.add(now, new_upload(1, 5)), Ok(()));
    let again = world.queue.add(now, new_upload(1, 7));
    assert_eq!(again, Err(AddRefusal::KnownId));
    assert_eq!(world.queue.snapshots().count(), 1);
    // One that is too large is taken in, and ends with an event.
    assert_eq!(world.queue.add(now, new_upload(2, u64::MAX)), Ok(()));
    let end = world.queue.snapshot(id(2)).and_then(|now| now.failure);
    assert_eq!(end.map(|end| end.code), Some(ErrorCode::TooLarge));
}
