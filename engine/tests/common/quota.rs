//! The quota of open uploads: places that this page's uploads share with the user's other tabs.

use std::ops::Range;

#[derive(Debug)]
pub struct Quota {
    /// Most uploads that may be open.
    pub places: usize,
    /// When uploads of other tabs hold a place.
    pub others: Vec<Range<u64>>,
    /// An upload of which nothing is heard for so long gives its place back.
    pub swept_after_ms: u64,
    /// Said with each refusal.
    pub retry_after_ms: Option<u64>,
    /// Most of our uploads that were open at a time.
    pub most_open: usize,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            places: usize::MAX,
            others: Vec::new(),
            swept_after_ms: u64::MAX,
            retry_after_ms: None,
            most_open: 0,
        }
    }
}

impl Quota {
    /// Whether one more is too many, with so many of ours.
    pub(super) fn is_full(&mut self, now: u64, ours: usize) -> bool {
        let others = self.others.iter().filter(|held| held.contains(&now));
        let full = ours + others.count() >= self.places;
        if !full {
            self.most_open = self.most_open.max(ours + 1);
        }
        full
    }
}
