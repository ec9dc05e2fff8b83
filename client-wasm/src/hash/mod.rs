//! The hashing adapter: CRC64NVME in a worker, or in small steps in the page where there can be none.

pub(crate) mod exports;
mod local;
mod worker;

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};

use crowfly_contract::Crc64Nvme;
use crowfly_engine::{Input, ReadFailure, Reply, RequestId};
use js_sys::Function;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::driver::Driver;
use crate::js;
use worker::Slot;

/// Reading is the bottleneck, so a third worker brings nothing.
const MOST_WORKERS: usize = 2;

/// The workers of one client and what they do.
pub(crate) struct Pool {
    driver: Weak<Driver>,

    worker: Option<Function>,
    on_warning: Option<Function>,
    slots: RefCell<Vec<Rc<Slot>>>,
    /// A handful at most.
    jobs: RefCell<Vec<Job>>,
    broken: Cell<bool>,
}

#[derive(Clone)]
struct Job {
    request: RequestId,
    file: Blob,
    bytes: Range<u64>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Worker(Rc<Slot>),
    /// In the page; the flag stops it.
    Page(Rc<Cell<bool>>),
}

impl Pool {
    pub(crate) fn new(
        driver: Weak<Driver>,
        worker: Option<Function>,
        on_warning: Option<Function>,
    ) -> Self {
        Self {
            driver,
            worker,
            on_warning,
            slots: RefCell::default(),
            jobs: RefCell::default(),
            broken: Cell::new(false),
        }
    }

    /// Hashes a range of a file; the driver gets progress and the reply.
    pub(crate) fn start(self: &Rc<Self>, request: RequestId, file: Blob, bytes: Range<u64>) {
        let slot = self.slot();
        let place = match slot {
            Some(slot) if slot.post(request, &file, &bytes) => Place::Worker(slot),
            _ => return self.start_in_page(request, file, bytes),
        };
        self.jobs.borrow_mut().push(Job {
            request,
            file,
            bytes,
            place,
        });
    }

    /// Stops a job; nothing more is heard of it.
    pub(crate) fn cancel(&self, request: RequestId) {
        let job = self.take(request);
        match job.map(|job| job.place) {
            Some(Place::Worker(slot)) => slot.cancel(request),
            Some(Place::Page(stopped)) => stopped.set(true),
            None => {}
        }
    }

    /// Ends all workers and jobs.
    pub(crate) fn close(&self) {
        let (jobs, slots) = (self.jobs.take(), self.slots.take());
        for job in &jobs {
            if let Place::Page(stopped) = &job.place {
                stopped.set(true);
            }
        }
        drop((jobs, slots));
    }

    fn progress(&self, request: RequestId, sent: u64) {
        if let Some(driver) = self.driver.upgrade() {
            driver.feed(Input::Progress { request, sent });
        }
    }

    fn finish(&self, request: RequestId, answer: Result<Crc64Nvme, ReadFailure>) {
        if self.take(request).is_some()
            && let Some(driver) = self.driver.upgrade()
        {
            driver.finish(request, Reply::Hashed(answer));
        }
    }

    fn has(&self, request: RequestId) -> bool {
        let jobs = self.jobs.borrow();
        jobs.iter().any(|job| job.request == request)
    }

    fn take(&self, request: RequestId) -> Option<Job> {
        let mut jobs = self.jobs.borrow_mut();
        let place = jobs.iter().position(|job| job.request == request);
        place.map(|place| jobs.swap_remove(place))
    }

    /// The worker with the least to do; a new one while all are busy and there may be more.
    fn slot(self: &Rc<Self>) -> Option<Rc<Slot>> {
        if self.broken.get() {
            return None;
        }
        let slots = self.slots.borrow().clone();
        let best = slots.iter().min_by_key(|slot| slot.busy()).cloned();
        match best {
            Some(slot) if slot.busy() == 0 || slots.len() >= MOST_WORKERS => Some(slot),
            best => match Slot::open(self) {
                Some(slot) => {
                    self.slots.borrow_mut().push(slot.clone());
                    Some(slot)
                }
                None => {
                    if best.is_none() {
                        self.give_up_workers();
                    }
                    best
                }
            },
        }
    }

    /// Workers do not work here: what they had to do is done in the page.
    fn give_up_workers(self: &Rc<Self>) {
        if self.broken.replace(true) {
            return;
        }
        self.warn();
        let (slots, jobs) = (self.slots.take(), self.jobs.take());
        for job in jobs {
            match job.place {
                Place::Worker(_) => self.start_in_page(job.request, job.file, job.bytes),
                Place::Page(_) => self.jobs.borrow_mut().push(job),
            }
        }
        drop(slots);
    }

    fn start_in_page(self: &Rc<Self>, request: RequestId, file: Blob, bytes: Range<u64>) {
        let stopped = Rc::new(Cell::new(false));
        self.jobs.borrow_mut().push(Job {
            request,
            file: file.clone(),
            bytes: bytes.clone(),
            place: Place::Page(stopped.clone()),
        });
        local::spawn(Rc::downgrade(self), request, file, bytes, stopped);
    }

    fn warn(&self) {
        const TEXT: &str = "crowfly: no worker could be started, so checksums are computed in the \
            page; check that the content security policy allows workers (worker-src)";
        match &self.on_warning {
            None => js::console_warn(TEXT),
            Some(callback) => {
                let code = JsValue::from_str("worker_unavailable");
                let warning = js::frozen("code message", &[code, TEXT.into()]);
                js::notify(callback, &warning);
            }
        }
    }
}

/// What an exception of reading a file means. Browsers say NotReadableError when the file's time or size
/// is no longer that of the moment when it was picked.
fn read_failure(name: &str) -> ReadFailure {
    match name {
        "NotReadableError" => ReadFailure::Changed,
        _ => ReadFailure::Unreadable,
    }
}

/// Whether the first byte of a range can be read; storage requests fail without a reason when it cannot.
pub(crate) async fn probe(file: &Blob, bytes: &Range<u64>) -> Result<(), ReadFailure> {
    let one = bytes.start..bytes.end.min(bytes.start.saturating_add(1));
    local::read(file, &one).await.map(drop)
}
