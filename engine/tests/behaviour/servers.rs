//! Backends and stores other than our own.

use super::common::{Act, MIB, Op, World, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config, Reply, SendFailure};

const LARGE: u64 = 128 * MIB;

fn completes(world: &World) -> usize {
    let complete = |(_, command): &&(u64, Command)| matches!(command, Command::Complete { .. });
    world.sent.iter().filter(complete).count()
}

/// A store that exposes its answers and proves every PUT by itself.
fn exposing(size: u64) -> World {
    let mut world = World::new();
    world.server.exposes = true;
    world.add(new_upload(1, size));
    world
}

#[test]
fn s3_a_proven_put_needs_no_call_of_a_server_that_hears_of_it_from_storage() {
    let mut world = exposing(1000);
    world.finish();
    assert_eq!(completes(&world), 0);
}

#[test]
fn s3_a_server_that_asks_for_it_is_told_once_of_every_upload() {
    for size in [0, 1000, LARGE] {
        let mut world = exposing(size);
        world.server.confirms = true;
        world.finish();
        assert_eq!(completes(&world), 1, "{size}");
    }
}

#[test]
fn s3_an_applications_own_backend_is_told_whatever_its_answers_say() {
    for (exposes, mute) in [(true, false), (false, false), (true, true)] {
        let config = Config {
            confirm: true,
            ..Config::default()
        };
        let mut world = World::with(config, 1);
        world.server.exposes = exposes;
        world.server.mute = mute;
        world.add(new_upload(1, 1000));
        world.finish();
        assert_eq!(completes(&world), 1, "{exposes} {mute}");
    }
}

#[test]
fn s3_what_storage_has_stated_to_the_page_need_not_be_stated_again() {
    let mut world = exposing(1000);
    world.server.confirms = true;
    // The server asks storage without its checksum mode.
    world.script(
        Op::Complete,
        vec![Act::Says(crowfly_engine::Reply::Completed(
            crowfly_engine::Completion::Stored(crowfly_contract::Stored {
                id: id(1),
                key: world.server.key(id(1)),
                size: 1000,
                crc64nvme: None,
                etag: "etag".into(),
                version_id: None,
            }),
        ))],
    );
    world.run();
    assert!(world.queue.snapshot(id(1)).is_some_and(|now| now.verified));
}

#[test]
fn s4_an_expired_url_is_signed_anew_in_every_stores_words() {
    for (status, code, message) in [
        (400, "InvalidRequest", "Bad request: Date is too old"),
        (400, "ExpiredRequest", ""),
        (
            401,
            "UnauthorizedAccess",
            "Request has expired given timestamp: 'x'",
        ),
        (403, "AccessDenied", "Request has expired"),
    ] {
        for size in [1000, LARGE] {
            let mut world = exposing(size);
            let expired = Act::S3 {
                status,
                code,
                message,
                retry_after_ms: None,
            };
            world.script(Op::Send, vec![expired]);
            world.finish();
            assert_eq!(world.failed_with(id(1)), None, "{code} {size}");
        }
    }
}

#[test]
fn s8_a_part_of_an_unknown_key_is_one_of_a_multipart_upload_that_is_gone() {
    let mut world = exposing(LARGE);
    world.script(Op::Send, vec![s3(404, "NoSuchKey")]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn h9_a_grant_that_no_browser_can_send_is_a_wrong_answer() {
    for size in [1000, LARGE] {
        let mut world = exposing(size);
        let refused = Reply::SendFailed(SendFailure::Unsendable);
        world.script(Op::Send, vec![Act::Says(refused)]);
        world.finish();
        assert_eq!(world.failed_with(id(1)), Some(ErrorCode::BadResponse));
    }
}
