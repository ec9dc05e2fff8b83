//! Reading and writing of EBML elements: [RFC 8794](https://www.rfc-editor.org/rfc/rfc8794).

use crate::ids::VOID;

/// The start of an element: its ID and the size of what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) id: u32,
    /// `None` if it is unknown.
    pub(crate) size: Option<u64>,
    /// Length of ID and size together, at most 12.
    pub(crate) len: usize,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// More bytes are needed.
    More,
    /// No bytes can make this EBML.
    Invalid,
}

/// A variable-size integer with its marker, and its length. `longest` is that of IDs or sizes.
fn vint(bytes: &[u8], longest: usize) -> Result<(u64, usize), Lack> {
    let first = *bytes.first().ok_or(Lack::More)?;
    let len = (first.leading_zeros() as usize).saturating_add(1);
    if len > longest {
        return Err(Lack::Invalid);
    }
    let bytes = bytes.get(..len).ok_or(Lack::More)?;
    Ok((uint(bytes), len))
}

/// The value of such an integer, without its marker; `None` if all its bits are ones, which is the unknown size.
pub(crate) fn data(bytes: &[u8]) -> Result<(Option<u64>, usize), Lack> {
    let (raw, len) = vint(bytes, 8)?;
    let ones = u64::MAX >> 64_usize.saturating_sub(len.saturating_mul(7)).min(63);
    let value = raw & ones;
    Ok(((value != ones).then_some(value), len))
}

pub(crate) fn header(bytes: &[u8]) -> Result<Header, Lack> {
    let (id, id_len) = vint(bytes, 4)?;
    let (size, size_len) = data(bytes.get(id_len..).unwrap_or_default())?;
    Ok(Header {
        id: id as u32,
        size,
        len: id_len.saturating_add(size_len),
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

/// The first element of `bytes`, which must be of known size and complete.
pub(crate) fn element(bytes: &[u8]) -> Result<Element<'_>, Lack> {
    let Header { id, size, len } = header(bytes)?;
    let size = usize::try_from(size.ok_or(Lack::Invalid)?).map_err(|_| Lack::Invalid)?;
    let end = len.checked_add(size).ok_or(Lack::Invalid)?;
    let whole = bytes.get(..end).ok_or(Lack::More)?;
    let payload = whole.get(len..).unwrap_or_default();
    Ok(Element { id, whole, payload })
}

/// The children of a complete element; `None` takes the place of what is none, and ends them.
pub(crate) struct Children<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Children<'a> {
    type Item = Option<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let child = element(self.0).ok();
        let read = child.map_or(self.0.len(), |child| child.whole.len());
        self.0 = self.0.get(read..).unwrap_or_default();
        Some(child)
    }
}

/// The fewest bytes that an unsigned integer takes, at least one.
pub(crate) fn uint_len(value: u64) -> usize {
    let bits = 64_u32.saturating_sub(value.leading_zeros());
    bits.div_ceil(8).max(1) as usize
}

/// The fewest bytes that a size takes: one of seven ones would be the unknown size.
pub(crate) fn size_len(size: usize) -> usize {
    let bits = usize::BITS.saturating_sub(size.saturating_add(1).leading_zeros());
    // `size + 1` has a bit more exactly where the ones run over.
    bits.div_ceil(7).max(1) as usize
}

/// The last `len` bytes of a value.
fn put_bytes(out: &mut Vec<u8>, value: u64, len: usize) {
    let bytes = value.to_be_bytes();
    out.extend_from_slice(bytes.get(8_usize.saturating_sub(len)..).unwrap_or_default());
}

pub(crate) fn put_id(out: &mut Vec<u8>, id: u32) {
    put_bytes(out, id.into(), uint_len(id.into()));
}

/// Appends a size in `len` bytes, which must be enough and at most eight.
pub(crate) fn put_size(out: &mut Vec<u8>, size: usize, len: usize) {
    let marker = 1_u64 << (len.saturating_mul(7).min(63));
    put_bytes(out, marker | size as u64, len);
}

