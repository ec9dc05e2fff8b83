//! Writes recordings as the browsers do, and reads heads without the code under test.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod bytes;
pub(crate) mod read;
pub(crate) mod recorder;

use crowfly_webm::{Index, Outcome, Reserve};

/// What a client has written of a recording, and knows of it.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) outcome: Outcome,
    pub(crate) index: Index,
}

/// Passes a recording through, in chunks of the lengths that `lengths` gives.
pub(crate) fn written_by(
    recorded: &[u8],
    room: usize,
    mut lengths: impl FnMut() -> usize,
) -> Written {
    let (mut reserve, mut index, mut bytes) = (Reserve::new(room), Index::new(), Vec::new());
    let mut write = |chunk: &[u8]| {
        index.push(chunk);
        bytes.extend_from_slice(chunk);
    };
    let mut rest = recorded;
    while !rest.is_empty() {
        let (chunk, others) = rest.split_at(lengths().clamp(1, rest.len()));
        write(&reserve.push(chunk));
        rest = others;
    }
    write(&reserve.end());
    Written {
        outcome: reserve.outcome(),
        bytes,
        index,
    }
}

pub(crate) fn written(recorded: &[u8], room: usize) -> Written {
    written_by(recorded, room, || usize::MAX)
}

/// The mended recording.
pub(crate) fn finished(recorded: &[u8], room: usize) -> Vec<u8> {
    let written = written(recorded, room);
    let mut bytes = written.bytes;
    let head = crowfly_webm::finish(&bytes, &written.index).expect("a head");
    assert_eq!(written.index.head_len(), Some(head.len() as u64));
    bytes[..head.len()].copy_from_slice(&head);
    bytes
}

/// SplitMix64: small, seeded, the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
