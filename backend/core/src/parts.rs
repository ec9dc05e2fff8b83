//! `POST /uploads/{id}/parts` and `GET /uploads/{id}/parts`: signs parts, and lists the stored
//! ones.

mod live;

use crowfly_contract::{
    ErrorCode, ListPartsResponse, OwnerId, PartGrant, PartPlan, PartToSign, SignPartsResponse,
    StoredPart, UploadId, UploadStatus,
};

use crate::ports::{
    ClearMultipart, FindMultipart, GetRow, GrantLive, HeadObject, ListParts, Multipart, PartPut,
    PresignPart, Touch,
};
use crate::quota::Limits;
use crate::{Error, Fault, Refusal, Row};

/// How old `activeAt` may be before it is updated, in milliseconds: an hour costs few writes and is
/// short next to the days after which an unused upload expires.
const TOUCH_AFTER_MS: u64 = 3_600_000;
/// The same for a live upload, which counts as left alone after less.
pub(crate) const TOUCH_LIVE_AFTER_MS: u64 = 300_000;

/// Who signs parts of which upload, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The owner of the upload.
    pub owner: &'a OwnerId,
    /// The upload.
    pub id: UploadId,
    /// The limits on the open uploads of the owner, for what is signed of a live one.
    pub limits: Limits,
    /// The time, in Unix milliseconds.
    pub now_ms: u64,
}

/// Signs a URL for each of the parts, whose numbers are distinct.
///
/// # Errors
/// `not_found`, `invalid_part`, `already_stored`, `upload_ended` or `multipart_gone`; of a live upload also `too_large`
/// or `quota_bytes`; or a fault.
pub async fn sign(
    rows: &(impl GetRow + Touch + ClearMultipart + GrantLive),
    objects: &(impl FindMultipart + HeadObject),
    signer: &impl PresignPart,
    signing: Signing<'_>,
    parts: &[PartToSign],
) -> Result<SignPartsResponse, Error> {
    let now_ms = signing.now_ms;
    let row = open_row(rows, signing.owner, signing.id).await?;
    let puts = match (&row.live, plan_of(&row)?) {
        (None, Some(plan)) => parts
            .iter()
            .map(|part| put_of(plan, part))
            .collect::<Result<Vec<_>, _>>()?,
        // Which they are is known once they are granted.
        _ => Vec::new(),
    };
    touch(rows, &row, now_ms).await?;
    let multipart = match row.multipart() {
        Some(multipart) if objects.find_multipart(multipart).await? => multipart,
        _ => return Err(gone_or_stored(rows, objects, &row).await),
    };
    let puts = match row.live {
        Some(_) => live::grant(rows, &row, signing, parts).await?,
        None => puts,
    };
    let grants = presign(signer, multipart, &puts, now_ms).await?;
    Ok(SignPartsResponse { grants })
}

/// A grant for each of these parts.
pub(crate) async fn presign(
    signer: &impl PresignPart,
    multipart: Multipart<'_>,
    puts: &[PartPut],
    now_ms: u64,
) -> Result<Vec<PartGrant>, Fault> {
    let mut grants = Vec::with_capacity(puts.len());
    for put in puts {
        grants.push(PartGrant {
            number: put.number,
            grant: signer.presign_part(multipart, put, now_ms).await?,
        });
    }
    Ok(grants)
}

