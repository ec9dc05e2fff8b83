//! Multipart uploads on the server's side.

use std::collections::BTreeMap;

use crowfly_contract::{
    Crc64Nvme, ErrorCode, PartGrant, PartPlan, PartToSign, StoredPart, UploadId,
};
use crowfly_engine::Reply;
use crowfly_engine::crc64::combine;

use super::Server;
use super::server::{Object, refusal};

#[derive(Clone, Debug)]
pub struct Multipart {
    pub plan: PartPlan,
    /// By number: bytes and checksum.
    pub parts: BTreeMap<u32, (u64, Crc64Nvme)>,
}

impl Multipart {
    pub fn new(plan: PartPlan) -> Self {
        Self {
            plan,
            parts: BTreeMap::new(),
        }
    }
}

impl Server {
    /// Why there is no multipart upload to work on.
    fn absent(&self, id: UploadId) -> ErrorCode {
        match self.created.get(&id) {
            None => ErrorCode::NotFound,
            Some(_) if self.objects.contains_key(&id) => ErrorCode::AlreadyStored,
            Some(pending) if pending.aborted => ErrorCode::UploadEnded,
            Some(_) => ErrorCode::MultipartGone,
        }
    }

    fn multipart(&self, id: UploadId) -> Option<&Multipart> {
        self.created.get(&id)?.multipart.as_ref()
    }

    pub fn sign(&mut self, now: u64, id: UploadId, parts: &[PartToSign]) -> Reply {
        let Some(plan) = self.multipart(id).map(|multipart| multipart.plan) else {
            return refusal(self.absent(id));
        };
        let grants = self.sign_all(now, id, plan, parts);
        grants.map_or_else(|| refusal(ErrorCode::InvalidPart), Reply::Signed)
    }

    pub(super) fn sign_all(
        &mut self,
        now: u64,
        id: UploadId,
        plan: PartPlan,
        parts: &[PartToSign],
    ) -> Option<Vec<PartGrant>> {
        let mut grants = Vec::new();
        for part in parts {
            let range = plan.part(part.number)?;
            let size = range.bytes.end - range.bytes.start;
            let grant = self.grant(now, id, Some(part.number), size, part.crc64nvme);
            grants.push(PartGrant {
                number: part.number,
                grant,
            });
        }
        Some(grants)
    }

    pub fn list(&self, id: UploadId) -> Reply {
        let Some(multipart) = self.multipart(id) else {
            return refusal(self.absent(id));
        };
        let parts = multipart.parts.iter();
        Reply::Listed(
            parts
                .map(|(number, (size, crc))| StoredPart {
                    number: *number,
                    size: *size,
                    crc64nvme: (!self.mute).then_some(*crc),
                    etag: None,
                })
                .collect(),
        )
    }

    /// False if there is no such multipart upload.
    pub(super) fn put_part(
        &mut self,
        id: UploadId,
        number: u32,
        size: u64,
        crc: Crc64Nvme,
    ) -> bool {
        let forgets = self.forgets;
        let Some(multipart) = self
            .created
            .get_mut(&id)
            .and_then(|pending| pending.multipart.as_mut())
        else {
            return false;
        };
        if !forgets && multipart.parts.insert(number, (size, crc)) == Some((size, crc)) {
            self.resent += 1;
        }
        true
    }

    /// Makes the object of its parts.
    pub(super) fn assemble(
        &mut self,
        now: u64,
        id: UploadId,
        expected: Option<Crc64Nvme>,
    ) -> Result<(), ErrorCode> {
        let Some(multipart) = self.multipart(id) else {
            return Err(self.absent(id));
        };
        let planned = multipart.plan.parts();
        let exact = planned
            .map(|part| part.bytes.end - part.bytes.start)
            .eq(multipart.parts.values().map(|(size, _)| *size));
        if !exact {
            return Err(ErrorCode::PartsMismatch);
        }
        let parts = multipart.parts.values().copied();
        let whole =
            parts.reduce(|(size, whole), (more, part)| (size + more, combine(whole, part, more)));
        let Some((size, crc)) = whole else {
            return Err(ErrorCode::PartsMismatch);
        };
        if self.splices {
            // A planted fault: the parts are assembled wrongly, and not checked.
            let object = Object {
                size,
                crc: Crc64Nvme::new(crc.value() ^ 1),
                stored_at: now,
            };
            self.objects.insert(id, object);
            return Ok(());
        }
        if !self.mute && expected.is_some_and(|expected| expected != crc) {
            return Err(ErrorCode::ChecksumMismatch);
        }
        let object = Object {
            size,
            crc,
            stored_at: now,
        };
        self.objects.insert(id, object);
        self.expire_multipart(id);
        Ok(())
    }

    /// Storage discards an unfinished multipart upload, as a lifecycle rule does.
    pub fn expire_multipart(&mut self, id: UploadId) {
        if let Some(pending) = self.created.get_mut(&id) {
            pending.multipart = None;
        }
    }
}
