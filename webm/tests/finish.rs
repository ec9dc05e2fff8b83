//! The mended head: what a player learns of it.

mod common;

use common::bytes::{element, id, master, uint};
use common::read::facts;
use common::recorder::{AUDIO, KEY, Recorder, VIDEO, chromium, firefox, group, simple};
use common::{finished, written};
use crowfly_webm::{Index, Reason, finish};

const VOID: u32 = 0xEC;
const SEEK_HEAD: u32 = 0x114D_9B74;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CUES: u32 = 0x1C53_BB6B;
const CLUSTER: u32 = 0x1F43_B675;

#[test]
fn a_recording_gets_duration_seek_head_and_cues() {
    for recorder in [chromium(), firefox()] {
        let facts = facts(&finished(&recorder.record(5), 500));
        assert_eq!(facts.order, [SEEK_HEAD, INFO, TRACKS, CUES, VOID]);
        assert_eq!(facts.duration, Some(5000.0));
        let seeks = [INFO, TRACKS, CUES].map(|id| (id, id));
        assert_eq!(facts.seeks, seeks, "what is named is there");
        let cues: Vec<_> = (0..5).map(|at| (at * 1000, 1, CLUSTER)).collect();
        assert_eq!(facts.cues, cues);
    }
}

#[test]
fn without_room_there_are_no_cues() {
    for room in [0, 2, 15] {
        let facts = facts(&finished(&chromium().record(3), room));
        assert_eq!(facts.duration, Some(3000.0));
        assert_eq!(facts.seeks, [(INFO, INFO), (TRACKS, TRACKS)]);
        assert_eq!(facts.cues, []);
        assert_eq!(facts.order[..2], [SEEK_HEAD, VOID]);
    }
}

/// Every room is filled to the byte, whatever number of cues it has.
#[test]
fn cues_of_any_length_keep_the_length_of_the_head() {
    let recorded = firefox().record(20);
    for room in 2..150 {
        let before = written(&recorded, room).bytes;
        let after = finished(&recorded, room);
        assert_eq!(before.len(), after.len());
        let facts = facts(&after);
        assert_eq!(facts.duration, Some(20_000.0));
        assert!(facts.cues.iter().all(|cue| cue.2 == CLUSTER));
        let gaps = facts.cues.windows(2).map(|two| two[1].0 - two[0].0);
        let gaps: std::collections::BTreeSet<u64> = gaps.collect();
        assert!(gaps.len() <= 1, "evenly spaced: {gaps:?} in {room}");
    }
}

#[test]
fn only_the_rooms_and_the_duration_change() {
    let recorded = chromium().record(4);
    let before = written(&recorded, 200).bytes;
    let after = finished(&recorded, 200);
    let places = before.iter().zip(&after).enumerate();
    let places = places.filter(|(_, (before, after))| before != after);
    let (start, tracks) = (chromium().head(), chromium().tracks());
    let segment = start
        .windows(4)
        .position(|it| it == [0x18, 0x53, 0x80, 0x67]);
    let segment = segment.expect("a Segment") + 12;
    let tracks_at = before.windows(tracks.len()).position(|it| it == tracks);
    let tracks_at = tracks_at.expect("Tracks");
    let cues = tracks_at + tracks.len()..tracks_at + tracks.len() + 200;
    let rooms = [segment..segment + 56, tracks_at - 11..tracks_at, cues];
    for (place, _) in places {
        assert!(rooms.iter().any(|room| room.contains(&place)), "{place}");
    }
}

#[test]
fn it_may_be_repeated() {
    let once = finished(&chromium().record(4), 300);
    let mut index = Index::new();
    index.push(&once);
    assert_eq!(
        finish(&once, &index).expect("a head"),
        once[..index.head_len().expect("a head") as usize]
    );
}

/// ts-ebml made neither for a recording without a picture: <https://github.com/legokichi/ts-ebml/issues/13>.
#[test]
fn a_recording_of_sound_has_duration_and_cues() {
    let recorder = Recorder {
        has_video: false,
        ..chromium()
    };
    let facts = facts(&finished(&recorder.record(10), 400));
    assert_eq!(facts.duration, Some(10_000.0));
    assert_eq!(facts.cues.len(), 10);
    assert_eq!(facts.cues[3], (3000, 2, CLUSTER));
}

#[test]
fn cues_name_clusters_with_a_key_frame_only() {
    let recorder = chromium();
    let mut recorded = recorder.head();
    let frames: [(u64, &[u8]); 4] = [
        (0, &[KEY, 0]),
        (1000, &[0, 0]),
        (2000, &[0, KEY, KEY]),
        (3000, &[]),
    ];
    for (time, flags) in frames {
        let mut blocks: Vec<_> = (0..)
            .zip(flags)
            .map(|(at, flags)| simple(VIDEO, at * 40, *flags, 3))
            .collect();
        blocks.insert(0, simple(AUDIO, 0, KEY, 3));
        recorded.extend(recorder.cluster(time, &blocks));
    }
    let facts = facts(&finished(&recorded, 400));
    assert_eq!(
        facts.cues,
        [(0, 1, CLUSTER), (2040, 1, CLUSTER)],
        "at the first of them"
    );
}

