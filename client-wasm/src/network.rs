use std::rc::Weak;

use crowfly_engine::Input;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::driver::Driver;
use crate::js;
use crate::listener::Listener;

/// Tells the driver what the browser says about the network.
pub(crate) struct NetworkWatch {
    _listeners: [Listener; 2],
}

impl NetworkWatch {
    pub(crate) fn new(driver: &Weak<Driver>) -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let tell = |name, input: fn() -> Input| {
            let driver = driver.clone();
            let hear = move |_| {
                if let Some(driver) = driver.upgrade() {
                    driver.feed(input());
                }
            };
            Listener::new(&global, name, Box::new(hear))
        };
        Self {
            _listeners: [
                tell("online", || Input::Online),
                tell("offline", || Input::Offline),
            ],
        }
    }

    /// Whether the browser says at this moment that there is no network.
    pub(crate) fn offline() -> bool {
        js::get(&js_sys::global(), "navigator")
            .and_then(|navigator| js::get(&navigator, "onLine"))
            .is_some_and(|online| online == JsValue::FALSE)
    }
}
