//! The file changes, or cannot be read, or arrives damaged.

use super::common::{Act, MIB, Op, World, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Phase, ReadFailure, Reply, SendFailure};

use super::common::Ending;

fn world_with(op: Op, acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.script(op, acts);
    world.add(new_upload(1, MIB));
    world.finish();
    world
}

#[test]
fn f26_f27_a_file_that_changed_or_is_gone_ends_in_its_own_code() {
    for (failure, code) in [
        (ReadFailure::Changed, ErrorCode::FileChanged),
        (ReadFailure::Unreadable, ErrorCode::FileUnreadable),
    ] {
        let world = world_with(Op::Hash, [Act::Says(Reply::Hashed(Err(failure)))]);
        let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
            panic!("it did not fail");
        };
        assert_eq!((failure.code, failure.phase), (code, Phase::Hash));
        assert_eq!(world.monitor.creates, 0);
    }
    for (failure, code) in [
        (SendFailure::Changed, ErrorCode::FileChanged),
        (SendFailure::Unreadable, ErrorCode::FileUnreadable),
    ] {
        let world = world_with(Op::Send, [Act::Says(Reply::SendFailed(failure))]);
        assert_eq!(world.failed_with(id(1)), Some(code));
        assert_eq!(world.sends(id(1)), 1);
    }
}

#[test]
fn f34_bytes_damaged_on_the_way_are_hashed_and_sent_again() {
    let world = world_with(Op::Send, [s3(400, "BadDigest")]);
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 2));
}

#[test]
fn f34_bytes_that_always_arrive_damaged_end_as_a_mismatch() {
    let world = world_with(Op::Send, vec![s3(400, "BadDigest"); 50]);
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::ChecksumMismatch));
    assert_eq!(world.sends(id(1)), 8);
}

#[test]
fn a_file_that_changes_between_hashing_and_sending_is_named_so() {
    let world = world_with(Op::Send, [Act::Changes]);
    // Storage refused the digest, and the second hash differed from the first.
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::FileChanged));
    assert!(world.server.objects.is_empty());
}

#[test]
fn a_hash_that_never_comes_is_tried_again_then_final() {
    assert_eq!(
        world_with(Op::Hash, [Act::Hang(0)]).failed_with(id(1)),
        None
    );
    let world = world_with(Op::Hash, vec![Act::Hang(50); 50]);
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::FileUnreadable));
    assert!(world.now < 70_000, "{}", world.now);
}

#[test]
fn u7_reads_that_hang_hold_up_no_other_file() {
    let mut world = World::new();
    world.script(Op::Hash, vec![Act::Hang(0); 12]);
    for number in 1..=13 {
        world.add(new_upload(number, 5));
    }
    let stored = |world: &World| world.server.objects.contains_key(&id(13));
    assert!(world.run_until(stored), "it was not stored");
    assert!(world.now < 16_000, "{}", world.now);
    world.finish();
}

#[test]
fn f44_a_redirect_is_a_wrong_configuration() {
    for status in [301, 302, 307, 308] {
        let world = world_with(Op::Send, [s3(status, "")]);
        assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Misconfigured));
    }
}
