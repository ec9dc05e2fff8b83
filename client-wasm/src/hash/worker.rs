use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};

use crowfly_contract::Crc64Nvme;
use crowfly_engine::RequestId;
use js_sys::BigInt;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker};

use super::{Pool, read_failure};
use crate::js;
use crate::listener::Listener;

/// One worker; dropping it terminates the worker.
pub(super) struct Slot {
    worker: Worker,
    busy: Cell<u32>,
    listeners: RefCell<Vec<Listener>>,
}

impl Slot {
    /// Starts a worker and lends it the compiled module.
    pub(super) fn open(pool: &Rc<Pool>) -> Option<Rc<Self>> {
        let made = pool.worker.as_ref()?.call0(&JsValue::UNDEFINED);
        let slot = Rc::new(Self {
            worker: made.ok()?.dyn_into().ok()?,
            busy: Cell::new(0),
            listeners: RefCell::default(),
        });
        let (this, weak) = (Rc::downgrade(&slot), Rc::downgrade(pool));
        let heard = Listener::new(&slot.worker, "message", move |event| {
            if let (Some(slot), Some(pool), Some(event)) = (
                this.upgrade(),
                weak.upgrade(),
                event.dyn_ref::<MessageEvent>(),
            ) {
                slot.hear(&pool, &event.data());
            }
        });
        let failed = ["error", "messageerror"].map(|name| {
            let weak: Weak<Pool> = Rc::downgrade(pool);
            Listener::new(&slot.worker, name, move |event| {
                event.prevent_default();
                if let Some(pool) = weak.upgrade() {
                    pool.give_up_workers();
                }
            })
        });
        let mut listeners = vec![heard];
        listeners.extend(failed);
        *slot.listeners.borrow_mut() = listeners;
        let start = js::frozen(&[("module", wasm_bindgen::module())]);
        slot.worker.post_message(&start).ok()?;
        Some(slot)
    }

    /// Jobs that it has not answered.
    pub(super) fn busy(&self) -> u32 {
        self.busy.get()
    }

    /// Gives it a job; `false` if the file cannot be sent to it.
    pub(super) fn post(&self, request: RequestId, file: &Blob, bytes: &Range<u64>) -> bool {
        let job = js::frozen(&[
            ("id", number(request.0)),
            ("blob", file.into()),
            ("start", number(bytes.start)),
            ("end", number(bytes.end)),
        ]);
        let posted = self.worker.post_message(&job).is_ok();
        if posted {
            self.busy.set(self.busy.get().saturating_add(1));
        }
        posted
    }

    pub(super) fn cancel(&self, request: RequestId) {
        self.busy.set(self.busy.get().saturating_sub(1));
        let job = js::frozen(&[("cancel", number(request.0))]);
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
        let answer = match js::get(message, "crc").and_then(|crc| crc.dyn_into::<BigInt>().ok()) {
            Some(crc) => {
                let value = i64::try_from(BigInt::as_int_n(64.0, &crc)).map(i64::cast_unsigned);
                value.map(Crc64Nvme::new).map_err(|_| String::new())
            }
            None => Err(js::get(message, "error")
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
