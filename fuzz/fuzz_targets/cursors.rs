//! Cursors: each position has exactly one encoding, and no other text is a cursor.
#![no_main]

use crowfly_contract::UploadId;
use crowfly_core::cursor::{decode, encode};
use crowfly_core::ports::Position;
use libfuzzer_sys::fuzz_target;

/// The position (moment, and the two halves of an id); where its cursor is changed and to what; and an arbitrary
/// text.
type Input<'a> = ((u64, u64, u128), (u16, u8), &'a str);

fuzz_target!(|input: Input<'_>| {
    let ((created_at, moment, random), (at, letter), text) = input;
    let position = Position {
        created_at,
        id: UploadId::from_parts(moment, random),
    };
    let cursor = encode(position);
    assert_eq!(decode(&cursor).ok(), Some(position));
    let cut = cursor
        .get(..usize::from(at) % cursor.len())
        .unwrap_or_default();
    assert!(decode(cut).is_err());
    for text in [&changed(&cursor, at.into(), letter), text] {
        if let Ok(position) = decode(text) {
            assert_eq!(encode(position), text);
        }
    }
});

fn changed(cursor: &str, at: usize, letter: u8) -> String {
    let mut bytes = cursor.as_bytes().to_vec();
    let at = at % bytes.len();
    bytes[at] = letter % 128;
    String::from_utf8(bytes).expect("ASCII")
}
