use std::collections::BTreeMap;

use crowfly_contract::{Crc64Nvme, Grant, OwnerId, Texts, UploadId, UploadStatus};
use crowfly_core::Fault;
use crowfly_core::ports::{
    AbortMultipart, ClearMultipart, CompleteMultipart, Completion, CreateMultipart,
    DeclareChecksum, ExpectedObject, FindMultipart, Head, ListMultiparts, ListParts,
    ListedMultipart, ListedPart, Multipart, MultipartPage, MultipartPosition, MultipartToCreate,
    PartPut, PresignPart, SetMultipart,
};

use super::{Memory, lock};

/// Page size, small so that tests see several pages.
const PAGE: usize = 2;

/// The multipart uploads of the bucket in memory.
#[derive(Default)]
pub(super) struct Multiparts {
    begun: u32,
    open: BTreeMap<String, Open>,
    scripted: Vec<(Completion, bool)>,
    ignored_aborts: u32,
    stalled: bool,
    race: Option<Race>,
}

/// A concurrent call just before the next [`SetMultipart`].
#[derive(Clone, Debug)]
pub enum Race {
    /// It sets its own multipart upload.
    Begun(String),
    /// It cancels the upload.
    Cancelled,
}

struct Open {
    key: String,
    media_type: String,
    public_disposition: Option<String>,
    parts: BTreeMap<u32, ListedPart>,
    initiated_at: u64,
}

impl Open {
    /// A stand-in for the full-object checksum: it changes with that of any part.
    fn crc64nvme(parts: &[ListedPart]) -> Crc64Nvme {
        let crcs = parts.iter().filter_map(|part| part.crc64nvme);
        Crc64Nvme::new(crcs.fold(0, |all, crc| all ^ crc.value()))
    }

    fn object(&self, parts: &[ListedPart]) -> Head {
        Head {
            size: parts.iter().map(|part| part.size).sum(),
            media_type: self.media_type.clone(),
            content_encoding: None,
            etag: format!("e-{}", parts.len()),
            version_id: None,
            crc64nvme: Some(Self::crc64nvme(parts)),
            last_modified: None,
        }
    }
}

impl Memory {
    /// The S3 upload ids of the open multipart uploads.
    pub fn open_multiparts(&self) -> Vec<String> {
        lock(&self.multiparts).open.keys().cloned().collect()
    }

    /// The `Content-Disposition` of an open multipart upload.
    pub fn multipart_disposition(&self, s3_upload_id: &str) -> Option<String> {
        lock(&self.multiparts).open[s3_upload_id]
            .public_disposition
            .clone()
    }

    /// Stores a part.
    pub fn put_part(&self, s3_upload_id: &str, number: u32, size: u64, crc64nvme: Option<u64>) {
        let part = ListedPart {
            number,
            size,
            etag: format!("\"{number}\""),
            crc64nvme: crc64nvme.map(Crc64Nvme::new),
        };
        let mut multiparts = lock(&self.multiparts);
        let open = multiparts.open.get_mut(s3_upload_id).unwrap();
        open.parts.insert(number, part);
    }

    /// Sets when a multipart upload started, in Unix milliseconds; the default is 0.
    pub fn set_initiated(&self, s3_upload_id: &str, at: u64) {
        let mut multiparts = lock(&self.multiparts);
        multiparts.open.get_mut(s3_upload_id).unwrap().initiated_at = at;
    }

    /// Removes all multipart uploads, as a lifecycle rule does.
    pub fn drop_multiparts(&self) {
        lock(&self.multiparts).open.clear();
    }

    /// The answer of the next completion; the object is created anyway if `made`.
    pub fn next_completion(&self, answer: Completion, made: bool) {
        lock(&self.multiparts).scripted.push((answer, made));
    }

    /// Completions do not return any more.
    pub fn stall_completions(&self) {
        lock(&self.multiparts).stalled = true;
    }

    /// The next aborts have no effect, as with parts in flight.
    pub fn ignore_aborts(&self, times: u32) {
        lock(&self.multiparts).ignored_aborts = times;
    }

    /// Runs another call just before the next [`SetMultipart`].
    pub fn race(&self, what: Race) {
        lock(&self.multiparts).race = Some(what);
    }
}

impl ListMultiparts for Memory {
    async fn list_multiparts(
        &self,
        after: Option<&MultipartPosition>,
    ) -> Result<MultipartPage, Fault> {
        self.begin_call("list_multiparts")?;
        let multiparts = lock(&self.multiparts);
        let mut listed: Vec<ListedMultipart> = multiparts
            .open
            .iter()
            .map(|(id, open)| ListedMultipart {
                key: open.key.clone(),
                s3_upload_id: id.clone(),
                initiated_at: open.initiated_at,
            })
            .collect();
        listed.sort_by(|a, b| (&a.key, &a.s3_upload_id).cmp(&(&b.key, &b.s3_upload_id)));
        let behind = |listed: &ListedMultipart| {
            after.is_none_or(|after| {
                let id = Some(&listed.s3_upload_id);
                match &after.s3_upload_id {
                    None => listed.key > after.key,
                    last => (&listed.key, id) > (&after.key, last.as_ref()),
                }
            })
        };
        listed.retain(behind);
        let more = listed.len() > PAGE;
        listed.truncate(PAGE);
        let next = listed
            .last()
            .filter(|_| more)
            .map(|last| MultipartPosition {
                key: last.key.clone(),
                s3_upload_id: Some(last.s3_upload_id.clone()),
            });
        Ok(MultipartPage {
            multiparts: listed,
            next,
        })
    }
}

