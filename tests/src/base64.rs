//! Base64 in the two alphabets that HTTP uses: <https://www.rfc-editor.org/rfc/rfc4648>.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The URL-safe alphabet without padding, as JSON Web Tokens use it (RFC 4648, section 5).
pub fn url_safe(bytes: &[u8]) -> String {
    digits(bytes, URL_SAFE)
}

/// The standard alphabet with padding (RFC 4648, section 4).
pub fn standard(bytes: &[u8]) -> String {
    let mut text = digits(bytes, STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Decodes the standard alphabet; `None` for any other character.
pub fn decode_standard(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.bytes().filter(|&byte| byte != b'=') {
        let six = STANDARD.iter().position(|&digit| digit == byte)?;
        bits = bits << 6 | u32::try_from(six).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    Some(out)
}

fn digits(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, &byte| word << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(alphabet[(word >> (18 - 6 * place) & 0x3f) as usize].into());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{decode_standard, standard, url_safe};

    /// The vectors of <https://www.rfc-editor.org/rfc/rfc4648#section-10>.
    #[test]
    fn the_vectors_of_the_rfc() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(standard(plain.as_bytes()), text);
            assert_eq!(decode_standard(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(url_safe(&[0xfb, 0xff]), "-_8");
        assert_eq!(decode_standard("a\nb"), None);
    }
}
