use std::collections::BTreeSet;

use crowfly_contract::{
    Crc64Nvme, ObjectKey, OwnerId, PartPlan, Record, ScanStatus, UploadId, UploadStatus, Withheld,
};

use crate::{Live, Scanned, Sequencer};

/// How long an ended upload is watched, in milliseconds: a day. A PUT or a completion in flight may
/// still create the object, and its event may be lost; URLs expire at most a quarter of an hour
/// after the end.
const WATCHED_MS: u64 = 24 * 3_600 * 1_000;

/// One upload as stored: the record that its owner may read, and what the client declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The owner: the partition key.
    pub owner: OwnerId,
    /// The record as stored, with `withheld` as it is apart from scans. [`Row::shown`] is what the
    /// API shows.
    pub record: Record,
    /// What the client declared; never overwritten, but for the size of a live upload. `None` for an object without a create call.
    pub declared: Option<Declared>,
    /// The S3 upload id. `None` for a single PUT, and for a multipart upload that storage has not
    /// started yet.
    pub s3_upload_id: Option<String>,
    /// Of a live upload: what has been signed of it. `None` for any other.
    pub live: Option<Live>,
    /// The object that the latest scan result belongs to.
    pub scanned: Option<Scanned>,
    /// Present while the upload is open: until it is stored, its quota slot released and its outbox
    /// empty, or has ended and its object can no longer appear. A row with it has no time to live.
    pub open: Option<Open>,
    /// What the application is still to be notified of; see `outbox.rs`. A row with
    /// entries is in the index `byOpen`.
    pub outbox: BTreeSet<String>,
}

/// The state of an open upload in the index `byOpen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Whether it holds a quota slot.
    pub counted: bool,
    /// Time of the next look of the sweep, in Unix milliseconds.
    pub sweep_at: u64,
    /// When its client last called create, sign or list parts, in Unix milliseconds; for an aborted
    /// or expired upload, when it ended.
    pub active_at: u64,
}

impl Open {
    /// End of the watch of an aborted or expired upload, in Unix milliseconds.
    pub(crate) fn watched_until(self) -> u64 {
        self.active_at.saturating_add(WATCHED_MS)
    }

    /// The slot that an ended upload still holds; `None` if it is pending or holds none.
    pub fn slot(
        self,
        id: UploadId,
        status: UploadStatus,
        bytes: u64,
        unnotified: bool,
    ) -> Option<Slot> {
        let counted = self.counted.then_some(bytes);
        let watched_until = match status {
            UploadStatus::Stored | UploadStatus::Deleted if unnotified && !self.counted => {
                return None;
            }
            UploadStatus::Stored | UploadStatus::Deleted => None,
            UploadStatus::Aborted | UploadStatus::Expired if self.counted => {
                Some(self.watched_until())
            }
            _ => return None,
        };
        Some(Slot {
            id,
            counted,
            watched_until,
            unnotified,
        })
    }
}

/// What an ended upload must release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The upload.
    pub id: UploadId,
    /// The bytes counted in the quota; `None` if the upload was not counted.
    pub counted: Option<u64>,
    /// For an aborted or expired upload, whose object may still appear: when the sweep looks again,
    /// in Unix milliseconds. `None` to remove the upload from the index `byOpen`.
    pub watched_until: Option<u64>,
    /// Whether the outbox of the row has entries, so that it stays in the index `byOpen`.
    pub unnotified: bool,
}

/// What a client declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Bytes. Of a live upload those that were signed, until its size is known: what its quota slot counts.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The checksum: of a single PUT from the create call, of a multipart upload from the complete
    /// call at the latest. It never changes.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// A multipart upload in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multipart<'a> {
    /// The key of its object.
    pub key: &'a ObjectKey,
    /// Its id in storage.
    pub s3_upload_id: &'a str,
}

impl Row {
    /// The part plan of the file; `None` for a single PUT, and for a live upload, which has [`Row::live`].
    ///
    /// Uses the declared size: the size of the record is that of storage once the object is stored.
    pub fn part_plan(&self) -> Option<PartPlan> {
        let size = self.declared.as_ref().filter(|_| self.live.is_none())?.size;
        PartPlan::new(size, self.record.part_size?).ok()
    }

    /// The multipart upload in storage, once it has started.
    pub fn multipart(&self) -> Option<Multipart<'_>> {
        Some(Multipart {
            key: &self.record.key,
            s3_upload_id: self.s3_upload_id.as_deref()?,
        })
    }

    /// The scan status of the stored object; `None` if nothing is scanned.
    ///
    /// A result for another object does not count.
    pub fn scan(&self) -> Option<ScanStatus> {
        let status = self.record.scan?;
        let (etag, version) = (&self.record.etag, &self.record.version_id);
        let of_this =
            |scanned: &Scanned| etag.is_none() || scanned.is(etag.as_deref(), version.as_deref());
        let known = self.scanned.as_ref().is_some_and(of_this);
        Some(if known { status } else { ScanStatus::Pending })
    }

    /// The record as the API shows it: without the URL of a withheld object.
    pub fn shown(mut self) -> Record {
        self.record.scan = self.scan();
        self.record.withheld = withheld(&self.record);
        // Until its parts are an object, nothing of it is kept.
        self.record.truncated &= !matches!(
            self.record.status,
            UploadStatus::Pending | UploadStatus::Aborted | UploadStatus::Expired
        );
        if self.record.withheld.is_some() {
            self.record.url = None;
        }
        self.record
    }

    /// The sequencer of its latest event; `None` if no event has been applied.
    pub(crate) fn sequencer(&self) -> Option<Sequencer> {
        Sequencer::parse(self.record.sequencer.as_deref()?).ok()
    }

    /// The slot that an ended upload still holds; `None` if it is pending or holds none.
    pub fn slot_to_release(&self) -> Option<Slot> {
        let bytes = self.declared.as_ref().map_or(0, |declared| declared.size);
        let unnotified = !self.outbox.is_empty();
        self.open?
            .slot(self.record.id, self.record.status, bytes, unnotified)
    }

    /// Whether the time to live has passed. DynamoDB deletes such rows within days
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html>);
    /// until then they are hidden.
    pub fn is_expired(&self, now_ms: u64) -> bool {
        self.record.expires_at.is_some_and(|at| at <= now_ms)
    }
}

/// Why the object is withheld: permanent reasons first, then temporary ones.
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
