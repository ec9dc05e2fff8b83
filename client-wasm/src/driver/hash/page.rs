//! Hashing on the main thread, in small steps.

use std::rc::Rc;

use crowfly_engine::Input;
use crowfly_engine::crc64::Crc64;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::Job;
use crate::driver::Driver;
use crate::file::{bytes, slice};
use crate::object::ObjectBuilder;

/// Bytes per step, about a quarter of a millisecond of work, so that the page stays responsive.
pub(super) const STEP: u64 = 256 * 1024;

impl Driver {
    /// Hashes a range step by step until it is done or cancelled.
    pub(super) async fn hash_in_page(self: Rc<Self>, job: Job) {
        let mut digest = Crc64::new();
        let mut space = Vec::new();
        let mut at = job.bytes.start;
        while at < job.bytes.end {
            let size = STEP.min(job.bytes.end - at);
            let read = read(&job, at, size).await;
            if self.pool.job(job.request).is_none() {
                return;
            }
            let read = match read {
                Ok(read) => read,
                Err(error) => return self.unread(job.request, error),
            };
            space.resize(size as usize, 0);
            read.copy_to(&mut space);
            if at == 0 {
                self.look(&job.entry, &space);
            }
            digest.update(&space);
            at += size;
            self.feed(Input::Progress {
                request: job.request,
                sent: at - job.bytes.start,
            });
        }
        self.hashed(job.request, Ok(digest.value()));
    }
}

async fn read(job: &Job, at: u64, size: u64) -> Result<Uint8Array, JsValue> {
    // A file that fits into one step is read directly, which is cheaper than slicing it.
    let piece = if size as f64 == job.entry.size.get() {
        job.file.clone()
    } else {
        slice(&job.file, at as f64, (at + size) as f64)?
    };
    let read = bytes(piece).await?;
    if u64::from(read.length()) == size {
        return Ok(read);
    }
    // A range that ends early belongs to a changed file.
    Err(ObjectBuilder::new()
        .with("name", "NotReadableError")
        .build())
}
