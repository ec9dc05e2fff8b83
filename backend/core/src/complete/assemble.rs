//! Completes multipart uploads.

use crowfly_contract::{Crc64Nvme, ErrorCode, PartPlan, UploadStatus};

use super::{Completed, absent, checksum_mismatch, stored_object, working};
use crate::ports::{
    AbortMultipart, ClearMultipart, CompleteMultipart, Completion, DeclareChecksum, ExpectedObject,
    GetRow, HeadObject, ListParts, ListedPart, Multipart,
};
use crate::request::FileEnd;
use crate::{Error, Refusal, Row, parts};

/// Completes the multipart upload of a pending row. Unless storage clearly refuses, a HEAD request
/// decides the outcome.
pub(super) async fn assemble(
    rows: &(impl GetRow + DeclareChecksum + ClearMultipart),
    objects: &(impl HeadObject + ListParts + CompleteMultipart + AbortMultipart),
    row: &Row,
    plan: PartPlan,
    multipart: Multipart<'_>,
    crc64nvme: Option<Crc64Nvme>,
) -> Result<Completed, Error> {
    let declared = row
        .declared
        .as_ref()
        .and_then(|declared| declared.crc64nvme);
    // Before the object exists, so that its event can compare the checksum.
    if let Some(crc) = crc64nvme.filter(|_| declared != crc64nvme)
        && !rows
            .declare_checksum(&row.owner, row.record.id, crc)
            .await?
    {
        return checksum_refused(rows, objects, row, crc).await;
    }
    let stored = stored_object(objects, row, crc64nvme.into());
    let Some(listed) = objects.list_parts(multipart).await? else {
        return stored_or_gone(rows, row, stored.await?).await;
    };
    check(plan, &listed)?;
    let expected = ExpectedObject {
        parts: listed,
        size: plan.size(),
        crc64nvme: crc64nvme.or(declared),
    };
    finish(rows, objects, row, multipart, &expected, crc64nvme.into()).await
}

/// Makes the object of its parts.
pub(super) async fn finish(
    rows: &impl ClearMultipart,
    objects: &(impl HeadObject + CompleteMultipart + AbortMultipart),
    row: &Row,
    multipart: Multipart<'_>,
    expected: &ExpectedObject,
    end: FileEnd,
) -> Result<Completed, Error> {
    let stored = stored_object(objects, row, end);
    match objects.complete_multipart(multipart, expected).await? {
        Completion::Done | Completion::Unknown => Ok(stored.await?.unwrap_or_else(working)),
        Completion::Gone => stored_or_gone(rows, row, stored.await?).await,
        Completion::Exists => {
            // Another multipart upload of this id was completed; these parts are not needed.
            objects.abort_multipart(multipart).await?;
            Ok(stored.await?.unwrap_or_else(working))
        }
        Completion::Conflict => match stored.await? {
            Some(stored) => Ok(stored),
            None => {
                // After a 409 the multipart upload cannot be completed, even if it is still listed:
                // start a new one.
                // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                objects.abort_multipart(multipart).await?;
                Err(parts::gone(rows, row).await)
            }
        },
        Completion::PartsMismatch => Err(mismatch("the parts in storage have changed").into()),
        Completion::ChecksumMismatch => Err(checksum_mismatch().into()),
    }
}

/// The object that the multipart upload has become; otherwise the upload must start over.
pub(super) async fn stored_or_gone(
    rows: &impl ClearMultipart,
    row: &Row,
    stored: Option<Completed>,
) -> Result<Completed, Error> {
    match stored {
        Some(stored) => Ok(stored),
        None => Err(parts::gone(rows, row).await),
    }
}

/// The checksum was not written: the upload is no longer pending, or has another checksum.
async fn checksum_refused(
    rows: &impl GetRow,
    objects: &impl HeadObject,
    row: &Row,
    crc64nvme: Crc64Nvme,
) -> Result<Completed, Error> {
    let row = parts::existing(rows, &row.owner, row.record.id).await?;
    if row.record.status == UploadStatus::Pending {
        return Err(Refusal::new(
            ErrorCode::ChecksumMismatch,
            "this upload has another checksum already; a different file needs a new id",
        )
        .into());
    }
    stored_object(objects, &row, Some(crc64nvme).into())
        .await?
        .ok_or_else(|| absent(&row).into())
}

/// Checks the listed parts against the plan: each number once, each with its size.
fn check(plan: PartPlan, listed: &[ListedPart]) -> Result<(), Refusal> {
    let mut found_parts = listed.iter();
    for part in plan.parts() {
        let (number, size) = (part.number, part.bytes.end - part.bytes.start);
        match found_parts.next() {
            Some(found) if found.number == number && found.size == size => {}
            Some(found) if found.number == number => {
                return Err(mismatch(&format!(
                    "part {number} has {} bytes in storage, {size} in the plan",
                    found.size
                )));
            }
            _ => return Err(mismatch(&format!("part {number} is missing in storage"))),
        }
    }
    match found_parts.next() {
        None => Ok(()),
        Some(extra) => Err(mismatch(&format!(
            "part {} is not in the plan",
            extra.number
        ))),
    }
}

pub(super) fn mismatch(what: &str) -> Refusal {
    Refusal::new(
        ErrorCode::PartsMismatch,
        format!("{what}; list the parts and send those that are missing or differ"),
    )
}
