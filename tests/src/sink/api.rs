use std::collections::BTreeSet;

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{
    CompleteRequest, Crc64Nvme, ErrorCode, Grant, ListPartsResponse, ListResponse, PartGrant,
    SignPartsRequest, SignPartsResponse, StatusEntry, StatusRequest, StatusResponse, Stored,
    StoredPart, Texts, UploadId, UploadStatus,
};
use devkit::http::Reply;
use devkit::http::encode_path;

use super::routes::{Answered, Refusal, ok};
use super::state::{Inner, State, Upload, ms_since};

pub(super) fn sign(state: &State, id: UploadId, asked: &SignPartsRequest, host: &str) -> Answered {
    let inner = state.lock();
    let upload = known(&inner, id)?;
    open(upload)?;
    let numbers: BTreeSet<u32> = asked.parts.iter().map(|part| part.number).collect();
    if numbers.len() != asked.parts.len() || !(1..=MAX_BATCH).contains(&numbers.len()) {
        return Err(Refusal(
            ErrorCode::InvalidBatch,
            "1 to 100 parts, each once",
        ));
    }
    let grants = asked.parts.iter().map(|part| {
        if part.number == 0 || upload.expected(part.number).is_none() {
            return Err(Refusal(ErrorCode::InvalidPart, "outside the plan"));
        }
        let mut headers = Texts::new();
        announce(&mut headers, part.crc64nvme);
        Ok(PartGrant {
            number: part.number,
            grant: grant(state, host, upload, Some(part.number), headers),
        })
    });
    let grants = grants.collect::<Result<_, _>>()?;
    Ok(ok(200, &SignPartsResponse { grants }))
}

pub(super) fn parts(state: &State, id: UploadId) -> Answered {
    let inner = state.lock();
    let upload = known(&inner, id)?;
    open(upload)?;
    let parts = upload.held.iter().filter(|(number, _)| **number > 0);
    let parts = parts.map(|(&number, held)| StoredPart {
        number,
        size: held.size,
        crc64nvme: held.crc64nvme,
    });
    let parts = parts.collect();
    Ok(ok(200, &ListPartsResponse { parts }))
}

pub(super) fn complete(state: &State, id: UploadId, asked: &CompleteRequest) -> Answered {
    let mut inner = state.lock();
    let upload = inner.uploads.get_mut(&id).ok_or(UNKNOWN)?;
    if upload.aborted {
        return Err(Refusal(ErrorCode::UploadEnded, "this upload was cancelled"));
    }
    if !upload.whole() {
        return Err(match upload.parts() {
            None => Refusal(ErrorCode::NotStored, "storage does not hold the object"),
            Some(_) => Refusal(ErrorCode::PartsMismatch, "storage holds other parts"),
        });
    }
    let whole = upload.combined();
    let announced = asked.crc64nvme.or(upload.announced);
    if whole.is_some() && announced.is_some() && whole != announced {
        return Err(Refusal(
            ErrorCode::ChecksumMismatch,
            "other bytes were announced",
        ));
    }
    upload.announced = announced;
    upload.crc64nvme = whole;
    let first = !std::mem::replace(&mut upload.completed, true);
    let after = ms_since(upload.created);
    upload.seen.complete_ms.get_or_insert(after);
    let stored = Stored {
        id,
        key: upload.key.clone().into(),
        size: upload.item.size,
        crc64nvme: whole,
        etag: "0".repeat(32),
        version_id: None,
    };
    inner.stats.completed += u64::from(first);
    Ok(ok(200, &stored))
}

pub(super) fn cancel(state: &State, id: UploadId) -> Answered {
    let mut inner = state.lock();
    let upload = inner.uploads.get_mut(&id).ok_or(UNKNOWN)?;
    if upload.completed {
        return Err(Refusal(ErrorCode::AlreadyStored, "this upload is stored"));
    }
    upload.aborted = true;
    upload.held.clear();
    Ok(Reply::new(204))
}

pub(super) fn record(state: &State, id: UploadId) -> Answered {
    let inner = state.lock();
    Ok(ok(200, &known(&inner, id)?.record()))
}

pub(super) fn list(state: &State) -> Answered {
    let inner = state.lock();
    let newest = inner.order.iter().rev().take(MAX_BATCH);
    let uploads = newest
        .filter_map(|id| inner.uploads.get(id).map(Upload::record))
        .collect();
    Ok(ok(
        200,
        &ListResponse {
            uploads,
            cursor: None,
        },
    ))
}

pub(super) fn status(state: &State, asked: &StatusRequest) -> Answered {
    let mut inner = state.lock();
    inner.stats.status_calls += 1;
    let entry = |&id: &UploadId| {
        let record = inner.uploads.get(&id).map(Upload::record);
        StatusEntry {
            id,
            status: record
                .as_ref()
                .map_or(UploadStatus::NotFound, |record| record.status),
            record: record.filter(|record| record.status != UploadStatus::Pending),
        }
    };
    let uploads = asked.ids.iter().map(entry).collect();
    Ok(ok(200, &StatusResponse { uploads }))
}

const UNKNOWN: Refusal = Refusal(ErrorCode::NotFound, "there is no such upload");

pub(super) fn known(inner: &Inner, id: UploadId) -> Result<&Upload, Refusal> {
    inner.uploads.get(&id).ok_or(UNKNOWN)
}

fn open(upload: &Upload) -> Result<(), Refusal> {
    if upload.completed {
        Err(Refusal(ErrorCode::AlreadyStored, "this upload is stored"))
    } else if upload.aborted {
        Err(Refusal(ErrorCode::UploadEnded, "this upload was cancelled"))
    } else {
        Ok(())
    }
}

pub(super) fn announce(headers: &mut Texts, crc64nvme: Option<Crc64Nvme>) {
    if let Some(value) = crc64nvme {
        headers.insert("x-amz-checksum-crc64nvme".into(), value.to_string());
    }
}

/// A URL of this sink in the form of a presigned one. Nothing is signed: what a signature would cover is
/// compared with the plan.
pub(super) fn grant(
    state: &State,
    host: &str,
    upload: &Upload,
    part: Option<u32>,
    headers: Texts,
) -> Grant {
    let key = encode_path(&upload.key.to_string());
    let mut signed: Vec<&str> = headers.keys().map(String::as_str).collect();
    signed.extend(["content-length", "host"]);
    signed.sort_unstable();
    let part = part.map_or(String::new(), |part| format!("partNumber={part}&"));
    let url = format!(
        "http://{host}/bucket/{key}?{part}uploadId={}&end={}&X-Amz-SignedHeaders={}&X-Amz-Signature={}",
        upload.item.id,
        state.grant_end(),
        signed.join("%3B"),
        "0".repeat(64),
    );
    Grant {
        url,
        headers,
        expires_in_ms: state.grant_life_ms(),
    }
}
