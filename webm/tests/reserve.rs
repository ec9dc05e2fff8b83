//! Room in the head: what is changed, and what is left as it is.

mod common;

use common::bytes::{Size, element, master, sized, uint};
use common::read::{Facts, facts};
use common::recorder::{Recorder, chromium, crc, firefox, void};
use common::{written, written_by};
use crowfly_webm::{HEAD_LIMIT, Outcome, Reason};

const VOID: u32 = 0xEC;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const TAGS: u32 = 0x1254_C367;

/// The head with room, and that what follows is unchanged.
fn reserved(recorder: &Recorder, room: usize) -> Facts {
    let recorded = recorder.record(3);
    let written = written(&recorded, room);
    let Outcome::Reserved(len) = written.outcome else {
        panic!("{:?}", written.outcome);
    };
    let before = recorder.head().len();
    assert_eq!(written.bytes[len..], recorded[before..], "what follows");
    assert_eq!(written.index.head_len(), Some(len as u64));
    facts(&written.bytes)
}

#[track_caller]
fn left(recorded: &[u8], reason: Reason) {
    let shortest = recorded.len() / 10_000 * 100 + 1;
    for len in [shortest, 7 * shortest, usize::MAX] {
        let written = written_by(recorded, 1000, || len);
        assert_eq!(written.outcome, Outcome::AsItIs(reason));
        assert_eq!(written.bytes, recorded);
        assert!(crowfly_webm::finish(&written.bytes, &written.index).is_err());
    }
}

#[test]
fn a_head_gets_room_and_keeps_the_rest() {
    for recorder in [chromium(), firefox()] {
        let with = reserved(&recorder, 1000);
        assert_eq!(with.order, [VOID, INFO, TRACKS, VOID]);
        assert_eq!(
            with.duration, None,
            "0 is not a duration that a player may show"
        );
        let without = reserved(&recorder, 0);
        assert_eq!(without.order, [VOID, INFO, TRACKS]);
    }
}

#[test]
fn the_length_grows_by_the_room_that_was_asked_for() {
    let head = chromium().head().len();
    for room in [0, 2, 128, 129, 130, 1000, 16_384, 65_536, 70_000] {
        let written = written(&chromium().record(1), room);
        // A SeekHead, a Duration, and the size of Info, of eight bytes as it is recorded and of four in ours.
        let grown = head + 56 + 11 - 4 + room.min(65_536);
        assert_eq!(written.outcome, Outcome::Reserved(grown), "{room}");
    }
}

/// After a crash a client may pass the recording through again.
#[test]
fn a_head_that_has_room_is_not_changed_again() {
    let once = written(&firefox().record(2), 300);
    let twice = written(&once.bytes, 300);
    assert_eq!(once.bytes, twice.bytes);
}

#[test]
fn matroska_is_rewritten_as_webm_is() {
    let recorder = Recorder {
        doc_type: "x",
        codec: "V_MPEG4/ISO/AVC",
        ..chromium()
    };
    for name in ["webm", "matroska", "webm\0\0"] {
        let recorder = Recorder {
            doc_type: name,
            ..recorder.clone()
        };
        assert_eq!(reserved(&recorder, 9).order.len(), 4);
    }
    left(&recorder.record(1), Reason::NotWebm);
}

#[test]
fn other_elements_of_a_head_are_kept() {
    let tags = master(TAGS, &[element(0x7373, &[])]);
    let recorder = Recorder {
        before: vec![void(40), void(0)],
        info: vec![
            crc(),
            void(3),
            element(0x7BA9, b"title"),
            element(0x4489, &[0; 8]),
        ],
        behind: vec![void(0), tags.clone(), void(200)],
        ..chromium()
    };
    let facts = reserved(&recorder, 50);
    assert_eq!(facts.order, [VOID, INFO, TRACKS, TAGS, VOID]);
    let bytes = written(&recorder.record(1), 50).bytes;
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(holds(&recorder.tracks()) && holds(&tags) && holds(b"title"));
    assert!(!holds(&crc()), "a checksum that no longer fits");
}

#[test]
fn a_checksum_of_tracks_stays() {
    let mut tracks = crc();
    tracks.extend(uint(0xAE, 1));
    let mut recorded = chromium().head();
    let len = recorded.len() - chromium().tracks().len();
    recorded.truncate(len);
    recorded.extend(element(TRACKS, &tracks));
    recorded.extend(chromium().second(0));
    let written = written(&recorded, 0);
    assert!(matches!(written.outcome, Outcome::Reserved(_)));
    assert!(written.bytes.windows(6).any(|window| window == crc()));
}