/// One without a reference is a key frame: <https://www.rfc-editor.org/rfc/rfc9559#section-10.1>.
#[test]
fn block_groups_have_key_frames_and_durations() {
    let recorder = chromium();
    let reference = element(0xFB, &[0xD8]);
    let mut recorded = recorder.head();
    recorded.extend(recorder.cluster(
        500,
        &[
            group(VIDEO, 7, &[]),
            group(VIDEO, 40, std::slice::from_ref(&reference)),
        ],
    ));
    recorded.extend(recorder.cluster(
        900,
        &[
            group(VIDEO, 0, &[reference]),
            group(AUDIO, 3, &[uint(0x9B, 60)]),
        ],
    ));
    let facts = facts(&finished(&recorded, 400));
    assert_eq!(facts.cues, [(507, 1, CLUSTER)]);
    // 963 is the end of the sound; the picture before lasted 360 at the end, and 196.5 on average.
    assert_eq!(facts.duration, Some(900.0 + 196.5));
}

#[test]
fn duration_is_in_ticks_of_the_recording() {
    for (scale, ticks) in [(1_000_000, 2000.0), (100_000, 2000.0), (10_000_000, 2000.0)] {
        let recorder = Recorder {
            scale,
            has_audio: false,
            ..chromium()
        };
        let recorded = recorder.record(2);
        assert_eq!(
            written(&recorded, 0).index.duration_ms(),
            Some(scale * 2000 / 1_000_000)
        );
        let facts = facts(&finished(&recorded, 0));
        assert_eq!(facts.duration, Some(ticks), "{scale}");
    }
}

#[test]
fn a_recording_without_a_frame_is_left() {
    let recorder = chromium();
    let mut recorded = recorder.head();
    recorded.extend(recorder.cluster(0, &[]));
    let written = written(&recorded, 100);
    assert_eq!(written.index.duration_ms(), None);
    assert_eq!(finish(&written.bytes, &written.index), Err(Reason::Ended));
}

#[test]
fn a_head_that_is_not_that_of_the_index_is_refused() {
    let recorded = written(&chromium().record(3), 100);
    let matroska = Recorder {
        doc_type: "matroska",
        ..chromium()
    };
    let other = written(&matroska.record(3), 100);
    assert_eq!(finish(&other.bytes, &recorded.index), Err(Reason::Unknown));
    assert_eq!(
        finish(&recorded.bytes[..100], &recorded.index),
        Err(Reason::Ended)
    );
    assert_eq!(finish(&[], &recorded.index), Err(Reason::Ended));
    let plain = chromium().record(3);
    let mut index = Index::new();
    index.push(&plain);
    assert_eq!(
        finish(&plain, &index),
        Err(Reason::Unknown),
        "no room was made"
    );
}

/// WebKit's recorder writes Cues at the end, whose positions are those before room was made: the SeekHead names ours.
#[test]
fn cues_at_the_end_are_passed_by() {
    let mut recorded = chromium().record(2);
    let place = master(0xB7, &[uint(0xF7, 1), uint(0xF1, 150)]);
    recorded.extend(master(CUES, &[master(0xBB, &[uint(0xB3, 0), place])]));
    let facts = facts(&finished(&recorded, 100));
    assert_eq!(facts.seeks[2], (CUES, CUES));
    assert_eq!(facts.cues.len(), 2);
    assert_eq!(facts.duration, Some(2000.0));
}

/// Ten days, and positions beyond 4 GiB: neither numbers nor the room run over.
#[test]
fn a_recording_of_days_has_cues_all_over() {
    let recorder = Recorder {
        has_audio: false,
        ..chromium()
    };
    let mut written = written(&recorder.record(1), 4096);
    // Each minute a Cluster with a frame of a mebibyte, of which one page passes again and again.
    let page = vec![0_u8; 65_536];
    let last = 864_000_000;
    for time in (60_000..=last).step_by(60_000) {
        let mut cluster = id(CLUSTER);
        cluster.extend([0xFF]);
        cluster.extend(uint(0xE7, time));
        cluster.extend([0xA3, 0x10, 0x10, 0x00, 0x04, 0x81, 0, 0, KEY]);
        written.index.push(&cluster);
        for _ in 0..16 {
            written.index.push(&page);
        }
    }
    let head = finish(&written.bytes, &written.index).expect("a head");
    let end = written.index.duration_ms().expect("a duration");
    assert!((last..=last + 1000).contains(&end), "{end}");
    // CueClusterPosition has six bytes.
    let places = head.windows(8).filter(|it| it[..2] == [0xF1, 0x86]);
    let places: Vec<u64> = places
        .map(|it| {
            it[2..]
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        })
        .collect();
    assert!(places.len() > 88 && places.is_sorted(), "{places:?}");
    let gaps: Vec<u64> = places.windows(2).map(|two| two[1] - two[0]).collect();
    let even = gaps.iter().skip(1).all(|gap| gap.abs_diff(gaps[1]) < 1000);
    assert!(even, "{gaps:?}");
    assert!(places[88] > 10_000_000_000, "{places:?}");
}
