use crowfly_contract::{
    Crc64Nvme, ObjectKey, OwnerId, PartPlan, Record, ScanStatus, UploadId, UploadStatus, Withheld,
};

use crate::Scanned;

/// How long after its end an upload is watched, in milliseconds: a day. A body or a completion that was under
/// way then may make the object yet, and its event may be lost; no leave to send outlives the end by more than
/// a quarter of an hour.
const WATCHED_MS: u64 = 24 * 3_600 * 1_000;

/// One upload as the table keeps it: the record that its owner may read, and what the client declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose upload it is: the table's partition.
    pub owner: OwnerId,
    /// What the table says of it, `withheld` without what a scan says. What the API shows of that is
    /// [`Row::shown`].
    pub record: Record,
    /// What the client declared. It is kept whatever storage reports; `None` for an object that no create
    /// call announced.
    pub declared: Option<Declared>,
    /// The id of the multipart upload in storage. `None` for a single PUT, and for an upload in parts
    /// until storage has begun it.
    pub s3_upload_id: Option<String>,
    /// The object that the newest scan result of the record is of.
    pub scanned: Option<Scanned>,
    /// Present while the upload is open: until it is stored and its place in the quota is given back, or has
    /// ended otherwise and nothing can arrive any more. As long as it is present the row has no time-to-live.
    pub open: Option<Open>,
}

/// What keeps an open upload in sight of the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Whether it holds a place in its owner's quota.
    pub counted: bool,
    /// When the sweep looks at it next, in Unix milliseconds.
    pub sweep_at: u64,
    /// When its client last created it, or asked for leave to send parts or for those that have arrived, in
    /// Unix milliseconds; of an upload that was aborted or has expired, when that was.
    pub active_at: u64,
}

impl Open {
    /// Until when an upload that was aborted or has expired is watched, in Unix milliseconds.
    pub(crate) fn watched_until(self) -> u64 {
        self.active_at.saturating_add(WATCHED_MS)
    }

    /// The place that an upload that has ended still holds; `None` when it is pending, or holds none.
    pub(crate) fn place(self, id: UploadId, status: UploadStatus, bytes: u64) -> Option<Place> {
        let counted = self.counted.then_some(bytes);
        let watched_until = match status {
            UploadStatus::Stored | UploadStatus::Deleted => None,
            UploadStatus::Aborted | UploadStatus::Expired if self.counted => {
                Some(self.watched_until())
            }
            _ => return None,
        };
        Some(Place {
            id,
            counted,
            watched_until,
        })
    }
}

/// What an open upload holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The upload.
    pub id: UploadId,
    /// The bytes that were counted in the quota; `None` when the upload was not counted.
    pub counted: Option<u64>,
    /// When the sweep looks again at an upload that was aborted or has expired, and whose object may land
    /// yet, in Unix milliseconds; `None` for one that leaves the sweep's sight.
    pub watched_until: Option<u64>,
}

/// What a client promised to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The checksum, when the client has computed it: of a single PUT with the create call, of an upload in
    /// parts at the latest with the complete call. Once said it does not change.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// A multipart upload of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multipart<'a> {
    /// The key of the object that it will make.
    pub key: &'a ObjectKey,
    /// Its id in storage.
    pub s3_upload_id: &'a str,
}

impl Row {
    /// How the file is cut; `None` for a single PUT.
    ///
    /// By the size that the client declared: the record's is storage's once the object is stored.
    pub fn part_plan(&self) -> Option<PartPlan> {
        let size = self.declared.as_ref()?.size;
        PartPlan::new(size, self.record.part_size?).ok()
    }

    /// The multipart upload in storage, once it is begun.
    pub fn multipart(&self) -> Option<Multipart<'_>> {
        Some(Multipart {
            key: &self.record.key,
            s3_upload_id: self.s3_upload_id.as_deref()?,
        })
    }

    /// What a scan says of the object that is stored; `None` where nothing is scanned.
    ///
    /// A result of another object is none of this one.
    pub fn scan(&self) -> Option<ScanStatus> {
        let status = self.record.scan?;
        let (etag, version) = (&self.record.etag, &self.record.version_id);
        let of_this =
            |scanned: &Scanned| etag.is_none() || scanned.is(etag.as_deref(), version.as_deref());
        let known = self.scanned.as_ref().is_some_and(of_this);
        Some(if known { status } else { ScanStatus::Pending })
    }

    /// The record as the API shows it: without the address of an object that is withheld.
    pub fn shown(mut self) -> Record {
        self.record.scan = self.scan();
        self.record.withheld = withheld(&self.record);
        if self.record.withheld.is_some() {
            self.record.url = None;
        }
        self.record
    }

    /// The place that an upload that has ended still holds; `None` when it is pending, or holds none.
    pub fn place_to_release(&self) -> Option<Place> {
        let bytes = self.declared.as_ref().map_or(0, |declared| declared.size);
        self.open?.place(self.record.id, self.record.status, bytes)
    }

    /// Whether the table's time-to-live has passed. Such rows may linger for days and are never shown.
    pub fn is_past_its_life(&self, now_ms: u64) -> bool {
        self.record.expires_at.is_some_and(|at| at <= now_ms)
    }
}

/// Why the object of a record is withheld: for good reasons first, then for those that may pass.
fn withheld(record: &Record) -> Option<Withheld> {
    if record.status != UploadStatus::Stored {
        return None;
    }
    match record.scan {
        Some(ScanStatus::Infected | ScanStatus::Unscannable) => Some(Withheld::Infected),
        None | Some(ScanStatus::Clean) => record.withheld,
        Some(_) => record.withheld.or(Some(Withheld::ScanPending)),
    }
}
