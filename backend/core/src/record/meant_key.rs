//! Which of two keys an event means.

use crowfly_contract::ObjectKey;

use crate::Fault;
use crate::message::ObjectEvent;
use crate::ports::{GetRow, HeadObject};

/// The key that the event means: as written, unless the row is of the decoded one, or storage has an
/// object under the decoded one alone.
///
/// A key that the API hands out reads the same in both forms, so this asks nobody about it.
///
/// # Errors
/// A fault of the table or of storage.
pub(super) async fn find(
    rows: &impl GetRow,
    objects: &impl HeadObject,
    written: ObjectKey,
    event: &ObjectEvent,
) -> Result<ObjectKey, Fault> {
    let other = event.decoded_key.as_deref();
    let Some(decoded) = other.and_then(|key| key.parse::<ObjectKey>().ok()) else {
        return Ok(written);
    };
    let row = rows.get_row(written.owner(), written.id()).await?;
    if let Some(row) = row {
        return Ok(if row.record.key == decoded {
            decoded
        } else {
            written
        });
    }
    if objects.head_object(&written).await?.is_none()
        && objects.head_object(&decoded).await?.is_some()
    {
        return Ok(decoded);
    }
    Ok(written)
}
