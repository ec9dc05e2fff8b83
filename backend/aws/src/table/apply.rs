use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use crowfly_contract::{OCTET_STREAM, OwnerId, ScanStatus, UploadStatus, Visibility};
use crowfly_core::ports::{Applied, ApplyEvent, ApplyRemoval, Change, EventOutcome, Head};
use crowfly_core::{Declared, Fault, FaultKind, Row, Sequencer, Verdict};

use super::{Table, Updated, key, send_update};
use crate::item::{Item, number, row, shard, slot_to_release, text};

/// Holds unless the row is of an object under another key. Every item has a key, if only of its
/// first event.
const SAME_KEY: &str = "(attribute_not_exists(#key) OR #key = :key)";
/// Holds for an event that is newer than the row's. A tombstone without an event has nothing to
/// compare with.
const NEWER: &str = "(attribute_not_exists(#status) OR #status <> :deleted \
                     OR attribute_exists(#sequencerOrder)) AND \
                     (attribute_not_exists(#sequencerOrder) OR #sequencerOrder < :sequencerOrder)";
/// For a change without an event: holds only while no event has been applied and the upload is not
/// yet recorded.
const NO_EVENT_YET: &str =
    "attribute_not_exists(#sequencerOrder) AND #status IN (:pending, :aborted, :expired)";

impl ApplyEvent for Table {
    /// One update, conditional on a newer sequencer.
    ///
    /// An update expression cannot compute a boolean
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>),
    /// so the condition decides `verified`: the first attempt requires the declared values and
    /// writes `true`; if it fails, the second writes `false` without that requirement. Each attempt
    /// is atomic and the declared values never change, so the two cannot mix.
    async fn apply_event(&self, change: &Change) -> Result<EventOutcome, Fault> {
        let (applied, item) = self.apply_change(change, Precondition::Newer).await?;
        outcome(applied, item.as_ref())
    }
}

impl ApplyRemoval for Table {
    async fn apply_removal(
        &self,
        change: &Change,
        seen: Option<&Row>,
    ) -> Result<Option<EventOutcome>, Fault> {
        let (applied, item) = self
            .apply_change(change, Precondition::Unchanged(seen))
            .await?;
        match applied {
            Applied::NotNewer | Applied::Unordered | Applied::OtherKey => Ok(None),
            Applied::Written { .. } => outcome(applied, item.as_ref()).map(Some),
        }
    }
}

/// What is left to do for this item.
fn outcome(applied: Applied, item: Option<&Item>) -> Result<EventOutcome, Fault> {
    let unnotified = item.filter(|item| item.contains_key("outbox"));
    Ok(EventOutcome {
        applied,
        slot: item.and_then(slot_to_release),
        unnotified: unnotified.map(row).transpose()?.map(Box::new),
    })
}

/// The precondition of a change.
#[derive(Clone, Copy)]
enum Precondition<'a> {
    /// The row's event is older, or there is none.
    Newer,
    /// The row is still as it was read before the HEAD request.
    Unchanged(Option<&'a Row>),
}

impl Table {
    /// Writes the change if its precondition holds; returns the item after the attempt.
    async fn apply_change(
        &self,
        change: &Change,
        precondition: Precondition<'_>,
    ) -> Result<(Applied, Option<Item>), Fault> {
        let needed = change.object.as_ref().and_then(Verdict::needed);
        let mut current = None;
        for needed in needed.map(Some).into_iter().chain([None]) {
            match self.write(change, precondition, needed.as_ref()).await? {
                Updated::Written(item) => {
                    let verified = needed.is_some();
                    return Ok((Applied::Written { verified }, item));
                }
                Updated::Refused(item) => current = item,
            }
        }
        let of_this_key = |item: &Item| match item.get("key") {
            Some(AttributeValue::S(known)) => *known == change.key.to_string(),
            _ => true,
        };
        if !current.as_ref().is_none_or(of_this_key) {
            return Ok((Applied::OtherKey, None));
        }
        let unordered = change.sequencer.is_some()
            && current
                .as_ref()
                .is_some_and(|item| !item.contains_key("sequencerOrder"));
        let applied = if unordered {
            Applied::Unordered
        } else {
            Applied::NotNewer
        };
        Ok((applied, current))
    }

    /// One attempt: writes the change if its precondition holds, and as verified if the row has the
    /// `needed` declaration as well.
    async fn write(
        &self,
        change: &Change,
        precondition: Precondition<'_>,
        needed: Option<&Declared>,
    ) -> Result<Updated, Fault> {
        let mut update = Update::default();
        update.set("bucket", text(&change.bucket));
        update.set("key", text(change.key.to_string()));
        if let Some(sequencer) = &change.sequencer {
            update.set("sequencer", text(sequencer.as_written()));
            update.set("sequencerOrder", text(sequencer.order()));
        }
        let guard = match (precondition, &change.sequencer) {
            (Precondition::Unchanged(seen), _) => update.unchanged(seen)?,
            (Precondition::Newer, Some(_)) => {
                let deleted = UploadStatus::Deleted.as_str();
                update.values.push((deleted, text(deleted)));
                NEWER.to_owned()
            }
            (Precondition::Newer, None) => {
                for status in [
                    UploadStatus::Pending,
                    UploadStatus::Aborted,
                    UploadStatus::Expired,
                ] {
                    let word = status.as_str();
                    update.values.push((word, text(word)));
                }
                NO_EVENT_YET.to_owned()
            }
        };
        update.set("verified", AttributeValue::Bool(needed.is_some()));
        update.remove("expiresAt");
        // Keep what a create call wrote; an object without one gets the values that its key
        // implies.
        update.keep_or_set("name", text(change.key.name()));
        if let Some(folders) = change.key.folders() {
            update.keep_or_set("path", text(folders));
        }
        update.keep_or_set("visibility", text(Visibility::Private.as_str()));
        update.keep_or_set("createdAt", number(change.at));
        match &change.object {
            Some(head) => update.stored(change, head),
            None => update.deleted(),
        }
        if let Some(notify_by) = change.notify_by {
            let owner = change.key.owner();
            update.notices(owner, change.notices(needed.is_some()), notify_by);
            update.keep_or_set("activeAt", number(change.at));
        }
        let condition = match needed {
            Some(needed) => format!("{guard} AND {}", update.declared(needed)),
            None => guard,
        };
        let condition = format!("{condition} AND {SAME_KEY}");
        let key = key(change.key.owner(), change.key.id());
        let request = self
            .update(key, &update.expression(), &condition, update.values)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        send_update(request).await
    }
}

