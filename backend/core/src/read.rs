//! The record routes. An upload of another owner is reported as not found.

use std::cmp::Reverse;
use std::collections::HashMap;

use crowfly_contract::{
    Content, ErrorCode, ListResponse, OwnerId, Record, ScanStatus, StatusEntry, StatusResponse,
    UploadId, UploadStatus, Visibility, Withheld, served_type,
};

use crate::cursor;
use crate::disposition::attachment;
use crate::ports::{Consistency, GetRow, GetRows, GetToSign, ListRows, PresignGet};
use crate::{Error, Refusal, Row};

/// Retry delay while an object is being scanned, in milliseconds.
const SCAN_RETRY_MS: u64 = 2_000;

/// `GET /uploads/{id}`.
///
/// # Errors
/// `not_found`; or a fault.
pub async fn get(
    rows: &impl GetRow,
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<Record, Error> {
    let row = rows
        .get_row(owner, id)
        .await?
        .filter(|row| !row.is_expired(now_ms));
    Ok(row.ok_or_else(Refusal::not_found)?.shown())
}

/// `POST /uploads/status`: an entry per id, in the order of the request.
///
/// # Errors
/// A fault.
pub async fn status(
    rows: &impl GetRows,
    owner: &OwnerId,
    ids: &[UploadId],
    now_ms: u64,
) -> Result<StatusResponse, Error> {
    let mut records: HashMap<UploadId, Record> = rows
        .get_rows(owner, ids, Consistency::Eventual)
        .await?
        .into_iter()
        .filter(|row| !row.is_expired(now_ms))
        .map(|row| (row.record.id, row.shown()))
        .collect();
    let entry = |&id| match records.remove(&id) {
        None => StatusEntry {
            id,
            status: UploadStatus::NotFound,
            record: None,
        },
        Some(record) => {
            let status = record.status;
            let shown = status != UploadStatus::Pending;
            StatusEntry {
                id,
                status,
                record: shown.then_some(record),
            }
        }
    };
    Ok(StatusResponse {
        uploads: ids.iter().map(entry).collect(),
    })
}

/// `GET /uploads`: one page of the caller's records, newest first.
///
/// # Errors
/// `invalid_cursor`; or a fault.
pub async fn list(
    rows: &impl ListRows,
    owner: &OwnerId,
    limit: u32,
    cursor: Option<&str>,
    now_ms: u64,
) -> Result<ListResponse, Error> {
    let after = cursor.map(cursor::decode).transpose()?;
    let page = rows.list_rows(owner, limit, after).await?;
    let mut uploads: Vec<Record> = page
        .rows
        .into_iter()
        .filter(|row| !row.is_expired(now_ms))
        .map(Row::shown)
        .collect();
    uploads.sort_by_key(|record| Reverse((record.created_at, record.id)));
    let cursor = page.next.map(cursor::encode);
    Ok(ListResponse { uploads, cursor })
}

/// `GET /uploads/{id}/content`: a URL for the download.
///
/// # Errors
/// `not_found`, `not_stored`, `upload_ended`, `infected`, `type_mismatch`, `content_encoding` or
/// `scan_pending`; or a fault.
pub async fn content(
    rows: &impl GetRow,
    signer: &impl PresignGet,
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<Content, Error> {
    let record = get(rows, owner, id, now_ms).await?;
    match record.status {
        UploadStatus::Stored => {}
        UploadStatus::Pending => {
            return Err(Refusal::new(
                ErrorCode::NotStored,
                "the upload is not stored yet, or its event is not processed yet",
            )
            .into());
        }
        _ => {
            return Err(Refusal::new(
                ErrorCode::UploadEnded,
                "this upload was cancelled, has expired or was deleted",
            )
            .into());
        }
    }
    if let Some(reason) = record.withheld {
        return Err(refusal(reason, record.scan).into());
    }
    if let (Visibility::Public, Some(url)) = (record.visibility, record.url) {
        return Ok(Content {
            url,
            expires_in_ms: None,
        });
    }
    // Serve the type that the first bytes show, since that is what will open the file.
    let media_type = match &record.seen_type {
        Some(seen) if served_type(&record.media_type) == record.media_type => seen,
        _ => &record.media_type,
    };
    let get = GetToSign {
        key: &record.key,
        disposition: attachment(&record.name),
        media_type: served_type(media_type),
    };
    let grant = signer.presign_get(&get, now_ms).await?;
    Ok(Content {
        url: grant.url,
        expires_in_ms: Some(grant.expires_in_ms),
    })
}

/// Why the bytes of a stored object are withheld.
fn refusal(reason: Withheld, scan: Option<ScanStatus>) -> Refusal {
    let (code, message) = match reason {
        Withheld::Infected if scan == Some(ScanStatus::Unscannable) => (
            ErrorCode::Infected,
            "the scan could not read this file, so it is treated as infected",
        ),
        Withheld::ActiveContent => (
            ErrorCode::TypeMismatch,
            "the first bytes of this file are a page, a script or a program, which contradicts its media type",
        ),
        Withheld::ContentEncoding => (
            ErrorCode::ContentEncoding,
            "this file was sent with a Content-Encoding that was not signed",
        ),
        Withheld::ScanPending => (
            ErrorCode::ScanPending,
            "this file is not scanned yet; try again",
        ),
        // Infected, or a reason of a later version.
        _ => (ErrorCode::Infected, "the scan found malware in this file"),
    };
    let refusal = Refusal::new(code, message);
    Refusal {
        retry_after_ms: code.retryable().then_some(SCAN_RETRY_MS),
        ..refusal
    }
}
