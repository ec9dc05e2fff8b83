use std::fmt;
use std::ops::Range;

use crate::limits::{
    GIB, LARGEST_ASKED_PART_BYTES, MAX_OBJECT_BYTES, MAX_PART_BYTES, MAX_PARTS, MIB,
    MIN_PART_BYTES, SINGLE_PUT_UP_TO_BYTES, SMALLEST_PLANNED_PART_BYTES,
};

/// Connections that a browser opens to one HTTP/1.1 host, hence parts sent in parallel.
const CONNECTIONS: u64 = 6;
/// Minimum number of parts, if they stay large enough: two rounds over all connections.
const COMFORTABLE_PARTS: u64 = 2 * CONNECTIONS;
/// Large parts save CORS preflights (one per part URL); small parts lose less to a failed request.
/// <https://developer.mozilla.org/docs/Glossary/Preflight_request>
const LARGEST_COMFORTABLE_PART_BYTES: u64 = 32 * MIB;
/// Above this many rounds the idle time in the last one is negligible.
const MOST_EVEN_ROUNDS: u64 = 16;

/// Whether a new file is sent in one PUT or in parts, by its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanKind {
    /// One PUT of the whole file.
    Single,
    /// Parts of this plan.
    Multipart(PartPlan),
}

/// How a file of `size` bytes is split: every part has `part_size` bytes except the last, which has the rest.
///
/// A record keeps its part size, so a change of [`PlanKind::for_new_file`] affects new uploads only, and a repeated
/// create call that asks for another part size gets the plan of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlan {
    size: u64,
    part_size: u64,
}

/// One part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRange {
    /// From 1.
    pub number: u32,
    /// The byte range of the file that it carries.
    pub bytes: Range<u64>,
}

/// Why a file cannot be split this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The file is larger than the maximum object.
    FileTooLarge,
    /// The part size is less than 5 MiB or more than 5 GiB.
    PartSize,
    /// The part size would give more than 10,000 parts.
    TooManyParts,
    /// The file is empty, and a multipart upload needs at least one part.
    Empty,
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::FileTooLarge => "the file is larger than the largest object, 48.8 TiB",
            Self::PartSize => "a part must have 5 MiB to 5 GiB",
            Self::TooManyParts => "the part size makes more than 10,000 parts",
            Self::Empty => "an empty file has no parts",
        })
    }
}

impl std::error::Error for PlanError {}

impl PlanKind {
    /// The plan for a new upload of `size` bytes whose client asks for no part size: one PUT up to 16 MiB, otherwise
    /// parts of at least 8 MiB, larger for larger files, in whole rounds of six while that matters, and at most 10,000.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] above 48.8 TiB.
    pub fn for_new_file(size: u64) -> Result<Self, PlanError> {
        if size <= SINGLE_PUT_UP_TO_BYTES {
            return Ok(Self::Single);
        }
        if size > MAX_OBJECT_BYTES {
            return Err(PlanError::FileTooLarge);
        }
        let comfortable = match size {
            _ if size <= 64 * GIB => (size / COMFORTABLE_PARTS)
                .clamp(SMALLEST_PLANNED_PART_BYTES, LARGEST_COMFORTABLE_PART_BYTES),
            _ => 2 * LARGEST_COMFORTABLE_PART_BYTES,
        };
        // Whole rounds keep every connection busy until the last parts.
        let rounds = size / comfortable / CONNECTIONS;
        let even = match rounds {
            1..=MOST_EVEN_ROUNDS => size.div_ceil(rounds * CONNECTIONS),
            _ => comfortable,
        };
        let smallest = size.div_ceil(u64::from(MAX_PARTS));
        let part_size = even.max(smallest).div_ceil(MIB) * MIB;
        PartPlan::new(size, part_size).map(Self::Multipart)
    }

    /// The plan for a new upload of `size` bytes whose client asks for parts of `asked` bytes: that size, but at least
    /// 5 MiB, at most 64 MiB, and as large as 10,000 parts need. Up to 16 MiB it is one PUT all the same.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] above 48.8 TiB.
    pub fn for_asked(size: u64, asked: Option<u64>) -> Result<Self, PlanError> {
        let plan = Self::for_new_file(size)?;
        let (Self::Multipart(_), Some(asked)) = (plan, asked) else {
            return Ok(plan);
        };
        let smallest = size.div_ceil(u64::from(MAX_PARTS)).div_ceil(MIB) * MIB;
        let part_size = asked.clamp(MIN_PART_BYTES, LARGEST_ASKED_PART_BYTES);
        PartPlan::new(size, part_size.max(smallest)).map(Self::Multipart)
    }
}

impl PartPlan {
    /// A plan with a given part size, as stored in a record.
    ///
    /// # Errors
    /// [`PlanError`] if S3 would reject it.
    pub fn new(size: u64, part_size: u64) -> Result<Self, PlanError> {
        if size > MAX_OBJECT_BYTES {
            Err(PlanError::FileTooLarge)
        } else if !(MIN_PART_BYTES..=MAX_PART_BYTES).contains(&part_size) {
            Err(PlanError::PartSize)
        } else if size == 0 {
            Err(PlanError::Empty)
        } else if size.div_ceil(part_size) > u64::from(MAX_PARTS) {
            Err(PlanError::TooManyParts)
        } else {
            Ok(Self { size, part_size })
        }
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of every part except the last.
    pub fn part_size(&self) -> u64 {
        self.part_size
    }

    /// Number of parts, 1 to 10,000.
    pub fn part_count(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size)).unwrap_or(MAX_PARTS)
    }

    /// Part `number`, from 1; `None` outside the plan.
    pub fn part(&self, number: u32) -> Option<PartRange> {
        if !(1..=self.part_count()).contains(&number) {
            return None;
        }
        let start = u64::from(number - 1) * self.part_size;
        Some(PartRange {
            number,
            bytes: start..self.size.min(start + self.part_size),
        })
    }

    /// All parts in order.
    pub fn parts(&self) -> impl Iterator<Item = PartRange> + use<> {
        let plan = *self;
        (1..=plan.part_count()).filter_map(move |number| plan.part(number))
    }
}
