//! The API, storage and the pipeline behind them, as far as a client can see them. What stands here is the
//! truth that the engine's words are compared with.

use std::collections::BTreeMap;
use std::rc::Rc;

use crowfly_contract::{
    Crc64Nvme, CreateItem, CreateResult, Created, ErrorCode, Grant, ObjectKey, Outcome, OwnerId,
    Plan, ProblemBody, Record, StatusEntry, Stored, Texts, UploadId, UploadStatus,
};
use crowfly_engine::{ApiFailure, Completion, Reply, SendFailure};

#[derive(Clone, Debug)]
pub struct Object {
    pub size: u64,
    pub crc: Crc64Nvme,
    pub stored_at: u64,
}

#[derive(Clone, Debug)]
pub struct Pending {
    pub item: CreateItem,
    pub aborted: bool,
}

#[derive(Debug)]
pub struct Server {
    pub url_life_ms: u64,
    pub processing_ms: u64,
    /// Most uploads that may be pending, as in the quota of open uploads.
    pub open_uploads: usize,
    pub created: BTreeMap<UploadId, Pending>,
    pub objects: BTreeMap<UploadId, Object>,
    /// Signed URLs: whose, and until when.
    urls: BTreeMap<String, (UploadId, u64, Option<Crc64Nvme>)>,
    pub puts: BTreeMap<UploadId, u32>,
    /// A planted fault: the bytes in storage are not those that came.
    pub corrupts: bool,
    /// A planted fault: 200 to PUT and complete, but nothing is kept.
    pub forgets: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            url_life_ms: 300_000,
            processing_ms: 1_000,
            open_uploads: usize::MAX,
            created: BTreeMap::new(),
            objects: BTreeMap::new(),
            urls: BTreeMap::new(),
            puts: BTreeMap::new(),
            corrupts: false,
            forgets: false,
        }
    }
}

fn key(id: UploadId) -> ObjectKey {
    let owner: OwnerId = "aaaaaaaaaaaaaaaaaaaaaaaaaa".parse().expect("an owner");
    format!("uploads/{}/{id}/file.bin", String::from(owner))
        .parse()
        .expect("a key")
}

pub fn problem(code: ErrorCode) -> ProblemBody {
    ProblemBody {
        code,
        message: "the server's sentence".into(),
        request_id: "req-1".into(),
        retry_after_ms: None,
    }
}

fn refusal(code: ErrorCode) -> Reply {
    Reply::ApiFailed(ApiFailure::Http {
        status: code.http_status().expect("a server's code"),
        code,
        message: "the server's sentence".into(),
        request_id: "req-1".into(),
        retry_after_ms: None,
    })
}

impl Server {
    fn open(&self) -> usize {
        let open = |(id, pending): &(&UploadId, &Pending)| {
            !pending.aborted && !self.objects.contains_key(id)
        };
        self.created.iter().filter(open).count()
    }

    pub fn create(&mut self, now: u64, items: &[Rc<CreateItem>]) -> Reply {
        Reply::Created(
            items
                .iter()
                .map(|item| self.create_one(now, item))
                .collect(),
        )
    }

    fn create_one(&mut self, now: u64, item: &CreateItem) -> CreateResult {
        let id = item.id;
        let outcome = match self.created.get(&id) {
            _ if self.objects.contains_key(&id) => {
                Outcome::Refused(problem(ErrorCode::AlreadyStored))
            }
            Some(known) if known.item != *item => {
                Outcome::Refused(problem(ErrorCode::UploadMismatch))
            }
            Some(known) if known.aborted => Outcome::Refused(problem(ErrorCode::UploadEnded)),
            None if self.open_uploads < usize::MAX && self.open() >= self.open_uploads => {
                Outcome::Refused(problem(ErrorCode::QuotaOpenUploads))
            }
            _ => {
                self.created.insert(
                    id,
                    Pending {
                        item: item.clone(),
                        aborted: false,
                    },
                );
                let url = format!(
                    "https://storage.example/{id}?X-Amz-Signature={}",
                    self.urls.len()
                );
                self.urls
                    .insert(url.clone(), (id, now + self.url_life_ms, item.crc64nvme));
                Outcome::Created(Created {
                    key: key(id),
                    plan: Plan::Single {
                        put: Grant {
                            url,
                            headers: Texts::from([("if-none-match".into(), "*".into())]),
                            expires_in_ms: self.url_life_ms,
                        },
                    },
                })
            }
        };
        CreateResult { id, outcome }
    }

