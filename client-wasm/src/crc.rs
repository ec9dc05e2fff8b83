//! The checksum: exports that `worker.js` calls with plain numbers, so that the worker needs no glue; and a digest
//! for the page.

use std::cell::RefCell;

use crowfly_engine::crc64::Crc64;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static WORK: RefCell<Work> =
        const { RefCell::new(Work { digest: None, space: Vec::new() }) };
}

struct Work {
    digest: Option<Crc64>,
    space: Vec<u8>,
}

/// Starts a checksum.
#[wasm_bindgen(js_name = crcOpen, skip_typescript)]
pub fn crc_open() {
    WORK.with_borrow_mut(|work| work.digest.get_or_insert_default().reset());
}

/// Reserves `len` bytes of input; the address is valid until the next call of any of these functions.
#[wasm_bindgen(js_name = crcSpace, skip_typescript)]
#[must_use]
pub fn crc_space(len: usize) -> *const u8 {
    WORK.with_borrow_mut(|work| {
        if work.space.len() < len {
            work.space.resize(len, 0);
        }
        work.space.as_ptr()
    })
}

/// Appends the first `len` bytes of the input.
#[wasm_bindgen(js_name = crcAdd, skip_typescript)]
pub fn crc_add(len: usize) {
    WORK.with_borrow_mut(|work| {
        if let (Some(digest), Some(bytes)) = (work.digest.as_mut(), work.space.get(..len)) {
            digest.update(bytes);
        }
    });
}

/// The checksum of all bytes since [`crc_open`].
#[wasm_bindgen(js_name = crcClose, skip_typescript)]
#[must_use]
pub fn crc_close() -> u64 {
    WORK.with_borrow(|work| {
        let value = work.digest.as_ref().map(Crc64::value);
        value.map_or(0, crowfly_contract::Crc64Nvme::value)
    })
}
