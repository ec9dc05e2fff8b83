//! When a message that could not be settled comes again.
//!
//! The queue gives a message up after so many receives. That must happen to poison soon, and to a good message
//! that came in an outage of some service not at all.

/// Receives after which the wait has grown to the queue's own.
const STEPS: u32 = 5;

/// How long messages wait for their next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The queue's visibility timeout, in seconds: the longest wait.
    pub longest_s: u32,
}

impl Patience {
    /// Seconds until a message comes again that has been received `receives` times.
    ///
    /// Poison comes at once, until the queue gives it up. What met a fault waits twice as long each time, so
    /// that a short fault costs seconds, and the receives together outlast a long one.
    pub fn wait_s(self, receives: u32, poison: bool) -> u32 {
        if poison {
            return 0;
        }
        let steps = STEPS.saturating_sub(receives.max(1));
        (self.longest_s >> steps).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Patience;

    const DEPLOYED: Patience = Patience { longest_s: 120 };

    #[test]
    fn f64_the_wait_grows_to_the_queues_own() {
        let waits: Vec<u32> = (0..8).map(|n| DEPLOYED.wait_s(n, false)).collect();
        assert_eq!(waits, [7, 7, 15, 30, 60, 120, 120, 120]);
        assert_eq!(Patience { longest_s: 1 }.wait_s(1, false), 1);
    }

    #[test]
    fn f66_twenty_receives_outlast_half_an_hour() {
        let together: u32 = (1..=20).map(|n| DEPLOYED.wait_s(n, false)).sum();
        assert!(together > 30 * 60, "{together} s");
    }

    #[test]
    fn f59_poison_comes_at_once() {
        assert_eq!(DEPLOYED.wait_s(1, true), 0);
    }
}
