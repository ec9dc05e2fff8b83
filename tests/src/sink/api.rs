use std::collections::BTreeSet;

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{
    CompleteRequest, Crc64Nvme, CreateItem, CreateRequest, CreateResponse, CreateResult, Created,
    ErrorCode, FirstParts, Grant, ListPartsResponse, ListResponse, Outcome, PartGrant, PartToSign,
    Plan, Problem, ProblemBody, SignPartsRequest, SignPartsResponse, StatusEntry, StatusRequest,
    StatusResponse, Stored, Texts, UploadId, UploadStatus,
};
use devkit::http::{Reply, encode_path};

use super::state::{Inner, State};
use super::upload::{Split, Upload};

pub(super) struct Refusal(pub(super) ErrorCode, pub(super) &'static str);

/// What a route answers.
pub(super) type Answered = Result<Reply, Refusal>;

impl Refusal {
    pub(super) fn status(&self) -> u16 {
        self.0.http_status().unwrap_or(500)
    }

    pub(super) fn body(&self) -> ProblemBody {
        ProblemBody {
            code: self.0,
            message: self.1.into(),
            request_id: "sink".into(),
            retry_after_ms: (self.0 == ErrorCode::QuotaOpenUploads).then_some(1_000),
        }
    }

    pub(super) fn reply(self) -> Reply {
        let error = self.body();
        Reply::json(self.status(), &Problem { error })
    }
}

const UNKNOWN: Refusal = Refusal(ErrorCode::NotFound, "there is no such upload");
const BATCH: Refusal = Refusal(ErrorCode::InvalidBatch, "1 to 100, each once");
const CANCELLED: Refusal = Refusal(ErrorCode::UploadEnded, "this upload was cancelled");
const STORED: Refusal = Refusal(ErrorCode::AlreadyStored, "this upload is stored");

pub(super) fn create(state: &State, asked: &CreateRequest, host: &str) -> Answered {
    let ids: BTreeSet<UploadId> = asked.uploads.iter().map(|item| item.id).collect();
    if ids.len() != asked.uploads.len() || !(1..=MAX_BATCH).contains(&ids.len()) {
        return Err(BATCH);
    }
    let mut inner = state.lock();
    inner.stats.creates += 1;
    let (mut statuses, mut uploads) = (BTreeSet::new(), Vec::new());
    for item in &asked.uploads {
        let (status, outcome) = match create_one(state, &mut inner, item, host) {
            Ok((status, created)) => (status, Outcome::Created(created)),
            // For a single item the body is the refusal itself.
            Err(refusal) if ids.len() == 1 => return Err(refusal),
            Err(refusal) => (refusal.status(), Outcome::Refused(refusal.body())),
        };
        statuses.insert(status);
        uploads.push(CreateResult {
            id: item.id,
            outcome,
        });
    }
    let status = match statuses.first() {
        Some(&one) if statuses.len() == 1 => one,
        _ => 207,
    };
    Ok(Reply::json(status, &CreateResponse { uploads }))
}

fn create_one(
    state: &State,
    inner: &mut Inner,
    asked: &CreateItem,
    host: &str,
) -> Result<(u16, Created), Refusal> {
    // The part size and the first parts are no property of the upload.
    let item = &CreateItem {
        part_size: None,
        parts: FirstParts::default(),
        ..asked.clone()
    };
    let status = match inner.uploads.get(&item.id) {
        Some(known) if known.item != *item => {
            let message = "this id is another upload's";
            return Err(Refusal(ErrorCode::UploadMismatch, message));
        }
        Some(known) => pending(known).map(|_| 200)?,
        None => {
            if !state.take_place(inner) {
                let message = "too many uploads are open";
                return Err(Refusal(ErrorCode::QuotaOpenUploads, message));
            }
            let upload = Upload::new(item, asked.part_size)?;
            inner.uploads.insert(item.id, upload);
            inner.stats.uploads += 1;
            inner.order.push(item.id);
            201
        }
    };
    let upload = known(inner, item.id)?;
    let plan = match upload.split {
        Split::Single => {
            let mut headers = checksum(item.crc64nvme);
            headers.insert("content-type".into(), item.media_type.clone());
            headers.insert("if-none-match".into(), "*".into());
            let put = grant(state, host, upload, None, headers);
            Plan::Single { put }
        }
        Split::Parts(plan) => Plan::Multipart {
            part_size: plan.part_size(),
            part_count: plan.part_count(),
        },
        Split::Live(plan, max_bytes) => Plan::Live { plan, max_bytes },
    };
    let split_alike = upload.split.part_size() == asked.part_size;
    let along = state.config.signs_along && split_alike;
    let first = asked.parts.iter().filter(|_| along);
    let grants = first.map(|part| part_grant(state, upload, part, host));
    let created = Created {
        grants: grants.collect::<Result<_, _>>()?,
        ..Created::new(upload.key.clone().into(), plan)
    };
    Ok((status, created))
}

pub(super) fn sign(state: &State, id: UploadId, asked: &SignPartsRequest, host: &str) -> Answered {
    let mut inner = state.lock();
    pending(known(&inner, id)?)?;
    if let Some(upload) = inner.uploads.get_mut(&id) {
        for part in &asked.parts {
            match part.size {
                Some(size) => upload.last.insert(part.number, size),
                None => upload.last.remove(&part.number),
            };
        }
    }
    let upload = known(&inner, id)?;
    let numbers: BTreeSet<u32> = asked.parts.iter().map(|part| part.number).collect();
    if numbers.len() != asked.parts.len() || !(1..=MAX_BATCH).contains(&numbers.len()) {
        return Err(BATCH);
    }
    let parts = asked.parts.iter();
    let grants = parts.map(|part| part_grant(state, upload, part, host));
    let grants = grants.collect::<Result<_, _>>()?;
    Ok(Reply::json(200, &SignPartsResponse { grants }))
}

fn part_grant(
    state: &State,
    upload: &Upload,
    part: &PartToSign,
    host: &str,
) -> Result<PartGrant, Refusal> {
    if part.number == 0 || upload.expected(part.number).is_none() {
        return Err(Refusal(ErrorCode::InvalidPart, "outside the plan"));
    }
    let headers = checksum(part.crc64nvme);
    Ok(PartGrant {
        number: part.number,
        grant: grant(state, host, upload, Some(part.number), headers),
    })
}

pub(super) fn parts(state: &State, id: UploadId) -> Answered {
    let inner = state.lock();
    let upload = pending(known(&inner, id)?)?;
    let parts = upload.held.range(1..);
    let parts = parts.map(|(_, part)| part.clone()).collect();
    Ok(Reply::json(200, &ListPartsResponse { parts }))
}

pub(super) fn complete(state: &State, id: UploadId, asked: &CompleteRequest) -> Answered {
    let mut inner = state.lock();
    let upload = inner.uploads.get_mut(&id).ok_or(UNKNOWN)?;
    if upload.status == UploadStatus::Aborted {
        return Err(CANCELLED);
    }
    if !upload.whole(asked.size) {
        return Err(match upload.split {
            Split::Single => Refusal(ErrorCode::NotStored, "storage does not hold the object"),
            _ => Refusal(ErrorCode::PartsMismatch, "storage holds other parts"),
        });
    }
    let whole = upload.combined();
    let announced = asked.crc64nvme.or(upload.announced);
    if whole.is_some() && announced.is_some() && whole != announced {
        let message = "other bytes were announced";
        return Err(Refusal(ErrorCode::ChecksumMismatch, message));
    }
    upload.announced = announced;
    upload.crc64nvme = whole;
    let first = upload.complete();
    let stored = Stored {
        id,
        key: upload.key.clone().into(),
        size: upload.bytes(),
        crc64nvme: whole,
        etag: "0".repeat(32),
        version_id: None,
    };
    inner.stats.completed += u64::from(first);
    Ok(Reply::json(200, &stored))
}

pub(super) fn cancel(state: &State, id: UploadId) -> Answered {
    let mut inner = state.lock();
    let upload = inner.uploads.get_mut(&id).ok_or(UNKNOWN)?;
    if upload.status == UploadStatus::Stored {
        return Err(STORED);
    }
    upload.status = UploadStatus::Aborted;
    upload.held.clear();
    Ok(Reply::new(204))
}

pub(super) fn record(state: &State, id: UploadId) -> Answered {
    let inner = state.lock();
    Ok(Reply::json(200, &known(&inner, id)?.record()))
}

pub(super) fn list(state: &State) -> Answered {
    let inner = state.lock();
    let newest = inner.order.iter().rev().take(MAX_BATCH);
    let records = newest.filter_map(|id| inner.uploads.get(id).map(Upload::record));
    let uploads = records.collect();
    let cursor = None;
    Ok(Reply::json(200, &ListResponse { uploads, cursor }))
}

pub(super) fn status(state: &State, asked: &StatusRequest) -> Answered {
    let mut inner = state.lock();
    inner.stats.status_calls += 1;
    let entry = |&id: &UploadId| {
        let upload = inner.uploads.get(&id);
        let status = upload.map_or(UploadStatus::NotFound, |upload| upload.status);
        let ended = upload.filter(|_| status != UploadStatus::Pending);
        let record = ended.map(Upload::record);
        StatusEntry { id, status, record }
    };
    let uploads = asked.ids.iter().map(entry).collect();
    Ok(Reply::json(200, &StatusResponse { uploads }))
}

fn known(inner: &Inner, id: UploadId) -> Result<&Upload, Refusal> {
    inner.uploads.get(&id).ok_or(UNKNOWN)
}

fn pending(upload: &Upload) -> Result<&Upload, Refusal> {
    match upload.status {
        UploadStatus::Stored => Err(STORED),
        UploadStatus::Aborted => Err(CANCELLED),
        _ => Ok(upload),
    }
}

/// The header that announces a checksum, if there is one.
fn checksum(crc64nvme: Option<Crc64Nvme>) -> Texts {
    let header = crc64nvme.map(|crc| ("x-amz-checksum-crc64nvme".into(), crc.to_string()));
    header.into_iter().collect()
}

/// A URL of this sink in the form of a presigned one. Nothing is signed: what a signature would cover is
/// compared with the plan.
fn grant(state: &State, host: &str, upload: &Upload, part: Option<u32>, headers: Texts) -> Grant {
    let key = encode_path(&upload.key.to_string());
    let mut signed: Vec<&str> = headers.keys().map(String::as_str).collect();
    signed.extend(["content-length", "host"]);
    signed.sort_unstable();
    let others = match part {
        Some(number) => number.is_multiple_of(2),
        None => upload.item.id.bits() % 2 == 1,
    };
    let query = part.map_or(String::new(), |part| format!("partNumber={part}&"));
    let url = |host: &str| {
        format!(
            "http://{host}/bucket/{key}?{query}uploadId={}&end={}&X-Amz-SignedHeaders={}&X-Amz-Signature={}",
            upload.item.id,
            state.now() + state.config.grant_life_ms,
            signed.join("%3B"),
            "0".repeat(64),
        )
    };
    let other = other_host(host).filter(|_| state.config.two_hosts);
    let (url, other_url) = match other.map(|other| url(&other)) {
        Some(other) if others => (other, Some(url(host))),
        other => (url(host), other),
    };
    Grant {
        url,
        other_url,
        headers,
        expires_in_ms: state.config.grant_life_ms,
    }
}

/// The host of storage for a page that asked for grants at this one. A deployment's API has a name of its own, and so
/// connections of its own in a browser: it is `api.localhost` here, which browsers know to be this computer.
pub(super) fn storage_host(asked: &str) -> String {
    asked.replace("api.localhost", "127.0.0.1")
}

/// The other name of this computer: browsers count connections by name.
fn other_host(host: &str) -> Option<String> {
    let (name, port) = host.split_once(':')?;
    let other = match name {
        "127.0.0.1" => "localhost",
        _ => "127.0.0.1",
    };
    Some(format!("{other}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::storage_host;

    #[test]
    fn an_api_with_a_name_of_its_own_grants_another_for_storage() {
        assert_eq!(storage_host("api.localhost:4566"), "127.0.0.1:4566");
        for own in ["127.0.0.1:4566", "localhost:4566"] {
            assert_eq!(storage_host(own), own);
        }
    }
}
