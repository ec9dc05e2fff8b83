//! One worker running `worker.js`, which documents the messages.

use std::rc::Rc;

use crowfly_engine::{Input, RequestId};
use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};

use super::Job;
use crate::driver::Driver;
use crate::file::octets;
use crate::object::ObjectBuilder;
use crate::page::{Listener, get, invoke, property};

/// A worker and its number of jobs; terminated when dropped.
pub(super) struct Slot {
    /// A `Worker` or a compatible object: the package's entries start workers in several ways.
    pub(super) worker: JsValue,
    _heard: Listener,
    pub(super) busy: usize,
}

/// Posts a job; throws if its file cannot be cloned.
pub(super) fn post_job(worker: &JsValue, job: &Job) -> Result<(), JsValue> {
    let message = ObjectBuilder::new()
        .with("id", job.request.0 as f64)
        .with("blob", job.file.clone())
        .with("start", job.bytes.start as f64)
        .with("end", job.bytes.end as f64);
    post(worker, message)
}

/// Posts a cancel. If that fails, the worker finishes a job whose result is ignored.
pub(super) fn post_cancel(worker: &JsValue, request: RequestId) {
    let _ = post(
        worker,
        ObjectBuilder::new().with("cancel", request.0 as f64),
    );
}

impl Drop for Slot {
    fn drop(&mut self) {
        let _ = invoke(&self.worker, "terminate", Array::new());
    }
}

fn post(worker: &JsValue, message: ObjectBuilder) -> Result<(), JsValue> {
    let message = Array::of1(&message.build());
    invoke(worker, "postMessage", message).map(drop)
}

impl Driver {
    /// Starts a worker and posts it the compiled module.
    pub(super) fn open_worker(self: &Rc<Self>) -> Option<Slot> {
        let started = self.start_worker();
        started
            .map_err(|thrown| {
                let why = get(&thrown, "message").unwrap_or(thrown);
                self.pool.why.set(why);
            })
            .ok()
    }

    fn start_worker(self: &Rc<Self>) -> Result<Slot, JsValue> {
        let make: JsValue = self.pool.make.get();
        let make: &Function = make.dyn_ref().ok_or("none was given")?;
        let worker = make.call0(&JsValue::UNDEFINED)?;
        let driver = Rc::downgrade(self);
        let hear = move |event: JsValue| {
            if let Some(driver) = driver.upgrade() {
                driver.hear_worker(&event);
            }
        };
        let heard = Listener::new(
            &worker,
            &["message", "error", "messageerror"],
            Box::new(hear),
        );
        let slot = Slot {
            worker,
            _heard: heard,
            busy: 0,
        };
        let module = ObjectBuilder::new().with("module", wasm_bindgen::module());
        post(&slot.worker, module)?;
        Ok(slot)
    }

    fn hear_worker(self: &Rc<Self>, event: &JsValue) {
        if property(event, "type") != "message" {
            let _ = invoke(event, "preventDefault", Array::new());
            let why = property(event, "message").as_string();
            return self.give_up_workers(&why.unwrap_or_default());
        }
        let news = property(event, "data");
        if property(&news, "failed").is_truthy() {
            return self.give_up_workers("it cannot use the module");
        }
        let request = RequestId(property(&news, "id").as_f64().unwrap_or_default() as u64);
        let Some(job) = self.pool.job(request) else {
            return;
        };
        if let Some(first) = get(&news, "first") {
            if let Ok(first) = octets(&first) {
                self.look(&job.entry, &first.to_vec());
            }
            return;
        }
        if let Some(read) = property(&news, "read").as_f64() {
            let sent = read as u64;
            return self.feed(Input::Progress { request, sent });
        }
        let crc = property(&news, "crc").as_string();
        match crc.and_then(|crc| crc.parse().ok()) {
            Some(crc) => self.hashed(request, Ok(crc)),
            None => {
                let error = ObjectBuilder::new().with("name", property(&news, "error"));
                self.unread(request, error.build());
            }
        }
    }
}
