//! A sorted line: those who wait, first come or first due first.
//!
//! A ring buffer rather than a tree: almost everything joins at the end and leaves at the front, and it
//! weighs a tenth of a tree in the published module.

use std::collections::VecDeque;

#[derive(Debug)]
pub(crate) struct Line<T>(VecDeque<T>);

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Ord + Copy> Line<T> {
    /// Joins at its place; whoever stands there already stays.
    pub(crate) fn insert(&mut self, entry: T) {
        if self.0.back().is_none_or(|last| *last < entry) {
            self.0.push_back(entry);
        } else if let Err(place) = self.0.binary_search(&entry) {
            self.0.insert(place, entry);
        }
    }

    pub(crate) fn remove(&mut self, entry: &T) {
        if let Ok(place) = self.0.binary_search(entry) {
            self.0.remove(place);
        }
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.0.front()
    }

    pub(crate) fn pop_first(&mut self) -> Option<T> {
        self.0.pop_front()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> + '_ {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_line_is_a_sorted_set(deeds in prop::collection::vec((0u8..3, 0u8..20), 0..200)) {
            let (mut line, mut set) = (Line::default(), BTreeSet::new());
            for (deed, entry) in deeds {
                match deed {
                    0 => {
                        line.insert(entry);
                        set.insert(entry);
                    }
                    1 => {
                        line.remove(&entry);
                        set.remove(&entry);
                    }
                    _ => prop_assert_eq!(line.pop_first(), set.pop_first()),
                }
                prop_assert_eq!(line.first(), set.first());
                prop_assert_eq!(line.len(), set.len());
            }
            prop_assert!(line.iter().eq(set.iter()));
        }
    }
}
