//! API throttling: too many calls, or too many open uploads.

use crowfly_contract::ErrorCode;
use crowfly_contract::limits::MAX_BATCH;

use super::Queue;
use crate::failure::Trace;
use crate::job::{Place, Slot};
use crate::retry::Random;
use crate::upload::Upload;
use crate::{Config, Millis, Phase};

/// Which calls the API accepts at the moment.
///
/// Invariants: each of the three holds expires at a known moment; `quota_full` is nonzero only while a full quota is
/// the latest result; `create_batch` is from 1 to [`MAX_BATCH`]; `since` is set only while no call has passed since
/// the first throttled one.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// No call before this moment.
    api_until: Millis,
    /// No create call before this moment.
    create_until: Millis,
    /// No create call that needs a quota slot before this moment.
    quota_until: Millis,
    /// Consecutive full-quota answers.
    quota_full: u32,
    /// Maximum items of the next create call: one after a full quota, doubling with each success.
    create_batch: usize,
    /// Consecutive throttled calls.
    in_a_row: u32,
    /// Since when no call has passed, on the budget clock.
    since: Option<Millis>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            api_until: Millis::default(),
            create_until: Millis::default(),
            quota_until: Millis::default(),
            quota_full: 0,
            create_batch: MAX_BATCH,
            in_a_row: 0,
            since: None,
        }
    }

    pub(crate) fn api_until(&self) -> Millis {
        self.api_until
    }

    pub(crate) fn create_until(&self) -> Millis {
        self.create_until
    }

    pub(crate) fn quota_until(&self) -> Millis {
        self.quota_until
    }

    pub(crate) fn is_quota_full(&self) -> bool {
        self.quota_full > 0
    }

    pub(crate) fn create_batch(&self) -> usize {
        self.create_batch
    }

    /// The API asks for fewer calls of any kind.
    fn api(
        &mut self,
        now: Millis,
        config: &Config,
        random: &mut Random,
        retry_after_ms: Option<u64>,
    ) {
        let until = now.after(self.wait(config, random, retry_after_ms));
        self.api_until = self.api_until.max(until);
    }

    /// It asks for fewer create calls. Many items of one call may say so: it counts once.
    fn create(
        &mut self,
        now: Millis,
        config: &Config,
        random: &mut Random,
        retry_after_ms: Option<u64>,
    ) {
        if now >= self.create_until {
            self.create_until = now.after(self.wait(config, random, retry_after_ms));
        }
    }

    /// The quota of open uploads is full. Many items of one call may say so: it counts once.
    fn quota(
        &mut self,
        now: Millis,
        config: &Config,
        random: &mut Random,
        retry_after_ms: Option<u64>,
    ) {
        self.create_batch = 1;
        if now >= self.quota_until {
            self.quota_full = self.quota_full.wrapping_add(1);
            let pause = random.pause(config, self.quota_full, retry_after_ms);
            self.quota_until = now.after(pause);
        }
    }

    /// A quota slot may be free.
    fn free_quota(&mut self) {
        self.quota_until = Millis::default();
        self.quota_full = 0;
    }

    /// An upload has obtained a slot.
    pub(crate) fn place_granted(&mut self, now: Millis) {
        if now >= self.quota_until {
            self.quota_full = 0;
        }
    }

    /// A create call returned results.
    pub(crate) fn created(&mut self) {
        self.create_batch = self.create_batch.saturating_mul(2).min(MAX_BATCH);
    }

    /// A call was not throttled: the time limit starts over.
    pub(crate) fn clear(&mut self) {
        self.in_a_row = 0;
        self.since = None;
    }

    /// An upload is held back at `budget`, a moment on the budget clock. Returns how long this has lasted.
    fn held_for(&mut self, budget: Millis) -> u64 {
        budget.since(*self.since.get_or_insert(budget))
    }

    fn wait(&mut self, config: &Config, random: &mut Random, retry_after_ms: Option<u64>) -> u64 {
        self.in_a_row = self.in_a_row.wrapping_add(1);
        let wait = random.delay(config, self.in_a_row, retry_after_ms);
        wait.max(config.backoff_base_ms / 2)
    }
}

impl Queue {
    /// No calls at all for a while.
    pub(super) fn throttle_api(&mut self, retry_after_ms: Option<u64>) {
        self.throttle
            .api(self.now, &self.config, &mut self.random, retry_after_ms);
    }

    /// No create calls, or none that needs a slot, for a while.
    pub(super) fn throttle_create(&mut self, code: ErrorCode, retry_after_ms: Option<u64>) {
        let (now, config, random) = (self.now, &self.config, &mut self.random);
        if code == ErrorCode::QuotaOpenUploads {
            self.throttle.quota(now, config, random, retry_after_ms);
        } else {
            self.throttle.create(now, config, random, retry_after_ms);
        }
    }

    /// An upload known to the server has ended: ask for its slot at once.
    pub(super) fn place_freed(&mut self) {
        self.throttle.free_quota();
    }

