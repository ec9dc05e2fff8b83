//! A queue ordered by priority, or by deadline.
//!
//! A vector with a head offset instead of a tree or ring buffer: almost everything is pushed at the end and popped
//! at the front, and it is a fraction of their size in the published module. For the same reason it is not generic:
//! every entry is a [`Place`].

use crate::Millis;
use crate::job::{Place, Work};

#[derive(Debug, Default)]
pub(crate) struct ReadyQueue {
    /// Sorted; entries before `gone` were popped.
    places: Vec<Place>,
    gone: usize,
}

impl ReadyQueue {
    /// All entries.
    pub(crate) fn all(&self) -> &[Place] {
        self.places.get(self.gone..).unwrap_or_default()
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn len(&self) -> usize {
        self.all().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    pub(crate) fn first(&self) -> Option<Place> {
        self.all().first().copied()
    }

    /// When the first entry is due, if keys are deadlines.
    pub(crate) fn due(&self) -> Millis {
        self.all()
            .first()
            .map_or(Millis::NEVER, |place| Millis(place.key))
    }

    /// The index of the place in `places`, or where to insert it.
    fn find(&self, place: Place) -> (usize, bool) {
        let (mut from, mut to) = (self.gone, self.places.len());
        let mut at = to.saturating_sub(1);
        while from < to {
            match self.places.get(at) {
                Some(other) if *other == place => return (at, true),
                Some(other) if *other < place => from = at.wrapping_add(1),
                _ => to = at,
            }
            at = from.midpoint(to);
        }
        (from, false)
    }

    /// Inserts a place; a duplicate is ignored.
    pub(crate) fn insert(&mut self, place: Place) {
        if let (at, false) = self.find(place) {
            self.places.insert(at, place);
        }
    }

    pub(crate) fn remove(&mut self, place: Place) {
        if let (at, true) = self.find(place) {
            if at == self.gone {
                self.leave();
            } else {
                self.places.remove(at);
            }
        }
    }

    pub(crate) fn pop_first(&mut self) -> Option<Place> {
        let first = self.first();
        if first.is_some() {
            self.leave();
        }
        first
    }

    /// Pops the first entry if it is due; keys are deadlines.
    pub(crate) fn pop_due(&mut self, now: Millis) -> Option<Place> {
        if self.due() <= now && !self.is_empty() {
            self.pop_first()
        } else {
            None
        }
    }

    /// Pops the first entry. Once half are gone the rest is moved up: amortised constant cost.
    fn leave(&mut self) {
        self.gone = self.gone.wrapping_add(1);
        let left = self.places.len().saturating_sub(self.gone);
        if left <= self.gone {
            self.places.copy_within(self.gone.., 0);
            self.places.truncate(left);
            self.gone = 0;
        }
    }
}

/// Ready work: one queue per kind.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    pub(crate) hash: ReadyQueue,
    pub(crate) sign: ReadyQueue,
    pub(crate) send: ReadyQueue,
    pub(crate) save: ReadyQueue,
    pub(crate) create: ReadyQueue,
    /// List and complete calls.
    pub(crate) settle: ReadyQueue,
    pub(crate) delete: ReadyQueue,
}

impl Lanes {
    pub(crate) fn of(&mut self, work: Work) -> &mut ReadyQueue {
        match work {
            Work::Hash(_) => &mut self.hash,
            Work::Sign(_) => &mut self.sign,
            Work::Send(_) => &mut self.send,
            Work::Save => &mut self.save,
            Work::Create => &mut self.create,
            Work::List | Work::Complete => &mut self.settle,
            Work::Delete => &mut self.delete,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::job::{Job, Slot};

    fn place(number: u8) -> Place {
        Place {
            key: u64::from(number / 8),
            job: Job {
                id: Slot(u32::from(number / 2)),
                work: Work::Send(u16::from(number % 2)),
            },
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_ready_queue_is_a_sorted_set(changes in prop::collection::vec((0u8..4, 0u8..40), 0..300)) {
            let (mut queue, mut set) = (ReadyQueue::default(), BTreeSet::new());
            for (change, number) in changes {
                let place = place(number);
                match change {
                    0 | 1 => {
                        queue.insert(place);
                        set.insert(place);
                    }
                    2 => {
                        queue.remove(place);
                        set.remove(&place);
                    }
                    _ => prop_assert_eq!(queue.pop_first(), set.pop_first()),
                }
                prop_assert_eq!(queue.first(), set.first().copied());
                prop_assert_eq!(queue.is_empty(), set.is_empty());
                prop_assert_eq!(queue.len(), set.len());
                prop_assert!(queue.all().iter().eq(set.iter()));
            }
        }
    }
}
