use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::Crc64Nvme;
use crowfly_engine::RequestId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Event, Worker};

use super::{Pool, read_failure};
use crate::js;
use crate::listener::Listener;

/// One worker; dropping it terminates the worker.
pub(super) struct Slot {
    worker: Worker,
    busy: Cell<u32>,
    listeners: Cell<Option<[Listener; 3]>>,
}

impl Slot {
    /// Starts a worker and lends it the compiled module.
    pub(super) fn open(pool: &Rc<Pool>) -> Option<Rc<Self>> {
        let made = pool.worker.as_ref()?.call0(&JsValue::UNDEFINED).ok()?;
        if !js::get(&made, "terminate")?.is_function() {
            return None;
        }
        let slot = Rc::new(Self {
            worker: made.unchecked_into(),
            busy: Cell::new(0),
            listeners: Cell::new(None),
        });
        let listeners = ["message", "error", "messageerror"].map(|name| {
            let (this, weak) = (Rc::downgrade(&slot), Rc::downgrade(pool));
            let hear = move |event: Event| {
                if let (Some(slot), Some(pool)) = (this.upgrade(), weak.upgrade()) {
                    match js::get(&event, "data") {
                        Some(message) if name == "message" => slot.hear(&pool, &message),
                        _ => {
                            event.prevent_default();
                            pool.give_up_workers();
                        }
                    }
                }
            };
            Listener::new(&slot.worker, name, Box::new(hear))
        });
        let none = slot.listeners.replace(Some(listeners));
        drop(none);
        let start = js::frozen("module", &[wasm_bindgen::module()]);
        slot.worker.post_message(&start).ok()?;
        Some(slot)
    }

    /// Jobs that it has not answered.
    pub(super) fn busy(&self) -> u32 {
        self.busy.get()
    }

    /// Gives it a job; `false` if the file cannot be sent to it.
    pub(super) fn post(&self, request: RequestId, file: &Blob, bytes: &Range<u64>) -> bool {
        let job = js::frozen(
            "id blob start end",
            &[
                number(request.0),
                file.into(),
                number(bytes.start),
                number(bytes.end),
            ],
        );
        let posted = self.worker.post_message(&job).is_ok();
        if posted {
            self.busy.set(self.busy.get().saturating_add(1));
        }
        posted
    }

    pub(super) fn cancel(&self, request: RequestId) {
        self.busy.set(self.busy.get().saturating_sub(1));
        let job = js::frozen("cancel", &[number(request.0)]);
        // If it cannot be told, it works in vain; its answer is ignored.
        drop(self.worker.post_message(&job));
    }

    fn hear(&self, pool: &Rc<Pool>, message: &JsValue) {
        if js::get(message, "failed").is_some() {
            return pool.give_up_workers();
        }
        let Some(id) = js::get(message, "id").and_then(|id| id.as_f64()) else {
            return;
        };
        let request = RequestId(id as u64);
        if let Some(read) = js::get(message, "read").and_then(|read| read.as_f64()) {
            return pool.progress(request, read as u64);
        }
        let half = |name| js::get(message, name).and_then(|half| half.as_f64());
        let answer = match (half("high"), half("low")) {
            (Some(high), Some(low)) => Ok(Crc64Nvme::new((high as u64) << 32 | low as u64)),
            _ => Err(js::get(message, "error")
                .and_then(|name| name.as_string())
                .unwrap_or_default()),
        };
        if !pool.has(request) {
            return;
        }
        self.busy.set(self.busy.get().saturating_sub(1));
        pool.finish(request, answer.map_err(|name| read_failure(&name)));
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let listeners = self.listeners.take();
        drop(listeners);
        self.worker.terminate();
    }
}

fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}