    /// A PUT whose headers came at `began`, and whose last byte came at `now`.
    pub fn put(&mut self, began: u64, now: u64, grant: &Grant, size: u64, crc: Crc64Nvme) -> Reply {
        let failed = |status, code: &str, message: &str| {
            Reply::SendFailed(SendFailure::Http {
                status,
                s3_code: Some(code.into()),
                s3_message: Some(message.into()),
                retry_after_ms: None,
                request_id: Some("s3-1".into()),
            })
        };
        let Some(&(id, until, signed)) = self.urls.get(&grant.url) else {
            return failed(403, "SignatureDoesNotMatch", "");
        };
        *self.puts.entry(id).or_default() += 1;
        if began >= until {
            return failed(403, "AccessDenied", "Request has expired");
        }
        if signed.is_some_and(|signed| signed != crc) {
            return failed(400, "BadDigest", "");
        }
        if self.objects.contains_key(&id) {
            return failed(412, "PreconditionFailed", "");
        }
        let crc = if self.corrupts {
            Crc64Nvme::new(!crc.value())
        } else {
            crc
        };
        if !self.forgets {
            self.objects.insert(
                id,
                Object {
                    size,
                    crc,
                    stored_at: now,
                },
            );
        }
        Reply::Sent
    }

    pub fn complete(&mut self, id: UploadId) -> Reply {
        if !self.created.contains_key(&id) {
            return refusal(ErrorCode::NotFound);
        }
        let planted = self.forgets.then(|| Object {
            size: self.created[&id].item.size,
            crc: self.created[&id]
                .item
                .crc64nvme
                .unwrap_or(Crc64Nvme::new(0)),
            stored_at: 0,
        });
        match self.objects.get(&id).cloned().or(planted) {
            Some(object) => Reply::Completed(Completion::Stored(Stored {
                id,
                key: key(id),
                size: object.size,
                // With the planted fault the server lies about what it holds, too.
                crc64nvme: Some(if self.corrupts {
                    Crc64Nvme::new(!object.crc.value())
                } else {
                    object.crc
                }),
                etag: "etag".into(),
                version_id: None,
            })),
            None => refusal(ErrorCode::NotStored),
        }
    }

    pub fn delete(&mut self, id: UploadId) -> Reply {
        if self.objects.contains_key(&id) {
            return refusal(ErrorCode::AlreadyStored);
        }
        match self.created.get_mut(&id) {
            Some(pending) => {
                pending.aborted = true;
                Reply::Deleted
            }
            None => refusal(ErrorCode::NotFound),
        }
    }

    pub fn status(&mut self, now: u64, ids: &[UploadId]) -> Reply {
        Reply::Statuses(ids.iter().map(|id| self.status_of(now, *id)).collect())
    }

    fn status_of(&self, now: u64, id: UploadId) -> StatusEntry {
        let (status, record) = match (self.created.get(&id), self.objects.get(&id)) {
            (Some(pending), Some(object)) if now >= object.stored_at + self.processing_ms => {
                (UploadStatus::Stored, Some(record(&pending.item, object)))
            }
            (Some(_), _) => (UploadStatus::Pending, None),
            (None, _) => (UploadStatus::NotFound, None),
        };
        StatusEntry { id, status, record }
    }
}

fn record(item: &CreateItem, object: &Object) -> Record {
    Record {
        id: item.id,
        status: UploadStatus::Stored,
        bucket: "bucket".into(),
        key: key(item.id),
        name: item.name.clone(),
        size: object.size,
        media_type: item.media_type.clone(),
        visibility: item.visibility,
        metadata: item.metadata.clone(),
        part_size: None,
        crc64nvme: Some(object.crc),
        verified: true,
        etag: None,
        version_id: None,
        sequencer: None,
        url: None,
        created_at: 0,
        stored_at: Some(object.stored_at),
        expires_at: None,
    }
}
