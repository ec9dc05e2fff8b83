//! Completes live uploads: the client says the size, and the parts must make exactly such a file.

use crowfly_contract::{ErrorCode, UploadStatus};

use super::assemble::{finish, mismatch, stored_or_gone};
use super::{Completed, absent, checksum_mismatch, stored_object};
use crate::ports::{
    AbortMultipart, ClearMultipart, CompleteMultipart, EndLive, EndedBy, ExpectedObject, GetRow,
    HeadObject, ListParts, LiveEnd, Multipart,
};
use crate::request::FileEnd;
use crate::{Error, Fault, FaultKind, Refusal, Row, parts};

/// Attempts while other calls sign parts of the same upload.
const ATTEMPTS: u32 = 10;

/// The end of a live upload, as its client says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    size: u64,
    said: FileEnd,
}

/// The end of a live upload; `None` of any other.
///
/// # Errors
/// `invalid_size` if a live upload has no size, or another upload has what only live ones have.
pub(super) fn end_of(row: &Row, said: FileEnd) -> Result<Option<End>, Refusal> {
    let wrong = |message| Err(Refusal::new(ErrorCode::InvalidSize, message));
    match (&row.live, said) {
        (
            Some(_),
            FileEnd {
                size: Some(size), ..
            },
        ) => Ok(Some(End { size, said })),
        (Some(_), _) => wrong("`size`: a live upload needs it, the bytes of the whole file"),
        (None, FileEnd { size: Some(_), .. }) => wrong(
            "`size`: only a live upload has it; that of this one was said when it was created",
        ),
        (
            None,
            FileEnd {
                duration_ms: Some(_),
                ..
            },
        ) => wrong("`durationMs`: only a live upload has it"),
        (None, _) => Ok(None),
    }
}

/// Completes a pending live upload.
///
/// The parts are checked before the size is written, so that a wrong size does not bind the client to it; the size is
/// written before the object exists, so that its event can compare both.
pub(super) async fn complete(
    rows: &(impl GetRow + EndLive + ClearMultipart),
    objects: &(impl HeadObject + ListParts + CompleteMultipart + AbortMultipart),
    mut row: Row,
    multipart: Multipart<'_>,
    End { size, said }: End,
) -> Result<Completed, Error> {
    check_declared(&row, size, said)?;
    let Some(listed) = objects.list_parts(multipart).await? else {
        let stored = stored_object(objects, &row, said).await?;
        return stored_or_gone(rows, &row, stored).await;
    };
    let sizes = listed.iter().map(|part| (part.number, part.size));
    if let Some(Err(what)) = row.live.as_ref().map(|live| live.check(size, sizes)) {
        return Err(mismatch(&what).into());
    }
    let end = LiveEnd {
        size,
        by: EndedBy::Client {
            crc64nvme: said.crc64nvme,
            duration_ms: said.duration_ms,
        },
    };
    let mut attempts = 0;
    while !has_ended_so(&row, end) && !rows.end_live(&row, &end).await? {
        attempts += 1;
        if attempts == ATTEMPTS {
            let detail = "other calls sign parts of the same upload all the time";
            return Err(Fault::new("complete", FaultKind::Throttled, detail).into());
        }
        row = parts::existing(rows, &row.owner, row.record.id).await?;
        if row.record.status != UploadStatus::Pending {
            let stored = stored_object(objects, &row, said).await?;
            return stored.ok_or_else(|| absent(&row).into());
        }
        check_declared(&row, size, said)?;
    }
    let declared = row.declared.as_mut();
    let crc64nvme = declared.and_then(|declared| {
        declared.size = size;
        said.crc64nvme.or(declared.crc64nvme)
    });
    let expected = ExpectedObject {
        parts: listed,
        size,
        crc64nvme,
    };
    finish(rows, objects, &row, multipart, &expected, said).await
}

/// Whether an earlier call has written this end.
fn has_ended_so(row: &Row, end: LiveEnd) -> bool {
    let EndedBy::Client {
        crc64nvme,
        duration_ms,
    } = end.by
    else {
        return false;
    };
    let declared = row.declared.as_ref();
    row.live.as_ref().is_some_and(|live| live.size_declared)
        && declared.is_some_and(|declared| {
            declared.size == end.size && (crc64nvme.is_none() || declared.crc64nvme == crc64nvme)
        })
        && (duration_ms.is_none() || row.record.duration_ms == duration_ms)
}

/// Refuses another size or checksum than an earlier call said, or than the sweep has begun to keep.
fn check_declared(row: &Row, size: u64, said: FileEnd) -> Result<(), Refusal> {
    let (Some(live), Some(declared)) = (&row.live, &row.declared) else {
        return Err(parts::ended());
    };
    if size > live.max_bytes {
        let most = live.max_bytes;
        let message = format!("`size`: {size} bytes; this upload may have {most} bytes");
        return Err(Refusal::new(ErrorCode::TooLarge, message));
    }
    let known = live.size_declared || row.record.truncated;
    if known && size != declared.size {
        let message = match row.record.truncated {
            true => format!(
                "this upload was left alone, and is kept with the {} bytes that were sent",
                declared.size
            ),
            false => format!("`size`: this upload has {} bytes already", declared.size),
        };
        return Err(Refusal::new(ErrorCode::SizeMismatch, message));
    }
    let other = |crc| declared.crc64nvme.is_some_and(|known| known != crc);
    match said.crc64nvme {
        Some(crc) if live.size_declared && other(crc) => Err(checksum_mismatch()),
        _ => Ok(()),
    }
}
