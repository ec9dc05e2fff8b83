//! The two encodings of a key: `application/x-www-form-urlencoded` in S3's event JSON
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>),
//! percent-encoding in a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters of <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same, except that the slash separates path segments.
pub(crate) const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Decodes form encoding once: `+` is a space, `%XX` is a byte
/// (<https://url.spec.whatwg.org/#urlencoded-parsing>). `None` if an escape is malformed or the
/// bytes are not UTF-8.
pub(crate) fn decode_form(text: &str) -> Option<String> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().first_chunk();
        digits.is_some_and(|digits: &[u8; 2]| digits.iter().all(u8::is_ascii_hexdigit))
    };
    // The decoder keeps malformed escapes, which S3 never writes.
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// Percent-encodes the characters of the set, and everything that is not ASCII.
pub(crate) fn encode(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{RESERVED_IN_PATH, decode_form, encode};

    #[test]
    fn a87_decodes_once() {
        let cases = [
            ("red+flower.jpg", Some("red flower.jpg")),
            ("a%2Bb", Some("a+b")),
            ("a%252Bb", Some("a%2Bb")),
            ("uploads%2Fx", Some("uploads/x")),
            ("%ED%95%9C", Some("한")),
            ("%F0%9F%98%80", Some("😀")),
            ("100%25", Some("100%")),
            ("a%2", None),
            ("a%zz", None),
            ("a%+1", None),
            ("%FF", None),
        ];
        for (encoded, decoded) in cases {
            assert_eq!(decode_form(encoded).as_deref(), decoded, "{encoded}");
        }
    }

    #[test]
    fn a87_addresses_encode_all_that_a_url_gives_a_meaning() {
        assert_eq!(
            encode("a b+c%d&e#f?g", RESERVED_IN_PATH),
            "a%20b%2Bc%25d%26e%23f%3Fg"
        );
        assert_eq!(
            encode("uploads/é'()*", RESERVED_IN_PATH),
            "uploads/%C3%A9%27%28%29%2A"
        );
    }

    proptest! {
        #[test]
        fn a87_any_key_survives_the_form_encoding_of_an_event(key in "\\PC*") {
            let form = encode(&key, RESERVED_IN_PATH).replace("%20", "+");
            prop_assert_eq!(decode_form(&form), Some(key));
        }

        #[test]
        fn a87_an_encoded_address_is_plain_ascii_and_decodes_to_the_key(key in "\\PC*") {
            let url = encode(&key, RESERVED_IN_PATH);
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic() && !b"+#?& \"<>".contains(&b)));
            prop_assert_eq!(decode_form(&url), Some(key));
        }
    }
}
