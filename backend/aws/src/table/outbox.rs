use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use crowfly_contract::{OwnerId, UploadId};
use crowfly_core::Fault;
use crowfly_core::ports::ClearOutbox;

use super::{Table, condition_held, key};

impl ClearOutbox for Table {
    /// The outbox is a set of strings: elements that were added since stay, and the last element
    /// takes the attribute with it, since no set is empty:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.DELETE>.
    async fn clear_outbox(
        &self,
        owner: &OwnerId,
        id: UploadId,
        entries: &BTreeSet<String>,
    ) -> Result<(), Fault> {
        let entries = AttributeValue::Ss(entries.iter().cloned().collect());
        let update = self.update(
            key(owner, id),
            "DELETE #outbox :entries",
            "attribute_exists(#outbox)",
            [("entries", entries)],
        );
        condition_held(update).await.map(drop)
    }
}
