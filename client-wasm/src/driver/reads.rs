//! The routes that read records, and the one that deletes: all may be repeated. The engine decides about attempts and
//! retries.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{ApiFailure, Failure, Input, ReadId, Reply, RequestId, Wrong};
use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::Driver;
use crate::error::{closed, unsupported};
use crate::page::{Deferred, property};
use crate::wire::{Answer, Content, Route};

pub(crate) const NO_API: &str =
    "reading records needs the API of a Crowfly stack; a `signer` has none";

/// Unfinished reads.
#[derive(Default)]
pub(super) struct Reads {
    next: Cell<u64>,
    open: RefCell<Vec<Read>>,
}

/// One read and its result.
struct Read {
    id: ReadId,
    route: Route,
    path: String,
    done: Deferred,
    value: JsValue,
}

impl Driver {
    /// Reads records by a route; `path` is its variable part.
    pub(crate) fn read_records(
        self: &Rc<Self>,
        route: Route,
        path: Result<String, JsValue>,
    ) -> Promise {
        let done = Deferred::quiet();
        let promise = done.promise.clone();
        let refuse = |error: JsValue| Promise::reject(&error);
        if self.settings.has_signer {
            return refuse(unsupported("read", NO_API));
        }
        let path = match path {
            Ok(path) => path,
            Err(error) => return refuse(error),
        };
        if self.is_closed() {
            return refuse(closed("read"));
        }
        let id = ReadId(self.reads.next.get());
        self.reads.next.set(id.0 + 1);
        self.reads.open.borrow_mut().push(Read {
            id,
            route,
            path,
            done,
            value: JsValue::UNDEFINED,
        });
        self.feed(Input::Read(id));
        promise
    }

    /// One attempt.
    pub(super) fn read(self: &Rc<Self>, request: RequestId, read: ReadId) {
        let find = || {
            let open = self.reads.open.borrow();
            let found = open.iter().find(|other| other.id == read)?;
            Some((found.route, found.path.clone()))
        };
        if let Some((route, path)) = find() {
            self.call(request, route, path, Content::default(), Some(read));
        }
    }

    /// Keeps the result of a valid answer.
    pub(super) fn take_read(&self, read: ReadId, route: Route, answer: Option<&Answer>) -> Reply {
        let Some(value) = answer.and_then(|answer| route.value(answer)) else {
            return Reply::ApiFailed(route.failure(answer));
        };
        let mut open = self.reads.open.borrow_mut();
        if let Some(found) = open.iter_mut().find(|other| other.id == read) {
            if route == Route::Record && property(&value, "id") != *found.path {
                return Reply::ApiFailed(ApiFailure::BadResponse(Wrong {
                    path: "id".into(),
                    problem: "expected the id that was asked for".into(),
                }));
            }
            found.value = value;
        }
        Reply::Read
    }

    /// Keeps the record of an upload that waits for it.
    pub(super) fn keep_record(&self, id: UploadId, record: JsValue) {
        if let Some(entry) = self.store.find(id) {
            entry.answered.set(record);
        }
    }

    /// The engine has ended a read, successfully or not.
    pub(super) fn end_read(&self, read: ReadId, failure: Option<&Failure>) {
        let take = || {
            let mut open = self.reads.open.borrow_mut();
            let place = open.iter().position(|other| other.id == read)?;
            Some(open.swap_remove(place))
        };
        let Some(read) = take() else { return };
        match failure {
            None => read.done.resolve(&read.value),
            Some(failure) if failure.code == ErrorCode::Closed => read.done.reject(&closed("read")),
            Some(failure) => read.done.reject(&self.error_of(failure)),
        }
    }
}
