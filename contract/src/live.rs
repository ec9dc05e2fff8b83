use std::fmt;

use crate::limits::{LIVE_DOUBLE_EVERY, MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES};
use crate::plan::PartRange;

/// How a file is split whose size is not known while it is sent: the size of a part follows from its number.
///
/// Part n, from 1, has `part_size * 2^((n - 1) / double_every)` bytes, at most 5 GiB; only the last part of the file
/// may be shorter. So a short recording is sent in small parts, and a long one still fits 10,000 parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LivePlan {
    part_size: u64,
    double_every: Option<u32>,
}

/// Parts cannot have these sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LivePlanError {
    /// The size of the first part is less than 5 MiB or more than 5 GiB.
    PartSize,
    /// The size would double every 0 parts.
    DoubleEvery,
}

impl fmt::Display for LivePlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::PartSize => "a part must have 5 MiB to 5 GiB",
            Self::DoubleEvery => "part sizes double after at least one part",
        })
    }
}

impl std::error::Error for LivePlanError {}

impl LivePlan {
    /// The plan of a new upload: 5 MiB, the least that S3 takes, doubled every 1,000 parts. It holds 4.87 TiB.
    pub const NEW: Self = Self {
        part_size: MIN_PART_BYTES,
        double_every: Some(LIVE_DOUBLE_EVERY),
    };

    /// A plan as a record or an answer states it: bytes of the first part, and after how many parts the size doubles;
    /// `None` for parts of equal size.
    ///
    /// # Errors
    /// [`LivePlanError`] if S3 would reject its parts.
    pub fn new(part_size: u64, double_every: Option<u32>) -> Result<Self, LivePlanError> {
        if !(MIN_PART_BYTES..=MAX_PART_BYTES).contains(&part_size) {
            Err(LivePlanError::PartSize)
        } else if double_every == Some(0) {
            Err(LivePlanError::DoubleEvery)
        } else {
            Ok(Self {
                part_size,
                double_every,
            })
        }
    }

    /// Bytes of the first part.
    pub fn first_part_size(&self) -> u64 {
        self.part_size
    }

    /// After how many parts the size doubles; `None` if all have the same.
    pub fn double_every(&self) -> Option<u32> {
        self.double_every
    }

    /// Bytes of part `number`, from 1, unless it is the last of the file; `None` above 10,000.
    pub fn part_size(&self, number: u32) -> Option<u64> {
        self.part(number)
            .map(|part| part.bytes.end - part.bytes.start)
    }

    /// The bytes of the file that part `number` carries, unless it is the last; `None` above 10,000.
    pub fn part(&self, number: u32) -> Option<PartRange> {
        if !(1..=MAX_PARTS).contains(&number) {
            return None;
        }
        let run = self.runs().find(|run| number < run.end_number())?;
        let start = run.start + u64::from(number - run.first) * run.part_size;
        Some(PartRange {
            number,
            bytes: start..start + run.part_size,
        })
    }

    /// Bytes of the largest file: 10,000 parts.
    pub fn capacity(&self) -> u64 {
        self.runs().last().map_or(0, |run| run.end())
    }

    /// The number of the part that carries the byte at `offset`; `None` beyond the capacity.
    pub fn part_of(&self, offset: u64) -> Option<u32> {
        let run = self.runs().find(|run| offset < run.end())?;
        let index = offset.checked_sub(run.start)? / run.part_size;
        Some(run.first + u32::try_from(index).ok()?)
    }

    /// The last part of a file of `size` bytes: an empty file has one empty part. `None` above the capacity.
    pub fn last(&self, size: u64) -> Option<PartRange> {
        let number = self.part_of(size.saturating_sub(1))?;
        let start = self.part(number)?.bytes.start;
        Some(PartRange {
            number,
            bytes: start..size,
        })
    }

    /// The runs of parts of equal size, in order: at most eleven, since 5 MiB doubled ten times are 5 GiB.
    fn runs(&self) -> impl Iterator<Item = Run> + use<> {
        let every = self.double_every.unwrap_or(MAX_PARTS);
        let first = Run {
            first: 1,
            count: Self::run_length(1, self.part_size, every),
            part_size: self.part_size,
            start: 0,
        };
        std::iter::successors(Some(first), move |run| {
            let first = run.end_number();
            let part_size = MAX_PART_BYTES.min(run.part_size.saturating_mul(2));
            (first <= MAX_PARTS).then(|| Run {
                first,
                count: Self::run_length(first, part_size, every),
                part_size,
                start: run.end(),
            })
        })
    }

    /// Parts from `first` on that have `part_size`: the largest size goes on to the end.
    fn run_length(first: u32, part_size: u64, every: u32) -> u32 {
        let left = MAX_PARTS - first + 1;
        if part_size == MAX_PART_BYTES {
            left
        } else {
            left.min(every)
        }
    }
}

/// Consecutive parts of equal size.
struct Run {
    /// Number of the first.
    first: u32,
    count: u32,
    part_size: u64,
    /// Where the first starts in the file.
    start: u64,
}

impl Run {
    fn end_number(&self) -> u32 {
        self.first + self.count
    }

    fn end(&self) -> u64 {
        self.start + u64::from(self.count) * self.part_size
    }
}
