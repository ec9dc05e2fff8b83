//! Beginning the multipart upload of a pending upload in storage: exactly one, whoever asks how often.

use crowfly_contract::Visibility;

use super::still_open;
use crate::disposition::attachment;
use crate::ports::{
    AbortMultipart, CreateMultipart, FindMultipart, GetRow, HeadObject, Multipart,
    MultipartToCreate, SetMultipart,
};
use crate::{Error, Row, parts};

/// Makes sure that storage has the row's multipart upload: one that is gone is followed by a new one.
///
/// Two calls at once may both begin one; a conditional update lets one of them win, and the loser drops its
/// own, so none is left behind.
///
/// # Errors
/// `already_stored` when the object exists; `upload_ended` when it was cancelled meanwhile; or a
/// fault.
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
    // Lost, or perhaps lost: a row that names a dropped one gets another when the create is repeated.
    let own = Multipart {
        key: &record.key,
        s3_upload_id: &s3_upload_id,
    };
    objects.abort_multipart(own).await?;
    set?;
    let winner = parts::existing(rows, owner, record.id).await?;
    Ok(still_open(winner.record.status)?)
}
