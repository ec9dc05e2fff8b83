//! What was measured of the path to storage, kept for later pages in `localStorage`: see `js/path.js`.

use crowfly_engine::PathMeasure;
use wasm_bindgen::prelude::*;

use super::Driver;
use crate::options::Settings;

/// Smaller files measure nothing.
const MEASURING_BYTES: f64 = crowfly_contract::limits::MIN_PART_BYTES as f64;

// Of `js/path.js`.
#[wasm_bindgen(module = "/js/journal.js")]
extern "C" {
    #[wasm_bindgen(js_name = keepPath)]
    fn keep_path(api: &str, byte_ms: f64, overhead_ms: f64, faults: f64);

    /// The number at this place; 0 if nothing is kept.
    #[wasm_bindgen(js_name = keptPath)]
    fn kept_path(api: &str, place: u32) -> f64;
}

/// Named here, so that the script is beside `journal.js`, which exports it.
#[wasm_bindgen(module = "/js/path.js")]
extern "C" {
    type Path;
}

/// Whether a client keeps it. The functions of a signer are never asked for a part size.
fn keeps(settings: &Settings) -> bool {
    settings.resume && !settings.has_signer
}

/// What an earlier page has measured; zeros if nothing is known.
pub(super) fn kept(settings: &Settings) -> PathMeasure {
    if !keeps(settings) {
        return PathMeasure::default();
    }
    let api = &settings.api;
    PathMeasure {
        byte_ms: kept_path(api, 0),
        overhead_ms: kept_path(api, 1),
        faults: kept_path(api, 2),
    }
}

impl Driver {
    /// A file of this size is stored.
    pub(super) fn keep_path(&self, size: f64) {
        if size >= MEASURING_BYTES && keeps(&self.settings) {
            let path = self.queue.borrow().path();
            let api = &self.settings.api;
            keep_path(api, path.byte_ms, path.overhead_ms, path.faults);
        }
    }
}
