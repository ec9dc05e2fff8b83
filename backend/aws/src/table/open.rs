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
use crowfly_core::ports::{OpenUploads, Opening, Release, Slot, Touch, Usage};
use crowfly_core::quota::Limits;
use crowfly_core::{Fault, FaultKind, Row};

use super::expression::{names, values};
use super::{Table, backoff, condition_held, key, missing_item, status};
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
const RETRYABLE: &[&str] = &[
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
        items.push(self.add_usage(owner, added, limits)?);
        let Some(reasons) = self.transact(&items).await? else {
            return Ok(Opening::Done);
        };
        let mut existing = Vec::new();
        let mut full = None;
        for (index, reason) in reasons.iter().enumerate() {
            if reason.code() != Some(CONDITION) {
                continue;
            }
            if index == rows.len() {
                full = Some(reason.item().map(usage).unwrap_or_default());
                continue;
            }
            let item = reason.item().ok_or_else(|| missing_item(SERVICE))?;
            existing.push((index, row(item)?));
        }
        Ok(Opening::Refused { existing, full })
    }
}

impl Release for Table {
    async fn release(&self, owner: &OwnerId, slots: &[Slot]) -> Result<Vec<UploadId>, Fault> {
        let counted = slots.iter().filter_map(|slot| slot.counted);
        let freed = counted.fold(Usage::default(), Usage::with);
        let mut items = Vec::with_capacity(slots.len() + 1);
        for slot in slots {
            items.push(self.clear_slot(owner, *slot)?);
        }
        if freed.uploads > 0 {
            items.push(self.subtract_usage(owner, freed)?);
        }
        let reasons = self.transact(&items).await?.unwrap_or_default();
        let stale = slots
            .iter()
            .zip(&reasons)
            .filter(|(_, reason)| reason.code() == Some(CONDITION));
        Ok(stale.map(|(slot, _)| slot.id).collect())
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
        condition_held(update).await.map(drop)
    }
}

impl Table {
    /// Adds to the quota, on condition that it stays within the limits.
    pub(super) fn add_usage(
        &self,
        owner: &OwnerId,
        added: Usage,
        limits: Limits,
    ) -> Result<TransactWriteItem, Fault> {
        let mut conditions = Vec::new();
        let mut bounds = Vec::new();
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
            bounds.push((name, AttributeValue::N(left.to_string())));
        }
        bounds.push(("uploads", number(added.uploads)));
        bounds.push(("bytes", number(added.bytes)));
        let condition = conditions.join(" AND ");
        let step = self
            .step(key(owner, QUOTA), COUNT, &condition, bounds)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        in_transaction(step)
    }

    pub(super) fn subtract_usage(
        &self,
        owner: &OwnerId,
        freed: Usage,
    ) -> Result<TransactWriteItem, Fault> {
        let less = |count: u64| AttributeValue::N(format!("-{count}"));
        let values = [
            ("uploads", less(freed.uploads)),
            ("bytes", less(freed.bytes)),
        ];
        in_transaction(self.step(key(owner, QUOTA), COUNT, "", values))
    }

    /// Clears `counted` of an upload that has ended, and removes it from the index `byOpen` unless
    /// it is still watched or its outbox has entries.
    ///
    /// If the upload has changed between watched and stored since its slot was read, or its outbox
    /// has got an entry, nothing is written: the call that changed it releases the new slot.
    fn clear_slot(&self, owner: &OwnerId, slot: Slot) -> Result<TransactWriteItem, Fault> {
        let counted = match slot.counted {
            Some(_) => "attribute_exists(#counted)",
            None => "attribute_exists(#openShard) AND attribute_not_exists(#counted)",
        };
        let (stored, deleted) = (UploadStatus::Stored, UploadStatus::Deleted);
        let (update, outbox, one, other) = match slot.watched_until {
            Some(_) => (
                "SET #sweepAt = :until REMOVE #counted",
                "",
                UploadStatus::Aborted,
                UploadStatus::Expired,
            ),
            None if slot.unnotified => {
                let outbox = " AND attribute_exists(#outbox)";
                ("REMOVE #counted", outbox, stored, deleted)
            }
            None => (
                "REMOVE #counted, #openShard, #sweepAt, #activeAt",
                " AND attribute_not_exists(#outbox)",
                stored,
                deleted,
            ),
        };
        let condition = format!("{counted} AND #status IN (:one, :other){outbox}");
        let until = slot.watched_until.map(|until| ("until", number(until)));
        let values = [("one", status(one)), ("other", status(other))];
        let values = values.into_iter().chain(until);
        in_transaction(self.step(key(owner, slot.id), update, &condition, values))
    }

    /// An update for a transaction; an empty condition is none.
    pub(super) fn step<'a>(
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
    pub(super) async fn transact(
        &self,
        items: &[TransactWriteItem],
    ) -> Result<Option<Vec<CancellationReason>>, Fault> {
        for attempt in 0..ATTEMPTS {
            backoff(attempt).await;
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
            if !has(RETRYABLE) {
                let codes: Vec<&str> = reasons
                    .iter()
                    .filter_map(CancellationReason::code)
                    .collect();
                let detail = format!("cancelled: {}", codes.join(", "));
                return Err(Fault::new(SERVICE, FaultKind::Unexpected, detail));
            }
        }
        let detail = "conflicts with other transactions of the same owner";
        Err(Fault::new(SERVICE, FaultKind::Throttled, detail))
    }
}

pub(super) fn in_transaction(step: UpdateBuilder) -> Result<TransactWriteItem, Fault> {
    let update = step.build().map_err(unbuilt)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Whether the condition of this item failed.
pub(super) fn failed(reason: &CancellationReason) -> bool {
    reason.code() == Some(CONDITION)
}

pub(super) fn usage(item: &Item) -> Usage {
    let count = |name: &str| -> Option<u64> { item.get(name)?.as_n().ok()?.parse().ok() };
    Usage {
        uploads: count("openUploads").unwrap_or_default(),
        bytes: count("openBytes").unwrap_or_default(),
    }
}

fn unbuilt(error: aws_sdk_dynamodb::error::BuildError) -> Fault {
    Fault::new(SERVICE, FaultKind::Unexpected, error.to_string())
}
