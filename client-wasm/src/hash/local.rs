use std::cell::Cell;
use std::ops::Range;
use std::rc::{Rc, Weak};

use crowfly_engine::crc64::Crc64;
use crowfly_engine::{ReadFailure, RequestId};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{Pool, read_failure};
use crate::js;

/// About a quarter of a millisecond of work: the page stays smooth.
const STEP: u64 = 256 * 1024;

/// Hashes in the page, one small slice after the other.
pub(super) fn spawn(
    pool: Weak<Pool>,
    request: RequestId,
    file: Blob,
    bytes: Range<u64>,
    stopped: Rc<Cell<bool>>,
) {
    js::spawn(Box::pin(async move {
        let mut digest = Crc64::new();
        let mut buffer = Vec::new();
        let mut at = bytes.start;
        let mut failure = None;
        while at < bytes.end {
            let step = at..bytes.end.min(at.saturating_add(STEP));
            let read = read(&file, &step).await;
            let Some(pool) = pool.upgrade().filter(|_| !stopped.get()) else {
                return;
            };
            match read {
                Ok(data) => {
                    buffer.resize(data.length() as usize, 0);
                    data.copy_to(&mut buffer);
                    digest.update(&buffer);
                }
                Err(reason) => {
                    failure = Some(reason);
                    break;
                }
            }
            at = step.end;
            pool.progress(request, at.saturating_sub(bytes.start));
        }
        if let Some(pool) = pool.upgrade().filter(|_| !stopped.get()) {
            pool.finish(request, failure.map_or_else(|| Ok(digest.value()), Err));
        }
    }));
}

/// Reads a range that fits into memory.
pub(super) async fn read(file: &Blob, bytes: &Range<u64>) -> Result<Uint8Array, ReadFailure> {
    let length = bytes.end.saturating_sub(bytes.start);
    let slice = crate::xhr::slice(file, bytes).ok_or(ReadFailure::Unreadable)?;
    let data = JsFuture::from(slice.array_buffer()).await;
    let data = data.map_err(|thrown: JsValue| {
        let name = js::get(&thrown, "name").and_then(|name| name.as_string());
        read_failure(&name.unwrap_or_default())
    })?;
    let data = Uint8Array::new(&data);
    if u64::from(data.length()) == length {
        Ok(data)
    } else {
        Err(ReadFailure::Changed)
    }
}
