//! `POST /uploads`: creates pending records and presigns their uploads.
//!
//! Creating is idempotent by the client's id: the same item is signed again, a different item under
//! a used id is refused. Reads come first, since a read costs a fraction of a write: a repeat that
//! changes nothing writes nothing and asks storage nothing. The bytes of an upload are stored once only, because the signed PUT, or
//! the completion of its parts, carries `if-none-match: *`
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>).

mod begin;
mod first_parts;

use std::collections::{BTreeSet, HashMap};

use crowfly_contract::{
    ByteSize, CreateResponse, CreateResult, Created, ErrorCode, LivePlan, ObjectKey, Outcome,
    OwnerId, Plan, PlanKind, Record, UploadId, UploadStatus, Visibility, served_type,
    standard_type,
};

use crate::disposition::attachment;
use crate::path::KeyLayout;
use crate::policy::Policy;
use crate::ports::{
    AbortMultipart, Consistency, CreateMultipart, FindMultipart, GetRow, GetRows, HeadObject,
    OpenUploads, PresignPart, PresignPut, PutPending, PutToSign, SetMultipart, Touch,
};
use crate::quota::{self, Limits, Opened};
use crate::request::{Item, ValidItem};
use crate::{Declared, Error, Fault, FaultKind, Live, Open, Refusal, Row, bounded, parts};
use first_parts::Asked;

/// Items of a call that are processed concurrently.
const AT_ONCE: usize = 25;

/// The context of a create call.
#[derive(Clone, Copy, Debug)]
pub struct Creator<'a> {
    /// The owner of the uploads.
    pub owner: &'a OwnerId,
    /// What the deployment accepts.
    pub policy: &'a Policy,
    /// The bucket for the objects.
    pub bucket: &'a str,
    /// Whether keys have folders.
    pub layout: KeyLayout,
    /// The limits on open uploads of the owner.
    pub limits: Limits,
    /// Delay from creation to the first look of the sweep, in milliseconds.
    pub repair_after_ms: u64,
    /// Time of creation, in Unix milliseconds.
    pub now_ms: u64,
}

/// Permission to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The part of the answer for the client.
    pub created: Created,
    /// Whether the upload existed and was signed again.
    pub repeated: bool,
}

/// The result of an item.
pub type ItemResult = (UploadId, Result<Granted, Error>);

/// Creates each item, or signs it again, in order, as far as the limits of the owner allow;
/// otherwise items are independent.
pub async fn create(
    rows: &(impl PutPending + OpenUploads + GetRow + GetRows + SetMultipart + Touch),
    objects: &(impl CreateMultipart + AbortMultipart + HeadObject + FindMultipart),
    signer: &(impl PresignPut + PresignPart),
    creator: Creator<'_>,
    items: Vec<Item>,
) -> Vec<ItemResult> {
    let mut asked = HashMap::new();
    let wanted: Vec<_> = items
        .into_iter()
        .map(|(id, item)| {
            let row = item.and_then(|mut item| {
                let of_item = Asked::take(&mut item);
                let row = pending_row(creator, item, of_item.part_size);
                asked.insert(id, of_item);
                row
            });
            (id, row)
        })
        .collect();
    let mut opened = open(rows, creator, &wanted).await;
    let tasks = wanted
        .into_iter()
        .map(|(id, row)| {
            let row = row.map(|row| (row, opened.remove(&id)));
            let asked = asked.remove(&id).unwrap_or_default();
            async move {
                let granted = grant(rows, objects, signer, creator, row, &asked).await;
                (id, granted)
            }
        })
        .collect();
    bounded(tasks, AT_ONCE).await
}

/// The existing row of each upload; those without one are written, in order, as far as the limits
/// allow.
async fn open(
    rows: &(impl GetRows + PutPending + OpenUploads),
    creator: Creator<'_>,
    wanted: &[(UploadId, Result<Row, Refusal>)],
) -> HashMap<UploadId, Result<Opened, Fault>> {
    let valid = || wanted.iter().filter_map(|(_, row)| row.as_ref().ok());
    let ids: Vec<UploadId> = valid().map(|row| row.record.id).collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    let found = rows
        .get_rows(creator.owner, &ids, Consistency::Strong)
        .await;
    let mut opened: HashMap<UploadId, Result<Opened, Fault>> = match found {
        Ok(found) => found
            .into_iter()
            .map(|row| (row.record.id, Ok(Opened::Exists(Box::new(row)))))
            .collect(),
        Err(fault) => ids.iter().map(|id| (*id, Err(fault.clone()))).collect(),
    };
    let new: Vec<&Row> = valid()
        .filter(|row| !opened.contains_key(&row.record.id))
        .collect();
    let written = quota::open(rows, creator.owner, &new, creator.limits).await;
    opened.extend(new.iter().map(|row| row.record.id).zip(written));
    opened
}

