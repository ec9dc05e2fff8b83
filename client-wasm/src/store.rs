//! The snapshot and its listeners: the snapshot stays the same object until something changes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_contract::UploadId;
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::clock::{Alarm, alarm, now};
use crate::entry::Entry;
use crate::object::ObjectBuilder;
use crate::page::{Held, freeze_object, notify};
use crate::totals::Totals;

/// Milliseconds between notifications, however much changes: each listener may iterate over every upload.
const FRAME_MS: u32 = 16;

/// All uploads of a client.
#[derive(Default)]
pub(crate) struct Store {
    /// In the order in which they were started.
    entries: RefCell<Vec<Rc<Entry>>>,
    /// The same by id; ids are time-ordered, so a new one is almost always appended.
    by_id: RefCell<Vec<Rc<Entry>>>,
    listeners: RefCell<Vec<(u32, JsValue)>>,
    next: Cell<u32>,
    snapshot: Held,
    changed: Cell<bool>,
    frame: RefCell<Option<Alarm>>,
    told_at: Cell<u64>,
}

impl Store {
    pub(crate) fn add(&self, entry: &Rc<Entry>) {
        let mut by_id = self.by_id.borrow_mut();
        let place = by_id.partition_point(|other| other.id < entry.id);
        by_id.insert(place, Rc::clone(entry));
        self.entries.borrow_mut().push(Rc::clone(entry));
        self.touch();
    }

    pub(crate) fn find(&self, id: UploadId) -> Option<Rc<Entry>> {
        let by_id = self.by_id.borrow();
        let place = by_id.binary_search_by(|entry| entry.id.cmp(&id)).ok()?;
        by_id.get(place).cloned()
    }

    /// The upload of an id in the snapshot.
    pub(crate) fn shown(&self, id: &JsValue) -> Option<Rc<Entry>> {
        let id = id.as_string()?.parse().ok()?;
        self.find(id).filter(|entry| !entry.hidden.get())
    }

    /// Removes an upload that the page does not see, or no longer.
    pub(crate) fn remove(&self, id: UploadId) {
        remove(&self.entries, id);
        remove(&self.by_id, id);
    }

    /// All uploads that have not ended for good.
    pub(crate) fn open(&self) -> Vec<Rc<Entry>> {
        let mut open = Vec::new();
        for entry in self.entries.borrow().iter() {
            if !entry.is_final() {
                open.push(Rc::clone(entry));
            }
        }
        open
    }

    /// Marks the snapshot as changed; [`Store::notify`] then calls the listeners.
    pub(crate) fn touch(&self) {
        self.snapshot.clear();
        self.changed.set(true);
    }

    /// Adds a listener; the returned number removes it.
    pub(crate) fn subscribe(&self, listener: JsValue) -> u32 {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        self.listeners.borrow_mut().push((number, listener));
        number
    }

    pub(crate) fn unsubscribe(&self, number: u32) {
        let mut listeners = self.listeners.borrow_mut();
        let place = listeners.iter().position(|(other, _)| *other == number);
        if let Some(place) = place {
            listeners.remove(place);
        }
    }

    /// The current snapshot.
    pub(crate) fn snapshot(&self) -> JsValue {
        if !self.snapshot.is_set() {
            let (uploads, mut totals) = (Array::new(), Totals::default());
            for entry in self.entries.borrow().iter() {
                if !entry.hidden.get() {
                    totals.add(entry.state.get(), &entry.progress.get());
                    uploads.push(&entry.snapshot());
                }
            }
            let snapshot = ObjectBuilder::new()
                .with("uploads", freeze_object(&uploads))
                .with("totals", totals.to_page());
            self.snapshot.set(snapshot.freeze());
        }
        self.snapshot.get()
    }

    /// Calls the listeners if anything changed since the last time: at once, or within a frame of it.
    pub(crate) fn notify(self: &Rc<Self>) {
        if !self.changed.get() {
            return;
        }
        if now() < self.told_at.get() + u64::from(FRAME_MS) {
            self.notify_in_frame();
        } else {
            self.tell();
        }
    }

    /// As [`Store::touch`], but the listeners are called within a frame, once for all uploads.
    pub(crate) fn touch_in_frame(self: &Rc<Self>) {
        self.snapshot.clear();
        if !self.changed.get() {
            self.notify_in_frame();
        }
    }

    fn notify_in_frame(self: &Rc<Self>) {
        if self.listeners.borrow().is_empty() || self.frame.borrow().is_some() {
            return;
        }
        let store = Rc::clone(self);
        let tell = alarm(FRAME_MS, Box::new(move |_| store.tell()));
        self.frame.replace(Some(tell));
    }

    fn tell(&self) {
        self.frame.take();
        self.changed.set(false);
        self.told_at.set(now());
        let listeners = self.listeners.borrow().clone();
        for (_, listener) in listeners {
            notify(listener, JsValue::UNDEFINED);
        }
    }

    /// Calls the listeners a last time and removes them.
    pub(crate) fn close(&self) {
        if self.changed.get() || self.frame.borrow().is_some() {
            self.tell();
        }
        self.listeners.take();
        for entry in self.entries.borrow().iter() {
            entry.given.callbacks.let_go();
        }
    }
}

fn remove(entries: &RefCell<Vec<Rc<Entry>>>, id: UploadId) {
    let place = entries.borrow().iter().position(|entry| entry.id == id);
    let entry = place.map(|place| entries.borrow_mut().remove(place));
    // Dropped once no `RefCell` is borrowed.
    drop(entry);
}
