//! Files as the simulation sees them: no bytes, but a checksum for every range.

use std::ops::Range;

use crowfly_contract::{Crc64Nvme, LivePlan, PartPlan, PlanKind};
use crowfly_engine::crc64::combine;

use super::multipart::live_parts;

#[derive(Clone, Debug)]
pub struct File {
    pub size: u64,
    /// What it holds now.
    pub content: u64,
    /// What it held when it was picked.
    pub picked: u64,
    /// How the server cuts it, if not as a new file.
    pub cut: Option<PartPlan>,
    /// How it is cut if it grows.
    pub live: Option<LivePlan>,
    /// Its first part was changed, if this is not 0.
    pub head: u64,
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

impl File {
    /// The checksum of a range as it reads now.
    pub fn read(&self, bytes: &Range<u64>) -> Crc64Nvme {
        if *bytes == (0..self.size) {
            self.whole_of(self.content)
        } else {
            self.part(bytes, self.head)
        }
    }

    /// The checksum of a part as it reads while the head is this.
    pub fn part(&self, bytes: &Range<u64>, head: u64) -> Crc64Nvme {
        part_of(self.content, bytes, head)
    }

    /// The checksum of all that was picked.
    pub fn whole(&self) -> Crc64Nvme {
        self.whole_of(self.picked)
    }

    fn whole_of(&self, content: u64) -> Crc64Nvme {
        if let Some(plan) = self.live {
            let parts = live_parts(plan, self.size).into_iter();
            return joined(
                parts.map(|part| (part_of(content, &part, self.head), part.end - part.start)),
            );
        }
        let plan = match PlanKind::for_new_file(self.size).expect("a size that storage takes") {
            PlanKind::Multipart(plan) => self.cut.unwrap_or(plan),
            _ => return crc(content, &(0..self.size)),
        };
        let parts = plan.parts().map(|part| {
            let size = part.bytes.end - part.bytes.start;
            (crc(content, &part.bytes), size)
        });
        joined(parts)
    }
}

fn part_of(content: u64, bytes: &Range<u64>, head: u64) -> Crc64Nvme {
    let head = if bytes.start == 0 { head } else { 0 };
    crc(content ^ head, bytes)
}

fn joined(parts: impl Iterator<Item = (Crc64Nvme, u64)>) -> Crc64Nvme {
    parts
        .reduce(|(whole, size), (part, more)| (combine(whole, part, more), size + more))
        .map(|(whole, _)| whole)
        .expect("a plan has a part")
}
