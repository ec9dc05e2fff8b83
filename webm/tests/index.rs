//! What the scanner makes of Clusters.

mod common;

use common::bytes::{Size, block, element, sized, uint};
use common::read::facts;
use common::recorder::{AUDIO, KEY, Recorder, VIDEO, chromium, crc, firefox, group, simple, void};
use common::{finished, written};
use crowfly_webm::{Index, Reason, finish};

fn ms(recorded: &[u8]) -> Option<u64> {
    written(recorded, 300).index.duration_ms()
}

#[test]
fn clusters_of_known_and_unknown_size_are_followed() {
    for clusters in [Size::Unknown, Size::Eight, Size::Fewest] {
        let recorder = Recorder {
            clusters,
            ..chromium()
        };
        let facts = facts(&finished(&recorder.record(4), 300));
        assert_eq!((facts.duration, facts.cues.len()), (Some(4000.0), 4));
    }
}

#[test]
fn a_cluster_of_unknown_size_ends_at_elements_beside_it() {
    let recorder = chromium();
    let tags = element(0x1254_C367, &[0xA3, 0x84, 0x81, 0x7F, 0xFF, 0x80]);
    let cues = element(0x1C53_BB6B, &[]);
    let mut recorded = recorder.record(1);
    for second in 1..4 {
        recorded.extend(&tags);
        recorded.extend(void(30));
        recorded.extend(&cues);
        recorded.extend(recorder.second(second * 1000));
    }
    recorded.extend(&tags);
    let facts = facts(&finished(&recorded, 300));
    assert_eq!((facts.duration, facts.cues.len()), (Some(4000.0), 4));
}

#[test]
fn voids_checksums_and_unknown_elements_are_passed_by() {
    for clusters in [Size::Unknown, Size::Fewest] {
        let recorder = Recorder {
            clusters,
            ..chromium()
        };
        let mut recorded = recorder.record(1);
        let mut blocks = vec![crc(), void(0), void(200), uint(0xA7, 77), uint(0xAB, 5)];
        // An EncryptedBlock, and one that nobody knows.
        blocks.extend([element(0xAF, &[0x81; 9]), element(0x7777, &[0xA3; 40])]);
        blocks.extend([simple(VIDEO, 0, KEY, 5), void(1), simple(VIDEO, 40, 0, 0)]);
        blocks.push(group(VIDEO, 80, &[void(4), crc()]));
        recorded.extend(recorder.cluster(1000, &blocks));
        assert_eq!(ms(&recorded), Some(1120));
    }
}

/// The relative time of a block has 16 bits, and a sign.
#[test]
fn times_reach_beyond_sixteen_bits() {
    let recorder = chromium();
    let mut recorded = recorder.record(1);
    for base in [40_000, 5_000_000_000_000_u64] {
        let blocks = [
            simple(VIDEO, 0, KEY, 3),
            simple(VIDEO, i16::MIN, 0, 3),
            simple(VIDEO, i16::MAX, 0, 3),
            simple(AUDIO, -5, KEY, 3),
        ];
        recorded.extend(recorder.cluster(base, &blocks));
    }
    let facts = facts(&finished(&recorded, 300));
    let last = 5_000_000_032_767.0;
    let end = facts.duration.expect("a duration");
    assert!((last..=last + 1000.0).contains(&end), "{end}");
    assert_eq!(facts.cues[2].0, 5_000_000_000_000);
}

/// fix-webm-duration and others take the time of a clock, which goes on during a pause; ours is that of the last frame.
/// What is said to have been shorter in between (<https://github.com/legokichi/ts-ebml/issues/16>) never is.
#[test]
fn a_pause_neither_counts_nor_shortens() {
    let recorder = chromium();
    let mut index = Index::new();
    let mut recorded = written(&recorder.record(1), 300);
    let mut before = 0;
    // After a pause the times go on where they were, some recorders leave a gap, and sound lags behind.
    for time in [1000, 2000, 2990, 9000] {
        recorded.bytes.extend(recorder.second(time));
    }
    for chunk in recorded.bytes.chunks(50) {
        index.push(chunk);
        let now = index.duration_ms().unwrap_or_default();
        assert!(now + 50 >= before, "{before} and then {now}");
        before = now;
    }
    assert_eq!(before, 10_000);
}

