//! What this crate asks of JavaScript values, and how it waits for promises.
//!
//! Three rules hold wherever a value of the page is touched: nothing panics, no JavaScript is called while a
//! `RefCell` is borrowed, and no `JsValue` is trusted: a getter, a proxy or a replaced function may throw.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use crowfly_contract::Metadata;
use js_sys::{Array, Function, Object, Promise, Reflect, RegExp};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    /// <https://developer.mozilla.org/docs/Web/API/Window/reportError>
    #[wasm_bindgen(catch, js_name = reportError)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;

    /// Freezes an object, and nothing within it.
    #[wasm_bindgen(js_namespace = Object, js_name = freeze)]
    pub(crate) fn freeze_object(object: &JsValue) -> JsValue;

    /// Throws for what cannot be called.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = apply)]
    fn apply(method: &JsValue, object: &JsValue, arguments: &Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    pub(crate) fn console_warn(message: &str);

    /// The names of an object's own properties; throws for some proxies.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    /// A promise whose `catch` takes a function of JavaScript.
    type Settling;

    #[wasm_bindgen(method, js_name = catch)]
    fn handle(this: &Settling, failed: &Function) -> Promise;
}

/// A property; undefined when it is absent or its getter throws.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    // Of what can have none it would throw, and wasm-bindgen never frees the place of a result that did not come.
    if object.is_undefined() || object.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default()
}

/// A property, `None` when it is absent, undefined, or its getter throws.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(property(object, name)).filter(|value| !value.is_undefined())
}

/// Sets a property of an object that this crate has made.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // It fails on frozen objects and proxies alone.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// A new object of these properties, without those that are undefined.
pub(crate) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in properties {
        if !value.is_undefined() {
            set(&object, name, value);
        }
    }
    object
}

/// Whether a property is a function.
pub(crate) fn has_function(object: &JsValue, name: &str) -> bool {
    property(object, name).is_function()
}

/// Lets methods work without their object, as in `const { subscribe } = client`.
pub(crate) fn bind(handle: &JsValue, names: &[&str]) {
    for name in names {
        let method = property(handle, name);
        if let Ok(bound) = invoke(&method, "bind", &Array::of1(handle)) {
            let descriptor = object(&[("value", bound)]);
            Object::define_property(
                handle.unchecked_ref::<Object>(),
                &(*name).into(),
                descriptor.unchecked_ref(),
            );
        }
    }
}

/// The properties that an object has of its own; `None` for what has none, and for a proxy that throws.
pub(crate) fn keys(object: &JsValue) -> Option<Array> {
    object_keys(object).ok()
}

/// Calls a method of a value of the page.
pub(crate) fn invoke(object: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &JsValue::from_str(name))?;
    apply(&method, object, arguments)
}

/// A value of Rust as a plain object, without what is absent.
pub(crate) fn to_object(value: &impl Serialize) -> JsValue {
    let object = value.serialize(&Serializer::json_compatible());
    object.unwrap_or_default()
}

/// A value of Rust as the page sees it: as [`to_object`], and frozen.
pub(crate) fn to_page(value: &impl Serialize) -> JsValue {
    let object = to_object(value);
    freeze(&object);
    object
}

/// A map of texts. A key such as `__proto__` is one like any other.
pub(crate) fn texts_to_object(texts: &Metadata) -> JsValue {
    let pairs = Array::new();
    for (key, value) in texts.iter() {
        pairs.push(&Array::of2(&key.into(), &value.into()));
    }
    let object = Object::from_entries(&pairs).map(JsValue::from);
    object.unwrap_or_default()
}

/// Freezes an object that this crate has made, and all within it.
pub(crate) fn freeze(value: &JsValue) {
    if value.is_object() {
        freeze_object(value);
        Object::values(value.unchecked_ref::<Object>()).for_each(&mut |inner, _, _| freeze(&inner));
    }
}

/// Calls a function of the application, if there is one; its exception goes to the page's `error` event, as a
/// listener's does.
pub(crate) fn notify(callback: &JsValue, argument: &JsValue) {
    let Some(callback) = callback.dyn_ref::<Function>() else {
        return;
    };
    if let Err(error) = callback.call1(&JsValue::UNDEFINED, argument) {
        // Only very old browsers lack it; there the exception is lost, and the upload goes on.
        let _ = report_error(&error);
    }
}

/// A value that may change while it is read by others; undefined at first.
#[derive(Debug, Default)]
pub(crate) struct Held(RefCell<JsValue>);

impl Held {
    pub(crate) fn new(value: JsValue) -> Self {
        Self(RefCell::new(value))
    }

    pub(crate) fn get(&self) -> JsValue {
        self.0.borrow().clone()
    }

    pub(crate) fn set(&self, value: JsValue) {
        self.0.replace(value);
    }

    /// Forgets the value.
    pub(crate) fn clear(&self) {
        self.set(JsValue::UNDEFINED);
    }

    pub(crate) fn is_set(&self) -> bool {
        !self.0.borrow().is_undefined()
    }
}

/// A promise with the functions that settle it.
#[derive(Clone, Debug)]
pub(crate) struct Deferred {
    pub(crate) promise: Promise,
    resolve: Function,
    reject: Function,
}

impl Deferred {
    pub(crate) fn new() -> Self {
        // No `Function::default`: it compiles a text, which content security policies refuse.
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

    /// One whose rejection never counts as unhandled: the application may hear of the same by other ways.
    pub(crate) fn quiet() -> Self {
        let deferred = Self::new();
        let promise: &Settling = deferred.promise.unchecked_ref();
        // Resolving what is settled does nothing, so `resolve` serves as a handler that does nothing.
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

/// Listens to events of one target until it is dropped.
///
/// `gloo-events` makes a closure for each event; here all names share one, as an `XMLHttpRequest` is heard for four.
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

/// What the group of a pattern has matched.
pub(crate) fn first_match(pattern: &str, flags: &str, text: &str) -> Option<String> {
    RegExp::new(pattern, flags).exec(text)?.get(1).as_string()
}

/// Runs a task of the page's; all tasks have one type, so that the code which runs them exists once.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    wasm_bindgen_futures::spawn_local(task);
}

/// A task as a promise.
pub(crate) fn promise(task: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    settle(Box::pin(task))
}

fn settle(task: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    let settling = Deferred::new();
    let promise = settling.promise.clone();
    spawn(async move {
        match task.await {
            Ok(value) => settling.resolve(&value),
            Err(error) => settling.reject(&error),
        }
    });
    promise
}

/// Waits for what may be a promise.
pub(crate) fn wait(value: &JsValue) -> JsFuture {
    JsFuture::from(Promise::resolve(value))
}
