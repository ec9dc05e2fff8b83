//! Progress and its accounting. Invariant: `confirmed <= sent <= total`, `confirmed` never falls,
//! and `sent` reaches `total` only with [`Ledger::finish`].

use crate::{LIVE, Millis};

/// Progress of an upload, in bytes of the file.
///
/// `confirmed <= sent <= total`; `confirmed` never falls; `sent` reaches `total` only when the upload is
/// stored (an empty file has `total` 0 all along).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Handed to the network stack, minus what must be sent again.
    pub sent: u64,
    /// Acknowledged by storage.
    pub confirmed: u64,
    /// The file's size; what is recorded so far while a live upload grows.
    pub total: u64,
    /// The source of a live upload has not ended, so its size is not known.
    pub growing: bool,
    /// Read and hashed.
    pub hashed: u64,
    /// The smoothed rate; 0 while nothing is being sent.
    pub bytes_per_second: u64,
    /// Remaining time at that rate, in milliseconds, if there is a rate.
    pub eta_ms: Option<u64>,
}

/// Time constant of the smoothing.
const MEMORY_MS: f64 = 2_000.0;
/// Minimum interval for a rate sample.
const SAMPLE_MS: u64 = 200;

#[derive(Debug)]
pub(crate) struct Ledger {
    shown: Progress,
    sample: Option<(Millis, u64)>,
}

impl Ledger {
    pub(crate) fn new(total: u64, growing: bool) -> Self {
        Self {
            shown: Progress {
                total,
                growing,
                ..Progress::default()
            },
            sample: None,
        }
    }

    pub(crate) fn shown(&self) -> Progress {
        self.shown
    }

    /// More of a live upload is recorded, or all of it.
    pub(crate) fn recorded(&mut self, total: u64, ended: bool) {
        self.shown.total = total;
        self.shown.growing = !ended;
    }

    /// Records the current figures. Returns whether there is something to report.
    pub(crate) fn moved(&mut self, hashed: u64, sent: u64, confirmed: u64) -> bool {
        let before = (self.shown.hashed, self.shown.sent, self.shown.confirmed);
        let most = self.shown.total.saturating_sub(1);
        self.shown.hashed = hashed.min(self.shown.total);
        self.shown.confirmed = confirmed.min(most).max(self.shown.confirmed);
        self.shown.sent = sent.min(most).max(self.shown.confirmed);
        before != (self.shown.hashed, self.shown.sent, self.shown.confirmed)
    }

    /// Updates rate and remaining time.
    pub(crate) fn measure(&mut self, now: Millis) {
        let sent = self.shown.sent;
        match self.sample {
            Some((at, bytes)) if sent >= bytes => {
                let took = now.since(at);
                if took >= SAMPLE_MS {
                    let moved = sent.saturating_sub(bytes);
                    self.smooth(moved as f64 * 1000.0 / took as f64, took as f64);
                    self.sample = Some((now, sent));
                }
            }
            _ => self.sample = Some((now, sent)),
        }
        let left = self.shown.total.saturating_sub(sent);
        let rate = self.shown.bytes_per_second;
        let known = rate > 0 && !(LIVE && self.shown.growing);
        self.shown.eta_ms = known.then_some((left as f64 * 1000.0 / rate as f64) as u64);
    }

    /// Exponential moving average weighted by time; the first sample is taken as is.
    fn smooth(&mut self, rate: f64, took_ms: f64) {
        let old = self.shown.bytes_per_second as f64;
        let memory = if old == 0.0 { 0.0 } else { MEMORY_MS };
        let rate = (old * memory + rate * took_ms) / (memory + took_ms);
        self.shown.bytes_per_second = rate as u64;
    }

    /// Storage holds nothing any more.
    pub(crate) fn restart(&mut self) {
        self.rest();
        self.shown.sent = 0;
        self.shown.confirmed = 0;
    }

    /// Nothing is being sent now.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn rest(&mut self) {
        self.sample = None;
        self.shown.bytes_per_second = 0;
        self.shown.eta_ms = None;
    }

    /// Storage has all of it.
    pub(crate) fn finish(&mut self) {
        self.rest();
        self.shown.sent = self.shown.total;
        self.shown.confirmed = self.shown.total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_shows_only_at_the_end() {
        let mut ledger = Ledger::new(10, false);
        assert!(ledger.moved(10, 10, 0));
        assert_eq!((ledger.shown().sent, ledger.shown().confirmed), (9, 0));
        assert!(!ledger.moved(10, 12, 0));
        ledger.finish();
        assert_eq!((ledger.shown().sent, ledger.shown().confirmed), (10, 10));
    }

    #[test]
    fn confirmed_falls_only_with_a_new_start() {
        let mut ledger = Ledger::new(10, false);
        assert!(ledger.moved(10, 8, 6));
        assert!(ledger.moved(10, 5, 4));
        assert_eq!((ledger.shown().sent, ledger.shown().confirmed), (6, 6));
        ledger.restart();
        assert_eq!((ledger.shown().sent, ledger.shown().confirmed), (0, 0));
    }

    #[test]
    fn rate_and_rest_follow_a_steady_stream_and_survive_a_step_back() {
        let mut ledger = Ledger::new(1_000_000, false);
        for step in 0..=50u64 {
            ledger.moved(0, step * 1000, 0);
            ledger.measure(Millis(step * 100));
        }
        let shown = ledger.shown();
        assert_eq!(shown.bytes_per_second, 10_000);
        assert_eq!(shown.eta_ms, Some(95_000));
        ledger.moved(0, 0, 0);
        ledger.measure(Millis(5_100));
        assert_eq!(ledger.shown().bytes_per_second, 10_000);
        ledger.rest();
        assert_eq!(ledger.shown().eta_ms, None);
    }

    #[test]
    fn one_slow_second_does_not_make_the_rate_jump() {
        let mut ledger = Ledger::new(1_000_000, false);
        ledger.measure(Millis(0));
        ledger.moved(0, 10_000, 0);
        ledger.measure(Millis(1000));
        ledger.moved(0, 11_000, 0);
        ledger.measure(Millis(2000));
        assert_eq!(ledger.shown().bytes_per_second, 7_000);
    }
}
