//! CRC64NVME of a range of a file: in a worker, or in small steps in the page where there can be none.

mod page;
mod pool;
mod worker;

use std::ops::Range;
use std::rc::Rc;

use crowfly_engine::RequestId;
use wasm_bindgen::JsValue;

use crate::entry::Entry;

pub(crate) use pool::Pool;

/// A range to be hashed.
#[derive(Clone)]
struct Job {
    request: RequestId,
    entry: Rc<Entry>,
    file: JsValue,
    bytes: Range<u64>,
    /// The worker that has it.
    slot: Option<usize>,
    /// It was read again already.
    again: bool,
}