/// Builds an update expression, in which `#name` and `:name` are the placeholders of attribute and
/// value.
#[derive(Default)]
pub(super) struct Update {
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    pub(super) values: Vec<(&'static str, AttributeValue)>,
}

impl Update {
    fn stored(&mut self, change: &Change, head: &Head) {
        self.set("status", text(UploadStatus::Stored.as_str()));
        self.set("size", number(head.size));
        self.set("type", text(&head.media_type));
        self.set("etag", text(&head.etag));
        self.set("url", text(&change.url));
        self.set("storedAt", number(change.at));
        match &change.findings.seen_type {
            Some(seen) => {
                self.set("typeMismatch", AttributeValue::Bool(true));
                self.set("seenType", text(seen));
            }
            None => {
                self.remove("typeMismatch");
                self.remove("seenType");
            }
        }
        match change.findings.withheld {
            Some(withheld) => self.set("withheld", text(withheld.as_str())),
            None => self.remove("withheld"),
        }
        // The result of a scan may have arrived before the event.
        if change.awaits_scan {
            self.keep_or_set("scan", text(ScanStatus::Pending.as_str()));
        }
        match &head.version_id {
            Some(version) => self.set("versionId", text(version)),
            None => self.remove("versionId"),
        }
        match head.crc64nvme {
            Some(crc) => self.set("crc64nvme", text(crc)),
            None => self.remove("crc64nvme"),
        }
    }

    fn deleted(&mut self) {
        self.set("status", text(UploadStatus::Deleted.as_str()));
        self.remove("url");
        self.keep_or_set("size", number(0));
        self.keep_or_set("type", text(OCTET_STREAM));
    }

    /// Adds entries to the outbox, and has the sweep look after them.
    pub(super) fn notices(&mut self, owner: &OwnerId, entries: BTreeSet<String>, notify_by: u64) {
        self.set("openShard", text(shard(owner)));
        self.set("sweepAt", number(notify_by));
        self.add.push("#outbox :outbox".to_owned());
        let entries = AttributeValue::Ss(entries.into_iter().collect());
        self.values.push(("outbox", entries));
    }

    /// The condition that status, sequencer and entity tag are as they were read.
    pub(super) fn unchanged(&mut self, seen: Option<&Row>) -> Result<String, Fault> {
        let Some(record) = seen.map(|row| &row.record) else {
            return Ok("attribute_not_exists(#id)".to_owned());
        };
        let order = record
            .sequencer
            .as_deref()
            .map(Sequencer::parse)
            .transpose();
        let order = order.map_err(|error| {
            let detail = format!("the item {}: {error}", record.id);
            Fault::new("dynamodb", FaultKind::Unexpected, detail)
        })?;
        let conditions = [
            self.equals("status", "wasStatus", Some(text(record.status.as_str()))),
            self.equals(
                "sequencerOrder",
                "wasOrder",
                order.map(|order| text(order.order())),
            ),
            self.equals("etag", "wasEtag", record.etag.as_deref().map(text)),
        ];
        Ok(conditions.join(" AND "))
    }

    /// The condition that the client declared exactly these values.
    fn declared(&mut self, needed: &Declared) -> String {
        let Declared {
            size,
            media_type,
            crc64nvme,
        } = needed;
        let equal = [
            ("clientSize", Some(number(*size))),
            ("clientType", Some(text(media_type))),
            ("clientCrc64nvme", crc64nvme.map(text)),
        ];
        equal
            .map(|(name, value)| self.equals(name, name, value))
            .join(" AND ")
    }

    /// The condition that an attribute has this value, or is absent.
    pub(super) fn equals(
        &mut self,
        name: &'static str,
        placeholder: &'static str,
        value: Option<AttributeValue>,
    ) -> String {
        let Some(value) = value else {
            return format!("attribute_not_exists(#{name})");
        };
        self.values.push((placeholder, value));
        format!("#{name} = :{placeholder}")
    }

    pub(super) fn set(&mut self, name: &'static str, value: AttributeValue) {
        self.set.push(format!("#{name} = :{name}"));
        self.values.push((name, value));
    }

    pub(super) fn keep_or_set(&mut self, name: &'static str, value: AttributeValue) {
        self.set
            .push(format!("#{name} = if_not_exists(#{name}, :{name})"));
        self.values.push((name, value));
    }

    pub(super) fn remove(&mut self, name: &'static str) {
        self.remove.push(format!("#{name}"));
    }

    pub(super) fn expression(&self) -> String {
        let clauses = [
            ("SET", &self.set),
            ("REMOVE", &self.remove),
            ("ADD", &self.add),
        ];
        let clauses = clauses.iter().filter(|(_, actions)| !actions.is_empty());
        let clauses: Vec<String> = clauses
            .map(|(word, actions)| format!("{word} {}", actions.join(", ")))
            .collect();
        clauses.join(" ")
    }
}
