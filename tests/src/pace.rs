use std::time::{Duration, Instant};

/// Limits the bandwidth of a link: of one connection, over all its requests, or of several that share it.
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

    /// Whether nothing was ever counted.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.clear_at.is_none()
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
        sleep_until(self.reserve(Instant::now(), bytes));
    }

    /// Counts bytes; returns when the link will have sent them and all that was counted before, if it is limited.
    /// Several connections that reserve and then wait share the link in turns.
    pub(crate) fn reserve(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let rate = self.bytes_per_second?;
        // Idle time earns no credit, but a late wake-up is compensated.
        let late = Duration::from_millis(50);
        let from = self.clear_at.filter(|&clear| clear + late > now);
        let from = from.unwrap_or(now);
        let clear = from + Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate);
        self.clear_at = Some(clear);
        self.clear_at
    }
}

/// Sleeps until a moment that [`Pacer::reserve`] returned.
pub(crate) fn sleep_until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        std::thread::sleep(moment.saturating_duration_since(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_share_a_link_take_turns() {
        let mut link = Pacer::new(Some(1_000));
        let now = Instant::now();
        let after = |millis| Some(now + Duration::from_millis(millis));
        assert_eq!(link.reserve(now, 10), after(10));
        assert_eq!(link.reserve(now, 10), after(20));
        // The first one is back, and waits for the second.
        let first = now + Duration::from_millis(10);
        assert_eq!(link.reserve(first, 10), after(30));
    }

    #[test]
    fn a_link_that_was_idle_owes_nothing() {
        let mut link = Pacer::new(Some(1_000));
        let now = Instant::now();
        link.reserve(now, 10);
        let later = now + Duration::from_secs(1);
        let clear = link.reserve(later, 10);
        assert_eq!(clear, Some(later + Duration::from_millis(10)));
        assert_eq!(Pacer::new(None).reserve(now, 10), None);
    }
}
