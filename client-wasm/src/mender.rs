//! Gives a webm recording its duration and cues while it is spooled, for `js/spooling.js`. See the crate `crowfly-webm`.

use std::cell::RefCell;

use crowfly_webm::{Index, Reserve, finish};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use crate::members::members;

/// Bytes that are reserved for cues in the head: some 700.
const ROOM: usize = 16_384;

/// One recording.
pub(crate) struct Mender {
    reserve: RefCell<Reserve>,
    index: RefCell<Index>,
}

members!(
    Mender,
    getters {
        headLength: |mender, _, _| Ok(number(mender.index.borrow().head_len())),
        durationMs: |mender, _, _| Ok(number(mender.index.borrow().duration_ms())),
    },
    methods {
        restart: |mender, _, _| {
            mender.index.replace(Index::new());
            Ok(JsValue::UNDEFINED)
        },
        add: |mender, bytes, again| Ok(mender.add(&bytes, again.is_truthy())),
        end: |mender, _, _| {
            let held = mender.reserve.borrow_mut().end();
            mender.index.borrow_mut().push(&held);
            Ok(Uint8Array::from(&*held).into())
        },
        mended: |mender, first, _| {
            let first = Uint8Array::new(&first).to_vec();
            let head = finish(&first, &mender.index.borrow()).ok();
            Ok(head.map(|head| Uint8Array::from(&*head)).into())
        },
    },
    live {},
);

impl Mender {
    pub(crate) fn new() -> Self {
        Self {
            reserve: RefCell::new(Reserve::new(ROOM)),
            index: RefCell::new(Index::new()),
        }
    }

    /// The bytes to spool in place of the next ones of the recording; `again`: they were spooled by an earlier page.
    fn add(&self, bytes: &JsValue, again: bool) -> JsValue {
        let bytes = Uint8Array::new(bytes).to_vec();
        if again {
            self.index.borrow_mut().push(&bytes);
            return JsValue::UNDEFINED;
        }
        let mut reserve = self.reserve.borrow_mut();
        let written = reserve.push(&bytes);
        self.index.borrow_mut().push(&written);
        Uint8Array::from(&*written).into()
    }
}

fn number(value: Option<u64>) -> JsValue {
    value.map(|value| value as f64).into()
}
