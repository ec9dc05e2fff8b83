//! A PUT without an answer, or with 412: the API says whether storage has the object.

use super::common::{Act, MIB, Op, World, api, id, new_upload, s3};
use crowfly_contract::{Crc64Nvme, ErrorCode, Stored};
use crowfly_engine::{Completion, Input, Reply};

fn put(acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.script(Op::Send, acts);
    world.add(new_upload(1, MIB));
    world.finish();
    world
}

#[test]
fn f02_an_answer_lost_after_the_last_byte_is_settled_by_asking() {
    let world = put([Act::LoseAnswer]);
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.completes), (1, 1));
}

#[test]
fn f02_a_412_is_settled_by_asking() {
    // The first answer is lost before the last byte was seen to go, so the PUT is repeated and meets 412.
    let world = put([Act::Reset(99), s3(412, "PreconditionFailed")]);
    assert_eq!(world.failed_with(id(1)), None);
    // The script's 412 is a lie: storage has nothing, so the file is sent once more.
    assert_eq!((world.sends(id(1)), world.monitor.completes), (3, 2));
}

#[test]
fn an_empty_file_whose_answer_was_lost_meets_412_and_is_stored() {
    let mut world = World::new();
    world.script(Op::Send, [Act::LoseAnswer]);
    world.add(new_upload(1, 0));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    // Re-signing finds the object already.
    assert_eq!((world.sends(id(1)), world.monitor.creates), (1, 2));
}

#[test]
fn f03_a_server_that_never_answers_is_asked_about_after_its_time() {
    let world = put([Act::HangAfter]);
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.completes), (1, 1));
    assert!((30_000..40_000).contains(&world.now), "{}", world.now);
}

#[test]
fn not_stored_sends_the_file_again() {
    let world = put([Act::Hang(100)]);
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.completes), (2, 2));
}

#[test]
fn a_412_for_ever_ends() {
    let world = put(vec![s3(412, "PreconditionFailed"); 100]);
    assert!(world.failed_with(id(1)).is_some());
    assert!(world.sends(id(1)) <= 8);
}

/// What the lost list should have settled is still open when the user tries again.
#[test]
fn a_retry_asks_again_what_a_list_that_was_under_way_should_have_said() {
    let mut world = World::new();
    let refused = s3(403, "AccessDenied");
    let sends = [Act::Reset(50), Act::Ok, Act::Late(500, Box::new(refused))];
    world.script(
        Op::Send,
        sends.into_iter().chain(vec![s3(403, "AccessDenied"); 2]),
    );
    world.script(Op::List, [Act::HangAfter]);
    world.add(new_upload(1, 24 * MIB));
    world.later_input(10_000, Input::Retry(id(1)));
    world.run_for(9_999);
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::StorageRefused));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.monitor.lists, 2);
}

#[test]
fn f38_a_202_is_asked_again_later() {
    let mut world = World::new();
    let working = Act::Says(Reply::Completed(Completion::Working {
        retry_after_ms: 2_000,
    }));
    world.script(Op::Complete, vec![working; 20]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.monitor.completes, 21);
    assert!(world.now > 40_000);
}

#[test]
fn f35_an_object_that_differs_is_never_called_stored() {
    let stored = |size, crc| {
        Act::Says(Reply::Completed(Completion::Stored(Stored {
            id: id(1),
            key: "uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01HF7YAT000000000000000001/f"
                .parse()
                .expect("a key"),
            size,
            crc64nvme: Some(Crc64Nvme::new(crc)),
            etag: "e".into(),
            version_id: None,
        })))
    };
    for (act, code) in [
        (stored(MIB - 1, 1), ErrorCode::SizeMismatch),
        (stored(MIB, 1), ErrorCode::ChecksumMismatch),
        (api(409, ErrorCode::SizeMismatch), ErrorCode::SizeMismatch),
        (api(404, ErrorCode::NotFound), ErrorCode::NotFound),
    ] {
        let mut world = World::new();
        world.script(Op::Complete, [act]);
        world.add(new_upload(1, MIB));
        world.finish();
        assert_eq!(world.failed_with(id(1)), Some(code));
    }
}

#[test]
fn f12_a_complete_call_that_fails_is_repeated_and_nothing_is_sent_twice() {
    let mut world = World::new();
    world.script(
        Op::Complete,
        [
            Act::Reset(0),
            Act::LoseAnswer,
            api(503, ErrorCode::ServiceUnavailable),
            Act::HangAfter,
        ],
    );
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.completes), (1, 5));
}
