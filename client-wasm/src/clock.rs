//! A monotonic clock that, unlike `performance.now()` in some browsers, includes time asleep.

use std::cell::Cell;

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

    /// A page may have replaced it by a function that throws.
    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(ring: &JsValue, ms: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

thread_local! {
    /// Milliseconds asleep so far; the lead of the wall clock at the last reading, and that reading.
    static SLEPT: Cell<(f64, f64, u64)> = const { Cell::new((0.0, f64::NAN, 0)) };
}

/// The last reading of [`now`]: the time of the input that the engine has just taken.
pub(crate) fn recent() -> u64 {
    SLEPT.get().2
}

/// Milliseconds since an arbitrary moment of this page.
pub(crate) fn now() -> u64 {
    let awake = awake();
    let lead = Date::now() - awake;
    let (mut slept, before, _) = SLEPT.get();
    if lead - before > SLEEP_MS {
        slept += lead - before;
    }
    let now = (awake + slept) as u64;
    SLEPT.replace((slept, lead, now));
    now
}

/// A timer; none once it is dropped.
///
/// `gloo-timers` takes functions of another type than all else here, for which wasm-bindgen needs code of its own.
pub(crate) struct Alarm {
    timer: JsValue,
    _ring: Closure<dyn Fn(JsValue)>,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}

/// Calls `ring` once after this many milliseconds, unless dropped before.
pub(crate) fn alarm(ms: u32, ring: Box<dyn Fn(JsValue)>) -> Alarm {
    let ring = Closure::wrap(ring);
    let timer = set_timeout(ring.as_ref(), ms).unwrap_or_default();
    Alarm { timer, _ring: ring }
}

/// Waits.
pub(crate) async fn pause(ms: u32) {
    let (over, wait) = Wait::open();
    let _timer = alarm(ms, Box::new(move |_| over.settle(Ok(JsValue::UNDEFINED))));
    let _ = wait.await;
}
