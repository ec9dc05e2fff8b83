//! The part size that the client asks for, from what earlier bodies of this client showed of the path to storage.
//!
//! A part costs the time in which its connection carries no byte: the preflight of its URL, which is another one for each
//! part, and the wait for the answer. Few, large parts cost least, but a connection that is lost takes half a part with
//! it on average, and at the end of a file connections wait for the last ones. The cost is least where the two are equal,
//! as with the checkpoints of a long computation (Young's formula, <https://doi.org/10.1145/361147.361115>). Then whole
//! rounds are made, so that no round leaves connections without work.

use crowfly_contract::limits::{LARGEST_ASKED_PART_BYTES, MIN_PART_BYTES};

/// Faults are expected this rarely until they are seen, and count less by a factor of e after so much time without one, in
/// milliseconds of a connection: half an hour.
const FAULTLESS_MS: f64 = 1_800_000.0;
/// What a part costs at least and at most, in milliseconds: clocks and progress events are coarse, and a request may have
/// waited for a connection that another client of the browser had.
const OVERHEAD_MS: (f64, f64) = (20.0, 2_000.0);
/// By which share of a part's time connections of one path differ at the end of a file.
const UNEVEN: f64 = 0.15;
/// Least bytes that show the rate of a path.
const LATER_BYTES: f64 = MIN_PART_BYTES as f64 / 2.0;
/// Part sizes are multiples of this many bytes, a power of two.
const STEP: u64 = 65_536;

/// What was measured of the path to storage. Any values are lawful: they may come from a store that others write to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathMeasure {
    /// How long one connection takes for a byte while it sends, in milliseconds; 0 if nothing was measured.
    pub byte_ms: f64,
    /// How long it carries nothing for each part, in milliseconds: connection, preflight and answer.
    pub overhead_ms: f64,
    /// How many connections were lost or stalled under way, of late, per millisecond of a connection.
    pub faults: f64,
}

impl PathMeasure {
    /// The part size to ask for, in bytes, for a file of `size` bytes over so many connections; `None` if nothing was
    /// measured.
    pub(crate) fn part_size(&self, size: u64, connections: usize) -> Option<u64> {
        // Neither for 0 nor for NaN.
        let measured = self.byte_ms > 0.0;
        let lane = size as f64 / connections as f64;
        let lane_ms = lane * self.byte_ms;
        let lost = (self.faults + 1.0 / FAULTLESS_MS) / 2.0 + UNEVEN / lane_ms;
        let part_ms = (self.overhead_ms.clamp(OVERHEAD_MS.0, OVERHEAD_MS.1) / lost).sqrt();
        let rounds = (lane_ms / part_ms + 0.5) as u64;
        // As many as the limits of what is granted allow.
        let most = (lane / MIN_PART_BYTES as f64) as u64;
        let least = (lane / LARGEST_ASKED_PART_BYTES as f64) as u64;
        let rounds = rounds.min(most).max(least.wrapping_add(1));
        let part = (lane / rounds as f64) as u64;
        measured.then_some(
            (part | STEP.wrapping_sub(1))
                .wrapping_add(1)
                .max(MIN_PART_BYTES),
        )
    }

    /// A body was acknowledged after so many milliseconds. Some of its bytes moved after the first progress report, within
    /// `later_ms`: what is handed over at once fills buffers, and says nothing of the rate.
    pub(crate) fn sent(&mut self, bytes: f64, took_ms: f64, later_bytes: f64, later_ms: f64) {
        self.faults /= 1.0 + took_ms / FAULTLESS_MS;
        // With fewer the path has not shown its rate yet.
        if later_bytes >= LATER_BYTES {
            let byte_ms = later_ms / later_bytes;
            // One slow part says little.
            let share = if self.byte_ms > 0.0 { 0.25 } else { 1.0 };
            self.byte_ms += (byte_ms - self.byte_ms) * share;
            self.overhead_ms += (took_ms - bytes * byte_ms - self.overhead_ms) * share;
        }
    }

    /// A body was lost under way.
    pub(crate) fn failed(&mut self) {
        self.faults += 1.0 / FAULTLESS_MS;
    }
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
