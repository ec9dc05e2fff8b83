use std::collections::{BTreeMap, BTreeSet};

use crowfly_contract::{
    Grant, ObjectKey, OwnerId, QueueMessage, ScanStatus, Texts, UploadId, UploadStatus,
};
use crowfly_core::ports::{
    Applied, ApplyEvent, ApplyRemoval, Change, Consistency, EventOutcome, GetRow, GetRows,
    GetToSign, Head, HeadObject, ListRows, MarkAborted, Page, Position, PresignGet, PresignPut,
    Put, PutPending, PutToSign, SendMessages, SetVisibilityTimeouts, VisibilityTimeout,
};
use crowfly_core::{Fault, Open, Row, Sequencer, Verdict};

use super::{Memory, lock, pause, row_of};

impl PutPending for Memory {
    async fn put_pending(&self, row: &Row) -> Result<Put, Fault> {
        self.begin_call("put_pending")?;
        let mut rows = lock(&self.rows);
        let row_key = (row.owner.clone(), row.record.id);
        if let Some(existing) = rows.get(&row_key) {
            return Ok(Put::Exists(Box::new(existing.clone())));
        }
        rows.insert(row_key, row.clone());
        self.end_call("put_pending", Put::Created)
    }
}

impl GetRow for Memory {
    async fn get_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        self.begin_call("get_row")?;
        let row = self.row(owner, id);
        pause().await;
        Ok(row)
    }
}

impl GetRows for Memory {
    async fn get_rows(
        &self,
        owner: &OwnerId,
        ids: &[UploadId],
        _: Consistency,
    ) -> Result<Vec<Row>, Fault> {
        self.begin_call("get_rows")?;
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
        self.begin_call("list_rows")?;
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
        now_ms: u64,
    ) -> Result<bool, Fault> {
        self.begin_call("mark_aborted")?;
        let mut rows = lock(&self.rows);
        let pending = rows
            .get_mut(&(owner.clone(), id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        let marked = pending
            .map(|row| {
                row.record.status = UploadStatus::Aborted;
                if let Some(open) = &mut row.open {
                    open.active_at = now_ms;
                }
            })
            .is_some();
        self.end_call("mark_aborted", marked)
    }
}

impl ApplyEvent for Memory {
    async fn apply_event(&self, change: &Change) -> Result<EventOutcome, Fault> {
        self.begin_call("apply_event")?;
        let mut rows = lock(&self.rows);
        let row_key = (change.key.owner().clone(), change.key.id());
        let old = rows.get(&row_key).cloned();
        if old.as_ref().is_some_and(|row| row.record.key != change.key) {
            return Ok(EventOutcome::of(Applied::OtherKey, None));
        }
        let last = old.as_ref().and_then(|row| row.record.sequencer.as_deref());
        let last = last.map(|text| Sequencer::parse(text).unwrap());
        let status = old.as_ref().map(|row| row.record.status);
        let counts = match (&change.sequencer, &last) {
            (Some(new), Some(last)) => last.order() < new.order(),
            (Some(_), None) if status == Some(UploadStatus::Deleted) => {
                return Ok(EventOutcome::of(Applied::Unordered, old.as_ref()));
            }
            (Some(_), None) => true,
            (None, last) => {
                let recorded = matches!(
                    status,
                    None | Some(UploadStatus::Stored | UploadStatus::Deleted)
                );
                last.is_none() && !recorded
            }
        };
        if !counts {
            return Ok(EventOutcome::of(Applied::NotNewer, old.as_ref()));
        }
        let outcome = written(&mut rows, old, change);
        self.end_call("apply_event", outcome)
    }
}

impl ApplyRemoval for Memory {
    async fn apply_removal(
        &self,
        change: &Change,
        seen: Option<&Row>,
    ) -> Result<Option<EventOutcome>, Fault> {
        self.begin_call("apply_removal")?;
        let mut rows = lock(&self.rows);
        let row_key = (change.key.owner().clone(), change.key.id());
        let old = rows.get(&row_key).cloned();
        let other = old.as_ref().is_some_and(|row| row.record.key != change.key);
        if other || old.as_ref().map(state) != seen.map(state) {
            return self.end_call("apply_removal", None);
        }
        let outcome = written(&mut rows, old, change);
        self.end_call("apply_removal", Some(outcome))
    }
}

/// The part of the row that must not change between HEAD and the write.
pub(super) fn state(row: &Row) -> (&ObjectKey, UploadStatus, Option<&str>, Option<&str>) {
    let record = &row.record;
    let (sequencer, etag) = (record.sequencer.as_deref(), record.etag.as_deref());
    (&record.key, record.status, sequencer, etag)
}

/// Writes the change to the row.
fn written(
    rows: &mut BTreeMap<(OwnerId, UploadId), Row>,
    old: Option<Row>,
    change: &Change,
) -> EventOutcome {
    let mut row = old.unwrap_or_else(|| unannounced(change));
    let verdict = Verdict::of(row.declared.as_ref(), change.object.as_ref());
    let verified = verdict.is_verified();
    let record = &mut row.record;
    record.bucket.clone_from(&change.bucket);
    record.key = change.key.clone();
    let sequencer = change.sequencer.as_ref();
    record.sequencer = sequencer.map(|sequencer| sequencer.as_written().to_owned());
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
            record.type_mismatch = change.findings.seen_type.is_some();
            record.seen_type.clone_from(&change.findings.seen_type);
            record.withheld = change.findings.withheld;
            if change.awaits_scan {
                record.scan = record.scan.or(Some(ScanStatus::Pending));
            }
        }
        None => {
            record.status = UploadStatus::Deleted;
            record.url = None;
        }
    }
    if let Some(notify_by) = change.notify_by {
        enter(&mut row, change.notices(verified), notify_by, change.at);
    }
    let outcome = EventOutcome::of(Applied::Written { verified }, Some(&row));
    rows.insert((row.owner.clone(), row.record.id), row);
    outcome
}

