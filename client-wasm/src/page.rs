//! Access to JavaScript values.
//!
//! Three rules apply to every value of the page: nothing panics, no JavaScript is called while a `RefCell` is
//! borrowed, and no `JsValue` is trusted: a getter, a proxy or a replaced function may throw.

use std::cell::Cell;

use crowfly_contract::Metadata;
use js_sys::{Array, Function, Object, Promise, Reflect, RegExp};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    /// <https://developer.mozilla.org/docs/Web/API/Window/reportError>
    #[wasm_bindgen(catch, js_name = reportError)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;

    /// Freezes an object, shallowly.
    #[wasm_bindgen(js_namespace = Object, js_name = freeze)]
    pub(crate) fn freeze_object(object: &JsValue) -> JsValue;

    /// Throws for a value that is not callable.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = apply)]
    fn apply(method: &JsValue, object: &JsValue, arguments: &Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    pub(crate) fn console_warn(message: &str);

    /// The own property names of an object; throws for some proxies.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    /// The window, or the scope of a worker. (`js_sys::global` also looks for the names of older browsers.)
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;

    /// A promise whose `catch` takes a JavaScript function.
    type Settling;

    #[wasm_bindgen(method, js_name = catch)]
    fn handle(this: &Settling, failed: &Function) -> Promise;
}

/// No list of the contract is longer than that of the parts of a file.
const MOST_ITEMS: f64 = crowfly_contract::limits::MAX_PARTS as f64;

/// A property; undefined if absent or if its getter throws.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    // null and undefined would throw, and wasm-bindgen leaks the return slot of a throwing call.
    if object.is_undefined() || object.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default()
}

/// The length of an array, or of what is like one; `None` for other values, and for lists longer than any of the
/// contract. Neither `Array.isArray` nor an iterator is asked: both may throw, and one may never end.
pub(crate) fn length(list: &JsValue) -> Option<u32> {
    let length = property(list, "length").as_f64()?;
    let right = list.is_object() && (0.0..=MOST_ITEMS).contains(&length);
    right.then_some(length as u32)
}

/// An item of a list; undefined if reading it throws.
pub(crate) fn item(list: &JsValue, place: u32) -> JsValue {
    Reflect::get_u32(list, place).unwrap_or_default()
}

/// A property, `None` if absent, undefined, or if its getter throws.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(property(object, name)).filter(|value| !value.is_undefined())
}

/// A property, `None` if absent, undefined, null, or if its getter throws.
pub(crate) fn given(object: &JsValue, name: &str) -> Option<JsValue> {
    get(object, name).filter(|value| !value.is_null())
}

/// Sets a property of an object made by this crate.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails for frozen objects and proxies only.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// The global object.
pub(crate) fn global() -> JsValue {
    GLOBAL.with(JsValue::clone)
}

/// Whether a property is a function.
pub(crate) fn has_function(object: &JsValue, name: &str) -> bool {
    property(object, name).is_function()
}

/// The own properties of an object; `None` for other values, for a throwing proxy, and for objects with more properties
/// than any of the contract: a text has one for each of its characters.
pub(crate) fn keys(object: &JsValue) -> Option<Array> {
    let keys = object_keys(object).ok();
    keys.filter(|keys| object.is_object() && f64::from(keys.length()) <= MOST_ITEMS)
}

/// Calls a method of a value of the page.
pub(crate) fn invoke(object: &JsValue, name: &str, arguments: Array) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &JsValue::from_str(name))?;
    apply(&method, object, &arguments)
}

/// A map of strings. Keys such as `__proto__` are ordinary.
pub(crate) fn texts_to_object(texts: &Metadata) -> JsValue {
    let pairs = Array::new();
    for (key, value) in texts.iter() {
        pairs.push(&Array::of2(&key.into(), &value.into()));
    }
    let object = Object::from_entries(&pairs).map(JsValue::from);
    object.unwrap_or_default()
}

/// Deep-freezes an object made by this crate.
pub(crate) fn freeze(value: &JsValue) {
    if value.is_object() {
        freeze_object(value);
        for inner in Object::values(value.unchecked_ref::<Object>()).iter() {
            freeze(&inner);
        }
    }
}

