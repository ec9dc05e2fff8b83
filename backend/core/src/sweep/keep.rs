//! Keeps what was sent of a live upload whose client has gone away: completes it from its unbroken run of parts.
//!
//! The size is written first, which also blocks further parts. From then on a complete call of the client is answered
//! by the same object, or refused.

use crate::ports::{
    CompleteMultipart, Completion, EndLive, EndedBy, ExpectedObject, ListParts, LiveEnd,
};
use crate::{Fault, Row};

/// What came of the attempt to keep an upload. Storage says whether there is an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The object exists, or the next sweep tries again.
    Made,
    /// Nothing can be kept, unless an object exists.
    Hopeless,
}

/// Completes the upload of `row` from the parts that storage has.
///
/// # Errors
/// A fault of the table or of storage.
pub(super) async fn keep(
    rows: &impl EndLive,
    objects: &(impl ListParts + CompleteMultipart),
    row: &Row,
) -> Result<Attempt, Fault> {
    let (Some(live), Some(declared), Some(multipart)) = (&row.live, &row.declared, row.multipart())
    else {
        return Ok(Attempt::Hopeless);
    };
    let Some(mut parts) = objects.list_parts(multipart).await? else {
        return Ok(Attempt::Hopeless);
    };
    let sizes = parts.iter().map(|part| (part.number, part.size));
    let Some((count, size)) = live.unbroken(sizes) else {
        return Ok(Attempt::Hopeless);
    };
    parts.truncate(count);
    let mut expected = ExpectedObject {
        parts,
        size,
        crc64nvme: declared.crc64nvme,
    };
    // Its client had sent all, and had said so.
    if live.size_declared && declared.size == size {
        let completion = objects.complete_multipart(multipart, &expected).await?;
        if completion != Completion::ChecksumMismatch {
            return Ok(attempt(completion));
        }
    }
    let begun = row.record.truncated && declared.size == size;
    let end = LiveEnd {
        size,
        by: EndedBy::Sweep,
    };
    if !begun && !rows.end_live(row, &end).await? {
        return Ok(Attempt::Made);
    }
    expected.crc64nvme = None;
    let completion = objects.complete_multipart(multipart, &expected).await?;
    Ok(attempt(completion))
}

fn attempt(completion: Completion) -> Attempt {
    match completion {
        Completion::Gone | Completion::Conflict => Attempt::Hopeless,
        Completion::Done
        | Completion::Exists
        | Completion::Unknown
        | Completion::PartsMismatch
        | Completion::ChecksumMismatch => Attempt::Made,
    }
}
