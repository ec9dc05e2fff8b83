//! A monotonic clock that, unlike `performance.now()` in some browsers, includes time asleep.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::prelude::*;

use crate::task::Wait;

/// The wall clock counts only when it is this far ahead: smaller differences are clock adjustments.
const SLEEP_MS: f64 = 20_000.0;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since navigation, without time asleep.
    /// <https://developer.mozilla.org/docs/Web/API/Performance/now>
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn awake() -> f64;
}

thread_local! {
    /// Milliseconds asleep so far, and the lead of the wall clock at the last reading.
    static SLEPT: Cell<(f64, f64)> = const { Cell::new((0.0, f64::NAN)) };
}

/// Milliseconds since an arbitrary moment of this page.
pub(crate) fn now() -> u64 {
    let awake = awake();
    let lead = Date::now() - awake;
    SLEPT.with(|state| {
        let (mut slept, before) = state.get();
        if lead - before > SLEEP_MS {
            slept += lead - before;
        }
        state.set((slept, lead));
        (awake + slept) as u64
    })
}

/// Calls `ring` once after this many milliseconds, unless dropped before.
pub(crate) fn alarm(ms: u32, ring: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(ms, ring)
}

/// Waits.
pub(crate) async fn pause(ms: u32) {
    let (over, wait) = Wait::open();
    let _timer = alarm(ms, Box::new(move || over.settle(Ok(JsValue::UNDEFINED))));
    let _ = wait.await;
}
