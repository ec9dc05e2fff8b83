//! Whatever the bytes are, and however they are divided.

mod common;

use common::recorder::{Recorder, chromium, firefox};
use common::{Random, written, written_by};
use crowfly_webm::{Outcome, finish};

fn seeds() -> impl Iterator<Item = u64> {
    let named = std::env::var("CROWFLY_SEED").ok();
    let named: Option<u64> = named.and_then(|seed| seed.parse().ok());
    named.map_or(0..2000, |seed| seed..seed + 1)
}

/// The invariants of every input.
fn check(seed: u64, recorded: &[u8], room: usize) {
    let whole = written(recorded, room);
    let mut random = Random(seed);
    let divided = written_by(recorded, room, || match random.below(3) {
        0 => 1,
        1 => random.below(12),
        _ => random.below(4000),
    });
    assert_eq!(whole.bytes, divided.bytes, "CROWFLY_SEED={seed}");
    assert_eq!(whole.outcome, divided.outcome, "CROWFLY_SEED={seed}");
    let mended = finish(&whole.bytes, &whole.index);
    assert_eq!(
        mended,
        finish(&divided.bytes, &divided.index),
        "CROWFLY_SEED={seed}"
    );
    if let Outcome::AsItIs(_) = whole.outcome {
        assert_eq!(whole.bytes, recorded, "CROWFLY_SEED={seed}");
    }
    if let Ok(mended) = mended {
        assert_eq!(whole.index.head_len(), Some(mended.len() as u64));
        let mut again = whole.bytes.clone();
        again[..mended.len()].copy_from_slice(&mended);
        let mut index = crowfly_webm::Index::new();
        index.push(&again);
        assert_eq!(finish(&again, &index), Ok(mended), "CROWFLY_SEED={seed}");
    }
}

#[test]
fn any_division_gives_the_same() {
    for seed in seeds().take(100) {
        for recorder in [chromium(), firefox()] {
            check(seed, &recorder.record(2), 70 + (seed as usize % 60));
        }
    }
}

#[test]
fn any_bytes_pass() {
    for seed in seeds() {
        let mut random = Random(seed);
        let len = random.below(300);
        let bytes: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
        check(seed, &bytes, 50);
        let mut magic = vec![0x1A, 0x45, 0xDF, 0xA3];
        magic.extend(bytes);
        check(seed, &magic, 50);
    }
}

#[test]
fn recordings_with_wrong_bytes_pass() {
    for seed in seeds() {
        let mut random = Random(seed);
        let recorder = Recorder {
            has_audio: seed % 2 == 0,
            ..[chromium(), firefox()][seed as usize / 2 % 2].clone()
        };
        let mut recorded = recorder.record(1);
        let head = recorder.head().len();
        for _ in 0..=random.below(3) {
            let end = [head, recorded.len()][random.below(2)];
            let at = random.below(end);
            match random.below(3) {
                0 => recorded[at] = random.next() as u8,
                1 => drop(recorded.remove(at)),
                _ => recorded.insert(at, [0, 0xFF, 0x81, 0xA3][random.below(4)]),
            }
        }
        check(seed, &recorded, 120);
    }
}
