//! Storage says that it received other bytes than were hashed, each store in its own words: the bytes are read,
//! hashed and sent again.

use super::common::{Act, MIB, Op, World, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{ChecksumMode, Command, Config};

/// What stores say, with the status 400.
const MISMATCHES: &[(&str, &str)] = &[
    ("BadDigest", ""),
    ("InvalidDigest", ""),
    ("XAmzContentChecksumMismatch", ""),
    ("XAmzContentSHA256Mismatch", ""),
    ("InvalidArgument", "Invalid checksum provided."),
    (
        "InvalidRequest",
        "Value for x-amz-checksum-crc64nvme header is invalid.",
    ),
    (
        "",
        "The Content-MD5 you specified did not match what we received.",
    ),
];

fn refusal((code, message): (&'static str, &'static str)) -> Act {
    Act::S3 {
        status: 400,
        code,
        message,
        retry_after_ms: None,
    }
}

fn hashed(world: &World) -> usize {
    let hash = |(_, command): &&(u64, Command)| matches!(command, Command::Hash { .. });
    world.sent.iter().filter(hash).count()
}

#[test]
fn s2_every_stores_word_for_a_mismatch_has_the_bytes_read_hashed_and_sent_again() {
    for words in MISMATCHES {
        let mut world = World::new();
        world.script(Op::Send, [refusal(*words)]);
        world.add(new_upload(1, 1000));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None, "{words:?}");
        assert_eq!((world.sends(id(1)), hashed(&world)), (2, 2), "{words:?}");
    }
}

#[test]
fn s2_a_part_is_read_hashed_signed_and_sent_again() {
    for words in MISMATCHES {
        let mut world = World::new();
        world.script(Op::Send, [refusal(*words)]);
        world.add(new_upload(1, 17 * MIB));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None, "{words:?}");
        let parts = world.sends(id(1)) as usize - 1;
        assert_eq!(hashed(&world), parts + 1, "{words:?}");
        assert_eq!(world.monitor.signs, 1, "{words:?}");
    }
}

#[test]
fn s2_a_mismatch_for_ever_is_final_after_the_usual_tries() {
    for words in MISMATCHES {
        let mut world = World::new();
        world.script(Op::Send, vec![refusal(*words); 20]);
        world.add(new_upload(1, 1000));
        world.finish();
        let code = ErrorCode::ChecksumMismatch;
        assert_eq!(world.failed_with(id(1)), Some(code), "{words:?}");
        assert_eq!(world.sends(id(1)), Config::default().attempts);
    }
}

#[test]
fn s2_without_a_checksum_of_ours_it_is_a_refusal() {
    for words in MISMATCHES {
        let mut world = World::new();
        world.script(Op::Send, [refusal(*words)]);
        let mut new = new_upload(1, 1000);
        new.checksum = ChecksumMode::None;
        world.add(new);
        world.finish();
        let code = ErrorCode::StorageRefused;
        assert_eq!(world.failed_with(id(1)), Some(code), "{words:?}");
    }
}

#[test]
fn s2_a_400_of_another_kind_is_refused_at_once() {
    for words in [
        ("InvalidArgument", ""),
        ("InvalidRequest", "Missing required header for this request"),
        (
            "InvalidArgument",
            "Unsupported header 'x-amz-checksum-crc64nvme' received for this API call.",
        ),
        ("EntityTooLarge", "Your proposed upload is too large"),
        ("", ""),
    ] {
        let mut world = World::new();
        world.script(Op::Send, [refusal(words)]);
        world.add(new_upload(1, 1000));
        world.finish();
        let code = ErrorCode::StorageRefused;
        assert_eq!(world.failed_with(id(1)), Some(code), "{words:?}");
        assert_eq!((world.sends(id(1)), hashed(&world)), (1, 1), "{words:?}");
    }
    // Of its own meaning, though the status is the same.
    let mut world = World::new();
    world.script(Op::Send, [s3(400, "RequestTimeout")]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!((world.failed_with(id(1)), hashed(&world)), (None, 1));
}
