//! Rows and the owner's quota in one transaction:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>. The
//! quota is the owner's item `#quota`, with `openUploads` and `openBytes`.
//!
//! A lost answer is harmless: a retry of the SDK repeats the client request token, and a new
//! attempt fails its own conditions.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{OpenUploads, Opening, Place, Release, Touch, Usage};
use crowfly_core::quota::Limits;
use crowfly_core::{Fault, FaultKind, Row};

use super::expression::{names, values};
use super::{Table, back_off, if_it_holds, key, status, unexplained};
use crate::fault::fault;
use crate::item::{Item, number, pending_item, row};

const SERVICE: &str = "dynamodb.TransactWriteItems";
/// Attempts of a transaction that conflicts with others or is throttled.
const ATTEMPTS: u32 = 9;
const CONDITION: &str = "ConditionalCheckFailed";
/// The id of the quota item.
const QUOTA: &str = "#quota";
/// Adds to the quota, or subtracts from it.
const COUNT: &str = "ADD #openUploads :uploads, #openBytes :bytes";
const LATER: &[&str] = &[
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
];

impl OpenUploads for Table {
    async fn open_uploads(
        &self,
        owner: &OwnerId,
        rows: &[&Row],
        limits: Limits,
    ) -> Result<Opening, Fault> {
        let added = rows
            .iter()
            .fold(Usage::default(), |usage, row| usage.with(row.record.size));
        let mut items = Vec::with_capacity(rows.len() + 1);
        for row in rows {
            let put = Put::builder()
                .table_name(&self.name)
                .set_item(Some(pending_item(row)?))
                .condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", "id")
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                )
                .build()
                .map_err(unbuilt)?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        items.push(self.take(owner, added, limits)?);
        let Some(reasons) = self.transact(&items).await? else {
            return Ok(Opening::Done);
        };
        let mut existing = Vec::new();
        let mut full = None;
        for (place, reason) in reasons.iter().enumerate() {
            if reason.code() != Some(CONDITION) {
                continue;
            }
            if place == rows.len() {
                full = Some(reason.item().map(usage).unwrap_or_default());
                continue;
            }
            let item = reason.item().ok_or_else(|| unexplained(SERVICE))?;
            existing.push((place, row(item)?));
        }
        Ok(Opening::Refused { existing, full })
    }
}

impl Release for Table {
    async fn release(&self, owner: &OwnerId, places: &[Place]) -> Result<Vec<UploadId>, Fault> {
        let counted = places.iter().filter_map(|place| place.counted);
        let freed = counted.fold(Usage::default(), Usage::with);
        let mut items = Vec::with_capacity(places.len() + 1);
        for place in places {
            items.push(self.leave(owner, *place)?);
        }
        if freed.uploads > 0 {
            items.push(self.give_back(owner, freed)?);
        }
        let reasons = self.transact(&items).await?.unwrap_or_default();
        let stale = places
            .iter()
            .zip(&reasons)
            .filter(|(_, reason)| reason.code() == Some(CONDITION));
        Ok(stale.map(|(place, _)| place.id).collect())
    }
}

impl Touch for Table {
    async fn touch(&self, owner: &OwnerId, id: UploadId, now_ms: u64) -> Result<(), Fault> {
        let update = self.update(
            key(owner, id),
            "SET #activeAt = :now",
            "#status = :pending AND attribute_exists(#openShard)",
            [
                ("now", number(now_ms)),
                ("pending", status(UploadStatus::Pending)),
            ],
        );
        if_it_holds(update).await.map(drop)
    }
}

impl Table {
    /// Adds to the quota, on condition that it stays within the limits.
    fn take(
        &self,
        owner: &OwnerId,
        added: Usage,
        limits: Limits,
    ) -> Result<TransactWriteItem, Fault> {
        let mut conditions = Vec::new();
        let mut rooms = Vec::new();
        for (name, limit, more) in [
            ("openUploads", limits.uploads, added.uploads),
            ("openBytes", limits.bytes, added.bytes),
        ] {
            if limit == 0 {
                continue;
            }
            let left = i128::from(limit) - i128::from(more);
            // Over the limit even without a quota item.
            conditions.push(if left < 0 {
                format!("#{name} <= :{name}")
            } else {
                format!("(attribute_not_exists(#{name}) OR #{name} <= :{name})")
            });
            rooms.push((name, AttributeValue::N(left.to_string())));
        }
        rooms.push(("uploads", number(added.uploads)));
        rooms.push(("bytes", number(added.bytes)));
        let condition = conditions.join(" AND ");
        let step = self
            .step(key(owner, QUOTA), COUNT, &condition, rooms)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        in_transaction(step)
    }

