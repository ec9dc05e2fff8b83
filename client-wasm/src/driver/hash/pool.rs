//! The worker pool of one client and its jobs.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, CreateItem};
use crowfly_engine::{Input, ReadFailure, Reply, RequestId};
use wasm_bindgen::JsValue;

use super::Job;
use super::page::STEP;
use super::worker::{Slot, post_cancel, post_job};
use crate::driver::Driver;
use crate::entry::Entry;
use crate::file::{WHOLE_SAMPLE, may_retry, read_failure};
use crate::page::Held;
use crate::task::spawn;

/// Reading is the bottleneck, so a third worker gains nothing.
const MOST_WORKERS: usize = 2;
const NO_WORKER: &str = "no worker could be started, so checksums are computed in the page: ";
const UNSAID: &str = "its script could not be loaded, or worker-src refuses it";

/// The workers of one client and their jobs.
pub(crate) struct Pool {
    /// The application's function that creates a worker; undefined if there is none.
    pub(super) make: Held,
    slots: RefCell<Vec<Slot>>,
    jobs: RefCell<Vec<Job>>,
    /// Whole small files among them that are not being read yet.
    pub(super) small: RefCell<Vec<Job>>,
    /// Some of them are being read.
    pub(super) reading: Cell<bool>,
    /// Workers are not usable in this page.
    broken: Cell<bool>,
    /// The exception thrown on creating a worker.
    pub(super) why: Held,
}

impl Pool {
    pub(crate) fn new(make: JsValue) -> Self {
        Self {
            make: Held::new(make),
            slots: RefCell::default(),
            jobs: RefCell::default(),
            small: RefCell::default(),
            reading: Cell::default(),
            broken: Cell::default(),
            why: Held::default(),
        }
    }

    /// The application's function that creates a worker; undefined if there is none.
    pub(crate) fn maker(&self) -> JsValue {
        self.make.get()
    }

    /// The job of a request, unless it has ended.
    pub(super) fn job(&self, request: RequestId) -> Option<Job> {
        let jobs = self.jobs.borrow();
        jobs.iter().find(|job| job.request == request).cloned()
    }

    /// Removes a job; its worker has one less.
    fn take(&self, request: RequestId) -> Option<Job> {
        let mut jobs = self.jobs.borrow_mut();
        let place = jobs.iter().position(|job| job.request == request)?;
        let job = jobs.swap_remove(place);
        self.release(job.slot);
        Some(job)
    }

    /// Takes a job from its worker, if one has it; `None` if it has ended.
    fn detach(&self, request: RequestId) -> Option<Job> {
        let mut jobs = self.jobs.borrow_mut();
        let job = jobs.iter_mut().find(|job| job.request == request)?;
        self.release(job.slot.take());
        Some(job.clone())
    }

    fn release(&self, slot: Option<usize>) {
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = slot.and_then(|place| slots.get_mut(place)) {
            slot.busy = slot.busy.saturating_sub(1);
        }
    }

    fn put(&self, job: Job) {
        self.jobs.borrow_mut().push(job);
    }

    /// A worker to post to: it may call back, so nothing may be borrowed meanwhile.
    fn worker(&self, slot: Option<usize>) -> Option<JsValue> {
        let slots = self.slots.borrow();
        Some(slots.get(slot?)?.worker.clone())
    }

    /// Cancels a job; it produces no further reply.
    pub(crate) fn cancel(&self, request: RequestId) {
        let slot = self.take(request).and_then(|job| job.slot);
        if let Some(worker) = self.worker(slot) {
            post_cancel(&worker, request);
        }
    }

    /// Terminates all workers and jobs.
    pub(crate) fn close(&self) {
        self.broken.set(true);
        self.make.clear();
        self.jobs.take();
        self.small.take();
        self.slots.take();
    }
}

impl Driver {
    /// Hashes a range of a file.
    pub(crate) fn hash(
        self: &Rc<Self>,
        request: RequestId,
        entry: Rc<Entry>,
        file: JsValue,
        bytes: Range<u64>,
    ) {
        self.begin_hash(Job {
            request,
            entry,
            file,
            bytes,
            slot: None,
            retries: 0,
            item: None,
        });
    }

