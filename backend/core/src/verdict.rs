//! Decides `verified`: whether a stored object is what its client declared.

use crate::Declared;
use crate::ports::Head;

/// The result of comparing a stored object with its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Checksum, size and type equal the declaration.
    Verified,
    /// One of them differs or was not declared, storage states no checksum, or there is no object.
    Unverified,
}

impl Verdict {
    /// Compares the declaration with the stored object.
    pub fn of(declared: Option<&Declared>, head: Option<&Head>) -> Self {
        let needed = head.and_then(Self::needed);
        if needed.is_some() && declared == needed.as_ref() {
            Self::Verified
        } else {
            Self::Unverified
        }
    }

    /// The declaration that makes this object verified, for a store that compares by itself: every
    /// field must be equal. `None` if no declaration does.
    pub fn needed(head: &Head) -> Option<Declared> {
        Some(Declared {
            size: head.size,
            media_type: head.media_type.clone(),
            crc64nvme: Some(head.crc64nvme?),
        })
    }

    /// Whether this is [`Verdict::Verified`].
    pub fn is_verified(self) -> bool {
        self == Self::Verified
    }
}

#[cfg(test)]
mod tests {
    use crowfly_contract::Crc64Nvme;

    use super::*;

    const CRC: Crc64Nvme = Crc64Nvme::new(0xae8b_1486_0a79_9888);
    const OTHER: Crc64Nvme = Crc64Nvme::new(1);

    fn declared(size: u64, media_type: &str, crc64nvme: Option<Crc64Nvme>) -> Option<Declared> {
        Some(Declared {
            size,
            media_type: media_type.to_owned(),
            crc64nvme,
        })
    }

    fn held(size: u64, media_type: &str, crc64nvme: Option<Crc64Nvme>) -> Option<Head> {
        Some(Head {
            size,
            media_type: media_type.to_owned(),
            content_encoding: None,
            etag: "e".to_owned(),
            version_id: None,
            crc64nvme,
            last_modified: None,
        })
    }

    #[test]
    fn an_object_is_verified_only_if_checksum_size_and_type_are_as_declared() {
        let webm = "video/webm";
        let cases = [
            (declared(9, webm, Some(CRC)), held(9, webm, Some(CRC)), true),
            (declared(0, webm, Some(CRC)), held(0, webm, Some(CRC)), true),
            (
                declared(9, webm, Some(CRC)),
                held(8, webm, Some(CRC)),
                false,
            ),
            (
                declared(9, webm, Some(CRC)),
                held(9, "video/mp4", Some(CRC)),
                false,
            ),
            (
                declared(9, webm, Some(CRC)),
                held(9, "Video/WebM", Some(CRC)),
                false,
            ),
            (
                declared(9, webm, Some(CRC)),
                held(9, webm, Some(OTHER)),
                false,
            ),
            (declared(9, webm, Some(CRC)), held(9, webm, None), false),
            (declared(9, webm, None), held(9, webm, Some(CRC)), false),
            (declared(9, webm, None), held(9, webm, None), false),
            (declared(9, webm, Some(CRC)), None, false),
            (None, held(9, webm, Some(CRC)), false),
            (None, held(9, webm, None), false),
            (None, None, false),
        ];
        for (declared, head, verified) in cases {
            let verdict = Verdict::of(declared.as_ref(), head.as_ref());
            assert_eq!(verdict.is_verified(), verified, "{declared:?} {head:?}");
        }
    }
}
