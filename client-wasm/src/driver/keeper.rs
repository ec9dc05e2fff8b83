//! What one client writes to the journal and when, and which client owns an entry.
//!
//! # When a tab is closed
//!
//! Nothing runs when a tab is closed or crashes: there is no `unload` handler, because browsers do not promise to call
//! it (<https://developer.mozilla.org/docs/Web/API/Window/beforeunload_event#usage_notes>). What the next page needs
//! was written before:
//!
//! 1. Before the create call of an upload is sent, [`Driver::save`] writes its entry: name, size, type, checksum, a
//!    sample of the bytes, a handle to the file where the browser has handles, and this client as owner. No byte of
//!    the file is copied.
//! 2. The browser aborts the requests in flight and releases the owner's lock (`js/locks.js`). Parts that storage
//!    acknowledged remain there.
//! 3. In the next page, `client.resumable()` lists the entries whose owner is gone (`resumable.rs`). `attach()` claims
//!    one ([`Driver::take`]), compares the file's size and sample, and gives the engine the same id. The backend then
//!    lists the stored parts, and only the others are sent.
//! 4. An upload that was being cancelled has a mark in its entry, and the next page cancels it on the server
//!    (`keeper/sweep.rs`). An entry that is left for seven days is deleted there; the backend's `sweep` aborts its
//!    multipart upload and releases its quota slot.

mod kept;
mod sweep;

use std::cell::Cell;
use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, CreateItem, UploadId};
use crowfly_engine::{Reply, RequestId};
use js_sys::{Array, Date, Promise};
use wasm_bindgen::prelude::*;

use crate::LIVE;
use crate::clock::Alarm;
use crate::driver::{Driver, Want, new_id};
use crate::entry::{Entry, Noted};
use crate::file::sample;
use crate::journal::{Journal, Kind, Owner, Saved, read};
use crate::object::ObjectBuilder;
use crate::options::Settings;
use crate::page::texts_to_object;
use crate::task::{spawn, spawn_now, wait};

/// Error codes of a failed claim: the entry is missing, or owned by another client.
const GONE: &str = "not_found";
const LOCKED: &str = "locked";

/// The journal of one client.
pub(crate) struct Keeper {
    journal: Journal,
    owner: Owner,
    /// The id of this client in entries.
    id: String,
    /// When to look again at cancels owned by another page.
    again: Cell<Option<Alarm>>,
    _warnings: [Closure<dyn Fn(JsValue)>; 2],
}

impl Keeper {
    pub(crate) fn new(settings: &Settings, warn: impl Fn(&str, &str) + Clone + 'static) -> Self {
        let api = if settings.has_signer {
            "signer"
        } else {
            &*settings.api
        };
        let warning = |code: &'static str| {
            let warn = warn.clone();
            let warning: Box<dyn Fn(JsValue)> = Box::new(move |message| {
                warn(code, &message.as_string().unwrap_or_default());
            });
            Closure::wrap(warning)
        };
        let warnings = [warning("journal_unavailable"), warning("locks_unavailable")];
        let name = ["crowfly ", api, " ", &settings.scope].concat();
        let journal = Journal::new(&name, &warnings[0]);
        let id = new_id().to_text();
        Self {
            owner: Owner::new(&journal, &id, &warnings[1]),
            journal,
            id,
            again: Cell::default(),
            _warnings: warnings,
        }
    }

    /// Writes an upload, unless it was meanwhile marked as ended.
    async fn write(
        &self,
        entry: &Entry,
        item: &CreateItem,
        whole: Option<Crc64Nvme>,
    ) -> Result<(), JsValue> {
        // What a live upload has is in its spool, which counts by itself.
        let (mut size, mut known) = (entry.size.get(), Crc64Nvme::new(0));
        if LIVE && item.live {
            size = 0.0;
        } else {
            known = sample(entry.file.get(), size, whole.or(item.crc64nvme)).await?;
        }
        wait(self.owner.hold()).await?;
        let given = &entry.given;
        let (hashes, require_verified) = given.proof;
        let saved = ObjectBuilder::new()
            .with("id", item.id.to_text())
            .with("name", &*item.name)
            .with("path", given.path.clone())
            .with("size", size)
            .with("type", &*item.media_type)
            .with("visibility", given.visibility.as_str())
            .with("metadata", texts_to_object(&given.metadata))
            .with("priority", given.priority)
            .with("checksum", if hashes { "crc64nvme" } else { "none" })
            .with("requireVerified", require_verified)
            .with("crc64nvme", item.crc64nvme.map(|crc| crc.to_text()))
            .with("sample", known.to_text())
            .with("handle", entry.handle.get())
            .with("cancelled", entry.noted.get() == Noted::Cancelled)
            .with("owner", &*self.id)
            .with("savedAt", Date::now());
        let saved = match given.live {
            Some(live) if LIVE => saved
                .with("live", true)
                .with("maxBytes", live.max_bytes.map(|most| most as f64))
                .with("fixDuration", live.mends.then_some(true)),
            _ => saved,
        };
        let saved = saved.build();
        if entry.noted.get() != Noted::Over {
            wait(self.journal.put(&saved)).await?;
        }
        Ok(())
    }

    /// Marks an upload as to be cancelled on the server.
    fn note_cancel(&self, id: UploadId) -> Promise {
        let fields = ObjectBuilder::new().with("cancelled", true).build();
        self.journal.patch(&id.to_text(), &fields, None)
    }

    /// Removes an upload, in a batch.
    fn erase(&self, id: UploadId) {
        drop(self.journal.remove(&id.to_text().into()));
    }

    /// Claims an entry for this client, or returns the error code.
    async fn take(&self, id: UploadId) -> Result<Box<Saved>, &'static str> {
        let text = id.to_text();
        let entry = wait(self.journal.read(&text)).await.map_err(|_| GONE)?;
        let Kind::Upload(saved) = read(&entry) else {
            self.erase(id);
            return Err(GONE);
        };
        let owner = JsValue::from_str(&saved.owner);
        let gone = self.gone(&Array::of1(&owner)).await;
        if !gone.iter().any(|gone| gone.is_truthy()) {
            return Err(LOCKED);
        }
        // Another client may have claimed it since the read.
        let mine = ObjectBuilder::new()
            .with("owner", &*self.id)
            .with("savedAt", Date::now())
            .build();
        let taken = wait(self.journal.patch(&text, &mine, Some(&saved.owner))).await;
        match read(&taken.unwrap_or_default()) {
            Kind::Upload(taken) => Ok(taken),
            _ => Err(LOCKED),
        }
    }

    /// Which of these clients are gone; none where the browser denies access to its locks.
    async fn gone(&self, owners: &Array) -> Array {
        let gone = wait(self.owner.gone(owners)).await.unwrap_or_default();
        gone.dyn_into().unwrap_or_default()
    }

    /// Releases everything; requests already made to the journal complete.
    pub(crate) fn close(&self) {
        self.again.take();
        self.owner.close();
        drop(self.journal.close());
    }
}

