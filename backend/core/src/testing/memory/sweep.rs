use crowfly_contract::{OwnerId, UploadId, UploadStatus};

use super::{Memory, lock, pause};
use crate::ports::{
    ListOpen, MarkExpired, OpenPage, OpenPosition, OpenUpload, Place, Postpone, QueryRow,
};
use crate::{Fault, Row};

/// Uploads of one page, so that tests see several.
const PAGE: usize = 3;

fn open_upload(row: &Row) -> Option<OpenUpload> {
    let open = row.open?;
    let bytes = row.declared.as_ref().map_or(0, |declared| declared.size);
    Some(OpenUpload {
        owner: row.owner.clone(),
        place: Place {
            id: row.record.id,
            counted: open.counted.then_some(bytes),
        },
        key: row.record.key.clone(),
        status: row.record.status,
        s3_upload_id: row.s3_upload_id.clone(),
        created_at: row.record.created_at,
        active_at: open.active_at,
        sweep_at: open.sweep_at,
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
        self.enter("list_open")?;
        let order = |open: &OpenUpload| (open.sweep_at, open.owner.clone(), open.place.id);
        let mut open: Vec<OpenUpload> = lock(&self.rows)
            .values()
            .filter(|row| row.owner.as_str().starts_with(shard))
            .filter_map(open_upload)
            .filter(|open| open.sweep_at <= due_ms)
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
            id: last.place.id,
            sweep_at: last.sweep_at,
        });
        Ok(OpenPage {
            uploads: open.into_iter().map(Ok).collect(),
            next,
        })
    }
}

impl QueryRow for Memory {
    async fn query_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        self.enter("query_row")?;
        Ok(self.row(owner, id))
    }
}

impl MarkExpired for Memory {
    async fn mark_expired(&self, open: &OpenUpload, expires_at: u64) -> Result<Option<Row>, Fault> {
        pause().await;
        self.enter("mark_expired")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(open.owner.clone(), open.place.id))
            .filter(|row| row.record.status == UploadStatus::Pending)
            .filter(|row| row.open.is_some_and(|now| now.active_at == open.active_at));
        let expired = row.map(|row| {
            row.record.status = UploadStatus::Expired;
            row.record.expires_at = Some(expires_at);
            row.clone()
        });
        self.leave("mark_expired", expired)
    }
}

impl Postpone for Memory {
    async fn postpone(&self, open: &OpenUpload, sweep_at: u64) -> Result<(), Fault> {
        self.enter("postpone")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(open.owner.clone(), open.place.id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        if let Some(open) = row.and_then(|row| row.open.as_mut()) {
            open.sweep_at = sweep_at;
        }
        Ok(())
    }
}
