use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crowfly_contract::{
    Crc64Nvme, Grant, ObjectKey, OwnerId, QueueMessage, Record, UploadId, UploadStatus, Visibility,
};

use crate::ports::{
    Applied, ApplyEvent, Change, GetRow, GetRows, GetToSign, Head, HeadObject, ListRows,
    MarkAborted, Page, Position, PresignGet, PresignPut, Put, PutPending, PutToSign, SendMessages,
};
use crate::{Declared, Fault, FaultKind, Row, Sequencer};

/// The checksum of [`head_of`].
pub const OBJECT_CRC: Crc64Nvme = Crc64Nvme::new(0xae8b_1486_0a79_9888);

/// Table, bucket and queue in memory.
#[derive(Default)]
pub struct Memory {
    rows: Mutex<BTreeMap<(OwnerId, UploadId), Row>>,
    objects: Mutex<HashMap<String, Head>>,
    sent: Mutex<Vec<QueueMessage>>,
    faults: Mutex<HashMap<&'static str, Vec<FaultKind>>>,
    calls: Mutex<Vec<&'static str>>,
}

/// A pending row of `owner` as a create call writes it: 9 bytes of video/webm with [`OBJECT_CRC`].
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
            size: declared.size,
            media_type: declared.media_type.clone(),
            visibility: Visibility::Private,
            metadata: [("album".to_owned(), "여름 😀".to_owned())].into(),
            part_size: None,
            crc64nvme: declared.crc64nvme,
            verified: false,
            etag: None,
            version_id: None,
            sequencer: None,
            url: None,
            created_at,
            stored_at: None,
            expires_at: None,
        },
        declared: Some(declared),
    }
}

/// What storage says of the object that [`row_of`] declares.
pub fn head_of(etag: &str) -> Head {
    Head {
        size: 9,
        media_type: "video/webm".to_owned(),
        etag: etag.to_owned(),
        version_id: None,
        crc64nvme: Some(OBJECT_CRC),
    }
}

impl Memory {
    /// Puts an object into the bucket, or takes it out.
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

    /// A row as it stands.
    pub fn row(&self, owner: &OwnerId, id: UploadId) -> Option<Row> {
        lock(&self.rows).get(&(owner.clone(), id)).cloned()
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        lock(&self.rows).len()
    }

    /// Everything that the queue accepted.
    pub fn sent(&self) -> Vec<QueueMessage> {
        lock(&self.sent).clone()
    }

    /// The verbs called so far, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        lock(&self.calls).clone()
    }

    /// Makes the next call of `verb` (such as `get_row`) fail; several calls add up.
    pub fn fail_next(&self, verb: &'static str, kind: FaultKind) {
        lock(&self.faults).entry(verb).or_default().push(kind);
    }

    fn enter(&self, verb: &'static str) -> Result<(), Fault> {
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

impl PutPending for Memory {
    async fn put_pending(&self, row: &Row) -> Result<Put, Fault> {
        self.enter("put_pending")?;
        let mut rows = lock(&self.rows);
        let place = (row.owner.clone(), row.record.id);
        if let Some(existing) = rows.get(&place) {
            return Ok(Put::Exists(Box::new(existing.clone())));
        }
        rows.insert(place, row.clone());
        Ok(Put::Created)
    }
}

impl GetRow for Memory {
    async fn get_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        self.enter("get_row")?;
        Ok(self.row(owner, id))
    }
}

impl GetRows for Memory {
    async fn get_rows(&self, owner: &OwnerId, ids: &[UploadId]) -> Result<Vec<Row>, Fault> {
        self.enter("get_rows")?;
        Ok(ids
            .iter()
            .rev()
            .filter_map(|id| self.row(owner, *id))
            .collect())
    }
}

impl ListRows for Memory {
    async fn list_rows(
        &self,
        owner: &OwnerId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page, Fault> {
        self.enter("list_rows")?;
        let mut rows: Vec<Row> = lock(&self.rows)
            .values()
            .filter(|row| row.owner == *owner)
            .cloned()
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.record.created_at, row.record.id)));
        rows.retain(|row| {
            after.is_none_or(|after| {
                (row.record.created_at, row.record.id) < (after.created_at, after.id)
            })
        });
        let limit = usize::try_from(limit).unwrap();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| Position {
            created_at: row.record.created_at,
            id: row.record.id,
        });
        Ok(Page { rows, next })
    }
}

