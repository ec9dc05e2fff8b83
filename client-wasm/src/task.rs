//! Tasks that wait for promises.
//!
//! A task is polled again by the promise that it waits for, so there are no wakers and no queue. The executor of
//! wasm-bindgen-futures, whose wakers serve futures of any kind, would be 1.3 kB of the compressed package.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::page::Deferred;

thread_local! {
    /// The task that is being polled.
    static CURRENT: Cell<Option<Rc<Task>>> = const { Cell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// A promise whose `then` takes JavaScript functions.
    type Settling;

    #[wasm_bindgen(method)]
    fn then(this: &Settling, done: &JsValue, failed: &JsValue) -> Promise;
}

/// One task; `None` while it is polled, and once it has ended.
struct Task(Cell<Option<Pin<Box<dyn Future<Output = ()>>>>>);

impl Task {
    fn run(self: &Rc<Self>) {
        let Some(mut future) = self.0.take() else {
            return;
        };
        // A task may start another one at once.
        let before = CURRENT.replace(Some(Rc::clone(self)));
        let mut context = Context::from_waker(Waker::noop());
        let pending = future.as_mut().poll(&mut context).is_pending();
        drop(CURRENT.replace(before));
        if pending {
            self.0.set(Some(future));
        }
    }
}

/// The outcome of a promise, once it has settled.
pub(crate) struct Wait(Rc<Settle>);

type Hear = Closure<dyn Fn(JsValue)>;

/// What settles a [`Wait`].
#[derive(Default)]
pub(crate) struct Settle {
    settled: Cell<bool>,
    outcome: Cell<Option<Result<JsValue, JsValue>>>,
    task: Cell<Option<Rc<Task>>>,
    /// Kept until the promise settles: it calls one of them even if nobody waits any more.
    hear: Cell<Option<(Hear, Hear)>>,
}

impl Settle {
    /// The first outcome counts.
    pub(crate) fn settle(&self, outcome: Result<JsValue, JsValue>) {
        if !self.settled.replace(true) {
            self.outcome.set(Some(outcome));
            if let Some(task) = self.task.take() {
                task.run();
            }
        }
    }

    /// The promise has settled, and calls back no more.
    fn heard(&self, outcome: Result<JsValue, JsValue>) {
        let hear = self.hear.take();
        self.settle(outcome);
        drop(hear);
    }
}

impl Wait {
    /// One without a promise.
    pub(crate) fn open() -> (Rc<Settle>, Self) {
        let settle = Rc::new(Settle::default());
        (Rc::clone(&settle), Self(settle))
    }
}

impl Future for Wait {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                let current = CURRENT.replace(None);
                self.0.task.set(current.clone());
                drop(CURRENT.replace(current));
                Poll::Pending
            }
        }
    }
}

/// Awaits a value that may be a promise.
///
/// Takes the value, which would otherwise be kept until the end of the wait.
pub(crate) fn wait(value: impl Into<JsValue>) -> Wait {
    let (settle, wait) = Wait::open();
    hear(&Promise::resolve(&value.into()), &settle);
    wait
}

/// Awaits a value of the application, which may be a promise, or an object that only imitates one.
pub(crate) fn wait_foreign(value: impl Into<JsValue>) -> Wait {
    let (settle, wait) = Wait::open();
    follow(value.into(), &settle);
    wait
}

/// Settles as a value of the application does.
///
/// Its members are read by the new promise, which rejects if they throw; `Promise.resolve` would throw here.
/// <https://tc39.es/ecma262/#sec-promise-resolve-functions>
pub(crate) fn follow(value: JsValue, settle: &Rc<Settle>) {
    let settling = Deferred::new();
    settling.resolve(&value);
    hear(&settling.promise, settle);
}

fn hear(promise: &Promise, settle: &Rc<Settle>) {
    let (done, failed) = (Rc::clone(settle), Rc::clone(settle));
    let done: Hear = Closure::wrap(Box::new(move |value| done.heard(Ok(value))));
    let failed: Hear = Closure::wrap(Box::new(move |error| failed.heard(Err(error))));
    let settling: &Settling = promise.unchecked_ref();
    let _ = settling.then(done.as_ref(), failed.as_ref());
    settle.hear.set(Some((done, failed)));
}

/// Starts a task in a moment, when the caller is done.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

// Boxed first: this future exists once, and not for each kind of task.
fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_now(async move {
        let _ = wait(JsValue::UNDEFINED).await;
        task.await;
    });
}

/// Starts a task, and runs it up to its first wait at once, as an async function of JavaScript does.
///
/// Otherwise the tasks that one run of the engine starts would all begin in one microtask, outside the engine's budget
/// of time on the main thread.
pub(crate) fn spawn_now(task: impl Future<Output = ()> + 'static) {
    run_boxed(Box::pin(task));
}

fn run_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    Rc::new(Task(Cell::new(Some(task)))).run();
}

/// A task as a promise.
pub(crate) fn promise(task: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    settle(Box::pin(task))
}

fn settle(task: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    let settling = Deferred::new();
    let promise = settling.promise.clone();
    spawn(async move {
        match task.await {
            Ok(value) => settling.resolve(&value),
            Err(error) => settling.reject(&error),
        }
    });
    promise
}