impl SetMultipart for Memory {
    async fn set_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<bool, Fault> {
        self.begin_call("set_multipart")?;
        let race = lock(&self.multiparts).race.take();
        let mut rows = lock(&self.rows);
        let Some(row) = rows.get_mut(&(owner.clone(), id)) else {
            return Ok(false);
        };
        match race {
            Some(Race::Begun(id)) => row.s3_upload_id = Some(id),
            Some(Race::Cancelled) => row.record.status = UploadStatus::Aborted,
            None => {}
        }
        if row.s3_upload_id.is_none() && row.record.status == UploadStatus::Pending {
            row.s3_upload_id = Some(s3_upload_id.to_owned());
            return Ok(true);
        }
        Ok(false)
    }
}

impl ClearMultipart for Memory {
    async fn clear_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<(), Fault> {
        self.begin_call("clear_multipart")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(owner.clone(), id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        if let Some(row) = row
            && row.s3_upload_id.as_deref() == Some(s3_upload_id)
        {
            row.s3_upload_id = None;
        }
        Ok(())
    }
}

impl DeclareChecksum for Memory {
    async fn declare_checksum(
        &self,
        owner: &OwnerId,
        id: UploadId,
        crc64nvme: Crc64Nvme,
    ) -> Result<bool, Fault> {
        self.begin_call("declare_checksum")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(owner.clone(), id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        let Some(row) = row else { return Ok(false) };
        let Some(declared) = &mut row.declared else {
            return Ok(false);
        };
        if declared
            .crc64nvme
            .is_some_and(|current| current != crc64nvme)
        {
            return Ok(false);
        }
        declared.crc64nvme = Some(crc64nvme);
        row.record.crc64nvme = Some(crc64nvme);
        Ok(true)
    }
}

impl CreateMultipart for Memory {
    async fn create_multipart(&self, create: &MultipartToCreate<'_>) -> Result<String, Fault> {
        self.begin_call("create_multipart")?;
        let mut multiparts = lock(&self.multiparts);
        multiparts.begun += 1;
        let id = format!("multipart-{}", multiparts.begun);
        let open = Open {
            key: create.key.to_string(),
            media_type: create.media_type.to_owned(),
            public_disposition: create.public_disposition.clone(),
            parts: BTreeMap::new(),
            initiated_at: 0,
        };
        multiparts.open.insert(id.clone(), open);
        Ok(id)
    }
}

impl PresignPart for Memory {
    async fn presign_part(
        &self,
        multipart: Multipart<'_>,
        part: &PartPut,
        now_ms: u64,
    ) -> Result<Grant, Fault> {
        self.begin_call("presign_part")?;
        let crc = part.crc64nvme.map(|crc| crc.to_string());
        let headers = crc.map(|crc| ("x-amz-checksum-crc64nvme".to_owned(), crc));
        let (key, id) = (multipart.key, multipart.s3_upload_id);
        let (number, size) = (part.number, part.size);
        Ok(Grant {
            url: format!(
                "memory://{key}?uploadId={id}&partNumber={number}&size={size}&from={now_ms}"
            ),
            other_url: None,
            headers: headers.into_iter().collect::<Texts>(),
            expires_in_ms: 300_000,
        })
    }
}

impl ListParts for Memory {
    async fn list_parts(&self, multipart: Multipart<'_>) -> Result<Option<Vec<ListedPart>>, Fault> {
        self.begin_call("list_parts")?;
        let multiparts = lock(&self.multiparts);
        let open = multiparts.open.get(multipart.s3_upload_id);
        Ok(open.map(|open| open.parts.values().cloned().collect()))
    }
}

impl FindMultipart for Memory {
    async fn find_multipart(&self, multipart: Multipart<'_>) -> Result<bool, Fault> {
        self.begin_call("find_multipart")?;
        let multiparts = lock(&self.multiparts);
        let open = multiparts.open.get(multipart.s3_upload_id);
        Ok(open.is_some_and(|open| open.key == multipart.key.to_string()))
    }
}

impl CompleteMultipart for Memory {
    async fn complete_multipart(
        &self,
        multipart: Multipart<'_>,
        expected: &ExpectedObject,
    ) -> Result<Completion, Fault> {
        self.begin_call("complete_multipart")?;
        let stalled = lock(&self.multiparts).stalled;
        if stalled {
            std::future::pending::<()>().await;
        }
        let mut multiparts = lock(&self.multiparts);
        let mut objects = lock(&self.objects);
        let key = multipart.key.to_string();
        let scripted = multiparts.scripted.pop();
        if let Some((answer, false)) = scripted {
            return Ok(answer);
        }
        let Some(open) = multiparts.open.get(multipart.s3_upload_id) else {
            return Ok(Completion::Gone);
        };
        let object = open.object(&expected.parts);
        if objects.contains_key(&key) {
            return Ok(Completion::Exists);
        }
        // Parts that are not named are dropped.
        let held = |part: &ListedPart| open.parts.get(&part.number) == Some(part);
        if !expected.parts.iter().all(held) || expected.size != object.size {
            return Ok(Completion::PartsMismatch);
        }
        if expected.crc64nvme.is_some() && expected.crc64nvme != object.crc64nvme {
            return Ok(Completion::ChecksumMismatch);
        }
        multiparts.open.remove(multipart.s3_upload_id);
        objects.insert(key, object);
        Ok(scripted.map_or(Completion::Done, |(answer, _)| answer))
    }
}

impl AbortMultipart for Memory {
    async fn abort_multipart(&self, multipart: Multipart<'_>) -> Result<(), Fault> {
        self.begin_call("abort_multipart")?;
        let mut multiparts = lock(&self.multiparts);
        if multiparts.ignored_aborts > 0 {
            multiparts.ignored_aborts -= 1;
        } else {
            multiparts.open.remove(multipart.s3_upload_id);
        }
        Ok(())
    }
}
