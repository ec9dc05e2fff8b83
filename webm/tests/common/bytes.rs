//! Elements as bytes, each as RFC 8794 wants it.

/// How the size of an element is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Fewest,
    /// In eight bytes, as libwebm and Firefox do.
    Eight,
    Unknown,
}

pub(crate) fn id(id: u32) -> Vec<u8> {
    let bytes = id.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

pub(crate) fn sized(number: u32, how: Size, payload: &[u8]) -> Vec<u8> {
    let mut out = id(number);
    let size = payload.len() as u64;
    match how {
        Size::Unknown => out.extend((u64::MAX >> 7).to_be_bytes()),
        Size::Eight => out.extend((1 << 56 | size).to_be_bytes()),
        Size::Fewest => {
            let len = (1..=8).find(|len| size < (1 << (7 * len)) - 1);
            let len = len.expect("a size");
            out.extend(&((1 << (7 * len)) | size).to_be_bytes()[8 - len as usize..]);
        }
    }
    out.extend_from_slice(payload);
    out
}

pub(crate) fn element(number: u32, payload: &[u8]) -> Vec<u8> {
    sized(number, Size::Fewest, payload)
}

pub(crate) fn uint(number: u32, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    element(number, &bytes[zeros.min(7)..])
}

pub(crate) fn master(number: u32, children: &[Vec<u8>]) -> Vec<u8> {
    element(number, &children.concat())
}

/// The payload of a SimpleBlock or Block.
pub(crate) fn block(track: u8, relative: i16, flags: u8, rest: &[u8]) -> Vec<u8> {
    let mut out = vec![0x80 | track];
    out.extend(relative.to_be_bytes());
    out.push(flags);
    out.extend_from_slice(rest);
    out
}
