use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{
    Close, ListOpen, MarkExpired, OpenPage, OpenPosition, OpenUpload, Postpone, QueryRow,
};
use crowfly_core::{Fault, Row};

use super::{Memory, lock, pause};

/// Page size, small so that tests see several pages.
const PAGE: usize = 3;

fn open_upload(row: &Row) -> Option<OpenUpload> {
    Some(OpenUpload {
        owner: row.owner.clone(),
        id: row.record.id,
        bytes: row.declared.as_ref().map_or(0, |declared| declared.size),
        key: row.record.key.clone(),
        status: row.record.status,
        s3_upload_id: row.s3_upload_id.clone(),
        created_at: row.record.created_at,
        open: row.open?,
    })
}

impl ListOpen for Memory {
    async fn list_open(
        &self,
        shard: char,
        due_ms: u64,
        after: Option<&OpenPosition>,
    ) -> Result<OpenPage, Fault> {
        pause().await;
        self.begin_call("list_open")?;
        let order = |open: &OpenUpload| (open.open.sweep_at, open.owner.clone(), open.id);
        let mut open: Vec<OpenUpload> = lock(&self.rows)
            .values()
            .filter(|row| row.owner.as_str().starts_with(shard))
            .filter_map(open_upload)
            .filter(|open| open.open.sweep_at <= due_ms)
            .filter(|open| {
                after.is_none_or(|after| {
                    order(open) > (after.sweep_at, after.owner.clone(), after.id)
                })
            })
            .collect();
        open.sort_by_key(order);
        let more = open.len() > PAGE;
        open.truncate(PAGE);
        let next = open.last().filter(|_| more).map(|last| OpenPosition {
            owner: last.owner.clone(),
            id: last.id,
            sweep_at: last.open.sweep_at,
        });
        Ok(OpenPage {
            uploads: open.into_iter().map(Ok).collect(),
            next,
        })
    }
}

impl QueryRow for Memory {
    async fn query_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        self.begin_call("query_row")?;
        Ok(self.row(owner, id))
    }
}

impl MarkExpired for Memory {
    async fn mark_expired(&self, open: &OpenUpload, now_ms: u64) -> Result<Option<Row>, Fault> {
        pause().await;
        self.begin_call("mark_expired")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(open.owner.clone(), open.id))
            .filter(|row| row.record.status == UploadStatus::Pending)
            .filter(|row| {
                row.open
                    .is_some_and(|now| now.active_at == open.open.active_at)
            });
        let expired = row.map(|row| {
            row.record.status = UploadStatus::Expired;
            if let Some(open) = &mut row.open {
                open.active_at = now_ms;
            }
            row.clone()
        });
        self.end_call("mark_expired", expired)
    }
}

impl Postpone for Memory {
    async fn postpone(&self, open: &OpenUpload, sweep_at: u64) -> Result<(), Fault> {
        self.begin_call("postpone")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(open.owner.clone(), open.id))
            .filter(|row| row.record.status == open.status);
        if let Some(open) = row.and_then(|row| row.open.as_mut()) {
            open.sweep_at = sweep_at;
        }
        Ok(())
    }
}

impl Close for Memory {
    async fn close(&self, open: &OpenUpload, expires_at: u64) -> Result<bool, Fault> {
        pause().await;
        self.begin_call("close")?;
        let ended = [UploadStatus::Aborted, UploadStatus::Expired];
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(open.owner.clone(), open.id))
            .filter(|row| ended.contains(&row.record.status))
            .filter(|row| row.open.is_some_and(|open| !open.counted));
        let closed = row
            .map(|row| {
                row.open = None;
                row.record.expires_at = Some(expires_at);
            })
            .is_some();
        self.end_call("close", closed)
    }
}