/// Appends an element with its payload.
pub(crate) fn put(out: &mut Vec<u8>, id: u32, payload: &[u8]) {
    put_id(out, id);
    put_size(out, payload.len(), size_len(payload.len()));
    out.extend_from_slice(payload);
}

/// Appends an unsigned integer in its fewest bytes.
pub(crate) fn put_uint(out: &mut Vec<u8>, id: u32, value: u64) {
    let len = uint_len(value);
    put_id(out, id);
    put_size(out, len, 1);
    put_bytes(out, value, len);
}

/// Appends a [Void](https://www.rfc-editor.org/rfc/rfc8794#section-11.3.2) of `len` bytes in all; none is shorter than
/// two, so for one byte nothing is written.
pub(crate) fn put_void(out: &mut Vec<u8>, len: usize) {
    let Some(rest) = len.checked_sub(2) else {
        return;
    };
    // The length of the size takes part of the room: with a longer one the payload is shorter.
    let width = size_len(rest);
    let payload = rest.saturating_add(1).saturating_sub(width);
    let end = out.len().saturating_add(len);
    put_id(out, VOID);
    put_size(out, payload, width);
    out.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_unknown_sizes_of_every_length_are_read() {
        assert_eq!(data(&[0x81]), Ok((Some(1), 1)));
        assert_eq!(data(&[0xFF]), Ok((None, 1)));
        assert_eq!(data(&[0x40, 0x7F]), Ok((Some(127), 2)));
        for len in 1..=8_usize {
            let mut out = Vec::new();
            put_size(&mut out, 5, len);
            assert_eq!(data(&out), Ok((Some(5), len)));
            let mut ones = vec![0xFF; len];
            ones[0] = 0xFF >> (len - 1);
            assert_eq!(data(&ones), Ok((None, len)), "{len}");
            assert_eq!(data(&ones[..len - 1]), Err(Lack::More));
            ones[len - 1] &= 0xFE;
            let most = (1_u64 << (7 * len)) - 2;
            assert_eq!(data(&ones), Ok((Some(most), len)));
        }
        assert_eq!(data(&[0; 9]), Err(Lack::Invalid), "nine bytes");
        assert_eq!(
            header(&[0x08, 0, 0, 0, 0]),
            Err(Lack::Invalid),
            "an ID of 5"
        );
    }

    #[test]
    fn the_fewest_bytes_are_written() {
        let cases = [(0, 1), (126, 1), (127, 2), (16_382, 2), (16_383, 3)];
        for (size, len) in cases {
            assert_eq!(size_len(size), len, "{size}");
        }
        assert_eq!([0, 255, 256, u64::MAX].map(uint_len), [1, 1, 2, 8]);
        let mut out = Vec::new();
        put_uint(&mut out, 0xE7, 0x0102);
        assert_eq!(out, [0xE7, 0x82, 1, 2]);
    }

    /// At 129 bytes a size of one byte is too short, and one of two a byte too long for the rest.
    #[test]
    fn a_void_has_every_length_but_one() {
        for len in (2..400).chain(16_300..16_500) {
            let mut out = Vec::new();
            put_void(&mut out, len);
            assert_eq!(out.len(), len);
            let void = element(&out).expect("an element");
            assert_eq!((void.id, void.whole.len()), (VOID, len));
        }
        let mut out = Vec::new();
        put_void(&mut out, 1);
        assert!(out.is_empty());
    }

    #[test]
    fn children_end_at_what_is_none() {
        let mut out = Vec::new();
        put_uint(&mut out, 0xE7, 1);
        out.extend_from_slice(&[0xEC, 0x85, 0]);
        let found: Vec<_> = Children(&out).map(|child| child.map(|it| it.id)).collect();
        assert_eq!(found, [Some(0xE7), None]);
    }
}
