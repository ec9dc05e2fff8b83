//! Reading and writing of EBML elements: [RFC 8794](https://www.rfc-editor.org/rfc/rfc8794).
//!
//! What is written has sizes of one byte or of four, and integers of fixed lengths, which EBML permits: a table of
//! lengths would take more room in the module than it saves in a recording.

use crate::ids::VOID;

/// The start of an element: its ID and the size of what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) id: u32,
    /// [`UNKNOWN`], or less than 2⁵⁶.
    pub(crate) size: u64,
    /// Length of ID and size together, at most 12.
    pub(crate) len: usize,
}

pub(crate) const UNKNOWN: u64 = u64::MAX;

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// More bytes are needed.
    More,
    /// No bytes can make this EBML.
    Invalid,
}

/// A variable-size integer with its marker, and its length. `longest` is that of IDs or sizes.
#[inline(never)]
fn vint(bytes: &[u8], longest: usize) -> Result<(u64, usize), Lack> {
    let first = *bytes.first().ok_or(Lack::More)?;
    let len = (first.leading_zeros() as usize).wrapping_add(1);
    if len > longest {
        return Err(Lack::Invalid);
    }
    let bytes = bytes.get(..len).ok_or(Lack::More)?;
    Ok((uint(bytes), len))
}

/// The value of such an integer, without its marker; all ones are the unknown size.
#[inline(never)]
pub(crate) fn data(bytes: &[u8]) -> Result<(u64, usize), Lack> {
    let (raw, len) = vint(bytes, 8)?;
    let ones = !(u64::MAX << (len.wrapping_mul(7) & 63));
    let value = raw & ones;
    Ok((if value == ones { UNKNOWN } else { value }, len))
}

#[inline(never)]
pub(crate) fn header(bytes: &[u8]) -> Result<Header, Lack> {
    let (id, id_len) = vint(bytes, 4)?;
    let (size, size_len) = data(bytes.get(id_len..).unwrap_or_default())?;
    Ok(Header {
        id: id as u32,
        size,
        len: id_len.wrapping_add(size_len),
    })
}

/// A big-endian unsigned integer; of more than eight bytes the last count.
pub(crate) fn uint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A complete element in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) id: u32,
    pub(crate) whole: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// The children of a complete element, for each of which `each` says whether to go on. Returns whether all were
/// elements, and `each` had no objection.
pub(crate) fn children<'a>(payload: &'a [u8], each: &mut dyn FnMut(Element<'a>) -> bool) -> bool {
    let mut rest = payload;
    while !rest.is_empty() {
        let Ok(Header { id, size, len }) = header(rest) else {
            return false;
        };
        let end = size.wrapping_add(len as u64);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let Some((whole, others)) = rest.split_at_checked(end).filter(|_| size != UNKNOWN) else {
            return false;
        };
        let payload = whole.get(len..).unwrap_or_default();
        if !each(Element { id, whole, payload }) {
            return false;
        }
        rest = others;
    }
    true
}

/// A size of four bytes.
pub(crate) fn size(size: usize) -> [u8; 4] {
    (0x1000_0000 | size as u32).to_be_bytes()
}

/// Appends a [Void](https://www.rfc-editor.org/rfc/rfc8794#section-11.3.2) of `len` bytes in all; none is shorter than
/// two, so for one byte nothing is written.
#[inline(never)]
pub(crate) fn put_void(out: &mut Vec<u8>, len: usize) {
    let end = out.len().wrapping_add(len);
    match len {
        0 | 1 => return,
        // Seven ones are the unknown size.
        2..129 => out.extend_from_slice(&[VOID as u8, 0x7E_u8.wrapping_add(len as u8)]),
        _ => {
            out.push(VOID as u8);
            out.extend_from_slice(&size(len.wrapping_sub(5)));
        }
    }
    out.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_unknown_sizes_of_every_length_are_read() {
        assert_eq!(data(&[0x81]), Ok((1, 1)));
        assert_eq!(data(&[0xFF]), Ok((UNKNOWN, 1)));
        assert_eq!(data(&[0x40, 0x7F]), Ok((127, 2)));
        assert_eq!(data(&size(0x0123_4567)), Ok((0x0123_4567, 4)));
        for len in 1..=8_usize {
            let mut bytes = vec![0; len];
            bytes[0] = 0x80 >> (len - 1);
            bytes[len - 1] |= 1;
            assert_eq!(data(&bytes), Ok((1, len)));
            let mut ones = vec![0xFF; len];
            ones[0] = 0xFF >> (len - 1);
            assert_eq!(data(&ones), Ok((UNKNOWN, len)), "{len}");
            assert_eq!(data(&ones[..len - 1]), Err(Lack::More));
            ones[len - 1] &= 0xFE;
            let most = (1_u64 << (7 * len)) - 2;
            assert_eq!(data(&ones), Ok((most, len)));
        }
        assert_eq!(data(&[0; 9]), Err(Lack::Invalid), "nine bytes");
        let five = header(&[0x08, 0, 0, 0, 0]);
        assert_eq!(five, Err(Lack::Invalid), "an ID of five bytes");
    }

    #[test]
    fn a_void_has_every_length_but_one() {
        for len in (2..400).chain(16_300..16_500).chain([65_536]) {
            let mut out = Vec::new();
            put_void(&mut out, len);
            assert_eq!(out.len(), len);
            let mut found = Vec::new();
            let add = &mut |child: Element<'_>| {
                found.push((child.id, child.whole.len()));
                true
            };
            assert!(children(&out, add));
            assert_eq!(found, [(VOID, len)]);
        }
        let mut out = Vec::new();
        put_void(&mut out, 1);
        assert!(out.is_empty());
    }

    #[test]
    fn children_end_at_what_is_none() {
        let cases: [&[u8]; 4] = [&[0xEC, 0x85, 0], &[0xEC, 0xFF], &[0xEC], &[0]];
        for broken in cases {
            let bytes = [&[0xE7, 0x81, 1], broken].concat();
            let mut count = 0;
            let all = children(&bytes, &mut |_| {
                count += 1;
                true
            });
            assert!(!all && count == 1, "{broken:?}");
        }
    }
}
