//! Sums over the uploads of a snapshot.

use crowfly_engine::{Progress, State};
use wasm_bindgen::JsValue;

use crate::object::ObjectBuilder;

#[derive(Default)]
pub(crate) struct Totals {
    active: u32,
    stored: u32,
    failed: u32,
    aborted: u32,
    sum: Progress,
}

impl Totals {
    pub(crate) fn add(&mut self, state: State, progress: &Progress) {
        let count = match state {
            State::Stored | State::Processed => &mut self.stored,
            State::Failed => &mut self.failed,
            State::Aborted => &mut self.aborted,
            _ => &mut self.active,
        };
        *count += 1;
        if !matches!(state, State::Failed | State::Aborted) {
            let sum = &mut self.sum;
            sum.sent += progress.sent;
            sum.confirmed += progress.confirmed;
            sum.total += progress.total;
            sum.bytes_per_second += progress.bytes_per_second;
        }
    }

    pub(crate) fn to_page(&self) -> JsValue {
        let sum = &self.sum;
        let (sent, total) = (sum.sent as f64, sum.total as f64);
        let rate = sum.bytes_per_second as f64;
        let left = ((total - sent) * 1000.0 / rate).floor();
        ObjectBuilder::new()
            .with(
                "uploads",
                self.active + self.stored + self.failed + self.aborted,
            )
            .with("active", self.active)
            .with("stored", self.stored)
            .with("failed", self.failed)
            .with("aborted", self.aborted)
            .with("sent", sent)
            .with("confirmed", sum.confirmed as f64)
            .with("total", total)
            .with("bytesPerSecond", rate)
            .with("etaMs", (rate > 0.0).then_some(left))
            .freeze()
    }
}
