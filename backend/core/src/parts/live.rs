//! Grants parts of live uploads: what is signed is in the row before there is a URL.

use crowfly_contract::{ErrorCode, PartToSign};

use super::{Signing, open_row};
use crate::ports::{GetRow, GrantLive, LiveGrant, PartPut, Usage};
use crate::{Error, Fault, FaultKind, Granting, Refusal, Row};

/// Attempts while other calls sign parts of the same upload: a page has a few at a time.
const ATTEMPTS: u32 = 10;

/// The PUTs of these parts, once the row has them. Writes nothing if it has them already.
///
/// # Errors
/// `invalid_part`, `too_large`, `quota_bytes`, `already_stored` or `upload_ended`; or a fault.
pub(super) async fn grant(
    rows: &(impl GetRow + GrantLive),
    row: &Row,
    signing: Signing<'_>,
    parts: &[PartToSign],
) -> Result<Vec<PartPut>, Error> {
    let mut row = row.clone();
    for _ in 0..ATTEMPTS {
        let (puts, next, more) = puts_of(&row, parts)?;
        let Some(next) = next else {
            return Ok(puts);
        };
        let Signing { limits, now_ms, .. } = signing;
        match rows.grant_live(&row, next, limits, now_ms).await? {
            LiveGrant::Done => return Ok(puts),
            LiveGrant::Full(usage) => return Err(full(usage, more, limits.bytes).into()),
            LiveGrant::Stale => row = open_row(rows, signing.owner, signing.id).await?,
        }
    }
    let detail = "other calls sign parts of the same upload all the time";
    Err(Fault::new("sign", FaultKind::Throttled, detail).into())
}

/// The PUTs, what the row must have for them if it has not yet, and the bytes that it then has more.
fn puts_of(
    row: &Row,
    parts: &[PartToSign],
) -> Result<(Vec<PartPut>, Option<Granting>, u64), Refusal> {
    let (Some(live), Some(declared)) = (&row.live, &row.declared) else {
        return Err(super::ended());
    };
    if row.record.truncated {
        return Err(left_alone());
    }
    let (ranges, next) = live.grant(declared.size, parts)?;
    let puts = ranges.iter().zip(parts).map(|(range, part)| PartPut {
        number: range.number,
        size: range.bytes.end - range.bytes.start,
        crc64nvme: part.crc64nvme,
    });
    let more = next.bytes - declared.size;
    let changed = more > 0 || next.granted != live.granted;
    Ok((puts.collect(), changed.then_some(next), more))
}

/// The sweep has begun to make a file of what was sent.
fn left_alone() -> Refusal {
    Refusal::new(
        ErrorCode::UploadEnded,
        "this upload was left alone, and what was sent of it is kept; a new upload needs a new id",
    )
}

fn full(usage: Usage, more: u64, limit: u64) -> Refusal {
    Refusal::new(
        ErrorCode::QuotaBytes,
        format!(
            "your open uploads have {} bytes together; with {more} bytes more they would have more than the {limit} allowed",
            usage.bytes
        ),
    )
}
