//! What a deployment accepts.

use crowfly_contract::limits::MAX_OBJECT_BYTES;
use crowfly_contract::{ErrorCode, Visibility};

use crate::Refusal;
use crate::media::AllowList;

/// What a deployment accepts, from its configuration.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Largest file in bytes.
    pub max_file_bytes: u64,
    /// Media types.
    pub allowed_types: AllowList,
    /// Required suffix of cleaned names; empty for any name.
    pub key_suffix: String,
    /// Whether an upload may request public visibility.
    pub public_allowed: bool,
}

impl Policy {
    /// Bytes of the largest file.
    pub(crate) fn largest_file(&self) -> u64 {
        self.max_file_bytes.min(MAX_OBJECT_BYTES)
    }

    /// Checks a well-formed item; `clean_name` is the last segment of its key.
    ///
    /// # Errors
    /// `type_not_allowed`, `too_large` or `public_not_allowed`, each saying what is allowed.
    pub fn check(
        &self,
        clean_name: &str,
        size: u64,
        media_type: &str,
        visibility: Visibility,
    ) -> Result<(), Refusal> {
        if !self.allowed_types.allows(media_type) {
            return Err(Refusal::new(
                ErrorCode::TypeNotAllowed,
                format!(
                    "the type `{media_type}` is not allowed; allowed are {}, never HTML, SVG, XML or script",
                    self.allowed_types
                ),
            ));
        }
        if !clean_name.ends_with(&self.key_suffix) {
            return Err(Refusal::new(
                ErrorCode::TypeNotAllowed,
                format!("the file's name must end with `{}`", self.key_suffix),
            ));
        }
        let largest = self.largest_file();
        if size > largest {
            return Err(Refusal::new(
                ErrorCode::TooLarge,
                format!("the file has {size} bytes; at most {largest} are allowed"),
            ));
        }
        if visibility == Visibility::Public && !self.public_allowed {
            return Err(Refusal::new(
                ErrorCode::PublicNotAllowed,
                "public objects are switched off here; leave out `visibility`",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crowfly_contract::limits::GIB;

    use super::*;

    fn policy() -> Policy {
        Policy {
            max_file_bytes: 100,
            allowed_types: "video/*".parse().unwrap(),
            key_suffix: ".webm".to_owned(),
            public_allowed: false,
        }
    }

    #[test]
    fn a22_a27_a28_refusals_name_what_is_allowed() {
        use Visibility::{Private, Public};
        let cases = [
            (("a.webm", 100, "video/webm", Private), None),
            (("a.webm", 0, "video/webm", Private), None),
            (
                ("a.webm", 101, "video/webm", Private),
                Some((ErrorCode::TooLarge, "at most 100")),
            ),
            (
                ("a.webm.exe", 1, "video/webm", Private),
                Some((ErrorCode::TypeNotAllowed, ".webm")),
            ),
            (
                ("a.webm", 1, "image/png", Private),
                Some((ErrorCode::TypeNotAllowed, "video/*")),
            ),
            (
                ("a.webm", 1, "text/html", Private),
                Some((ErrorCode::TypeNotAllowed, "never HTML")),
            ),
            (
                ("a.webm", 1, "video/webm", Public),
                Some((ErrorCode::PublicNotAllowed, "visibility")),
            ),
        ];
        for ((name, size, media_type, visibility), expected) in cases {
            match (policy().check(name, size, media_type, visibility), expected) {
                (Ok(()), None) => {}
                (Err(refusal), Some((code, part))) => {
                    assert_eq!(refusal.code, code);
                    assert!(refusal.message.contains(part), "{}", refusal.message);
                }
                (outcome, _) => panic!("{name} {size} {media_type}: {outcome:?}"),
            }
        }
    }

    #[test]
    fn f43_a_file_above_the_largest_object_is_too_large_whatever_the_configuration() {
        let policy = Policy {
            max_file_bytes: u64::MAX,
            ..policy()
        };
        let check = |size| policy.check("a.webm", size, "video/webm", Visibility::Private);
        assert!(check(5 * GIB + 1).is_ok());
        assert!(check(MAX_OBJECT_BYTES).is_ok());
        assert_eq!(
            check(MAX_OBJECT_BYTES + 1).unwrap_err().code,
            ErrorCode::TooLarge
        );
    }
}
