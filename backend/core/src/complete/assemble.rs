//! Completes multipart uploads.

use crowfly_contract::{Crc64Nvme, ErrorCode, PartPlan, UploadStatus};

use super::{Completed, absent, other_bytes, settle, working};
use crate::ports::{
    AbortMultipart, CompleteMultipart, Completion, DeclareChecksum, GetRow, HeadObject, ListParts,
    ListedPart, Multipart, Whole,
};
use crate::{Error, Refusal, Row, parts};

/// Completes the multipart upload of a pending row. Unless storage clearly refuses, a HEAD request
/// decides the outcome.
pub(super) async fn assemble(
    rows: &(impl GetRow + DeclareChecksum),
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
        return declined(rows, objects, row, crc).await;
    }
    let settled = settle(objects, row, crc64nvme);
    let Some(listed) = objects.list_parts(multipart).await? else {
        return settled.await?.ok_or_else(|| parts::multipart_gone().into());
    };
    check(plan, &listed)?;
    let whole = Whole {
        parts: listed,
        size: plan.size(),
        crc64nvme: crc64nvme.or(declared),
    };
    match objects.complete_multipart(multipart, &whole).await? {
        Completion::Done | Completion::Unknown => Ok(settled.await?.unwrap_or_else(working)),
        Completion::Gone => settled.await?.ok_or_else(|| parts::multipart_gone().into()),
        Completion::Exists => {
            // Another multipart upload of this id was completed; these parts are not needed.
            objects.abort_multipart(multipart).await?;
            Ok(settled.await?.unwrap_or_else(working))
        }
        Completion::Conflict => match settled.await? {
            Some(stored) => Ok(stored),
            None => {
                // After a 409 the multipart upload cannot be completed, even if it is still listed:
                // start a new one.
                // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                objects.abort_multipart(multipart).await?;
                Err(parts::multipart_gone().into())
            }
        },
        Completion::OtherParts => Err(mismatch("storage found the parts changed").into()),
        Completion::OtherBytes => Err(other_bytes().into()),
    }
}

/// The checksum was not written: the upload is no longer pending, or has another checksum.
async fn declined(
    rows: &impl GetRow,
    objects: &impl HeadObject,
    row: &Row,
    crc64nvme: Crc64Nvme,
) -> Result<Completed, Error> {
    let row = parts::existing(rows, &row.owner, row.record.id).await?;
    if row.record.status == UploadStatus::Pending {
        return Err(Refusal::new(
            ErrorCode::ChecksumMismatch,
            "another checksum was declared for this upload; other bytes need a new id",
        )
        .into());
    }
    settle(objects, &row, Some(crc64nvme))
        .await?
        .ok_or_else(|| absent(&row).into())
}

/// Checks the listed parts against the plan: each number once, each with its size.
fn check(plan: PartPlan, listed: &[ListedPart]) -> Result<(), Refusal> {
    let mut held = listed.iter();
    for part in plan.parts() {
        let (number, size) = (part.number, part.bytes.end - part.bytes.start);
        match held.next() {
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
    match held.next() {
        None => Ok(()),
        Some(extra) => Err(mismatch(&format!(
            "part {} is not in the plan",
            extra.number
        ))),
    }
}

fn mismatch(what: &str) -> Refusal {
    Refusal::new(
        ErrorCode::PartsMismatch,
        format!("{what}; list the parts and send those that differ"),
    )
}
