//! CRC64NVME of a range of a file: in a worker, or in small steps on the main thread where no worker is available.

mod page;
mod pool;
mod together;
mod worker;

use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::CreateItem;
use crowfly_engine::RequestId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::entry::Entry;
use page::STEP;

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
    /// The journal writes this item with the checksum, which is nobody else's: a file without one is read for it.
    item: Option<Rc<CreateItem>>,
}

impl Job {
    /// A whole file of one step that can be read together with others: not one that only imitates a file.
    fn is_small(&self) -> bool {
        let size = self.bytes.end - self.bytes.start;
        let whole = size as f64 == self.entry.size.get();
        size <= STEP && whole && self.retries == 0 && self.file.is_instance_of::<Blob>()
    }
}
