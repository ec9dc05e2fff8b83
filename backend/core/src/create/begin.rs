//! Starts the multipart upload of a pending upload in storage: exactly one, however many calls run.

use crowfly_contract::Visibility;

use super::still_open;
use crate::disposition::attachment;
use crate::ports::{
    AbortMultipart, CreateMultipart, GetRow, HeadObject, Multipart, MultipartToCreate, SetMultipart,
};
use crate::{Error, Row, parts};

/// Makes sure that storage has the multipart upload of the row, and returns its S3 upload id; `None` if
/// another call has cleared it meanwhile.
///
/// Storage is not asked whether it still has the one that the row names: the calls that use it find
/// out, and clear the id of one that is gone.
///
/// Two concurrent calls may both start one; a conditional update picks the winner, and the loser
/// aborts its own.
///
/// # Errors
/// `already_stored` if the object exists; `upload_ended` if the upload was cancelled in the
/// meantime; or a fault.
pub(super) async fn begin(
    rows: &(impl GetRow + SetMultipart),
    objects: &(impl CreateMultipart + AbortMultipart + HeadObject),
    row: &Row,
    repeated: bool,
) -> Result<Option<String>, Error> {
    let (owner, record) = (&row.owner, &row.record);
    if row.s3_upload_id.is_some() {
        return Ok(row.s3_upload_id.clone());
    }
    // The one before may have become the object after all.
    if repeated && objects.head_object(&record.key).await?.is_some() {
        return Err(parts::already_stored().into());
    }
    let public = record.visibility == Visibility::Public;
    let create = MultipartToCreate {
        key: &record.key,
        media_type: &record.media_type,
        public_disposition: public.then(|| attachment(&record.name)),
    };
    let s3_upload_id = objects.create_multipart(&create).await?;
    let set = rows.set_multipart(owner, record.id, &s3_upload_id).await;
    if matches!(set, Ok(true)) {
        return Ok(Some(s3_upload_id));
    }
    // The update lost, or its outcome is unknown. If the row does name the aborted one, the first
    // call that uses it clears it.
    let own = Multipart {
        key: &record.key,
        s3_upload_id: &s3_upload_id,
    };
    objects.abort_multipart(own).await?;
    set?;
    let winner = parts::existing(rows, owner, record.id).await?;
    still_open(winner.record.status)?;
    Ok(winner.s3_upload_id)
}
