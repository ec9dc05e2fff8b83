//! The figures of one run, and the median of several.

use serde_json::{Value, json};

/// One run of one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Millions of bytes a second.
    pub(super) rate: f64,
    /// Longest time in which the main thread handled no message.
    pub(super) gap_ms: f64,
    /// Longest time between two frames.
    pub(super) frame_ms: f64,
    /// Longest task in the browser's report (tasks over 50 ms:
    /// <https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongTaskTiming>); 0 when there was none.
    pub(super) long_task_ms: f64,
    /// Peak resident size of the renderer, in MiB.
    pub(super) renderer_mib: f64,
    /// Seconds of CPU time of the whole browser.
    pub(super) cpu_s: f64,
    /// Time from the call to the first byte of a body at the sink.
    pub(super) first_byte_ms: f64,
    /// Requests to the sink, preflights included.
    pub(super) requests: f64,
}

impl Sample {
    pub(super) fn json(&self) -> Value {
        json!({
            "mbPerSecond": self.rate,
            "gapMs": self.gap_ms,
            "frameMs": self.frame_ms,
            "longTaskMs": self.long_task_ms,
            "rendererMib": self.renderer_mib,
            "cpuSeconds": self.cpu_s,
            "firstByteMs": self.first_byte_ms,
            "requests": self.requests,
        })
    }

    /// The median of each figure separately; `None` without samples.
    pub(super) fn median(samples: &[Self]) -> Option<Self> {
        let of = |field: fn(&Self) -> f64| median(samples.iter().map(field).collect());
        Some(Self {
            rate: of(|sample| sample.rate)?,
            gap_ms: of(|sample| sample.gap_ms)?,
            frame_ms: of(|sample| sample.frame_ms)?,
            long_task_ms: of(|sample| sample.long_task_ms)?,
            renderer_mib: of(|sample| sample.renderer_mib)?,
            cpu_s: of(|sample| sample.cpu_s)?,
            first_byte_ms: of(|sample| sample.first_byte_ms)?,
            requests: of(|sample| sample.requests)?,
        })
    }
}

/// The middle value; for an even number the mean of the two in the middle.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((values.get(middle.checked_sub(1)?)? + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_of_the_sorted() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
