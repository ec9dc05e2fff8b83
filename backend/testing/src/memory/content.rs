use crowfly_contract::{ObjectKey, OwnerId, SNIFF_BYTES, ScanStatus, UploadId};
use crowfly_core::ports::{DeleteObject, Peek, PeekObject, ScanNotices, SetScan};
use crowfly_core::scan::strength;
use crowfly_core::{Fault, Scanned};

use super::ports::{enter, state};
use super::{Memory, lock, pause};

impl Memory {
    /// Sets the first bytes of an object; without them nothing is detected.
    pub fn set_first_bytes(&self, key: &ObjectKey, first: &[u8]) {
        lock(&self.first_bytes).insert(key.to_string(), first.to_vec());
    }
}

impl DeleteObject for Memory {
    async fn delete_object(&self, key: &ObjectKey) -> Result<(), Fault> {
        self.begin_call("delete_object")?;
        self.set_object(key, None);
        // The row may change before the caller writes.
        pause().await;
        self.end_call("delete_object", ())
    }
}

impl PeekObject for Memory {
    async fn peek_object(&self, key: &ObjectKey, etag: &str) -> Result<Peek, Fault> {
        self.begin_call("peek_object")?;
        let objects = lock(&self.objects);
        Ok(match objects.get(&key.to_string()) {
            None => Peek::Gone,
            Some(head) if head.etag != etag => Peek::Replaced,
            Some(_) => {
                let first_bytes = lock(&self.first_bytes);
                let mut first = first_bytes
                    .get(&key.to_string())
                    .cloned()
                    .unwrap_or_default();
                first.truncate(SNIFF_BYTES);
                Peek::First(first)
            }
        })
    }
}

impl SetScan for Memory {
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
        notices: Option<&ScanNotices<'_>>,
    ) -> Result<bool, Fault> {
        self.begin_call("set_scan")?;
        let mut rows = lock(&self.rows);
        let Some(row) = rows.get_mut(&(owner.clone(), id)) else {
            return Ok(false);
        };
        let etag = row.record.etag.as_ref();
        let other = etag.is_some_and(|etag| *etag != object.etag);
        let same = row
            .scanned
            .as_ref()
            .is_some_and(|old| old.etag == object.etag);
        let current = row.record.scan.filter(|_| same);
        let changed = notices.is_some_and(|notices| state(notices.seen) != state(row));
        if other || changed || current.is_some_and(|current| strength(current) >= strength(found)) {
            return Ok(false);
        }
        row.record.scan = Some(found);
        row.scanned = Some(object.clone());
        if let Some(notices) = notices.filter(|notices| !notices.entries.is_empty()) {
            let at = notices.notify_by;
            enter(row, notices.entries.clone(), at, at);
        }
        self.end_call("set_scan", true)
    }
}
