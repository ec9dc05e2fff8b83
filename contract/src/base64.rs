//! Standard base64 of exactly eight bytes: eleven digits and one `=`.
//! <https://www.rfc-editor.org/rfc/rfc4648#section-4>

const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Length of the encoded form.
pub(crate) const ENCODED_LEN: usize = 12;

/// Encodes big-endian `value`.
pub(crate) fn encode(value: u64) -> String {
    let mut text = ["="; ENCODED_LEN];
    for (place, slot) in text.iter_mut().take(11).enumerate() {
        // Ten digits carry 60 bits; the eleventh carries the last four, followed by two zero bits.
        let six = if place < 10 {
            value >> (58 - 6 * place)
        } else {
            value << 2
        };
        *slot = digit(DIGITS, (six & 0x3f) as usize);
    }
    text.concat()
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
    let place = DIGITS.bytes().position(|known| known == digit)?;
    Some(place as u64)
}

/// One of these digits, by its value. As text: characters and their encoding would be half a kilobyte of the
/// WebAssembly module.
pub(crate) fn digit(digits: &'static str, value: usize) -> &'static str {
    digits.get(value..=value).unwrap_or_default()
}
