//! CRC64NVME of a range of a file: in a worker, or in small steps on the main thread where no worker is available.

mod page;
mod pool;
mod worker;

use std::ops::Range;
use std::rc::Rc;

use crowfly_engine::RequestId;
use wasm_bindgen::JsValue;

use crate::entry::Entry;

pub(crate) use pool::Pool;

/// A range to hash.
#[derive(Clone)]
struct Job {
    request: RequestId,
    entry: Rc<Entry>,
    file: JsValue,
    bytes: Range<u64>,
    /// The worker it was posted to.
    slot: Option<usize>,
    /// How often reading was retried.
    retries: u32,
}
