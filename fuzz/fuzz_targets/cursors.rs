//! Cursors: only what we sealed opens, for its owner, in its time, and for the very position.
#![no_main]

use crowfly_contract::{OwnerId, UploadId};
use crowfly_core::cursor::CursorKey;
use crowfly_core::ports::Position;
use libfuzzer_sys::fuzz_target;

const NOW: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 3_600 * 1_000;

/// The position (moment, and the two parts of an id), its owner, somebody else, and milliseconds between sealing
/// and opening; where the sealed cursor is changed and to what; and a text that somebody made up.
type Input<'a> = (
    (u64, u64, u128),
    [u8; 26],
    [u8; 26],
    u64,
    (u16, u8),
    &'a str,
);

fuzz_target!(|input: Input<'_>| {
    let ((created_at, moment, random), owner, other, later, (at, letter), text) = input;
    let key = CursorKey::new(&[7; 32]).expect("32 bytes do");
    let (owner, other) = (owner_of(owner), owner_of(other));
    let position = Position {
        created_at,
        id: UploadId::from_parts(moment, random),
    };
    let cursor = key.seal(&owner, position, NOW);

    let now = NOW + later % (2 * DAY);
    let opened = key.open(&owner, &cursor, now);
    assert_eq!(opened.ok(), (now < NOW + DAY).then_some(position));
    assert_eq!(key.open(&other, &cursor, NOW).is_ok(), other == owner);

    let changed = changed(&cursor, at.into(), letter);
    if changed != cursor {
        assert!(key.open(&owner, &changed, NOW).is_err(), "{changed}");
    }
    let cut = cursor
        .get(..usize::from(at) % cursor.len())
        .unwrap_or_default();
    assert!(key.open(&owner, cut, NOW).is_err());
    if text != cursor {
        assert!(key.open(&owner, text, NOW).is_err(), "{text:?}");
    }
    let stranger = CursorKey::new(&[8; 32]).expect("32 bytes do");
    assert!(stranger.open(&owner, &cursor, NOW).is_err());
});

fn owner_of(bytes: [u8; 26]) -> OwnerId {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    letters.iter().collect::<String>().parse().expect("base32")
}

fn changed(cursor: &str, at: usize, letter: u8) -> String {
    let mut bytes = cursor.as_bytes().to_vec();
    let at = at % bytes.len();
    bytes[at] = letter % 128;
    String::from_utf8(bytes).expect("ASCII")
}
