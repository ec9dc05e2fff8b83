//! What a server or storage has said of an upload, and a later page must know: in the upload's entry of the journal, and
//! for this page in [`Entry::kept`](crate::entry::Entry).

use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, CreateResult, Outcome, StoredPart, UploadId};
use crowfly_engine::Receipt;
use js_sys::Object;

use crate::driver::Driver;
use crate::entry::Entry;
use crate::page::{property, set};
use crate::text::decimal;
use crate::transfer::bare_etag;

/// The server's state of the upload.
const STATE: &str = "state";
/// Before the number of a part that storage has acknowledged: its entity tag, and the checksum of its bytes.
const TAG: &str = "tag ";
const CRC: &str = "crc ";

impl Driver {
    fn keep_field(&self, entry: &Entry, name: &str, value: &str) {
        if !entry.kept.is_set() {
            entry.kept.set(Object::new().into());
        }
        set(&entry.kept.get(), name, &value.into());
        if let Some(keeper) = &self.keeper {
            let fields = Object::new().into();
            set(&fields, name, &value.into());
            drop(keeper.journal.patch(&entry.id.to_text(), &fields, None));
        }
    }

    /// Keeps what the server gave to keep of each upload.
    pub(in crate::driver) fn keep_states(&self, results: &[CreateResult]) {
        for result in results {
            if let Outcome::Created(created) = &result.outcome
                && let Some(state) = &created.state
                && let Some(entry) = self.store.find(result.id)
            {
                self.keep_field(&entry, STATE, state.as_str());
            }
        }
    }

    /// What the server has had kept of an upload.
    pub(in crate::driver) fn state_of(&self, id: UploadId) -> Option<String> {
        property(&self.store.find(id)?.kept.get(), STATE).as_string()
    }

    /// Keeps the entity tag of a part that storage took without stating its checksum: it may not list that either.
    pub(in crate::driver) fn keep_part(
        &self,
        entry: &Rc<Entry>,
        number: Option<u32>,
        crc: Option<Crc64Nvme>,
        receipt: &Receipt,
    ) {
        if let (Some(number), Some(crc), None, Some(etag)) =
            (number, crc, receipt.crc64nvme, &receipt.etag)
        {
            self.keep_field(entry, &field(TAG, number), etag);
            self.keep_field(entry, &field(CRC, number), &crc.to_text());
        }
    }

    /// Adds the checksums of listed parts whose entity tags are known.
    pub(in crate::driver) fn recall_parts(&self, id: &str, parts: &mut [StoredPart]) {
        let entry = id.parse().ok().and_then(|id| self.store.find(id));
        let kept = entry.map(|entry| entry.kept.get()).unwrap_or_default();
        for listed in parts {
            if let (None, Some(etag)) = (listed.crc64nvme, &listed.etag) {
                let text = |name| property(&kept, &field(name, listed.number)).as_string();
                let known = text(TAG).filter(|known| Some(known) == bare_etag(etag).as_ref());
                listed.crc64nvme = known.and_then(|_| text(CRC)?.parse().ok());
            }
        }
    }
}

fn field(name: &str, number: u32) -> String {
    [name, &decimal(number.into())].concat()
}
