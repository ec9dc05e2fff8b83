//! The API and the pipeline behind it, as far as a client can see them; storage is in `storage.rs`. This state
//! is the truth against which the engine's events are checked.

use crowfly_contract::{
    Crc64Nvme, CreateItem, CreateResult, Created, ErrorCode, Grant, LivePlan, Outcome, PartPlan,
    Plan, PlanKind, ProblemBody, StorageKey, Texts, UploadId, UploadStatus,
};
use crowfly_engine::{ApiFailure, ItemToCreate, Reply, StatusNews};
use std::collections::{BTreeMap, BTreeSet};

use super::multipart::{Cut, Multipart};
use super::quota::Quota;

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
    /// How its file is split, for good.
    pub plan: Option<PartPlan>,
    /// Its multipart upload, as long as storage keeps it.
    pub multipart: Option<Multipart>,
    /// When its client was heard of last.
    pub active_at: u64,
}

/// What a server makes of the first parts that a create call names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// It signs them along, if the part size is its own.
    Signed,
    /// It does not look at them.
    Ignored,
    /// It knows no such field.
    Refused,
}

/// What a signed URL allows.
#[derive(Clone, Debug)]
pub(super) struct Leave {
    pub(super) id: UploadId,
    pub(super) part: Option<u32>,
    pub(super) until: u64,
    pub(super) size: u64,
    pub(super) crc: Option<Crc64Nvme>,
}

#[derive(Debug)]
pub struct Server {
    pub url_life_ms: u64,
    pub processing_ms: u64,
    pub quota: Quota,
    pub first: First,
    /// The part size of all large files, where it is not that of our own rule.
    pub part_size: Option<u64>,
    /// It grants the part sizes that clients ask for.
    pub grants_sizes: bool,
    /// The most bytes of a live upload.
    pub max_bytes: u64,
    /// Where another backend puts its objects; by default as our own does.
    pub key_of_all: Option<String>,
    /// Storage's host names, which grants name in turns.
    pub hosts: Vec<&'static str>,
    /// Grants name the other host, too.
    pub names_others: bool,
    pub created: BTreeMap<UploadId, Pending>,
    pub objects: BTreeMap<UploadId, Object>,
    pub(super) urls: BTreeMap<String, Leave>,
    /// Parts that came although storage had the same bytes of them already.
    pub resent: u32,
    /// The bucket's CORS rules let the page read what storage says of an object.
    pub exposes: bool,
    /// Bytes of all bodies that came whole.
    pub received: u64,
    pub puts: BTreeMap<UploadId, u32>,
    /// It states no checksum of what it holds, and checks none.
    pub mute: bool,
    /// It learns of stored objects from the client alone.
    pub confirms: bool,
    /// The uploads that it was told of.
    pub confirmed: BTreeSet<UploadId>,
    /// A planted fault: the bytes in storage are not those that came.
    pub corrupts: bool,
    /// A planted fault: 200 to PUT and complete, but nothing is kept.
    pub forgets: bool,
    /// A planted fault: objects of parts hold other bytes than the parts, and complete says otherwise.
    pub splices: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            url_life_ms: 300_000,
            processing_ms: 1_000,
            quota: Quota::default(),
            first: First::Signed,
            part_size: None,
            grants_sizes: true,
            max_bytes: LivePlan::NEW.capacity(),
            key_of_all: None,
            hosts: vec!["storage.example"],
            names_others: true,
            created: BTreeMap::new(),
            objects: BTreeMap::new(),
            urls: BTreeMap::new(),
            resent: 0,
            exposes: false,
            received: 0,
            puts: BTreeMap::new(),
            mute: false,
            confirms: false,
            confirmed: BTreeSet::new(),
            corrupts: false,
            forgets: false,
            splices: false,
        }
    }
}

impl Server {
    /// Where the object of an upload is.
    pub fn key(&self, id: UploadId) -> StorageKey {
        let ours = || format!("uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/{id}/file.bin");
        let key = self.key_of_all.clone().unwrap_or_else(ours);
        key.parse().expect("a key")
    }
}

pub fn problem(code: ErrorCode) -> ProblemBody {
    ProblemBody {
        code,
        message: "the server's sentence".into(),
        request_id: "req-1".into(),
        retry_after_ms: None,
    }
}

pub(super) fn refusal(code: ErrorCode) -> Reply {
    Reply::ApiFailed(ApiFailure::Http {
        status: code.http_status().expect("a server's code"),
        code,
        message: "the server's sentence".into(),
        request_id: "req-1".into(),
        retry_after_ms: None,
    })
}

impl Server {
    /// Our uploads that count in the quota.
    fn open(&self, now: u64) -> usize {
        let open = |(id, pending): &(&UploadId, &Pending)| {
            let fresh = now < pending.active_at.saturating_add(self.quota.swept_after_ms);
            fresh && !pending.aborted && !self.objects.contains_key(id)
        };
        self.created.iter().filter(open).count()
    }

    pub fn create(&mut self, now: u64, items: &[ItemToCreate]) -> Reply {
        let results: Vec<CreateResult> =
            items.iter().map(|one| self.create_one(now, one)).collect();
        match results.as_slice() {
            // The whole answer is the problem, as the contract says of a single item.
            [
                CreateResult {
                    outcome: Outcome::Refused(body),
                    ..
                },
            ] if matches!(
                body.code,
                ErrorCode::QuotaOpenUploads | ErrorCode::UnknownField
            ) =>
            {
                Reply::ApiFailed(ApiFailure::Http {
                    status: body.code.http_status().expect("a server's code"),
                    code: body.code,
                    message: body.message.clone(),
                    request_id: body.request_id.clone(),
                    retry_after_ms: body.retry_after_ms,
                })
            }
            _ => Reply::Created(results),
        }
    }