impl Driver {
    /// Writes an upload; `item` is the body of its create call.
    pub(crate) fn save(self: &Rc<Self>, request: RequestId, id: UploadId, item: Rc<CreateItem>) {
        let entry = self.store.find(id).filter(|_| self.keeper.is_some());
        if let Some(entry) = &entry {
            entry.noted.set(Noted::Open);
        }
        match entry {
            Some(entry) if self.read_to_save(request, &entry, &item) => {}
            Some(entry) => self.write_entry(request, entry, item, None),
            None => self.reply(request, Reply::Saved),
        }
    }

    /// `whole` is the checksum of the whole file, if it is known.
    pub(super) fn write_entry(
        self: &Rc<Self>,
        request: RequestId,
        entry: Rc<Entry>,
        item: Rc<CreateItem>,
        whole: Option<Crc64Nvme>,
    ) {
        let driver = Rc::clone(self);
        spawn_now(async move {
            if let Some(keeper) = &driver.keeper {
                // If the file cannot be read, the upload itself will report it.
                let _ = keeper.write(&entry, &item, whole).await;
                if driver.is_closed() {
                    // The journal was reopened.
                    drop(keeper.journal.close());
                }
            }
            driver.reply(request, Reply::Saved);
        });
    }

    /// Marks an upload in the journal as to be cancelled on the server; settles when written.
    pub(crate) fn note_cancel(&self, id: UploadId) -> JsValue {
        self.note(id, Noted::Cancelled);
        let keeper = self.keeper.as_ref();
        keeper.map(|keeper| keeper.note_cancel(id)).into()
    }

    /// Removes an upload from the journal, in a batch.
    pub(crate) fn erase(&self, id: UploadId) {
        self.note(id, Noted::Over);
        if let Some(keeper) = &self.keeper {
            keeper.erase(id);
        }
    }

    /// Marks set while an upload is being written must survive the write.
    fn note(&self, id: UploadId, noted: Noted) {
        if let Some(entry) = self.store.find(id) {
            entry.noted.set(noted);
        }
    }

    /// Claims an entry of the journal for this client, or returns the error code.
    pub(crate) async fn take(&self, id: UploadId) -> Result<Box<Saved>, &'static str> {
        let keeper = self.keeper.as_ref().filter(|_| !self.is_closed());
        let taken = keeper.ok_or(LOCKED)?.take(id).await?;
        if self.store.find(id).is_some() || self.is_closed() {
            return Err(LOCKED);
        }
        Ok(taken)
    }

    /// Cancels, on the server, an upload that no page owns.
    pub(crate) fn cancel_saved(self: &Rc<Self>, saved: Saved) -> Promise {
        let mut given = saved.given;
        given.proof.1 = false;
        let media_type = given.media_type.clone().unwrap_or_default();
        let entry = Entry::new(saved.id, given, saved.handle, true);
        entry.kept.set(saved.entry);
        // Its file is no longer read.
        entry.set_file(ObjectBuilder::new().build(), media_type, saved.size);
        if LIVE && entry.given.live.is_some() {
            // Its spool goes with it.
            self.record(&entry, &JsValue::UNDEFINED);
        }
        let done = entry.done.borrow().promise.clone();
        self.store.add(&entry);
        self.add(&entry, None);
        self.ask(Want::Abort, &entry);
        let (driver, ended) = (Rc::clone(self), done.clone());
        spawn(async move {
            let _ = wait(ended).await;
            driver.store.remove(entry.id);
        });
        done
    }
}
