mod content;
mod live;
mod multipart;
mod notify;
mod open;
mod ports;
mod sweep;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crowfly_contract::{
    Crc64Nvme, ObjectKey, OwnerId, QueueMessage, Record, UploadId, UploadStatus, Visibility,
};

pub use multipart::Race;

use crowfly_core::ports::{Head, VisibilityTimeout};
use crowfly_core::{Declared, Fault, FaultKind, Row};

/// The checksum of [`head_of`].
pub const OBJECT_CRC: Crc64Nvme = Crc64Nvme::new(0xae8b_1486_0a79_9888);

/// Table, bucket and queue in memory.
#[derive(Default)]
pub struct Memory {
    rows: Mutex<BTreeMap<(OwnerId, UploadId), Row>>,
    objects: Mutex<HashMap<String, Head>>,
    first_bytes: Mutex<HashMap<String, Vec<u8>>>,
    sent: Mutex<Vec<QueueMessage>>,
    visibility_timeouts: Mutex<Vec<VisibilityTimeout>>,
    multiparts: Mutex<multipart::Multiparts>,
    quotas: Mutex<open::Quotas>,
    bus: Mutex<notify::Bus>,
    faults: Mutex<HashMap<&'static str, Vec<FaultKind>>>,
    lost: Mutex<HashMap<&'static str, u32>>,
    calls: Mutex<Vec<&'static str>>,
}

/// A pending row of `owner`, as a create call writes it: 9 bytes of video/webm with [`OBJECT_CRC`].
pub fn row_of(owner: &OwnerId, id: UploadId, created_at: u64) -> Row {
    let declared = Declared {
        size: 9,
        media_type: "video/webm".to_owned(),
        crc64nvme: Some(OBJECT_CRC),
    };
    Row {
        owner: owner.clone(),
        record: Record {
            id,
            status: UploadStatus::Pending,
            bucket: "bucket".to_owned(),
            key: ObjectKey::new(owner.clone(), id, "a.webm").unwrap(),
            name: "ä.webm".to_owned(),
            path: None,
            size: declared.size,
            media_type: declared.media_type.clone(),
            visibility: Visibility::Private,
            metadata: [("album".to_owned(), "여름 😀".to_owned())].into(),
            part_size: None,
            live: false,
            duration_ms: None,
            truncated: false,
            crc64nvme: declared.crc64nvme,
            verified: false,
            etag: None,
            version_id: None,
            sequencer: None,
            type_mismatch: false,
            seen_type: None,
            scan: None,
            withheld: None,
            url: None,
            created_at,
            stored_at: None,
            expires_at: None,
        },
        declared: Some(declared),
        s3_upload_id: None,
        live: None,
        scanned: None,
        open: None,
        outbox: BTreeSet::new(),
    }
}

/// The HEAD of the object that [`row_of`] declares.
pub fn head_of(etag: &str) -> Head {
    Head {
        size: 9,
        media_type: "video/webm".to_owned(),
        content_encoding: None,
        etag: etag.to_owned(),
        version_id: None,
        crc64nvme: Some(OBJECT_CRC),
        last_modified: None,
    }
}

impl Memory {
    /// Stores an object, or removes it.
    pub fn set_object(&self, key: &ObjectKey, head: Option<Head>) {
        let mut objects = lock(&self.objects);
        match head {
            Some(head) => objects.insert(key.to_string(), head),
            None => objects.remove(&key.to_string()),
        };
    }

    /// Replaces a row.
    pub fn set_row(&self, row: Row) {
        lock(&self.rows).insert((row.owner.clone(), row.record.id), row);
    }

    /// The current row.
    pub fn row(&self, owner: &OwnerId, id: UploadId) -> Option<Row> {
        lock(&self.rows).get(&(owner.clone(), id)).cloned()
    }

    /// All current rows.
    pub fn rows(&self) -> Vec<Row> {
        lock(&self.rows).values().cloned().collect()
    }

    /// The keys of all objects in the bucket.
    pub fn object_keys(&self) -> Vec<ObjectKey> {
        let objects = lock(&self.objects);
        objects.keys().map(|key| key.parse().unwrap()).collect()
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        lock(&self.rows).len()
    }

    /// Everything that the queue accepted.
    pub fn sent(&self) -> Vec<QueueMessage> {
        lock(&self.sent).clone()
    }

    /// The visibility timeouts set so far.
    pub fn visibility_timeouts(&self) -> Vec<VisibilityTimeout> {
        lock(&self.visibility_timeouts).clone()
    }

    /// The verbs called so far, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        lock(&self.calls).clone()
    }

    /// Makes the next call of `verb` (such as `get_row`) fail; several calls add up.
    pub fn fail_next(&self, verb: &'static str, kind: FaultKind) {
        lock(&self.faults).entry(verb).or_default().push(kind);
    }

    /// Makes the next call of `verb` take effect and lose its answer; several calls add up. Only
    /// for verbs that write rows or delete objects.
    pub fn lose_next(&self, verb: &'static str) {
        *lock(&self.lost).entry(verb).or_default() += 1;
    }

    /// Removes the pending faults.
    pub fn clear_faults(&self) {
        lock(&self.faults).clear();
        lock(&self.lost).clear();
    }

    fn end_call<T>(&self, verb: &'static str, done: T) -> Result<T, Fault> {
        match lock(&self.lost).get_mut(verb) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(Fault::new("memory", FaultKind::Unavailable, verb))
            }
            _ => Ok(done),
        }
    }

    fn begin_call(&self, verb: &'static str) -> Result<(), Fault> {
        lock(&self.calls).push(verb);
        match lock(&self.faults).get_mut(verb).and_then(Vec::pop) {
            Some(kind) => Err(Fault::new("memory", kind, verb)),
            None => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Yields once to the other tasks, so that concurrent calls interleave.
async fn pause() {
    let mut first = true;
    std::future::poll_fn(|context| {
        if std::mem::take(&mut first) {
            context.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(())
    })
    .await;
}
