//! Live uploads, whose size is not known while they are sent: what may be signed of one, and which parts make a file.

use crowfly_contract::limits::MAX_PARTS;
use crowfly_contract::{ErrorCode, LivePlan, PartRange, PartToSign};

use crate::Refusal;

/// The state of a live upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The sizes of its parts.
    pub plan: LivePlan,
    /// The most bytes that it may have, set when it was created.
    pub max_bytes: u64,
    /// The limit that its client asked for, which belongs to the identity of the upload.
    pub asked_bytes: Option<u64>,
    /// What has been signed of it.
    pub granted: Granted,
    /// Whether its client has said the size by a complete call. It does not change then.
    pub size_declared: bool,
}

/// What has been signed of a live upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// The highest number.
    pub parts: u32,
    /// The last part, if it was signed.
    pub last: Option<LastPart>,
}

/// The last part of a live upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPart {
    /// Its number.
    pub number: u32,
    /// Its bytes.
    pub size: u64,
}

/// What will have been signed of a live upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granting {
    /// The parts.
    pub granted: Granted,
    /// The bytes of the largest file that can be made of them, which the quota counts.
    pub bytes: u64,
}

impl Live {
    /// A new upload, which nothing has been signed of.
    pub fn new(plan: LivePlan, asked_bytes: Option<u64>, largest_file: u64) -> Self {
        let asked = asked_bytes.unwrap_or(u64::MAX);
        Self {
            plan,
            max_bytes: asked.min(largest_file).min(plan.capacity()),
            asked_bytes,
            granted: Granted::default(),
            size_declared: false,
        }
    }

    /// The bytes of these parts, and what will have been signed with them. `bytes` are those counted so far; once the
    /// size is declared they are the file's.
    ///
    /// # Errors
    /// `invalid_part` or `too_large`.
    pub(crate) fn grant(
        &self,
        bytes: u64,
        parts: &[PartToSign],
    ) -> Result<(Vec<PartRange>, Granting), Refusal> {
        let mut next = Granting {
            granted: self.granted,
            bytes,
        };
        let declared = self.plan.last(bytes).filter(|_| self.size_declared);
        if let Some(last) = new_last(parts)? {
            next.granted.last = Some(last);
        }
        let end = match &declared {
            Some(last) => Some(last.number),
            None => next.granted.last.map(|last| last.number),
        };
        let mut ranges = Vec::with_capacity(parts.len());
        for part in parts {
            let range = match &declared {
                Some(last) => self.declared_range(last, part)?,
                None => self.range(part)?,
            };
            if let Some(last) = end.filter(|&last| part.number > last) {
                return Err(invalid_part(format!(
                    "part {} is behind the last, which is {last}; a `size` makes it the last",
                    part.number
                )));
            }
            if range.bytes.end > self.max_bytes {
                return Err(Refusal::new(
                    ErrorCode::TooLarge,
                    format!(
                        "part {} would end at byte {}; this upload may have {} bytes",
                        part.number, range.bytes.end, self.max_bytes
                    ),
                ));
            }
            next.granted.parts = next.granted.parts.max(part.number);
            next.bytes = next.bytes.max(range.bytes.end);
            ranges.push(range);
        }
        Ok((ranges, next))
    }

    /// The bytes of a part while the size is open.
    fn range(&self, part: &PartToSign) -> Result<PartRange, Refusal> {
        let number = part.number;
        let whole = self.plan.part(number).ok_or_else(|| {
            invalid_part(format!(
                "part {number} is not in the plan: 1 to {MAX_PARTS}"
            ))
        })?;
        let Some(size) = part.size else {
            return Ok(whole);
        };
        let most = whole.bytes.end - whole.bytes.start;
        let least = u64::from(number > 1);
        if !(least..=most).contains(&size) {
            return Err(invalid_part(format!(
                "`size`: as the last part, part {number} can have {least} to {most} bytes"
            )));
        }
        Ok(PartRange {
            number,
            bytes: whole.bytes.start..whole.bytes.start + size,
        })
    }

    /// The bytes of a part of a file whose size is declared.
    fn declared_range(&self, last: &PartRange, part: &PartToSign) -> Result<PartRange, Refusal> {
        let range = match self.plan.part(part.number) {
            Some(range) if range.number < last.number => range,
            _ if part.number == last.number => last.clone(),
            _ => {
                return Err(invalid_part(format!(
                    "part {} is not in a file of the size that was declared, whose last part is {}",
                    part.number, last.number
                )));
            }
        };
        let bytes = range.bytes.end - range.bytes.start;
        if part.size.is_some_and(|size| size != bytes) {
            return Err(invalid_part(format!(
                "`size`: part {} has {bytes} bytes in a file of the size that was declared",
                part.number
            )));
        }
        Ok(range)
    }

    /// Checks the listed parts, number and bytes, against a file of `size` bytes: each number once, each with its size.
    ///
    /// # Errors
    /// What is missing or differs.
    pub(crate) fn check(
        &self,
        size: u64,
        listed: impl IntoIterator<Item = (u32, u64)>,
    ) -> Result<(), String> {
        let Some(last) = self.plan.last(size) else {
            return Err(format!("{size} bytes are more than the plan holds"));
        };
        let mut found = listed.into_iter();
        for number in 1..=last.number {
            let bytes = match number < last.number {
                true => self.plan.part_size(number).unwrap_or_default(),
                false => last.bytes.end - last.bytes.start,
            };
            match found.next() {
                Some(part) if part == (number, bytes) => {}
                Some((found, held)) if found == number => {
                    return Err(format!(
                        "part {number} has {held} bytes in storage, {bytes} in a file of {size} bytes"
                    ));
                }
                _ => return Err(format!("part {number} is missing in storage")),
            }
        }
        match found.next() {
            None => Ok(()),
            Some((extra, _)) => Err(format!("part {extra} is not in a file of {size} bytes")),
        }
    }

    /// The longest file that begins with part 1 and is whole: parts of the plan's sizes, and behind them the last part
    /// that was signed. Returns how many of the listed parts it has, and its bytes; `None` if it has none.
    pub(crate) fn unbroken(
        &self,
        listed: impl IntoIterator<Item = (u32, u64)>,
    ) -> Option<(usize, u64)> {
        let (mut count, mut bytes) = (0, 0);
        for ((number, size), expected) in listed.into_iter().zip(1..) {
            let is_last = self.granted.last == Some(LastPart { number, size });
            let whole = self.plan.part_size(number) == Some(size);
            if number != expected || !(whole || is_last) {
                break;
            }
            count += 1;
            bytes += size;
            if is_last {
                break;
            }
        }
        (count > 0).then_some((count, bytes))
    }
}

/// The one part with a `size`, which is the last.
fn new_last(parts: &[PartToSign]) -> Result<Option<LastPart>, Refusal> {
    let mut sized = parts.iter().filter_map(|part| {
        Some(LastPart {
            number: part.number,
            size: part.size?,
        })
    });
    match (sized.next(), sized.next()) {
        (_, Some(second)) => Err(invalid_part(format!(
            "`size`: part {} cannot be a second last part",
            second.number
        ))),
        (last, None) => Ok(last),
    }
}

fn invalid_part(message: String) -> Refusal {
    Refusal::new(ErrorCode::InvalidPart, message)
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