/// Lists the parts that storage holds.
///
/// # Errors
/// `not_found`, `invalid_part`, `already_stored`, `upload_ended` or `multipart_gone`; or a fault.
pub async fn list(
    rows: &(impl GetRow + Touch + ClearMultipart),
    objects: &(impl ListParts + HeadObject),
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<ListPartsResponse, Error> {
    let row = open_row(rows, owner, id).await?;
    plan_of(&row)?;
    touch(rows, &row, now_ms).await?;
    let listed = match row.multipart() {
        Some(multipart) => objects.list_parts(multipart).await?,
        None => None,
    };
    let Some(listed) = listed else {
        return Err(gone_or_stored(rows, objects, &row).await);
    };
    let parts = listed
        .into_iter()
        .map(|part| StoredPart {
            number: part.number,
            size: part.size,
            crc64nvme: part.crc64nvme,
            etag: None,
        })
        .collect();
    Ok(ListPartsResponse { parts })
}

/// Records that a pending upload is in use, unless that was recorded recently.
pub(crate) async fn touch(rows: &impl Touch, row: &Row, now_ms: u64) -> Result<(), Fault> {
    let active_at = row.open.map(|open| open.active_at);
    let after = match row.live {
        Some(_) => TOUCH_LIVE_AFTER_MS,
        None => TOUCH_AFTER_MS,
    };
    if active_at.is_some_and(|active_at| now_ms.saturating_sub(active_at) > after) {
        rows.touch(&row.owner, row.record.id, now_ms).await?;
    }
    Ok(())
}

/// The caller's upload.
pub(crate) async fn existing(
    rows: &impl GetRow,
    owner: &OwnerId,
    id: UploadId,
) -> Result<Row, Error> {
    let row = rows.get_row(owner, id).await?;
    Ok(row.ok_or_else(Refusal::not_found)?)
}

/// The caller's upload, if it can still take parts.
async fn open_row(rows: &impl GetRow, owner: &OwnerId, id: UploadId) -> Result<Row, Error> {
    let row = existing(rows, owner, id).await?;
    match row.record.status {
        UploadStatus::Pending => Ok(row),
        UploadStatus::Stored => Err(already_stored().into()),
        _ => Err(ended().into()),
    }
}

/// The plan of an upload in parts; `None` of a live one, whose plan is open.
fn plan_of(row: &Row) -> Result<Option<PartPlan>, Refusal> {
    let plan = row.part_plan();
    if plan.is_some() || row.live.is_some() {
        return Ok(plan);
    }
    Err(Refusal::new(
        ErrorCode::InvalidPart,
        "this upload is a single PUT and has no parts; a create call signs it again",
    ))
}

pub(crate) fn put_of(plan: PartPlan, part: &PartToSign) -> Result<PartPut, Refusal> {
    if part.size.is_some() {
        return Err(Refusal::new(
            ErrorCode::InvalidPart,
            format!(
                "`size`: only a live upload has it, and part {} is of another",
                part.number
            ),
        ));
    }
    let range = plan.part(part.number).ok_or_else(|| {
        let last = plan.part_count();
        Refusal::new(
            ErrorCode::InvalidPart,
            format!("part {} is not in the plan: 1 to {last}", part.number),
        )
    })?;
    Ok(PartPut {
        number: range.number,
        size: range.bytes.end - range.bytes.start,
        crc64nvme: part.crc64nvme,
    })
}

/// The error for a multipart upload that storage no longer has: `already_stored` if its object
/// exists.
async fn gone_or_stored(rows: &impl ClearMultipart, objects: &impl HeadObject, row: &Row) -> Error {
    match objects.head_object(&row.record.key).await {
        Ok(Some(_)) => already_stored().into(),
        Ok(None) => gone(rows, row).await,
        Err(fault) => fault.into(),
    }
}

/// The error for a multipart upload that storage no longer has. The row forgets it, so that a
/// repeated create call need not ask storage before it trusts the row.
pub(crate) async fn gone(rows: &impl ClearMultipart, row: &Row) -> Error {
    if let Some(s3_upload_id) = &row.s3_upload_id
        && let Err(fault) = rows
            .clear_multipart(&row.owner, row.record.id, s3_upload_id)
            .await
    {
        return fault.into();
    }
    multipart_gone().into()
}

pub(crate) fn already_stored() -> Refusal {
    Refusal::new(
        ErrorCode::AlreadyStored,
        "this upload is stored already; see its record",
    )
}

pub(crate) fn ended() -> Refusal {
    Refusal::new(
        ErrorCode::UploadEnded,
        "this upload was cancelled, has expired or was deleted; a new upload needs a new id",
    )
}

pub(crate) fn multipart_gone() -> Refusal {
    Refusal::new(
        ErrorCode::MultipartGone,
        "the multipart upload and its parts no longer exist in storage; create the upload again by the same id to start over",
    )
}
