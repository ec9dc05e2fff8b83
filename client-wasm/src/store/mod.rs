//! What the page sees: a snapshot that stays the same object until something changes, and listeners.

mod entry;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crowfly_contract::UploadId;
use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use crate::js;

pub(crate) use entry::{Entry, NewEntry};

/// Listeners hear of progress alone at most this often.
const FRAME_MS: u32 = 16;

/// All uploads of a client, in the order in which they were started.
#[derive(Default)]
pub(crate) struct Store {
    order: RefCell<Vec<Rc<Entry>>>,
    listeners: RefCell<Vec<(u32, Function)>>,
    next: Cell<u32>,
    snapshot: RefCell<Option<JsValue>>,
    changed: Cell<bool>,
    frame: RefCell<Option<Timeout>>,
}

impl Store {
    pub(crate) fn add(&self, entry: Rc<Entry>) {
        self.order.borrow_mut().push(entry);
        self.touch();
    }

    pub(crate) fn find(&self, id: UploadId) -> Option<Rc<Entry>> {
        // The newest are the busiest.
        let entries = self.order.borrow();
        entries.iter().rev().find(|entry| entry.id() == id).cloned()
    }

    /// Marks the snapshot as changed; [`Store::notify`] then tells the listeners.
    pub(crate) fn touch(&self) {
        self.forget_snapshot();
        self.changed.set(true);
    }

    /// As [`Store::touch`], but the listeners are told within a frame, once for all uploads.
    pub(crate) fn touch_in_frame(self: &Rc<Self>) {
        self.forget_snapshot();
        if self.changed.get() || self.frame.borrow().is_some() || self.listeners.borrow().is_empty()
        {
            return;
        }
        let this = Rc::downgrade(self);
        let timer = js::after(
            FRAME_MS,
            Box::new(move || {
                if let Some(this) = this.upgrade() {
                    this.changed.set(true);
                    this.notify();
                }
            }),
        );
        *self.frame.borrow_mut() = Some(timer);
    }

    /// Tells the listeners, if anything changed since the last time.
    pub(crate) fn notify(&self) {
        if !self.changed.take() {
            return;
        }
        let frame = self.frame.take();
        drop(frame);
        let listeners = self.listeners.borrow().clone();
        for (_, listener) in listeners {
            if let Err(error) = listener.call0(&JsValue::UNDEFINED) {
                js::report_error(&error);
            }
        }
    }

    /// Adds a listener; the function that is given back removes it.
    pub(crate) fn subscribe(self: &Rc<Self>, listener: Function) -> JsValue {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        self.listeners.borrow_mut().push((number, listener));
        let this: Weak<Self> = Rc::downgrade(self);
        Closure::<dyn FnMut()>::new(move || {
            let Some(this) = this.upgrade() else { return };
            let mut listeners = this.listeners.borrow_mut();
            let place = listeners.iter().position(|(other, _)| *other == number);
            let listener = place.map(|place| listeners.remove(place));
            drop(listeners);
            drop(listener);
        })
        .into_js_value()
    }

    /// All uploads now.
    pub(crate) fn snapshot(&self) -> JsValue {
        if let Some(snapshot) = self.snapshot.borrow().as_ref() {
            return snapshot.clone();
        }
        let entries = self.order.borrow().clone();
        let uploads = js::frozen_array(&mut entries.iter().map(|entry| entry.snapshot()));
        let snapshot = js::frozen("uploads", &[uploads]);
        *self.snapshot.borrow_mut() = Some(snapshot.clone());
        snapshot
    }

    /// Tells the listeners a last time and forgets them.
    pub(crate) fn close(&self) {
        self.notify();
        let (frame, listeners) = (self.frame.take(), self.listeners.take());
        drop((frame, listeners));
    }

    fn forget_snapshot(&self) {
        let old = self.snapshot.take();
        drop(old);
    }
}
