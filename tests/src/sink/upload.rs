use std::collections::BTreeMap;
use std::time::Instant;

use crowfly_contract::{
    Crc64Nvme, CreateItem, ErrorCode, LivePlan, ObjectKey, PartPlan, PlanKind, Record, StoredPart,
    UploadStatus,
};
use crowfly_engine::crc64::combine;
use devkit::time::{ms_since, unix_ms};
use serde::Serialize;

use super::api::Refusal;

/// The owner of every upload.
const OWNER: &str = "sinksinksinksinksinksinksi";

/// What a sink has counted for one upload.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadStats {
    /// The upload.
    pub id: String,
    /// Its declared size.
    pub size: u64,
    /// Bytes received for it, over all attempts.
    pub bytes: u64,
    /// Milliseconds from the create call to the first byte of a body.
    pub first_byte_ms: Option<u64>,
    /// Milliseconds from the create call to the answer to complete.
    pub complete_ms: Option<u64>,
    /// Numbers of parts received that were stored already; 0 is a single PUT.
    pub sent_twice: Vec<u32>,
}

/// How an upload is split.
#[derive(Debug, Clone, Copy)]
pub(super) enum Split {
    /// Into one PUT.
    Single,
    Parts(PartPlan),
    /// Into parts of a live upload, which has at most so many bytes.
    Live(LivePlan, u64),
}

impl Split {
    fn of(item: &CreateItem, asked: Option<u64>) -> Result<Self, Refusal> {
        if item.live {
            let most = LivePlan::NEW.capacity();
            let most = item.max_bytes.map_or(most, |asked| asked.min(most));
            return Ok(Self::Live(LivePlan::NEW, most));
        }
        match PlanKind::for_asked(item.size.unwrap_or_default(), asked) {
            Ok(PlanKind::Single) => Ok(Self::Single),
            Ok(PlanKind::Multipart(plan)) => Ok(Self::Parts(plan)),
            Err(_) => Err(Refusal(ErrorCode::TooLarge, "larger than an object can be")),
        }
    }

    /// Bytes of the first part.
    pub(super) fn part_size(&self) -> Option<u64> {
        match self {
            Self::Single => None,
            Self::Parts(plan) => Some(plan.part_size()),
            Self::Live(plan, _) => Some(plan.first_part_size()),
        }
    }
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) item: CreateItem,
    pub(super) key: ObjectKey,
    pub(super) split: Split,
    /// Of a live upload the parts that are signed as the last, and their sizes.
    pub(super) last: BTreeMap<u32, u64>,
    /// By part number; 0 is a single PUT.
    pub(super) held: BTreeMap<u32, StoredPart>,
    pub(super) status: UploadStatus,
    /// The whole object's checksum, once completed.
    pub(super) crc64nvme: Option<Crc64Nvme>,
    /// The checksum that the client declared.
    pub(super) announced: Option<Crc64Nvme>,
    pub(super) created: Instant,
    created_at: u64,
    pub(super) seen: UploadStats,
}

impl Upload {
    /// `asked`: the part size that the client asks for.
    pub(super) fn new(item: &CreateItem, asked: Option<u64>) -> Result<Self, Refusal> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let name = item.name.chars().map(|c| if plain(c) { c } else { '_' });
        let name: String = name.take(100).collect();
        let key = OWNER
            .parse()
            .and_then(|owner| ObjectKey::new(owner, item.id, &name))
            .map_err(|_| Refusal(ErrorCode::InvalidName, "no key can be made of this name"))?;
        Ok(Self {
            item: item.clone(),
            key,
            split: Split::of(item, asked)?,
            last: BTreeMap::new(),
            held: BTreeMap::new(),
            status: UploadStatus::Pending,
            crc64nvme: None,
            announced: item.crc64nvme,
            created: Instant::now(),
            created_at: unix_ms(),
            seen: UploadStats {
                id: item.id.to_string(),
                size: item.size.unwrap_or_default(),
                ..UploadStats::default()
            },
        })
    }

    /// The object exists; returns whether that is new.
    pub(super) fn complete(&mut self) -> bool {
        let after = ms_since(self.created);
        self.seen.complete_ms.get_or_insert(after);
        std::mem::replace(&mut self.status, UploadStatus::Stored) != UploadStatus::Stored
    }

    /// The length of part `number`, or of the whole for 0; `None` outside the plan.
    pub(super) fn expected(&self, number: u32) -> Option<u64> {
        match (self.split, number) {
            (Split::Single, 0) => self.item.size,
            (Split::Parts(plan), 1..) => plan
                .part(number)
                .map(|part| part.bytes.end - part.bytes.start),
            (Split::Live(plan, _), 1..) => {
                let last = self.last.get(&number).copied();
                last.or_else(|| plan.part_size(number))
            }
            _ => None,
        }
    }

    /// Whether every part is here; `size` is what the client says that a live upload has.
    pub(super) fn whole(&self, size: Option<u64>) -> bool {
        let held = self.held.len() as u64;
        match self.split {
            Split::Single => held == 1,
            Split::Parts(plan) => held == u64::from(plan.part_count()),
            Split::Live(plan, _) => size.and_then(|size| plan.last(size)).is_some_and(|last| {
                let end = self.held.get(&last.number).map(|part| part.size);
                held == u64::from(last.number) && end == Some(last.bytes.end - last.bytes.start)
            }),
        }
    }

    /// Bytes of all parts.
    pub(super) fn bytes(&self) -> u64 {
        self.held.values().map(|part| part.size).sum()
    }

    /// The checksum of the whole, combined from its parts; `None` when one is unknown.
    pub(super) fn combined(&self) -> Option<Crc64Nvme> {
        let mut parts = self.held.values();
        let first = parts.next()?.crc64nvme?;
        parts.try_fold(first, |whole, part| {
            Some(combine(whole, part.crc64nvme?, part.size))
        })
    }

    /// The record as the API returns it.
    pub(super) fn record(&self) -> Record {
        let stored = self.status == UploadStatus::Stored;
        Record {
            id: self.item.id,
            status: self.status,
            bucket: "bucket".into(),
            key: self.key.clone(),
            name: self.item.name.clone(),
            path: self.item.path.clone(),
            size: self.item.size.unwrap_or_else(|| self.bytes()),
            media_type: self.item.media_type.clone(),
            visibility: self.item.visibility,
            metadata: self.item.metadata.clone(),
            part_size: self.split.part_size(),
            live: self.item.live,
            duration_ms: None,
            truncated: false,
            crc64nvme: self.crc64nvme.or(self.announced),
            verified: stored && self.crc64nvme.is_some() && self.crc64nvme == self.announced,
            etag: stored.then(|| "0".repeat(32)),
            version_id: None,
            sequencer: None,
            type_mismatch: false,
            seen_type: None,
            withheld: None,
            scan: None,
            url: None,
            created_at: self.created_at,
            stored_at: stored.then_some(self.created_at),
            expires_at: None,
        }
    }
}