    /// Reads a small file without a checksum, with others, for its entry in the journal; false if it is not one.
    pub(crate) fn read_to_save(
        self: &Rc<Self>,
        request: RequestId,
        entry: &Rc<Entry>,
        item: &Rc<CreateItem>,
    ) -> bool {
        let size = entry.size.get();
        let job = Job {
            request,
            entry: Rc::clone(entry),
            file: entry.file.get(),
            bytes: 0..size as u64,
            slot: None,
            retries: 0,
            item: Some(Rc::clone(item)),
        };
        let reads =
            !item.live && item.crc64nvme.is_none() && size <= WHOLE_SAMPLE && job.is_small();
        if reads {
            self.begin_hash(job);
        }
        reads
    }

    fn begin_hash(self: &Rc<Self>, mut job: Job) {
        // Posting a small file to a worker costs more than hashing it; and a page may read what its worker may not, as
        // in a sandboxed frame of WebKit.
        if job.retries == 0 && job.bytes.end - job.bytes.start > STEP {
            job.slot = self.reserve_worker();
        }
        let worker = self.pool.worker(job.slot);
        // A worker may answer while it is posted to.
        self.pool.put(job.clone());
        match worker {
            // A file that cannot be cloned is hashed on the main thread.
            // https://developer.mozilla.org/docs/Web/API/Web_Workers_API/Structured_clone_algorithm
            Some(worker) if post_job(&worker, &job).is_err() => self.move_to_page(job.request),
            Some(_) => {}
            None if job.is_small() => self.pool.small.borrow_mut().push(job),
            None => spawn(Rc::clone(self).hash_in_page(job)),
        }
    }

    /// Goes on with a worker's job on the main thread.
    fn move_to_page(self: &Rc<Self>, request: RequestId) {
        if let Some(job) = self.pool.detach(request) {
            spawn(Rc::clone(self).hash_in_page(job));
        }
    }

    /// Adds one job to the least loaded worker; to a new one while all are busy and the limit allows.
    fn reserve_worker(self: &Rc<Self>) -> Option<usize> {
        if self.pool.broken.get() {
            return None;
        }
        let busy = |slot: &Slot| slot.busy;
        let least = self.pool.slots.borrow().iter().map(busy).min();
        let count = self.pool.slots.borrow().len();
        if least.is_none_or(|least| least > 0 && count < MOST_WORKERS) {
            let opened = self.open_worker();
            if self.pool.broken.get() {
                return None;
            }
            match opened {
                Some(slot) => self.pool.slots.borrow_mut().push(slot),
                None if count == 0 => {
                    let why = self.pool.why.get().as_string();
                    self.give_up_workers(&why.unwrap_or_default());
                    return None;
                }
                None => {}
            }
        }
        let mut slots = self.pool.slots.borrow_mut();
        let least = slots.iter().map(busy).min();
        let place = slots.iter().position(|slot| Some(slot.busy) == least)?;
        slots.get_mut(place)?.busy += 1;
        Some(place)
    }

    /// A job has ended.
    pub(super) fn hashed(
        self: &Rc<Self>,
        request: RequestId,
        outcome: Result<Crc64Nvme, ReadFailure>,
    ) {
        let Some(job) = self.pool.take(request) else {
            return;
        };
        match job.item {
            Some(item) => self.write_entry(request, job.entry, item, outcome.ok()),
            None => {
                let reply = Reply::Hashed(outcome);
                self.feed(Input::Reply { request, reply });
            }
        }
    }

    /// Retries reading a few times, and as long as the page cannot read any file.
    pub(super) fn unread(self: &Rc<Self>, request: RequestId, error: JsValue) {
        let driver = Rc::clone(self);
        spawn(async move {
            let failure = read_failure(error).await;
            let Some(mut job) = driver.pool.detach(request) else {
                return;
            };
            // The upload itself reports that its file cannot be read.
            let given_up = job.item.is_some() && failure.is_some();
            if given_up || !may_retry(failure, &mut job.retries).await {
                return driver.hashed(request, Err(failure.unwrap_or(ReadFailure::Unreadable)));
            }
            // Unless it was cancelled meanwhile.
            if driver.pool.take(request).is_some() {
                driver.begin_hash(job);
                driver.read_small();
            }
        });
    }

    /// Workers are not usable: their jobs continue on the main thread.
    pub(super) fn give_up_workers(self: &Rc<Self>, why: &str) {
        if self.pool.broken.replace(true) {
            return;
        }
        let why = if why.is_empty() { UNSAID } else { why };
        self.warn("worker_unavailable", &[NO_WORKER, why].concat(), None);
        self.pool.slots.take();
        let jobs = self.pool.jobs.borrow().clone();
        for job in jobs.iter().filter(|job| job.slot.is_some()) {
            self.move_to_page(job.request);
        }
    }
}
