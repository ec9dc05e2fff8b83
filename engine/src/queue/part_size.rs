//! The part size of an upload that begins: the one that suits the path to storage, if the server may be asked for it.

use crowfly_contract::PartPlan;

use super::Queue;
use super::live::Live;
use crate::PathMeasure;
use crate::job::Slot;
use crate::parts::Parts;

impl Queue {
    /// What was measured of the path to storage so far; a later queue may begin with it
    /// ([`Config::path`](crate::Config::path)).
    #[must_use]
    pub fn path(&self) -> PathMeasure {
        self.config.path
    }

    /// Splits a file that is about to begin.
    pub(super) fn fit_parts(&mut self, id: Slot) {
        let connections = self.window.open().max(self.window.of_host());
        let may_ask = self.config.ask_part_size && self.config.first_parts > 0;
        let path = self.config.path;
        if may_ask
            && let Some(upload) = self.uploads.get_mut(id)
            // A server that knows it keeps to its plan.
            && !upload.maybe_created
            && upload.parts.plan().is_some()
            && let Some(asked) = path.part_size(upload.size(), connections)
            // Not if it makes too many parts.
            && let Ok(plan) = PartPlan::new(upload.size(), asked)
        {
            upload.parts = Parts::planned(plan);
        }
    }

    /// A body was acknowledged.
    pub(super) fn measure_path(&mut self, live: &Live) {
        let took = self.now.since(live.began);
        let later = live.moved.saturating_sub(live.first_moved);
        let later_ms = live.moved_at.since(live.first_at);
        let path = &mut self.config.path;
        path.sent(
            live.total as f64,
            took as f64,
            later as f64,
            later_ms as f64,
        );
    }
}
