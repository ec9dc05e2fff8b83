//! Entries of earlier pages: pending cancels, expired entries, and resumable uploads.

use std::rc::Rc;

use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};

use super::Keeper;
use crate::clock::{alarm, pause};
use crate::driver::Driver;
use crate::journal::{Kind, Saved, read};
use crate::page::property;
use crate::task::{spawn, wait};

/// Entries unmodified for this long, in milliseconds, are deleted: the bucket's lifecycle rule has aborted their parts.
const OLD_MS: f64 = 7.0 * 24.0 * 3_600_000.0;
/// When to look again at cancels owned by another page, in milliseconds: it may just have closed.
const AGAIN_MS: [u32; 5] = [1_000, 2_000, 4_000, 8_000, 30_000];
/// The same for entries listed by `resumable()`.
const HELD_MS: [u32; 4] = [150, 350, 500, 0];

/// An upload of the journal, and whether its owner is gone.
struct Found {
    saved: Box<Saved>,
    free: bool,
}

impl Keeper {
    /// All uploads; invalid entries and old stamps are deleted.
    async fn look(&self) -> Vec<Found> {
        let all = wait(self.journal.all()).await.unwrap_or_default();
        let all: Array = all.dyn_into().unwrap_or_default();
        let (mut found, owners) = (Vec::new(), Array::new());
        for entry in all.iter() {
            match read(&entry) {
                Kind::Upload(saved) => {
                    owners.push(&JsValue::from_str(&saved.owner));
                    found.push(Found { saved, free: false });
                }
                Kind::Other(at) if !is_old(at) => {}
                _ => drop(self.journal.remove(&property(&entry, "id"))),
            }
        }
        let gone = self.gone(&owners).await;
        for (found, gone) in found.iter_mut().zip(gone.iter()) {
            found.free = gone.is_truthy();
        }
        found
    }
}

impl Driver {
    /// Carries out the cancels of earlier pages; `tries` attempts so far.
    pub(crate) fn sweep(self: &Rc<Self>, tries: usize) {
        // Of every journal of this origin, as a spool does not say which is its own.
        #[cfg(feature = "live")]
        if tries == 0 {
            drop(crate::recorder::sweep_spools(Date::now() - OLD_MS));
        }
        let driver = Rc::clone(self);
        spawn(async move {
            let Some(keeper) = &driver.keeper else { return };
            let mut left = false;
            for Found { saved, free } in keeper.look().await {
                if driver.is_closed() {
                    return;
                }
                if !saved.cancelled && free && is_old(saved.saved_at) {
                    keeper.erase(saved.id);
                } else if saved.cancelled && driver.store.find(saved.id).is_none() {
                    match driver.take(saved.id).await {
                        Ok(taken) => drop(wait(driver.cancel_saved(*taken)).await),
                        Err(code) => left |= code == super::LOCKED,
                    }
                }
            }
            let wait = AGAIN_MS.get(tries).filter(|_| left && !driver.is_closed());
            if let Some(ms) = wait {
                let driver = Rc::clone(&driver);
                let again = move |_| driver.sweep(tries + 1);
                keeper.again.set(Some(alarm(*ms, Box::new(again))));
            }
        });
    }

    /// Uploads that this client could resume. A page that was just left may own its entries for a moment longer.
    pub(crate) async fn left_uploads(&self) -> Vec<Box<Saved>> {
        let mut free = Vec::new();
        let Some(keeper) = &self.keeper else {
            return free;
        };
        for wait in HELD_MS {
            free.clear();
            let mut held = false;
            for found in keeper.look().await {
                if found.saved.cancelled || self.store.find(found.saved.id).is_some() {
                    continue;
                }
                held |= !found.free;
                if found.free {
                    free.push(found.saved);
                }
            }
            if !held || self.is_closed() {
                break;
            }
            pause(wait).await;
        }
        free
    }
}

fn is_old(at: f64) -> bool {
    at < Date::now() - OLD_MS
}
