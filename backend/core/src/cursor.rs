//! The cursor of `GET /uploads`: opaque, tamper-proof, and the caller's own.
//!
//! A cursor is a position with a MAC over the version, the owner, the query and an expiry, so one that was
//! changed, cut, made for someone else, for another query or long ago is refused.

use crowfly_contract::{ErrorCode, OwnerId, UploadId};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Refusal;
use crate::ports::Position;

const VERSION: u8 = 1;
/// How long a cursor may be used, in milliseconds: a day.
const LIFE_MS: u64 = 24 * 3_600 * 1_000;
const ID_LEN: usize = 26;
const BODY_LEN: usize = 1 + 8 + 8 + ID_LEN;
const MAC_LEN: usize = 32;
/// The query that these cursors belong to; it stands in the MAC only.
const QUERY: &[u8] = b"GET /uploads by createdAt, newest first";
/// Shortest key that is accepted, in bytes.
const MIN_KEY_BYTES: usize = 32;

/// The secret behind the MACs.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

/// The secret is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor key must have at least {MIN_KEY_BYTES} bytes")]
pub struct CursorKeyError;

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CursorKey(<redacted>)")
    }
}

impl CursorKey {
    /// Takes the secret.
    ///
    /// # Errors
    /// [`CursorKeyError`] under 32 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, CursorKeyError> {
        if secret.len() < MIN_KEY_BYTES {
            return Err(CursorKeyError);
        }
        Hmac::new_from_slice(secret)
            .map(Self)
            .map_err(|_| CursorKeyError)
    }

    /// Makes the cursor of a position.
    pub fn seal(&self, owner: &OwnerId, position: Position, now_ms: u64) -> String {
        let mut bytes = Vec::with_capacity(BODY_LEN + MAC_LEN);
        bytes.push(VERSION);
        bytes.extend((now_ms + LIFE_MS).to_be_bytes());
        bytes.extend(position.created_at.to_be_bytes());
        bytes.extend(position.id.to_string().bytes());
        let mac = self.mac(owner, &bytes).finalize().into_bytes();
        bytes.extend(mac);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads a cursor back.
    ///
    /// # Errors
    /// `invalid_cursor`, whatever is wrong with it.
    pub fn open(&self, owner: &OwnerId, cursor: &str, now_ms: u64) -> Result<Position, Refusal> {
        self.try_open(owner, cursor, now_ms).ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidCursor,
                "the cursor was not made for this list, or is older than a day; start without one",
            )
        })
    }

    fn try_open(&self, owner: &OwnerId, cursor: &str, now_ms: u64) -> Option<Position> {
        if cursor.len() > 2 * (BODY_LEN + MAC_LEN) {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (body, mac) = bytes.split_at_checked(BODY_LEN)?;
        // Compares in constant time, and the length too.
        self.mac(owner, body).verify_slice(mac).ok()?;
        let (version, rest) = body.split_first()?;
        let (expiry, rest) = rest.split_first_chunk()?;
        let (created_at, id) = rest.split_first_chunk()?;
        let id: UploadId = std::str::from_utf8(id).ok()?.parse().ok()?;
        let alive = *version == VERSION && now_ms < u64::from_be_bytes(*expiry);
        alive.then_some(Position {
            created_at: u64::from_be_bytes(*created_at),
            id,
        })
    }

    fn mac(&self, owner: &OwnerId, body: &[u8]) -> Hmac<Sha256> {
        self.0
            .clone()
            .chain_update(QUERY)
            .chain_update(owner.as_str())
            .chain_update(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    fn key() -> CursorKey {
        CursorKey::new(&[7; 32]).unwrap()
    }

    fn owner(letter: &str) -> OwnerId {
        letter.repeat(26).parse().unwrap()
    }

    fn position() -> Position {
        Position {
            created_at: 123,
            id: UploadId::from_parts(1, 2),
        }
    }

    #[test]
    fn opens_for_its_owner_within_a_day() {
        let cursor = key().seal(&owner("a"), position(), NOW);
        assert_eq!(key().open(&owner("a"), &cursor, NOW), Ok(position()));
        assert_eq!(
            key().open(&owner("a"), &cursor, NOW + LIFE_MS - 1),
            Ok(position())
        );
        assert!(key().open(&owner("a"), &cursor, NOW + LIFE_MS).is_err());
    }

    #[test]
    fn a61_a64_every_other_cursor_is_refused() {
        let cursor = key().seal(&owner("a"), position(), NOW);
        let refused = |owner: &OwnerId, cursor: &str| {
            assert_eq!(
                key().open(owner, cursor, NOW).unwrap_err().code,
                ErrorCode::InvalidCursor
            );
        };
        refused(&owner("b"), &cursor);
        for text in [
            "",
            "x",
            "====",
            "AAAA",
            &"A".repeat(100_000),
            &cursor[1..],
            &cursor[..cursor.len() - 1],
        ] {
            refused(&owner("a"), text);
        }
        for at in 0..cursor.len() {
            let other = if &cursor[at..=at] == "A" { "B" } else { "A" };
            refused(
                &owner("a"),
                &format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]),
            );
        }
        let foreign = CursorKey::new(&[8; 32])
            .unwrap()
            .seal(&owner("a"), position(), NOW);
        refused(&owner("a"), &foreign);
    }

    /// Cursors are out there when a new version is deployed: this one must open for as long as it lives.
    #[test]
    fn f88_a_cursor_of_version_1_still_opens() {
        let golden = "AQAAAaMdgqwAAAAAAAAAAHswMDAwMDAwMDAxMDAwMDAwMDAwMDAwMDAwMoj--sPbVW7wo4IkJ1HcRFs2-dkYlgq2NgDx7cSed-Zg";
        assert_eq!(key().seal(&owner("a"), position(), NOW), golden);
        assert_eq!(key().open(&owner("a"), golden, NOW), Ok(position()));
    }

    #[test]
    fn a64_a_cursor_of_another_version_or_query_is_refused_although_it_is_sealed() {
        let sealed = |version: u8, query: &[u8]| {
            let mut bytes = vec![version];
            bytes.extend((NOW + LIFE_MS).to_be_bytes());
            bytes.extend(position().created_at.to_be_bytes());
            bytes.extend(position().id.to_string().bytes());
            let mac = key().0.chain_update(query);
            let mac = mac.chain_update(owner("a").as_str()).chain_update(&bytes);
            bytes.extend(mac.finalize().into_bytes());
            BASE64URL_NOPAD.encode(&bytes)
        };
        let open = |cursor: &str| key().open(&owner("a"), cursor, NOW);
        assert_eq!(open(&sealed(VERSION, QUERY)), Ok(position()));
        for (version, query) in [
            (0, QUERY),
            (VERSION + 1, QUERY),
            (VERSION, b"GET /uploads by id".as_slice()),
        ] {
            let refused = open(&sealed(version, query));
            assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidCursor);
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_shown() {
        assert!(CursorKey::new(&[1; 31]).is_err());
        assert_eq!(format!("{:?}", key()), "CursorKey(<redacted>)");
    }
}