/// Adds entries to the outbox of a row, and has the sweep look after them.
pub(super) fn enter(row: &mut Row, entries: BTreeSet<String>, notify_by: u64, at: u64) {
    row.outbox.extend(entries);
    row.open = Some(Open {
        counted: row.open.is_some_and(|open| open.counted),
        sweep_at: notify_by,
        active_at: row.open.map_or(at, |open| open.active_at),
    });
}

/// The row of an object without a create call.
fn unannounced(change: &Change) -> Row {
    let mut row = row_of(change.key.owner(), change.key.id(), change.at);
    row.declared = None;
    row.record.name = change.key.name().to_owned();
    row.record.path = change.key.folders().map(str::to_owned);
    row.record.metadata = Texts::new();
    row.record.size = 0;
    row.record.media_type = "application/octet-stream".to_owned();
    row.record.crc64nvme = None;
    row
}

impl HeadObject for Memory {
    async fn head_object(&self, key: &ObjectKey) -> Result<Option<Head>, Fault> {
        self.begin_call("head_object")?;
        let head = lock(&self.objects).get(&key.to_string()).cloned();
        // The object may change before the caller writes.
        pause().await;
        Ok(head)
    }
}

impl PresignPut for Memory {
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        self.begin_call("presign_put")?;
        let mut headers = Texts::from([
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
            other_url: None,
            headers,
            expires_in_ms: 300_000,
        })
    }
}

impl PresignGet for Memory {
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        self.begin_call("presign_get")?;
        let url = format!(
            "memory://{}?type={}&disposition={}&from={now_ms}",
            get.key, get.media_type, get.disposition
        );
        Ok(Grant {
            url,
            other_url: None,
            headers: Texts::new(),
            expires_in_ms: 300_000,
        })
    }
}

impl SendMessages for Memory {
    async fn send_messages(&self, messages: &[QueueMessage]) -> Result<Vec<usize>, Fault> {
        self.begin_call("send_messages")?;
        // Messages are refused by their key.
        let refused = |message: &&QueueMessage| message.key.contains("refused");
        lock(&self.sent).extend(messages.iter().filter(|m| !refused(m)).cloned());
        Ok(messages
            .iter()
            .enumerate()
            .filter(|(_, message)| refused(message))
            .map(|(index, _)| index)
            .collect())
    }
}

impl SetVisibilityTimeouts for Memory {
    async fn set_visibility_timeouts(&self, messages: &[VisibilityTimeout]) -> Result<(), Fault> {
        self.begin_call("set_visibility_timeouts")?;
        lock(&self.visibility_timeouts).extend_from_slice(messages);
        Ok(())
    }
}