/// Calls a function of the application, if given; its exception is reported to the page's `error` event, as for
/// an event listener.
pub(crate) fn notify(callback: JsValue, argument: JsValue) {
    let Some(callback) = callback.dyn_ref::<Function>() else {
        return;
    };
    if let Err(error) = callback.call1(&JsValue::UNDEFINED, &argument) {
        // Missing in very old browsers only; there the exception is lost, and the upload continues.
        let _ = report_error(&error);
    }
}

/// A value that may be replaced while others read it; initially undefined.
#[derive(Default)]
pub(crate) struct Held(Cell<JsValue>);

impl Held {
    pub(crate) fn new(value: JsValue) -> Self {
        Self(Cell::new(value))
    }

    pub(crate) fn get(&self) -> JsValue {
        self.read(JsValue::clone)
    }

    // Never a call of JavaScript: meanwhile it is undefined.
    fn read<T>(&self, read: impl FnOnce(&JsValue) -> T) -> T {
        let value = self.0.take();
        let read = read(&value);
        self.0.set(value);
        read
    }

    pub(crate) fn set(&self, value: JsValue) {
        self.0.set(value);
    }

    /// Clears the value.
    pub(crate) fn clear(&self) {
        self.set(JsValue::UNDEFINED);
    }

    pub(crate) fn is_set(&self) -> bool {
        !self.read(JsValue::is_undefined)
    }
}

/// A promise with its settle functions.
#[derive(Clone, Debug)]
pub(crate) struct Deferred {
    pub(crate) promise: Promise,
    resolve: Function,
    reject: Function,
}

impl Deferred {
    pub(crate) fn new() -> Self {
        // No `Function::default`: it compiles a string, which content security policies refuse.
        // https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/script-src
        let [mut resolve, mut reject] = [JsValue::UNDEFINED; 2];
        let promise = Promise::new(&mut |done, failed| {
            resolve = done.into();
            reject = failed.into();
        });
        Self {
            promise,
            resolve: resolve.unchecked_into(),
            reject: reject.unchecked_into(),
        }
    }

    /// One whose rejection is never reported as unhandled: the application may learn of it in other ways.
    /// <https://developer.mozilla.org/docs/Web/API/Window/unhandledrejection_event>
    pub(crate) fn quiet() -> Self {
        let deferred = Self::new();
        let promise: &Settling = deferred.promise.unchecked_ref();
        // Resolving a settled promise does nothing, so `resolve` serves as a no-op handler.
        let _ = promise.handle(&deferred.resolve);
        deferred
    }

    pub(crate) fn resolve(&self, value: &JsValue) {
        let _ = self.resolve.call1(&JsValue::UNDEFINED, value);
    }

    pub(crate) fn reject(&self, reason: &JsValue) {
        let _ = self.reject.call1(&JsValue::UNDEFINED, reason);
    }
}

/// Listens to events of one target until dropped.
///
/// `gloo-events` makes a closure per event; here all event names share one, as an `XMLHttpRequest` has four.
#[derive(Debug)]
pub(crate) struct Listener {
    target: EventTarget,
    names: &'static [&'static str],
    hear: Closure<dyn Fn(JsValue)>,
}

impl Listener {
    /// `target` must be an `EventTarget`, of this or another window.
    pub(crate) fn new(
        target: &JsValue,
        names: &'static [&'static str],
        hear: Box<dyn Fn(JsValue)>,
    ) -> Self {
        let listener = Self {
            target: target.clone().unchecked_into(),
            names,
            hear: Closure::wrap(hear),
        };
        for name in names {
            let hear = listener.hear.as_ref().unchecked_ref();
            let _ = listener.target.add_event_listener_with_callback(name, hear);
        }
        listener
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for name in self.names {
            let hear = self.hear.as_ref().unchecked_ref();
            let _ = self.target.remove_event_listener_with_callback(name, hear);
        }
    }
}

/// The text of a pattern's capture group.
pub(crate) fn first_match(pattern: &str, flags: &str, text: &str) -> Option<String> {
    let found = RegExp::new(pattern, flags).exec(text)?;
    found.iter().nth(1)?.as_string()
}
