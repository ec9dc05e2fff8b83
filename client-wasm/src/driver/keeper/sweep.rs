//! What earlier pages left: cancels that they could not carry out, entries that are too old, and uploads that can go on.

use std::rc::Rc;

use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};

use super::Keeper;
use crate::clock::{alarm, pause};
use crate::driver::Driver;
use crate::journal::{Kind, Saved, read};
use crate::page::{property, spawn, wait};

/// An entry that nobody has touched for this long, in milliseconds, is swept away: storage has let go of its parts too.
const OLD_MS: f64 = 7.0 * 24.0 * 3_600_000.0;
/// When cancels that another page holds are looked at again, in milliseconds: it may have just gone.
const AGAIN_MS: [u32; 5] = [1_000, 2_000, 4_000, 8_000, 30_000];
/// The same for entries that are asked for.
const HELD_MS: [u32; 4] = [150, 350, 500, 0];

/// An upload of the journal, and whether the client that worked on it lives no more.
struct Found {
    saved: Box<Saved>,
    free: bool,
}

impl Keeper {
    /// All uploads; what is none is taken out, so that it harms nobody again, and so are old stamps.
    async fn look(&self) -> Vec<Found> {
        let all = wait(&self.journal.all()).await.unwrap_or_default();
        let all: Array = all.dyn_into().unwrap_or_default();
        let (mut found, owners) = (Vec::new(), Array::new());
        for entry in all.iter() {
            match read(&entry) {
                Kind::Upload(saved) => {
                    owners.push(&JsValue::from_str(&saved.owner));
                    found.push(Found { saved, free: false });
                }
                Kind::Stamp(at) if !is_old(at) => {}
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
    /// Carries out what an earlier page could not, `tries` times so far.
    pub(crate) fn sweep(self: &Rc<Self>, tries: usize) {
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
                        Ok(taken) => drop(wait(&driver.cancel_saved(*taken)).await),
                        Err(code) => left |= code == super::LOCKED,
                    }
                }
            }
            let wait = AGAIN_MS.get(tries).filter(|_| left && !driver.is_closed());
            if let Some(ms) = wait {
                let driver = Rc::clone(&driver);
                let again = move || driver.sweep(tries + 1);
                keeper.again.replace(Some(alarm(*ms, Box::new(again))));
            }
        });
    }

    /// Uploads that this client could go on with. A page that was left may hold its own for a moment longer.
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
