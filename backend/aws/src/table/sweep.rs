use aws_sdk_dynamodb::types::ReturnValue;
use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{
    Close, ListOpen, MarkExpired, OpenPage, OpenPosition, OpenUpload, Postpone, QueryRow,
};
use crowfly_core::{Fault, FaultKind, Row};

use super::expression::{names, values};
use super::{Table, Updated, condition_held, key, send_update, status};
use crate::fault::fault;
use crate::item::{Item, number, open_upload, row, text};

const SERVICE: &str = "dynamodb.Query";
/// The sparse index of open uploads:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html>.
const BY_OPEN: &str = "byOpen";
/// Page size.
const PAGE: i32 = 50;

impl ListOpen for Table {
    async fn list_open(
        &self,
        shard: char,
        due_ms: u64,
        after: Option<&OpenPosition>,
    ) -> Result<OpenPage, Fault> {
        let start = after.map(|after| {
            let mut start = key(&after.owner, after.id);
            start.insert("openShard".to_owned(), text(shard));
            start.insert("sweepAt".to_owned(), number(after.sweep_at));
            start
        });
        let condition = "#openShard = :shard AND #sweepAt <= :due";
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(BY_OPEN)
            .key_condition_expression(condition)
            .set_expression_attribute_names(Some(names(&[condition])))
            .set_expression_attribute_values(Some(values([
                ("shard", text(shard)),
                ("due", number(due_ms)),
            ])))
            .limit(PAGE)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        let next = answer
            .last_evaluated_key()
            .map(|last| {
                position(last).ok_or_else(|| {
                    let detail = "a page's last key is not a key of the index";
                    Fault::new(SERVICE, FaultKind::Unexpected, detail)
                })
            })
            .transpose()?;
        Ok(OpenPage {
            uploads: answer.items().iter().map(open_upload).collect(),
            next,
        })
    }
}

fn position(last: &Item) -> Option<OpenPosition> {
    Some(OpenPosition {
        owner: last.get("owner")?.as_s().ok()?.parse().ok()?,
        id: last.get("id")?.as_s().ok()?.parse().ok()?,
        sweep_at: last.get("sweepAt")?.as_n().ok()?.parse().ok()?,
    })
}

impl QueryRow for Table {
    async fn query_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        let condition = "#owner = :owner AND #id = :id";
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(condition)
            .set_expression_attribute_names(Some(names(&[condition])))
            .set_expression_attribute_values(Some(values([
                ("owner", text(owner.as_str())),
                ("id", text(id)),
            ])))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        answer.items().first().map(row).transpose()
    }
}

impl MarkExpired for Table {
    async fn mark_expired(&self, open: &OpenUpload, now_ms: u64) -> Result<Option<Row>, Fault> {
        let update = self
            .update(
                key(&open.owner, open.id),
                "SET #status = :expired, #activeAt = :now",
                "#status = :pending AND #activeAt = :activeAt",
                [
                    ("expired", status(UploadStatus::Expired)),
                    ("pending", status(UploadStatus::Pending)),
                    ("now", number(now_ms)),
                    ("activeAt", number(open.open.active_at)),
                ],
            )
            .return_values(ReturnValue::AllNew);
        match send_update(update).await? {
            Updated::Written(Some(item)) => row(&item).map(Some),
            _ => Ok(None),
        }
    }
}

impl Postpone for Table {
    async fn postpone(&self, open: &OpenUpload, sweep_at: u64) -> Result<(), Fault> {
        let update = self.update(
            key(&open.owner, open.id),
            "SET #sweepAt = :later",
            "#status = :seen AND attribute_exists(#openShard)",
            [("seen", status(open.status)), ("later", number(sweep_at))],
        );
        condition_held(update).await.map(drop)
    }
}

impl Close for Table {
    async fn close(&self, open: &OpenUpload, expires_at: u64) -> Result<bool, Fault> {
        let update = self.update(
            key(&open.owner, open.id),
            "SET #expiresAt = :expiresAt REMOVE #openShard, #sweepAt, #activeAt",
            "attribute_exists(#openShard) AND attribute_not_exists(#counted) \
             AND #status IN (:aborted, :expired)",
            [
                ("aborted", status(UploadStatus::Aborted)),
                ("expired", status(UploadStatus::Expired)),
                ("expiresAt", number(expires_at / 1_000)),
            ],
        );
        condition_held(update).await
    }
}