#[test]
fn what_is_no_webm_passes_at_once() {
    let mp4 = b"\0\0\0\x1cftypiso5\0\0\0\0iso5iso6mp41";
    left(mp4, Reason::NotWebm);
    left(b"RIFF....WAVE", Reason::NotWebm);
    let mut reserve = crowfly_webm::Reserve::new(9);
    assert_eq!(*reserve.push(&mp4[..1]), mp4[..1], "nothing is held");
    // 42 F2: EBMLMaxIDLength, F3: EBMLMaxSizeLength, F7: EBMLReadVersion; 4285: DocTypeReadVersion.
    for (id, value) in [
        (0x42F2, 5),
        (0x42F3, 9),
        (0x42F3, 3),
        (0x42F7, 2),
        (0x4285, 5),
    ] {
        let recorder = Recorder {
            header: vec![uint(id, value)],
            ..chromium()
        };
        left(&recorder.record(1), Reason::NotWebm);
    }
    let recorder = Recorder {
        header: vec![uint(0x42F3, 4), void(5), crc()],
        ..chromium()
    };
    assert_eq!(reserved(&recorder, 9).order.len(), 4);
}

/// Positions in it would no longer be right.
#[test]
fn a_file_that_is_complete_is_left() {
    let sized = Recorder {
        segment: Size::Eight,
        ..chromium()
    };
    left(&sized.record(1), Reason::Finished);
    let seek = |id: u32, position: u64| {
        let id = element(0x53AB, &id.to_be_bytes());
        master(
            0x114D_9B74,
            &[master(0x4DBB, &[id, uint(0x53AC, position)])],
        )
    };
    let with = |before: Vec<u8>| Recorder {
        before: vec![before],
        ..chromium()
    };
    let cues = 0x1C53_BB6B;
    left(&with(seek(cues, 70_000)).record(1), Reason::Finished);
    left(&with(master(cues, &[])).record(1), Reason::Finished);
    assert_eq!(
        reserved(&with(seek(INFO, 30)), 9).seeks,
        [],
        "one within the head"
    );
}

#[test]
fn a_structure_that_is_not_understood_is_left() {
    let with = |behind: Vec<u8>| {
        let recorder = Recorder {
            behind: vec![behind],
            ..chromium()
        };
        recorder.record(1)
    };
    left(&with(crc()), Reason::Unknown);
    left(&with(element(0x1234_5678, b"?")), Reason::Unknown);
    left(&with(chromium().tracks()), Reason::Unknown);
    left(&with(sized(TAGS, Size::Unknown, &[])), Reason::Unknown);
    left(&with(vec![0; 20]), Reason::Unknown);
    let broken = |info: Vec<u8>| Recorder {
        info: vec![info],
        ..chromium()
    };
    left(&broken(vec![0xEC, 0xFE, 1]).record(1), Reason::Unknown);
    left(&broken(uint(0x2A_D7B1, 0)).record(1), Reason::Unknown);
    let mut trackless = chromium().head();
    trackless.truncate(trackless.len() - chromium().tracks().len());
    trackless.extend(chromium().second(0));
    left(&trackless, Reason::Unknown);
    let mut second = master(0x1A45_DFA3, &[element(0x4282, b"webm")]);
    second.extend(void(3));
    left(&second, Reason::Unknown);
}

#[test]
fn a_long_head_is_not_waited_for() {
    let with = |len: usize| {
        let recorder = Recorder {
            behind: vec![element(TAGS, &vec![0; len])],
            ..chromium()
        };
        recorder.record(1)
    };
    let fits = HEAD_LIMIT - chromium().head().len() - 7;
    let written = written(&with(fits), 10);
    assert!(matches!(written.outcome, Outcome::Reserved(_)));
    left(&with(fits + 1), Reason::TooLong);
    let many = Recorder {
        behind: vec![void(20); HEAD_LIMIT / 20],
        ..chromium()
    };
    left(&many.record(1), Reason::TooLong);
    // Known before it has come.
    let mut reserve = crowfly_webm::Reserve::new(9);
    let first = with(1 << 20);
    assert_eq!(reserve.push(&first[..1000]).len(), 1000);
    assert_eq!(reserve.outcome(), Outcome::AsItIs(Reason::TooLong));
}

#[test]
fn a_recording_that_ends_in_its_head_is_left() {
    let head = chromium().head();
    for len in 1..head.len() {
        let written = written(&head[..len], 100);
        assert_eq!(written.outcome, Outcome::AsItIs(Reason::Ended), "{len}");
        assert_eq!(written.bytes, head[..len]);
    }
    assert_eq!(written(&[], 9).outcome, Outcome::AsItIs(Reason::Ended));
}
