//! The content of `faults.file` in `page.js`, and its checksum.

use crowfly_engine::crc64::Crc64;

/// `size` bytes of xorshift32 from `seed`, words in little-endian order.
pub(crate) fn content(seed: u32, size: usize) -> Vec<u8> {
    let mut state = seed.max(1);
    let mut out = Vec::with_capacity(size + 4);
    while out.len() < size {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(size);
    out
}

/// The checksum of that content, as S3 writes it.
pub(crate) fn checksum(seed: u32, size: u64) -> String {
    let size = usize::try_from(size).expect("a size that memory holds");
    crc64nvme(&content(seed, size))
}

/// The checksum of any bytes, as S3 writes it.
pub(crate) fn crc64nvme(bytes: &[u8]) -> String {
    let mut crc = Crc64::new();
    crc.update(bytes);
    crc.value().to_string()
}