#[test]
fn laced_frames_count_by_the_duration_of_one() {
    let recorder = Recorder {
        has_audio: false,
        default_duration: 20_000_000,
        ..chromium()
    };
    let mut recorded = recorder.head();
    // Xiph, fixed-size and EBML lacing of four frames: https://www.rfc-editor.org/rfc/rfc9559#section-10.3
    for (time, lacing) in [(0, 0x02), (80, 0x04), (160, 0x06)] {
        let laced = block(VIDEO, 0, KEY | lacing, &[3, 1, 1, 1, 9, 9, 9, 9]);
        recorded.extend(recorder.cluster(time, &[element(0xA3, &laced)]));
    }
    assert_eq!(ms(&recorded), Some(240));
}

/// Each cut of a recording that was interrupted: what is complete counts, and what is written plays.
#[test]
fn a_truncated_recording_is_finished_up_to_its_last_complete_frame() {
    for recorder in [chromium(), firefox()] {
        let whole = written(&recorder.record(3), 200);
        let head = whole.index.head_len().expect("a head") as usize;
        let mut last = 0;
        for len in 0..whole.bytes.len() {
            let mut index = Index::new();
            index.push(&whole.bytes[..len]);
            let now = index.duration_ms().unwrap_or_default();
            assert!(now >= last.max(20) - 20, "{last}, then {now}");
            last = now;
            let mended = finish(&whole.bytes[..len], &index);
            assert_eq!(mended.is_ok(), now > 0);
            if let Ok(mended) = mended {
                assert_eq!(mended.len(), head);
            }
        }
        assert!(last >= 2980);
    }
}

#[test]
fn a_frame_that_is_not_complete_does_not_count() {
    let recorder = chromium();
    let mut recorded = recorder.record(1);
    recorded.extend(recorder.cluster(60_000, &[simple(VIDEO, 0, KEY, 50)]));
    recorded.truncate(recorded.len() - 1);
    assert_eq!(ms(&recorded), Some(1000));
    recorded.push(0);
    assert!(ms(&recorded) > Some(60_000));
}

#[test]
fn what_is_damaged_is_not_finished() {
    let recorder = chromium();
    let cases: [(&str, Vec<u8>); 6] = [
        ("zeros", vec![0; 9]),
        ("a second recording", recorder.record(2)),
        ("a second Segment", sized(0x1853_8067, Size::Unknown, &[])),
        ("a block of unknown size", vec![0xA3, 0xFF, 0x81]),
        ("an ID of five bytes", vec![0x08; 9]),
        ("a child longer than its parent", {
            let mut cluster = sized(0x1F43_B675, Size::Fewest, &uint(0xE7, 1000));
            let len = cluster.len();
            cluster[len - 3] = 0x9F;
            cluster
        }),
    ];
    for (name, bytes) in cases {
        let mut recorded = recorder.record(1);
        recorded.extend(bytes);
        let written = written(&recorded, 100);
        let mended = finish(&written.bytes, &written.index);
        assert_eq!(mended, Err(Reason::Damaged), "{name}");
        assert_eq!(written.index.duration_ms(), None, "{name}");
    }
}

#[test]
fn blocks_that_say_too_little_are_none() {
    let recorder = chromium();
    let mut recorded = recorder.record(1);
    let short: [&[u8]; 5] = [
        &[],
        &[0x81],
        &[0x81, 1, 1],
        &[0, 1, 1, 1],
        &[0xFF, 0x7F, 0, 0x80],
    ];
    let mut blocks: Vec<_> = short.iter().map(|it| element(0xA3, it)).collect();
    // Of a track that is none of this recording.
    blocks.push(simple(9, 30_000, KEY, 5));
    recorded.extend(recorder.cluster(2000, &blocks));
    // One before the time of its Cluster.
    recorded.extend(sized(
        0x1F43_B675,
        Size::Unknown,
        &simple(VIDEO, 30_000, KEY, 5),
    ));
    assert_eq!(ms(&recorded), Some(1000));
}

#[test]
fn tracks_beyond_those_that_are_followed_do_no_harm() {
    let entry = |number| common::bytes::master(0xAE, &[uint(0xD7, number), uint(0x83, 1)]);
    let tracks: Vec<_> = (1..100).map(entry).collect();
    let recorder = chromium();
    let mut recorded = recorder.head();
    recorded.truncate(recorded.len() - recorder.tracks().len());
    recorded.extend(common::bytes::master(0x1654_AE6B, &tracks));
    recorded.extend(recorder.second(0));
    assert_eq!(ms(&recorded), Some(1000));
}
