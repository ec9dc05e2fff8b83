//! The few globals that the SDK uses, bound so that they work in a page and in a worker alike.

use crowfly_contract::UploadId;
use crowfly_engine::Millis;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, JsString, Object, Promise, Reflect, Uint8Array};
use std::pin::Pin;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;

    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = reportError)]
    fn global_report_error(error: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    pub(crate) fn console_warn(text: &str);

    #[wasm_bindgen(catch, js_name = fetch)]
    pub(crate) fn global_fetch(address: &str, init: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_name = atob)]
    pub(crate) fn global_atob(text: &str) -> Result<String, JsValue>;

    /// Settles as the first of `promises` does; values that are no promises count as resolved.
    #[wasm_bindgen(js_namespace = Promise, js_name = race)]
    pub(crate) fn race(promises: &Array) -> Promise;
}

/// The monotonic clock.
pub(crate) fn now() -> Millis {
    Millis(performance_now() as u64)
}

/// Unix milliseconds by this machine's clock, which may be wrong.
pub(crate) fn unix_ms() -> f64 {
    date_now()
}

/// 128 random bits; zeros where there is no source of randomness.
pub(crate) fn random() -> u128 {
    let bytes = Uint8Array::new_with_length(16);
    let mut value = [0u8; 16];
    if random_values(&bytes).is_ok() {
        bytes.copy_to(&mut value);
    }
    u128::from_le_bytes(value)
}

/// A new ULID.
pub(crate) fn new_id() -> UploadId {
    UploadId::from_parts(unix_ms() as u64, random())
}

/// Hands an exception of a callback to the page's `error` event, as a listener's would be.
pub(crate) fn report_error(error: &JsValue) {
    // Only very old browsers lack it; there the exception is lost, and the upload goes on.
    drop(global_report_error(error));
}

/// Calls a callback of the application; its exception never comes back.
pub(crate) fn notify(callback: &Function, argument: &JsValue) {
    if let Err(error) = callback.call1(&JsValue::UNDEFINED, argument) {
        report_error(&error);
    }
}

/// Marks rejections of `promise` as handled: nobody has to look at it.
pub(crate) fn pre_catch(promise: &Promise) {
    // Any function will do; this one is there without a closure to keep alive.
    let handler = get(&js_sys::global(), "Boolean");
    let catch = get(promise, "catch").and_then(|catch| catch.dyn_into::<Function>().ok());
    if let (Some(handler), Some(catch)) = (handler, catch) {
        drop(catch.call1(promise, &handler));
    }
}

/// A property, `None` when it is absent, undefined, or its getter throws.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsString::from(name))
        .ok()
        .filter(|value| !value.is_undefined())
}

/// Sets a property of an object that this crate has made.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // It fails only on frozen objects and proxies.
    drop(Reflect::set(object, &JsString::from(name), value));
}

/// Joins texts. One function for all: the standard library's `concat` is made anew for every use.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Runs a future; all are of one kind, so that the machinery round them is there once.
pub(crate) fn spawn(future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(future);
}

/// What stands before and after the first `sign`, which is ASCII; all and nothing if there is none.
pub(crate) fn cut(text: &str, sign: u8) -> (&str, &str) {
    let place = text.bytes().position(|byte| byte == sign);
    let place = place.unwrap_or(text.len());
    let rest = text.get(place.saturating_add(1)..);
    (
        text.get(..place).unwrap_or_default(),
        rest.unwrap_or_default(),
    )
}

/// A promise of what a future gives.
pub(crate) fn promise(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    future_to_promise(future)
}

/// A timer; all share one kind of closure.
pub(crate) fn after(millis: u32, then: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(millis, then)
}

/// A frozen object. `names` are parted by single spaces; a value that is undefined is no field.
pub(crate) fn frozen(names: &str, values: &[JsValue]) -> JsValue {
    let object = Object::new();
    let mut names = names;
    for value in values {
        let (name, others) = cut(names, b' ');
        if !value.is_undefined() {
            set(&object, name, value);
        }
        names = others;
    }
    freeze(object.into())
}

/// A frozen array.
pub(crate) fn frozen_array(items: &mut dyn Iterator<Item = JsValue>) -> JsValue {
    let array = Array::new();
    for item in items {
        array.push(&item);
    }
    freeze(array.into())
}

fn freeze(value: JsValue) -> JsValue {
    Object::freeze(value.unchecked_ref::<Object>());
    value
}
