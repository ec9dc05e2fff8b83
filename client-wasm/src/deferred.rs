use js_sys::{Function, Promise};

use crate::js;

/// A promise and the power to settle it. Its rejection never counts as unhandled.
pub(crate) struct Deferred {
    promise: Promise,
    functions: Option<(Function, Function)>,
}

impl Deferred {
    pub(crate) fn new() -> Self {
        let mut functions = None;
        let promise = Promise::new(&mut |resolve, reject| functions = Some((resolve, reject)));
        js::pre_catch(&promise);
        Self { promise, functions }
    }

    pub(crate) fn promise(&self) -> Promise {
        self.promise.clone()
    }

    /// The functions that settle the promise: resolve and reject. They are given out once, so that a
    /// promise is settled once, and called by the caller after it has let go of every borrow.
    pub(crate) fn take(&mut self) -> Option<(Function, Function)> {
        self.functions.take()
    }
}
