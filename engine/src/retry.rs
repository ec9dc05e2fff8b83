//! The retry policy: number of attempts, backoff, and a token bucket that prevents retry storms. Which errors
//! are retried is decided by error code; see `classify`.

use crate::{Config, Millis};

/// Consecutive failed attempts at one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tries {
    /// Attempts that were answered, or moved bytes.
    answered: u32,
    /// Attempts without an answer.
    lost: u32,
}

impl Tries {
    /// One more has failed; `lost` if it got no answer and moved no byte.
    pub(crate) fn failed(&mut self, lost: bool) {
        let count = if lost {
            &mut self.lost
        } else {
            &mut self.answered
        };
        *count = count.wrapping_add(1);
    }

    pub(crate) fn all(self) -> u32 {
        self.answered.saturating_add(self.lost)
    }

    /// Whether any found no network.
    pub(crate) fn any_lost(self) -> bool {
        self.lost > 0
    }

    /// Whether the limit for one step is reached.
    pub(crate) fn spent(self, config: &Config) -> bool {
        self.answered >= config.attempts || self.lost >= config.network_attempts
    }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
/// <https://doi.org/10.1145/2660193.2660195>
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        // 53 bits are all that an `f64` holds, and more than a delay needs.
        let part = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((most as f64 + 1.0) * part) as u64
    }

    /// The delay before attempt `failed + 1`: full jitter below a doubling bound. A `Retry-After` is a lower bound,
    /// with a little jitter so that clients that received the same value do not return together.
    /// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
    pub(crate) fn delay(
        &mut self,
        config: &Config,
        failed: u32,
        retry_after_ms: Option<u64>,
    ) -> u64 {
        match retry_after_ms {
            Some(millis) => millis
                .min(config.retry_after_cap_ms)
                .saturating_add(self.up_to(config.backoff_base_ms)),
            None => {
                let doubled = 1u64
                    .checked_shl(failed.saturating_sub(1))
                    .unwrap_or(u64::MAX);
                let bound = product(config.backoff_base_ms, doubled);
                self.up_to(bound.min(config.backoff_cap_ms))
            }
        }
    }

    /// The pause before asking a full quota again: uniform in the upper half of a doubling bound, so that waiting
    /// clients rarely ask; never before `Retry-After`.
    pub(crate) fn pause(
        &mut self,
        config: &Config,
        failed: u32,
        retry_after_ms: Option<u64>,
    ) -> u64 {
        let doubled = 1u64
            .checked_shl(failed.saturating_sub(1))
            .unwrap_or(u64::MAX);
        let half = product(config.backoff_base_ms, doubled).min(config.quota_cap_ms) / 2;
        let retry_after_ms =
            retry_after_ms.map_or(0, |millis| millis.min(config.retry_after_cap_ms));
        let drawn = half.saturating_add(self.up_to(half));
        drawn.max(retry_after_ms.saturating_add(self.up_to(config.backoff_base_ms)))
    }
}

/// Saturates; exact up to 2^53. (Integer arithmetic would need 128 bits to detect overflow.)
fn product(a: u64, b: u64) -> u64 {
    (a as f64 * b as f64) as u64
}

/// Retry token bucket, in millitokens so that a refill over a few milliseconds does not round to zero.
#[derive(Debug)]
pub(crate) struct RetryBucket {
    millitokens: u64,
    full: u64,
    cost: u64,
    per_second: u64,
    filled_at: Millis,
}

impl RetryBucket {
    pub(crate) fn new(config: &Config) -> Self {
        let full = product(config.retry_tokens, 1000);
        Self {
            millitokens: full,
            full,
            cost: product(config.retry_cost, 1000).min(full),
            per_second: config.retry_refill_per_second.max(1),
            filled_at: Millis(0),
        }
    }

    /// Draws the tokens of one retry, or returns when there will be enough.
    pub(crate) fn draw(&mut self, now: Millis) -> Result<(), Millis> {
        // One token per second is one millitoken per millisecond.
        self.give(product(now.since(self.filled_at), self.per_second));
        self.filled_at = now;
        match self.millitokens.checked_sub(self.cost) {
            Some(rest) => {
                self.millitokens = rest;
                Ok(())
            }
            None => {
                let missing = self.cost.saturating_sub(self.millitokens);
                Err(now.after(missing.div_ceil(self.per_second)))
            }
        }
    }

    /// A request succeeded.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn refund(&mut self) {
        self.give(1000);
    }

    fn give(&mut self, millitokens: u64) {
        self.millitokens = self.millitokens.saturating_add(millitokens).min(self.full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_that_found_no_network_have_a_limit_of_their_own() {
        let config = Config::default();
        let mut tries = Tries::default();
        for _ in 0..23 {
            tries.failed(true);
        }
        for _ in 0..7 {
            tries.failed(false);
        }
        assert!(!tries.spent(&config) && tries.any_lost());
        assert_eq!(tries.all(), 30);
        for lost in [true, false] {
            let mut tries = tries;
            tries.failed(lost);
            assert!(tries.spent(&config));
        }
    }

    #[test]
    fn jitter_stays_below_a_doubling_bound_and_uses_all_of_it() {
        let config = Config::default();
        let mut random = Random::new(7);
        for (failed, bound) in [(1, 500), (2, 1000), (3, 2000), (7, 20_000), (90, 20_000)] {
            let delays: Vec<u64> = (0..2000)
                .map(|_| random.delay(&config, failed, None))
                .collect();
            assert!(delays.iter().all(|&delay| delay <= bound));
            assert!(delays.iter().any(|&delay| delay < bound / 10));
            assert!(delays.iter().any(|&delay| delay > bound - bound / 10));
        }
    }

    #[test]
    fn retry_after_is_kept_to_up_to_a_cap() {
        let config = Config::default();
        let mut random = Random::new(7);
        for _ in 0..100 {
            assert!((3000..=3500).contains(&random.delay(&config, 1, Some(3000))));
            assert!((60_000..=60_500).contains(&random.delay(&config, 1, Some(86_400_000))));
        }
    }

    #[test]
    fn a37_pauses_before_a_full_quota_grow_differ_and_never_fall_below_retry_after() {
        let config = Config::default();
        let mut random = Random::new(7);
        for (failed, least, most) in [(1, 250, 500), (3, 1000, 2000), (40, 15_000, 30_000)] {
            let pauses: Vec<u64> = (0..2000)
                .map(|_| random.pause(&config, failed, None))
                .collect();
            assert!(pauses.iter().all(|pause| (least..=most).contains(pause)));
            assert!(pauses.iter().any(|&pause| pause < least + least / 10));
            assert!(pauses.iter().any(|&pause| pause > most - most / 10));
        }
        for _ in 0..100 {
            assert!((9_000..=9_500).contains(&random.pause(&config, 1, Some(9_000))));
            assert!((60_000..=60_500).contains(&random.pause(&config, 1, Some(86_400_000))));
        }
    }

    #[test]
    fn an_empty_bucket_lets_one_retry_a_second_pass() {
        let mut bucket = RetryBucket::new(&Config::default());
        for _ in 0..100 {
            assert_eq!(bucket.draw(Millis(0)), Ok(()));
        }
        assert_eq!(bucket.draw(Millis(0)), Err(Millis(1000)));
        assert_eq!(bucket.draw(Millis(400)), Err(Millis(1000)));
        assert_eq!(bucket.draw(Millis(1000)), Ok(()));
        for _ in 0..5 {
            bucket.refund();
        }
        assert_eq!(bucket.draw(Millis(1000)), Ok(()));
        assert!(bucket.draw(Millis(1000)).is_err());
    }
}