    fn create_one(&mut self, now: u64, one: &ItemToCreate) -> CreateResult {
        let (item, id) = (&*one.item, one.item.id);
        let outcome = match self.created.get(&id) {
            _ if !one.parts.is_empty() && self.first == First::Refused => {
                Outcome::Refused(problem(ErrorCode::UnknownField))
            }
            _ if self.objects.contains_key(&id) => {
                Outcome::Refused(problem(ErrorCode::AlreadyStored))
            }
            Some(known) if known.item != *item => {
                Outcome::Refused(problem(ErrorCode::UploadMismatch))
            }
            Some(known) if known.aborted => Outcome::Refused(problem(ErrorCode::UploadEnded)),
            None if self.quota.places < usize::MAX && self.quota.is_full(now, self.open(now)) => {
                let mut body = problem(ErrorCode::QuotaOpenUploads);
                body.retry_after_ms = self.quota.retry_after_ms;
                Outcome::Refused(body)
            }
            _ => {
                // A client says the size together with the parts.
                let asked = (!one.parts.is_empty()).then_some(one.part_size);
                let new_plan = item.size.and_then(|size| self.plan(size, asked));
                let pending = self.created.entry(id).or_insert_with(|| Pending {
                    item: item.clone(),
                    aborted: false,
                    plan: new_plan,
                    multipart: None,
                    active_at: now,
                });
                pending.active_at = now;
                let mut grants = Vec::new();
                let plan = match pending.plan {
                    _ if item.live => {
                        let new = || Multipart::of(Cut::Live(LivePlan::NEW));
                        pending.multipart.get_or_insert_with(new);
                        let most = item.max_bytes.unwrap_or(u64::MAX);
                        Plan::Live {
                            plan: LivePlan::NEW,
                            max_bytes: self.max_bytes.min(most),
                        }
                    }
                    Some(plan) => {
                        let new = || Multipart::new(plan);
                        let plan = pending.multipart.get_or_insert_with(new).cut.planned();
                        if self.first == First::Signed && one.part_size == plan.part_size() {
                            let cut = Cut::Planned(plan);
                            grants = self.sign_all(now, id, cut, &one.parts).expect("our parts");
                        }
                        Plan::Multipart {
                            part_size: plan.part_size(),
                            part_count: plan.part_count(),
                        }
                    }
                    _ => Plan::Single {
                        put: self.grant(now, id, None, item.size.unwrap_or(0), item.crc64nvme),
                    },
                };
                Outcome::Created(Created {
                    confirm: self.confirms,
                    grants,
                    ..Created::new(self.key(id), plan)
                })
            }
        };
        CreateResult { id, outcome }
    }

    /// How it splits a new file whose client asks for this part size.
    pub(super) fn plan(&self, size: u64, asked: Option<u64>) -> Option<PartPlan> {
        let asked = asked.filter(|_| self.grants_sizes);
        match (PlanKind::for_asked(size, asked), self.part_size) {
            (Ok(PlanKind::Multipart(_)), Some(part_size)) => PartPlan::new(size, part_size).ok(),
            (Ok(PlanKind::Multipart(plan)), None) => Some(plan),
            _ => None,
        }
    }

    pub(super) fn grant(
        &mut self,
        now: u64,
        id: UploadId,
        part: Option<u32>,
        size: u64,
        crc: Option<Crc64Nvme>,
    ) -> Grant {
        let number = self.urls.len();
        let turn = part.map_or(id.to_string().bytes().last().unwrap_or(0).into(), u64::from);
        let at = |turn: u64| {
            let host = self.hosts[usize::try_from(turn).unwrap_or(0) % self.hosts.len()];
            format!("https://{host}/{id}?X-Amz-Signature={number}")
        };
        let url = at(turn);
        let other_url = (self.names_others && self.hosts.len() > 1).then(|| at(turn + 1));
        let leave = Leave {
            id,
            part,
            until: now + self.url_life_ms,
            size,
            crc,
        };
        if let Some(other) = &other_url {
            self.urls.insert(other.clone(), leave.clone());
        }
        self.urls.insert(url.clone(), leave);
        if let Some(pending) = self.created.get_mut(&id) {
            pending.active_at = now;
        }
        Grant {
            url,
            other_url,
            headers: Texts::from([("if-none-match".into(), "*".into())]),
            expires_in_ms: self.url_life_ms,
        }
    }

    pub fn delete(&mut self, id: UploadId) -> Reply {
        if self.objects.contains_key(&id) {
            return refusal(ErrorCode::AlreadyStored);
        }
        match self.created.get_mut(&id) {
            Some(pending) => {
                pending.aborted = true;
                pending.multipart = None;
                Reply::Deleted
            }
            None => refusal(ErrorCode::NotFound),
        }
    }

    pub fn status(&mut self, now: u64, ids: &[UploadId]) -> Reply {
        Reply::Statuses(ids.iter().map(|id| self.status_of(now, *id)).collect())
    }

    fn status_of(&self, now: u64, id: UploadId) -> StatusNews {
        let (status, recorded) = match (self.created.get(&id), self.objects.get(&id)) {
            (Some(_), Some(object)) if now >= object.stored_at + self.processing_ms => {
                (UploadStatus::Stored, true)
            }
            (Some(_), _) => (UploadStatus::Pending, false),
            (None, _) => (UploadStatus::NotFound, false),
        };
        StatusNews {
            id,
            status,
            recorded,
        }
    }
}
