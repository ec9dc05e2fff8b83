//! The two encodings that a key meets: S3's event JSON is form-encoded, an address is percent-encoded.

/// Decodes one round of form encoding: `+` is a space, `%XX` is a byte. `None` when an escape is broken or
/// the bytes are not UTF-8.
pub(crate) fn decode_form(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes everything but unreserved characters (RFC 3986) and those in `keep`.
pub(crate) fn encode(text: &str, keep: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte);
        if plain {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push(digit(byte >> 4));
            encoded.push(digit(byte & 0x0f));
        }
    }
    encoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode_form, encode};

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
        assert_eq!(encode("a b+c%d&e#f?g", b"/"), "a%20b%2Bc%25d%26e%23f%3Fg");
        assert_eq!(encode("uploads/é'()*", b"/"), "uploads/%C3%A9%27%28%29%2A");
    }

    proptest! {
        #[test]
        fn a87_any_key_survives_the_form_encoding_of_an_event(key in "\\PC*") {
            let form = encode(&key, b"/").replace("%20", "+");
            prop_assert_eq!(decode_form(&form), Some(key));
        }

        #[test]
        fn a87_an_encoded_address_is_plain_ascii_and_decodes_to_the_key(key in "\\PC*") {
            let url = encode(&key, b"/");
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic() && !b"+#?& \"<>".contains(&b)));
            prop_assert_eq!(decode_form(&url), Some(key));
        }
    }
}
