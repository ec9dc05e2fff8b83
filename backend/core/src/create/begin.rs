//! Starts the multipart upload of a pending upload in storage: exactly one, however many calls run.

use crowfly_contract::Visibility;

use super::still_open;
use crate::disposition::attachment;
use crate::ports::{
    AbortMultipart, CreateMultipart, FindMultipart, GetRow, HeadObject, Multipart,
    MultipartToCreate, SetMultipart,
};
use crate::{Error, Row, parts};

/// Makes sure that storage has the multipart upload of the row; a missing one is replaced.
///
/// Two concurrent calls may both start one; a conditional update picks the winner, and the loser
/// aborts its own.
///
/// # Errors
/// `already_stored` if the object exists; `upload_ended` if the upload was cancelled in the
/// meantime; or a fault.
pub(super) async fn begin(
    rows: &(impl GetRow + SetMultipart),
    objects: &(impl CreateMultipart + FindMultipart + AbortMultipart + HeadObject),
    row: &Row,
) -> Result<(), Error> {
    let (owner, record) = (&row.owner, &row.record);
    if let Some(multipart) = row.multipart() {
        if objects.find_multipart(multipart).await? {
            return Ok(());
        }
        if objects.head_object(&record.key).await?.is_some() {
            return Err(parts::already_stored().into());
        }
    }
    let public = record.visibility == Visibility::Public;
    let create = MultipartToCreate {
        key: &record.key,
        media_type: &record.media_type,
        public_disposition: public.then(|| attachment(&record.name)),
    };
    let s3_upload_id = objects.create_multipart(&create).await?;
    let replaces = row.s3_upload_id.as_deref();
    let set = rows
        .set_multipart(owner, record.id, replaces, &s3_upload_id)
        .await;
    if matches!(set, Ok(true)) {
        return Ok(());
    }
    // The update lost, or its outcome is unknown. If the row does name the aborted one, a repeated
    // create call replaces it.
    let own = Multipart {
        key: &record.key,
        s3_upload_id: &s3_upload_id,
    };
    objects.abort_multipart(own).await?;
    set?;
    let winner = parts::existing(rows, owner, record.id).await?;
    Ok(still_open(winner.record.status)?)
}
