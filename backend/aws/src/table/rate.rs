use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use crowfly_contract::OwnerId;
use crowfly_core::Fault;
use crowfly_core::ports::{Advance, AdvanceRate};
use crowfly_core::rate::Limited;

use super::{Table, Updated, key, send_update};
use crate::item::{Item, number, text};

/// Time to live of an owner's rate item after its last request, in seconds.
const TTL_S: u64 = 3_600;

impl AdvanceRate for Table {
    /// Updates an item `#rate`: `rateUntil`, in Unix milliseconds with three decimals.
    async fn advance_rate(
        &self,
        owner: &OwnerId,
        of: Limited,
        advance: Advance,
    ) -> Result<Result<(), u64>, Fault> {
        let (now, change, condition, values) = match advance {
            Advance::Extend { now, latest, step } => (
                now,
                "#rateUntil = #rateUntil + :step",
                "#rateUntil > :now AND #rateUntil <= :latest",
                vec![("step", step), ("latest", latest)],
            ),
            Advance::Restart { now, step } => (
                now,
                "#rateUntil = :then",
                "attribute_not_exists(#rateUntil) OR #rateUntil <= :now",
                vec![("then", now + step)],
            ),
        };
        let end = number(now / 1_000_000 + TTL_S);
        let moments = values.into_iter().chain([("now", now)]);
        let moments = moments.map(|(name, us)| (name, milliseconds(us)));
        let update = self
            .update(
                rate_key(owner, of),
                &format!("SET {change}, #expiresAt = :end"),
                condition,
                moments.chain([("end", end)]),
            )
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(match send_update(update).await? {
            Updated::Written(_) => Ok(()),
            Updated::Refused(item) => Err(item.as_ref().and_then(until).unwrap_or_default()),
        })
    }
}

/// The item of a rate.
///
/// That of reads is in a partition of its own, so that IAM can limit the `read` function to such
/// partitions: it may write nothing else
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>).
fn rate_key(owner: &OwnerId, of: Limited) -> Item {
    let mut item = key(owner, "#rate");
    if of == Limited::Reads {
        item.insert("owner".to_owned(), text(format!("reads:{owner}")));
    }
    item
}

/// Microseconds as milliseconds with three decimals.
fn milliseconds(us: u64) -> AttributeValue {
    AttributeValue::N(format!("{}.{:03}", us / 1_000, us % 1_000))
}

/// `rateUntil` in microseconds. DynamoDB trims trailing zeros of numbers:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
fn until(item: &Item) -> Option<u64> {
    let number = item.get("rateUntil")?.as_n().ok()?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let padded: String = decimals.chars().chain("00".chars()).take(3).collect();
    Some(whole.parse::<u64>().ok()? * 1_000 + padded.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a36_microseconds_round_trip_through_the_table() {
        for us in [
            0,
            1,
            999,
            1_000,
            1_795_342_830_123_456,
            1_795_342_830_120_000,
        ] {
            let typed = milliseconds(us);
            let written = typed.as_n().unwrap();
            let short = written.trim_end_matches('0').trim_end_matches('.');
            for text in [written.as_str(), short] {
                let n = if text.is_empty() { "0" } else { text };
                let item = Item::from([("rateUntil".to_owned(), AttributeValue::N(n.to_owned()))]);
                assert_eq!(until(&item), Some(us), "{text}");
            }
        }
    }
}