impl MarkAborted for Memory {
    async fn mark_aborted(
        &self,
        owner: &OwnerId,
        id: UploadId,
        expires_at: u64,
    ) -> Result<bool, Fault> {
        self.enter("mark_aborted")?;
        let mut rows = lock(&self.rows);
        let pending = rows
            .get_mut(&(owner.clone(), id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        Ok(pending
            .map(|row| {
                row.record.status = UploadStatus::Aborted;
                row.record.expires_at = Some(expires_at);
            })
            .is_some())
    }
}

impl ApplyEvent for Memory {
    async fn apply_event(&self, change: &Change) -> Result<Applied, Fault> {
        self.enter("apply_event")?;
        let mut rows = lock(&self.rows);
        let place = (change.key.owner().clone(), change.key.id());
        let old = rows.get(&place).cloned();
        let last = old.as_ref().and_then(|row| row.record.sequencer.as_deref());
        let last = last.map(|text| Sequencer::parse(text).unwrap());
        if last.is_some_and(|last| last.order() >= change.sequencer.order()) {
            return Ok(Applied::NotNewer);
        }
        let mut row = old.unwrap_or_else(|| unannounced(change));
        let verified = match (&change.object, &row.declared) {
            (Some(head), Some(declared)) => {
                declared.size == head.size
                    && declared.media_type == head.media_type
                    && declared.crc64nvme.is_some()
                    && declared.crc64nvme == head.crc64nvme
            }
            _ => false,
        };
        let record = &mut row.record;
        record.bucket.clone_from(&change.bucket);
        record.key = change.key.clone();
        record.sequencer = Some(change.sequencer.as_written().to_owned());
        record.verified = verified;
        record.expires_at = None;
        match &change.object {
            Some(head) => {
                record.status = UploadStatus::Stored;
                record.size = head.size;
                record.media_type.clone_from(&head.media_type);
                record.etag = Some(head.etag.clone());
                record.version_id.clone_from(&head.version_id);
                record.crc64nvme = head.crc64nvme;
                record.url = Some(change.url.clone());
                record.stored_at = Some(change.at);
            }
            None => {
                record.status = UploadStatus::Deleted;
                record.url = None;
            }
        }
        rows.insert(place, row);
        Ok(Applied::Written { verified })
    }
}

/// The row of an object that no create call announced.
fn unannounced(change: &Change) -> Row {
    let mut row = row_of(change.key.owner(), change.key.id(), change.at);
    row.declared = None;
    row.record.name = change.key.name().to_owned();
    row.record.metadata.clear();
    row.record.size = 0;
    row.record.media_type = "application/octet-stream".to_owned();
    row.record.crc64nvme = None;
    row
}

impl HeadObject for Memory {
    async fn head_object(&self, key: &ObjectKey) -> Result<Option<Head>, Fault> {
        self.enter("head_object")?;
        Ok(lock(&self.objects).get(&key.to_string()).cloned())
    }
}

impl PresignPut for Memory {
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        self.enter("presign_put")?;
        let mut headers = BTreeMap::from([
            ("content-type".to_owned(), put.media_type.to_owned()),
            ("if-none-match".to_owned(), "*".to_owned()),
        ]);
        if let Some(crc) = put.crc64nvme {
            headers.insert("x-amz-checksum-crc64nvme".to_owned(), crc.to_string());
        }
        if let Some(disposition) = &put.public_disposition {
            headers.insert("content-disposition".to_owned(), disposition.clone());
            headers.insert("x-amz-acl".to_owned(), "public-read".to_owned());
        }
        let url = format!("memory://{}?size={}&from={now_ms}", put.key, put.size);
        Ok(Grant {
            url,
            headers,
            expires_in_ms: 300_000,
        })
    }
}

impl PresignGet for Memory {
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        self.enter("presign_get")?;
        let url = format!(
            "memory://{}?type={}&disposition={}&from={now_ms}",
            get.key, get.media_type, get.disposition
        );
        Ok(Grant {
            url,
            headers: BTreeMap::new(),
            expires_in_ms: 300_000,
        })
    }
}

impl SendMessages for Memory {
    async fn send_messages(&self, messages: &[QueueMessage]) -> Result<Vec<usize>, Fault> {
        self.enter("send_messages")?;
        // A key can ask for its message to be refused.
        let refused = |message: &&QueueMessage| message.key.contains("refused");
        lock(&self.sent).extend(messages.iter().filter(|m| !refused(m)).cloned());
        Ok(messages
            .iter()
            .enumerate()
            .filter(|(_, message)| refused(message))
            .map(|(place, _)| place)
            .collect())
    }
}
