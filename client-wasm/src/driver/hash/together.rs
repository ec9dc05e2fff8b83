//! Small files, read together: a read costs the page far more than the bytes of a small file.

use std::rc::Rc;

use crowfly_engine::crc64::Crc64;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::Job;
use crate::clock::alarm;
use crate::driver::Driver;
use crate::file::bytes;
use crate::task::{spawn, spawn_now};

/// Most bytes of one read, about two milliseconds of hashing.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// One file may hang, on a network drive for example: the others are then read by themselves.
const PATIENCE_MS: u32 = 1_000;

impl Driver {
    /// Reads the small files that the engine has asked for since the last time: one read after another, so that those
    /// that are asked for meanwhile share the next.
    pub(in crate::driver) fn read_small(self: &Rc<Self>) {
        if self.pool.reading.get() {
            return;
        }
        let (mut jobs, mut rest, mut total) = (Vec::new(), Vec::new(), 0);
        for job in self.pool.small.take() {
            total += job.bytes.end;
            let fits = jobs.is_empty() || total <= MOST_BYTES;
            (if fits { &mut jobs } else { &mut rest }).push(job);
        }
        self.pool.small.replace(rest);
        if jobs.len() < 2 {
            return self.read_alone(&jobs);
        }
        self.pool.reading.set(true);
        let jobs: Rc<[Job]> = jobs.into();
        let (driver, late) = (Rc::clone(self), Rc::clone(&jobs));
        let give_up = move |_| driver.read_next(&late);
        let patience = alarm(PATIENCE_MS, Box::new(give_up));
        let driver = Rc::clone(self);
        spawn_now(async move {
            let read = read(&jobs).await;
            drop(patience);
            match read {
                Some(read) => {
                    driver.pool.reading.set(false);
                    driver.hash_together(&jobs, &read.to_vec());
                }
                None => driver.read_next(&jobs),
            }
        });
    }

    /// These could not be read together.
    fn read_next(self: &Rc<Self>, jobs: &[Job]) {
        self.pool.reading.set(false);
        self.read_alone(jobs);
        self.read_small();
    }

    /// Those that are still wanted.
    fn read_alone(self: &Rc<Self>, jobs: &[Job]) {
        for job in jobs {
            if self.pool.job(job.request).is_some() {
                spawn(Rc::clone(self).hash_in_page(job.clone()));
            }
        }
    }

    fn hash_together(self: &Rc<Self>, jobs: &[Job], mut rest: &[u8]) {
        let busy = self.draining.replace(true);
        for job in jobs {
            let Some((own, others)) = rest.split_at_checked(job.bytes.end as usize) else {
                break;
            };
            rest = others;
            if self.pool.job(job.request).is_some() {
                self.look(&job.entry, own);
            }
            let mut digest = Crc64::new();
            digest.update(own);
            self.hashed(job.request, Ok(digest.value()));
        }
        self.draining.set(busy);
        self.go();
    }
}

/// The bytes of all files; `None` if one cannot be read, or has changed.
async fn read(jobs: &[Job]) -> Option<Uint8Array> {
    let (files, mut total) = (Array::new(), 0);
    for job in jobs {
        files.push(&job.file);
        total += job.bytes.end;
    }
    let all: JsValue = Blob::new_with_blob_sequence(&files).ok()?.into();
    let read = bytes(all).await.ok()?;
    (u64::from(read.length()) == total).then_some(read)
}
