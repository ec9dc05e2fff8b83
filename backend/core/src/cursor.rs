//! The cursor of `GET /uploads`: a position in the caller's own list.
//!
//! It contains no owner: the query takes the partition from the token, so any cursor lists the
//! caller's own records only. It therefore needs no MAC and no secret.

use crowfly_contract::{ErrorCode, UploadId};
use data_encoding::BASE64URL_NOPAD;

use crate::Refusal;
use crate::ports::Position;

/// Format version. A cursor of another version is refused; the client reads the list from its
/// start.
const VERSION: u8 = 2;
/// Version, `createdAt` in Unix milliseconds (big-endian), id as text.
const BYTES: usize = 1 + 8 + 26;
/// Its length in base64url.
const CHARACTERS: usize = (BYTES * 8).div_ceil(6);

/// Encodes a position.
pub fn encode(position: Position) -> String {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.push(VERSION);
    bytes.extend(position.created_at.to_be_bytes());
    bytes.extend(position.id.to_string().bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// Decodes a cursor. Each position has exactly one encoding.
///
/// # Errors
/// `invalid_cursor` for any malformed cursor.
pub fn decode(cursor: &str) -> Result<Position, Refusal> {
    read(cursor).ok_or_else(|| {
        Refusal::new(
            ErrorCode::InvalidCursor,
            "the cursor is malformed or from another version of the API; start without one",
        )
    })
}

fn read(cursor: &str) -> Option<Position> {
    // Checked before decoding: the caller controls the length.
    if cursor.len() != CHARACTERS {
        return None;
    }
    // Refuses padding, other alphabets and non-zero trailing bits:
    // https://www.rfc-editor.org/rfc/rfc4648#section-3.5
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (&version, rest) = bytes.split_first()?;
    let (created_at, id) = rest.split_first_chunk()?;
    // Only the canonical form of an id is accepted.
    let id: UploadId = std::str::from_utf8(id).ok()?.parse().ok()?;
    (version == VERSION).then_some(Position {
        created_at: u64::from_be_bytes(*created_at),
        id,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOLDEN: &str = "AgAAAAAAAAB7MDAwMDAwMDAwMTAwMDAwMDAwMDAwMDAwMDI";

    fn position() -> Position {
        Position {
            created_at: 123,
            id: UploadId::from_parts(1, 2),
        }
    }

    fn refused(cursor: &str) {
        let refusal = decode(cursor).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidCursor, "{cursor:.60}");
    }

    /// Clients hold cursors across a deployment, so the format of a version never changes.
    #[test]
    fn f88_the_format_of_version_2_is_pinned() {
        assert_eq!(encode(position()), GOLDEN);
        assert_eq!(decode(GOLDEN), Ok(position()));
    }

    #[test]
    fn f88_a64_a_cursor_of_another_version_is_refused() {
        // The format of version 1, with an expiry and a MAC.
        refused(
            "AQAAAaMdgqwAAAAAAAAAAHswMDAwMDAwMDAxMDAwMDAwMDAwMDAwMDAwMoj--sPbVW7wo4IkJ1HcRFs2-dkYlgq2NgDx7cSed-Zg",
        );
        let mut bytes = BASE64URL_NOPAD.decode(GOLDEN.as_bytes()).unwrap();
        for version in (0..=u8::MAX).filter(|version| *version != VERSION) {
            bytes[0] = version;
            refused(&BASE64URL_NOPAD.encode(&bytes));
        }
    }

    #[test]
    fn a64_malformed_and_over_long_cursors_are_refused() {
        for text in [
            "",
            "x",
            "====",
            "AAAA",
            &"A".repeat(CHARACTERS),
            &"A".repeat(100_000),
            &"QUFB".repeat(25_000),
            &GOLDEN[1..],
            &GOLDEN[..GOLDEN.len() - 1],
            &format!("{GOLDEN}A"),
            &format!("{GOLDEN}="),
            &format!("{GOLDEN}{GOLDEN}"),
            // Non-zero trailing bits, a lower-case id, an id beyond 128 bits.
            &format!("{}J", &GOLDEN[..GOLDEN.len() - 1]),
            &of_id("0000000001000000000000000a"),
            &of_id("80000000010000000000000002"),
        ] {
            refused(text);
        }
    }

    fn of_id(id: &str) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(123u64.to_be_bytes());
        bytes.extend(id.bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    proptest! {
        #[test]
        fn a64_every_position_has_exactly_one_encoding(
            created_at: u64, time: u64, random: u128, at in 0..CHARACTERS, letter in "[A-Za-z0-9_-]",
        ) {
            let id = UploadId::from_parts(time, random);
            let position = Position { created_at, id };
            let cursor = encode(position);
            prop_assert_eq!(cursor.len(), CHARACTERS);
            prop_assert_eq!(decode(&cursor), Ok(position));
            let changed = format!("{}{letter}{}", &cursor[..at], &cursor[at + 1..]);
            if let Ok(other) = decode(&changed) {
                prop_assert_eq!(encode(other), changed);
            }
        }
    }
}