/// Signs an upload that was written now or existed before.
async fn grant(
    rows: &(impl GetRow + SetMultipart + Touch),
    objects: &(impl CreateMultipart + AbortMultipart + HeadObject + FindMultipart),
    signer: &(impl PresignPut + PresignPart),
    creator: Creator<'_>,
    opened: Result<(Row, Option<Result<Opened, Fault>>), Refusal>,
    asked: &Asked,
) -> Result<Granted, Error> {
    let (wanted, opened) = opened?;
    let opened = opened.ok_or_else(|| {
        let detail = "an upload without a result";
        Fault::new("create", FaultKind::Unexpected, detail)
    })?;
    // A repeat keeps the key in the table, even if this version would clean the name differently.
    let (row, repeated) = match opened? {
        Opened::Created => (wanted, false),
        Opened::Refused(refusal) => return Err(refusal.into()),
        Opened::Exists(existing) => {
            check_repeat(&existing, &wanted)?;
            parts::touch(rows, &existing, creator.now_ms).await?;
            (*existing, true)
        }
    };
    // It keeps the part size as well: the current rule, and what the client asks for, are for new uploads.
    let mut grants = Vec::new();
    let plan = match (&row.live, row.part_plan()) {
        (Some(live), _) => {
            begin::begin(rows, objects, &row, repeated).await?;
            Plan::Live {
                plan: live.plan,
                max_bytes: live.max_bytes,
            }
        }
        (None, Some(plan)) => {
            let s3_upload_id = begin::begin(rows, objects, &row, repeated).await?;
            grants = asked
                .sign(objects, signer, &row, s3_upload_id, creator.now_ms)
                .await?;
            Plan::Multipart {
                part_size: plan.part_size(),
                part_count: plan.part_count(),
            }
        }
        (None, None) => Plan::Single {
            put: signer.presign_put(&put_of(&row), creator.now_ms).await?,
        },
    };
    Ok(Granted {
        created: Created {
            grants,
            ..Created::new(row.record.key.into(), plan)
        },
        repeated,
    })
}

fn put_of(row: &Row) -> PutToSign<'_> {
    let Row {
        record, declared, ..
    } = row;
    let public = record.visibility == Visibility::Public;
    PutToSign {
        key: &record.key,
        size: record.size,
        media_type: &record.media_type,
        crc64nvme: declared.as_ref().and_then(|declared| declared.crc64nvme),
        public_disposition: public.then(|| attachment(&record.name)),
    }
}

