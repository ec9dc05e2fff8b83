use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// One event listener; dropping it removes it.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(crate) fn new(
        target: &EventTarget,
        name: &'static str,
        callback: Box<dyn FnMut(Event)>,
    ) -> Self {
        let closure = Closure::wrap(callback);
        // It fails only for a target that is none, and then there is nothing to listen to.
        drop(target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()));
        Self {
            target: target.clone(),
            name,
            closure,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        drop(
            self.target
                .remove_event_listener_with_callback(self.name, function),
        );
    }
}
