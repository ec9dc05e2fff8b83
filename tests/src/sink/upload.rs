use std::collections::BTreeMap;
use std::time::Instant;

use crowfly_contract::{
    Crc64Nvme, CreateItem, ErrorCode, ObjectKey, PartPlan, PlanKind, Record, StoredPart,
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

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) item: CreateItem,
    pub(super) key: ObjectKey,
    /// `None` for a single PUT.
    pub(super) parts: Option<PartPlan>,
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
    pub(super) fn new(item: &CreateItem, asked: Option<u64>) -> Result<Self, Refusal> {
        let size = item.size.unwrap_or_default();
        let parts = match PlanKind::for_asked(size, asked) {
            Ok(PlanKind::Single) => None,
            Ok(PlanKind::Multipart(plan)) => Some(plan),
            Err(_) => return Err(Refusal(ErrorCode::TooLarge, "larger than an object can be")),
        };
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
            parts,
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
        match (self.parts, number) {
            (None, 0) => self.item.size,
            (Some(plan), 1..) => plan
                .part(number)
                .map(|part| part.bytes.end - part.bytes.start),
            _ => None,
        }
    }

    /// Whether every part is here.
    pub(super) fn whole(&self) -> bool {
        let count = self.parts.map_or(1, |plan| plan.part_count());
        self.held.len() as u64 == u64::from(count)
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
            size: self.item.size.unwrap_or_default(),
            media_type: self.item.media_type.clone(),
            visibility: self.item.visibility,
            metadata: self.item.metadata.clone(),
            part_size: self.parts.map(|plan| plan.part_size()),
            live: false,
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
