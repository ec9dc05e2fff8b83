use std::time::{Duration, Instant};

/// Limits the bandwidth of one connection, over all its requests.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    bytes_per_second: Option<u64>,
    /// When everything counted so far would have been sent.
    clear_at: Option<Instant>,
}

impl Pacer {
    /// A limit in bytes a second; `None` and 0 are no limit.
    pub(crate) fn new(bytes_per_second: Option<u64>) -> Self {
        let mut pacer = Self::default();
        pacer.set(bytes_per_second);
        pacer
    }

    pub(crate) fn set(&mut self, bytes_per_second: Option<u64>) {
        self.bytes_per_second = bytes_per_second.filter(|&rate| rate > 0);
    }

    /// Most bytes to move before the next [`Pacer::pass`]: a hundredth of a second's worth, so that a slow link
    /// moves evenly instead of in bursts.
    pub(crate) fn chunk_size(&self, most: usize) -> usize {
        match self.bytes_per_second {
            None => most,
            Some(rate) => usize::try_from(rate / 100)
                .unwrap_or(most)
                .clamp(most.min(256), most),
        }
    }

    /// Counts bytes and sleeps until the link would have sent them.
    pub(crate) fn pass(&mut self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else {
            return;
        };
        let now = Instant::now();
        // Idle time earns no credit, but a late wake-up is compensated.
        let late = Duration::from_millis(50);
        let from = self.clear_at.filter(|&clear| clear + late > now);
        let from = from.unwrap_or(now);
        let clear = from + Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate);
        self.clear_at = Some(clear);
        std::thread::sleep(clear.saturating_duration_since(now));
    }
}