    fn give_back(&self, owner: &OwnerId, freed: Usage) -> Result<TransactWriteItem, Fault> {
        let less = |count: u64| AttributeValue::N(format!("-{count}"));
        let values = [
            ("uploads", less(freed.uploads)),
            ("bytes", less(freed.bytes)),
        ];
        in_transaction(self.step(key(owner, QUOTA), COUNT, "", values))
    }

    /// Clears `counted` of an upload that has ended, and removes it from the index `byOpen` unless
    /// it is still watched.
    ///
    /// If the upload has changed between watched and stored since its slot was read, nothing is
    /// written: the call that changed it releases the new slot.
    fn leave(&self, owner: &OwnerId, place: Place) -> Result<TransactWriteItem, Fault> {
        let counted = match place.counted {
            Some(_) => "attribute_exists(#counted)",
            None => "attribute_exists(#openShard) AND attribute_not_exists(#counted)",
        };
        let (update, one, other) = match place.watched_until {
            Some(_) => (
                "SET #sweepAt = :until REMOVE #counted",
                UploadStatus::Aborted,
                UploadStatus::Expired,
            ),
            None => (
                "REMOVE #counted, #openShard, #sweepAt, #activeAt",
                UploadStatus::Stored,
                UploadStatus::Deleted,
            ),
        };
        let condition = format!("{counted} AND #status IN (:one, :other)");
        let until = place.watched_until.map(|until| ("until", number(until)));
        let values = [("one", status(one)), ("other", status(other))];
        let values = values.into_iter().chain(until);
        in_transaction(self.step(key(owner, place.id), update, &condition, values))
    }

    /// An update for a transaction; an empty condition is none.
    fn step<'a>(
        &self,
        key: Item,
        update: &str,
        condition: &str,
        new: impl IntoIterator<Item = (&'a str, AttributeValue)>,
    ) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(update)
            .set_condition_expression((!condition.is_empty()).then(|| condition.to_owned()))
            .set_expression_attribute_names(Some(names(&[update, condition])))
            .set_expression_attribute_values(Some(values(new)))
    }

    /// Writes all of `items`, or returns the cancellation reasons, item by item, if a condition
    /// failed.
    async fn transact(
        &self,
        items: &[TransactWriteItem],
    ) -> Result<Option<Vec<CancellationReason>>, Fault> {
        for attempt in 0..ATTEMPTS {
            back_off(attempt).await;
            let request = self.client.transact_write_items();
            let answer = request
                .set_transact_items(Some(items.to_vec()))
                .send()
                .await;
            let error = match answer {
                Ok(_) => return Ok(None),
                Err(error) => error,
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons()
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => continue,
                _ => return Err(fault(SERVICE, &error)),
            };
            let has = |codes: &[&str]| {
                reasons
                    .iter()
                    .filter_map(CancellationReason::code)
                    .any(|code| codes.contains(&code))
            };
            if has(&[CONDITION]) {
                return Ok(Some(reasons.to_vec()));
            }
            if !has(LATER) {
                let codes: Vec<&str> = reasons
                    .iter()
                    .filter_map(CancellationReason::code)
                    .collect();
                let detail = format!("cancelled: {}", codes.join(", "));
                return Err(Fault::new(SERVICE, FaultKind::Unexpected, detail));
            }
        }
        let detail = "others of the same owner kept coming in between";
        Err(Fault::new(SERVICE, FaultKind::Throttled, detail))
    }
}

fn in_transaction(step: UpdateBuilder) -> Result<TransactWriteItem, Fault> {
    let update = step.build().map_err(unbuilt)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

fn usage(item: &Item) -> Usage {
    let count = |name: &str| -> Option<u64> { item.get(name)?.as_n().ok()?.parse().ok() };
    Usage {
        uploads: count("openUploads").unwrap_or_default(),
        bytes: count("openBytes").unwrap_or_default(),
    }
}

fn unbuilt(error: aws_sdk_dynamodb::error::BuildError) -> Fault {
    Fault::new(SERVICE, FaultKind::Unexpected, error.to_string())
}