    /// Number of ready uploads that lack a slot while the quota is full.
    pub(super) fn without_place(&self) -> usize {
        if !self.throttle.is_quota_full() {
            return 0;
        }
        let waits = |place: &&Place| !self.has_place(**place);
        self.lanes.create.all().iter().filter(waits).count()
    }

    /// The upload already counts in the server's quota, as far as is known.
    pub(super) fn has_place(&self, place: Place) -> bool {
        self.uploads
            .get(place.job.id)
            .is_some_and(Upload::has_place)
    }

    /// The next upload to create. One that holds a slot need not wait for one, and may be the only one that can
    /// free it.
    pub(super) fn next_to_create(&self) -> Option<Place> {
        if self.now >= self.throttle.quota_until() {
            return self.lanes.create.first();
        }
        let mut all = self.lanes.create.all().iter();
        all.find(|place| self.has_place(**place)).copied()
    }

    /// The upload's call was throttled. It stays queued: without limit for a quota slot, otherwise for
    /// [`Config::back_pressure_ms`].
    pub(super) fn throttled(&mut self, id: Slot, code: ErrorCode, phase: Phase, trace: &Trace) {
        if code == ErrorCode::QuotaOpenUploads {
            if let Some(upload) = self.uploads.get_mut(id) {
                upload.no_place = true;
            }
            return self.proceed(id);
        }
        let budget = self.link.budget(self.now);
        if self.throttle.held_for(budget) >= self.config.back_pressure_ms {
            self.fail(id, code, phase, trace);
        } else {
            self.proceed(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting() -> (Throttle, Config, Random) {
        (Throttle::new(), Config::default(), Random::new(7))
    }

    #[test]
    fn a_hold_lasts_as_long_as_was_asked_and_grows_with_each_call_that_was_not_asked() {
        let (mut throttle, config, mut random) = setting();
        throttle.api(Millis(1_000), &config, &mut random, Some(3_000));
        assert!((4_000..=4_500).contains(&throttle.api_until().0));
        let mut longest = 0;
        for now in (1..=40).map(|minute| minute * 60_000) {
            throttle.api(Millis(now), &config, &mut random, None);
            let wait = throttle.api_until().0 - now;
            assert!((config.backoff_base_ms / 2..=config.backoff_cap_ms).contains(&wait));
            longest = longest.max(wait);
        }
        assert!(longest > config.backoff_cap_ms / 2);
        throttle.clear();
        throttle.api(Millis(3_000_000), &config, &mut random, None);
        assert!(throttle.api_until().0 <= 3_000_000 + config.backoff_base_ms);
        assert_eq!(throttle.create_until(), Millis(0));
    }

    #[test]
    fn a_shorter_hold_does_not_end_a_longer_one() {
        let (mut throttle, config, mut random) = setting();
        throttle.api(Millis(0), &config, &mut random, Some(50_000));
        let until = throttle.api_until();
        throttle.api(Millis(10), &config, &mut random, Some(0));
        assert_eq!(throttle.api_until(), until);
    }

    #[test]
    fn the_items_of_one_call_set_one_hold() {
        let (mut throttle, config, mut random) = setting();
        for _ in 0..100 {
            throttle.create(Millis(0), &config, &mut random, None);
            throttle.quota(Millis(0), &config, &mut random, None);
        }
        assert_eq!((throttle.in_a_row, throttle.quota_full), (1, 1));
        assert!(throttle.create_until().0 <= config.backoff_base_ms);
        assert!(throttle.quota_until().0 <= config.backoff_base_ms);
        assert_eq!(throttle.api_until(), Millis(0));
    }

    #[test]
    fn a_full_quota_is_asked_by_one_item_and_success_doubles_the_batch() {
        let (mut throttle, config, mut random) = setting();
        throttle.created();
        assert_eq!(throttle.create_batch(), MAX_BATCH);
        throttle.quota(Millis(0), &config, &mut random, None);
        assert!(throttle.is_quota_full());
        let mut batches = Vec::new();
        for _ in 0..9 {
            batches.push(throttle.create_batch());
            throttle.created();
        }
        assert_eq!(batches, [1, 2, 4, 8, 16, 32, 64, 100, 100]);
    }

    #[test]
    fn a_place_that_is_granted_says_something_of_the_quota_only_after_its_hold() {
        let (mut throttle, config, mut random) = setting();
        throttle.quota(Millis(0), &config, &mut random, Some(5_000));
        throttle.place_granted(Millis(10));
        assert!(throttle.is_quota_full());
        let until = throttle.quota_until();
        throttle.place_granted(until);
        assert!(!throttle.is_quota_full());
        // One of our own uploads that ends certainly frees a slot.
        throttle.quota(until, &config, &mut random, Some(5_000));
        throttle.free_quota();
        assert!(!throttle.is_quota_full());
        assert_eq!(throttle.quota_until(), Millis(0));
    }

    #[test]
    fn patience_counts_from_the_first_call_that_was_held_back_since_one_passed() {
        let (mut throttle, ..) = setting();
        assert_eq!(throttle.held_for(Millis(100)), 0);
        assert_eq!(throttle.held_for(Millis(700)), 600);
        throttle.clear();
        assert_eq!(throttle.held_for(Millis(900)), 0);
    }
}
