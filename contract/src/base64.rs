//! Standard base64 of exactly eight bytes: eleven digits and one `=`.
//! <https://www.rfc-editor.org/rfc/rfc4648#section-4>

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Length of the encoded form.
pub(crate) const ENCODED_LEN: usize = 12;

/// Encodes big-endian `value`.
pub(crate) fn encode(value: u64) -> [u8; ENCODED_LEN] {
    let mut text = [b'='; ENCODED_LEN];
    for (place, slot) in text.iter_mut().take(11).enumerate() {
        // Ten digits carry 60 bits; the eleventh carries the last four, followed by two zero bits.
        let six = if place < 10 {
            value >> (58 - 6 * place)
        } else {
            value << 2
        };
        *slot = DIGITS[(six & 0x3f) as usize];
    }
    text
}

/// Decodes the canonical form only; anything else, including non-zero padding bits, is `None`.
pub(crate) fn decode(text: &[u8]) -> Option<u64> {
    let [digits @ .., last, b'='] = text else {
        return None;
    };
    if text.len() != ENCODED_LEN {
        return None;
    }
    let mut value = 0u64;
    for &digit in digits {
        value = value << 6 | sextet(digit)?;
    }
    let tail = sextet(*last)?;
    (tail & 0b11 == 0).then_some(value << 4 | tail >> 2)
}

fn sextet(digit: u8) -> Option<u64> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u64::from(value))
}

/// Digits as text.
pub(crate) fn ascii(digits: &[u8]) -> String {
    digits.iter().copied().map(char::from).collect()
}
