mod apply;
mod expression;
mod live;
mod multipart;
mod open;
mod outbox;
mod rate;
mod scan;
mod sweep;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, ReturnValuesOnConditionCheckFailure,
};
use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{
    Consistency, GetRow, GetRows, ListRows, MarkAborted, Page, Position, Put, PutPending,
};
use crowfly_core::{Fault, FaultKind, Row};

use expression::{names, values};

use crate::Session;
use crate::fault::fault;
use crate::item::{Item, number, pending_item, row, text};
use crate::session::configure;

/// The index sorted by creation time.
const BY_CREATED_AT: &str = "byCreatedAt";
/// Attempts to read the unprocessed keys of a batch before it counts as throttled.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const BATCH_ROUNDS: u32 = 5;
/// Upper bound of the backoff between two attempts of a write.
const MAX_BACKOFF_MS: u64 = 1_000;

/// The table of uploads.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// Opens `name`.
    pub fn open(session: &Session, name: &str) -> Self {
        let config = configure!(aws_sdk_dynamodb, session, dynamodb).build();
        Self {
            client: Client::from_conf(config),
            name: name.to_owned(),
        }
    }

    /// A conditional update of one item.
    fn update<'a>(
        &self,
        key: Item,
        update: &str,
        condition: &str,
        new: impl IntoIterator<Item = (&'a str, AttributeValue)>,
    ) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names(&[update, condition])))
            .set_expression_attribute_values(Some(values(new)))
    }
}

/// The primary key of an upload, or of another item of its owner.
fn key(owner: &OwnerId, id: impl Into<String>) -> Item {
    Item::from([
        ("owner".to_owned(), text(owner.as_str())),
        ("id".to_owned(), text(id)),
    ])
}

/// A status as an attribute value.
fn status(status: UploadStatus) -> AttributeValue {
    text(status.as_str())
}

impl PutPending for Table {
    async fn put_pending(&self, new: &Row) -> Result<Put, Fault> {
        const SERVICE: &str = "dynamodb.PutItem";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(pending_item(new)?))
            .condition_expression("attribute_not_exists(#id)")
            .expression_attribute_names("#id", "id")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let error = match answer {
            Ok(_) => return Ok(Put::Created),
            Err(error) => error,
        };
        let Some(ConditionalCheckFailedException(failed)) = error.as_service_error() else {
            return Err(fault(SERVICE, &error));
        };
        let item = failed.item().ok_or_else(|| missing_item(SERVICE))?;
        Ok(Put::Exists(Box::new(row(item)?)))
    }
}

/// The fault of a failed condition whose response lacks the existing item.
fn missing_item(service: &'static str) -> Fault {
    let detail = "a failed condition without the existing item";
    Fault::new(service, FaultKind::Unexpected, detail)
}

impl GetRow for Table {
    async fn get_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(owner, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| fault("dynamodb.GetItem", &error))?;
        answer.item().map(row).transpose()
    }
}

impl GetRows for Table {
    async fn get_rows(
        &self,
        owner: &OwnerId,
        ids: &[UploadId],
        consistency: Consistency,
    ) -> Result<Vec<Row>, Fault> {
        const SERVICE: &str = "dynamodb.BatchGetItem";
        let mut rows = Vec::with_capacity(ids.len());
        let mut missing: Vec<Item> = ids.iter().map(|id| key(owner, *id)).collect();
        for round in 0..BATCH_ROUNDS {
            if missing.is_empty() {
                break;
            }
            if round > 0 {
                tokio::time::sleep(Duration::from_millis(25 << round)).await;
            }
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut missing)))
                .consistent_read(consistency == Consistency::Strong)
                .build()
                .map_err(|error| Fault::new(SERVICE, FaultKind::Unexpected, error.to_string()))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.name, keys)
                .send()
                .await
                .map_err(|error| fault(SERVICE, &error))?;
            for items in answer.responses().into_iter().flat_map(HashMap::values) {
                for item in items {
                    rows.push(row(item)?);
                }
            }
            let unprocessed = answer
                .unprocessed_keys()
                .into_iter()
                .flat_map(HashMap::values);
            missing = unprocessed.flat_map(|keys| keys.keys().to_vec()).collect();
        }
        if missing.is_empty() {
            Ok(rows)
        } else {
            Err(Fault::new(
                SERVICE,
                FaultKind::Throttled,
                "keys are still unprocessed",
            ))
        }
    }
}

impl ListRows for Table {
    async fn list_rows(
        &self,
        owner: &OwnerId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page, Fault> {
        const SERVICE: &str = "dynamodb.Query";
        let start = after.map(|position| {
            let mut start = key(owner, position.id);
            start.insert("createdAt".to_owned(), number(position.created_at));
            start
        });
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(BY_CREATED_AT)
            .key_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner.as_str()))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        let rows = answer.items().iter().map(row).collect::<Result<_, _>>()?;
        let next = answer
            .last_evaluated_key()
            .map(|last| {
                position(last).ok_or_else(|| {
                    let detail = "a page's last key is not a key of the index";
                    Fault::new(SERVICE, FaultKind::Unexpected, detail)
                })
            })
            .transpose()?;
        Ok(Page { rows, next })
    }
}

fn position(last: &Item) -> Option<Position> {
    let created_at = last.get("createdAt")?.as_n().ok()?.parse().ok()?;
    let id = last.get("id")?.as_s().ok()?.parse().ok()?;
    Some(Position { created_at, id })
}

impl MarkAborted for Table {
    async fn mark_aborted(
        &self,
        owner: &OwnerId,
        id: UploadId,
        now_ms: u64,
    ) -> Result<bool, Fault> {
        let update = self.update(
            key(owner, id),
            "SET #status = :aborted, #activeAt = :now",
            "#status = :pending",
            [
                ("aborted", status(UploadStatus::Aborted)),
                ("pending", status(UploadStatus::Pending)),
                ("now", number(now_ms)),
            ],
        );
        condition_held(update).await
    }
}

/// The result of a conditional update.
enum Updated {
    /// It was written; the item if the update requested it.
    Written(Option<Item>),
    /// The condition failed; the existing item if the update requested it.
    Refused(Option<Item>),
}

/// Sends a conditional update; false, without a change, if the condition does not hold.
async fn condition_held(update: UpdateItemFluentBuilder) -> Result<bool, Fault> {
    Ok(matches!(send_update(update).await?, Updated::Written(_)))
}

/// Sends a conditional update.
async fn send_update(update: UpdateItemFluentBuilder) -> Result<Updated, Fault> {
    let error = match update.send().await {
        Ok(done) => return Ok(Updated::Written(done.attributes)),
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            Ok(Updated::Refused(failed.item.clone()))
        }
        _ => Err(fault("dynamodb.UpdateItem", &error)),
    }
}

/// Exponential backoff with full jitter: none before the first attempt, then at most 20 ms,
/// doubling each time. <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
async fn backoff(attempt: u32) {
    if attempt > 0 {
        let limit = MAX_BACKOFF_MS.min(10 << attempt);
        let random = RandomState::new().hash_one(attempt);
        tokio::time::sleep(Duration::from_millis(random % (limit + 1))).await;
    }
}
