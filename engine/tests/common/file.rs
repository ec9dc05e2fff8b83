//! Files as the simulation sees them: no bytes, but a checksum for every range.

use std::ops::Range;

use crowfly_contract::{Crc64Nvme, PlanKind};
use crowfly_engine::crc64::combine;

#[derive(Clone, Debug)]
pub struct File {
    pub size: u64,
    /// What it holds now.
    pub content: u64,
    /// What it held when it was picked.
    pub picked: u64,
}

/// The checksum of a range of such content.
pub fn crc(content: u64, bytes: &Range<u64>) -> Crc64Nvme {
    let mut mixed = content;
    for word in [bytes.start, bytes.end] {
        mixed = (mixed ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^= mixed >> 29;
    }
    Crc64Nvme::new(mixed)
}

/// The checksum of such content as a whole, cut as a new file of that size is cut.
pub fn whole(content: u64, size: u64) -> Crc64Nvme {
    match PlanKind::for_new_file(size).expect("a size that storage takes") {
        PlanKind::Multipart(plan) => plan
            .parts()
            .map(|part| (crc(content, &part.bytes), part.bytes.end - part.bytes.start))
            .reduce(|(whole, len), (part, more)| (combine(whole, part, more), len + more))
            .map(|(whole, _)| whole)
            .expect("a plan has a part"),
        _ => crc(content, &(0..size)),
    }
}
