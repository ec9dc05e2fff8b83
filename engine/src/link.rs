//! State of the network and of the two services behind it.

use crate::Millis;

/// Whether the network is up, and the budget clock, which is paused while offline.
#[derive(Debug, Default)]
pub(crate) struct Link {
    offline_since: Option<Millis>,
    offline_before: u64,
    /// When the next offline probe is due, and the interval after it.
    probe_at: Millis,
    probe_wait_ms: u64,
}

impl Link {
    pub(crate) fn offline(&self) -> bool {
        self.offline_since.is_some()
    }

    /// Returns whether the state changed.
    pub(crate) fn go_offline(&mut self, now: Millis, probe_ms: u64) -> bool {
        let news = self.offline_since.is_none();
        if news {
            self.offline_since = Some(now);
            self.probe_wait_ms = probe_ms;
            self.probe_at = now.after(probe_ms);
        }
        news
    }

    pub(crate) fn probe_at(&self) -> Millis {
        self.probe_at
    }

    /// A request goes out: while offline, this doubles the probe interval up to `most_ms`.
    pub(crate) fn probed(&mut self, now: Millis, most_ms: u64) {
        if self.offline() {
            self.probe_wait_ms = self
                .probe_wait_ms
                .saturating_add(self.probe_wait_ms)
                .min(most_ms);
            self.probe_at = now.after(self.probe_wait_ms);
        }
    }

    /// Whether an answer to a request started at that moment proves that the network is up.
    pub(crate) fn disproved_by(&self, began: Millis) -> bool {
        self.offline_since.is_some_and(|since| began > since)
    }

    /// Returns whether the state changed.
    pub(crate) fn go_online(&mut self, now: Millis) -> bool {
        let Some(since) = self.offline_since.take() else {
            return false;
        };
        self.offline_before = self.offline_before.saturating_add(now.since(since));
        true
    }

    /// Excludes time during which nothing could run.
    pub(crate) fn slept(&mut self, millis: u64) {
        // The clock is already paused while offline.
        if !self.offline() {
            self.offline_before = self.offline_before.saturating_add(millis);
        }
    }

    /// Time on the budget clock.
    pub(crate) fn budget(&self, now: Millis) -> Millis {
        let here = self.offline_since.map_or(0, |since| now.since(since));
        Millis(now.since(Millis(self.offline_before.saturating_add(here))))
    }
}

/// Recent health of one service.
#[derive(Debug, Default)]
pub(crate) struct Service {
    failures: u32,
    failing_since: Option<Millis>,
    contact: Contact,
}

/// Whether a service has ever answered. Until then a wrong address or a CORS rule is likelier than a lost connection.
#[derive(Clone, Copy, Debug, Default)]
enum Contact {
    #[default]
    Unused,
    /// Waiting since then, on the budget clock.
    Waiting(Millis),
    /// It did not answer in time, and that was emitted.
    Reported,
    Answered,
}

impl Service {
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn succeeded(&mut self) {
        self.contact = Contact::Answered;
        self.forget();
    }

    /// Forgets its failures.
    pub(crate) fn forget(&mut self) {
        self.failures = 0;
        self.failing_since = None;
    }

    /// It is being asked, for the first time possibly.
    pub(crate) fn asked(&mut self, budget: Millis) {
        if let Contact::Unused = self.contact {
            self.contact = Contact::Waiting(budget);
        }
    }

    /// It has answered, if only by an error.
    pub(crate) fn answered(&mut self) {
        self.contact = Contact::Answered;
    }

    pub(crate) fn unreached(&self) -> bool {
        !matches!(self.contact, Contact::Answered)
    }

    /// How much longer it may take to answer for the first time.
    pub(crate) fn first_answer_in(&self, budget: Millis, limit_ms: u64) -> Option<u64> {
        match self.contact {
            Contact::Waiting(since) => Some(limit_ms.saturating_sub(budget.since(since))),
            _ => None,
        }
    }

    /// Its silence is being reported, once.
    pub(crate) fn report(&mut self) {
        self.contact = Contact::Reported;
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn failed(&mut self, budget: Millis) {
        self.asked(budget);
        self.failures = self.failures.wrapping_add(1);
        self.failing_since.get_or_insert(budget);
    }

    /// This many consecutive failures make first attempts draw from the retry bucket too.
    pub(crate) fn in_trouble(&self, window: usize) -> bool {
        usize::try_from(self.failures).unwrap_or(usize::MAX) >= window.max(2)
    }

    /// How long nothing has succeeded, on the budget clock.
    pub(crate) fn failing_for(&self, budget: Millis) -> u64 {
        self.failing_since.map_or(0, |since| budget.since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budgets_clock_stands_still_while_offline() {
        let mut link = Link::default();
        assert_eq!(link.budget(Millis(10)), Millis(10));
        assert!(link.go_offline(Millis(10), 5));
        assert!(!link.go_offline(Millis(12), 5));
        assert_eq!(link.budget(Millis(30)), Millis(10));
        assert!(link.go_online(Millis(40)));
        assert!(!link.go_online(Millis(41)));
        assert_eq!(link.budget(Millis(45)), Millis(15));
    }
}