fn pending_row(creator: Creator<'_>, item: ValidItem, asked: Option<u64>) -> Result<Row, Refusal> {
    let clean = item.name.for_key();
    let mut declared = Declared {
        // Nothing of a live upload is signed yet.
        size: item.size.map_or(0, ByteSize::get),
        media_type: standard_type(item.media_type.as_str()).to_owned(),
        crc64nvme: item.crc64nvme,
    };
    creator
        .policy
        .check(&clean, declared.size, &declared.media_type, item.visibility)?;
    if item.visibility == Visibility::Public {
        // S3 serves a public object itself, with the type it was stored under.
        declared.media_type = served_type(&declared.media_type).to_owned();
    }
    let live = item.live.then(|| {
        let most = item.max_bytes.map(ByteSize::get);
        Live::new(LivePlan::NEW, most, creator.policy.largest_file())
    });
    let part_size = match (&live, PlanKind::for_asked(declared.size, asked)) {
        (Some(live), _) => Some(live.plan.first_part_size()),
        (None, Ok(PlanKind::Single)) => None,
        (None, Ok(PlanKind::Multipart(plan))) => Some(plan.part_size()),
        (None, Err(error)) => return Err(Refusal::new(ErrorCode::TooLarge, error.to_string())),
    };
    let mut key = ObjectKey::new(creator.owner.clone(), item.id, &clean)
        .map_err(|error| Refusal::new(ErrorCode::InvalidName, error.to_string()))?;
    if let (KeyLayout::Path, Some(path)) = (creator.layout, &item.path) {
        key = path.extend(key)?;
    }
    let record = Record {
        id: item.id,
        status: UploadStatus::Pending,
        bucket: creator.bucket.to_owned(),
        key,
        name: item.name.as_str().to_owned(),
        path: item.path.and_then(|path| Some(path.as_str()?.to_owned())),
        size: declared.size,
        media_type: declared.media_type.clone(),
        visibility: item.visibility,
        metadata: item.metadata,
        part_size,
        live: live.is_some(),
        duration_ms: None,
        truncated: false,
        crc64nvme: declared.crc64nvme,
        verified: false,
        etag: None,
        version_id: None,
        sequencer: None,
        type_mismatch: false,
        seen_type: None,
        scan: None,
        withheld: None,
        url: None,
        created_at: creator.now_ms,
        stored_at: None,
        expires_at: None,
    };
    Ok(Row {
        owner: creator.owner.clone(),
        record,
        declared: Some(declared),
        s3_upload_id: None,
        live,
        scanned: None,
        open: Some(Open {
            counted: creator.limits.any(),
            sweep_at: creator.now_ms + creator.repair_after_ms,
            active_at: creator.now_ms,
        }),
        outbox: BTreeSet::new(),
    })
}

/// Whether the existing upload under this id is for the same file and still open.
fn check_repeat(existing: &Row, wanted: &Row) -> Result<(), Refusal> {
    let (old, new) = (&existing.record, &wanted.record);
    let same = same_file(existing, wanted)
        && old.name == new.name
        && old.path == new.path
        && old.visibility == new.visibility
        && old.metadata == new.metadata;
    if !same {
        return Err(Refusal::new(
            ErrorCode::UploadMismatch,
            "this id was used for another file; a different upload needs a new id",
        ));
    }
    still_open(old.status)
}

/// Whether both declare the same file. The checksum of a multipart upload may have been declared
/// later, by a complete call. What is sent of a live upload is open; its limit is not.
fn same_file(existing: &Row, wanted: &Row) -> bool {
    let (Some(old), Some(new)) = (&existing.declared, &wanted.declared) else {
        return false;
    };
    let same_type = standard_type(&old.media_type) == new.media_type;
    match (&existing.live, &wanted.live) {
        (Some(old), Some(new)) => return same_type && old.asked_bytes == new.asked_bytes,
        (None, None) => {}
        _ => return false,
    }
    let later = existing.record.part_size.is_some() && new.crc64nvme.is_none();
    old.size == new.size && same_type && (old.crc64nvme == new.crc64nvme || later)
}

fn still_open(status: UploadStatus) -> Result<(), Refusal> {
    match status {
        UploadStatus::Pending => Ok(()),
        UploadStatus::Stored => Err(parts::already_stored()),
        _ => Err(parts::ended()),
    }
}

/// The answer of `POST /uploads`.
#[derive(Debug)]
pub enum Answer {
    /// One result per item.
    Response(CreateResponse),
    /// The refusal of a single item, which is the refusal of the request.
    Refused(Error),
}

/// The HTTP status and body: the status that all items share, otherwise 207.
pub fn answer(mut results: Vec<ItemResult>, request_id: &str) -> (u16, Answer) {
    let mut statuses = results.iter().map(|(_, result)| match result {
        Ok(Granted {
            repeated: false, ..
        }) => 201,
        Ok(Granted { repeated: true, .. }) => 200,
        Err(error) => error.to_refusal().status(),
    });
    let first = statuses.next().unwrap_or(200);
    let status = if statuses.all(|status| status == first) {
        first
    } else {
        207
    };
    if results.len() == 1
        && let Some((_, Err(error))) = results.pop_if(|(_, result)| result.is_err())
    {
        return (status, Answer::Refused(error));
    }
    let uploads = results
        .into_iter()
        .map(|(id, result)| CreateResult {
            id,
            outcome: match result {
                Ok(granted) => Outcome::Created(granted.created),
                Err(error) => Outcome::Refused(error.to_refusal().into_body(request_id)),
            },
        })
        .collect();
    (status, Answer::Response(CreateResponse { uploads }))
}
