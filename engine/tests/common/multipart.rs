//! Multipart uploads on the server's side.

use std::collections::BTreeMap;
use std::ops::Range;

use crowfly_contract::{
    Crc64Nvme, ErrorCode, LivePlan, PartGrant, PartPlan, PartToSign, StoredPart, UploadId,
};
use crowfly_engine::Reply;
use crowfly_engine::crc64::combine;

use super::Server;
use super::server::{Object, refusal};

/// How a file is split.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    Planned(PartPlan),
    Live(LivePlan),
}

impl Cut {
    /// The plan of a file whose size is known.
    pub fn planned(self) -> PartPlan {
        match self {
            Self::Planned(plan) => plan,
            Self::Live(_) => panic!("its size is not known"),
        }
    }

    /// Bytes of a part as signed; of a live upload the client says those of the last one.
    fn signed(self, part: &PartToSign) -> Option<u64> {
        match self {
            Self::Planned(plan) => {
                let range = plan.part(part.number)?.bytes;
                part.size.is_none().then(|| range.end - range.start)
            }
            Self::Live(plan) => {
                let whole = plan.part_size(part.number)?;
                Some(part.size.unwrap_or(whole)).filter(|size| *size <= whole)
            }
        }
    }

    /// Bytes of all parts of a file.
    fn sizes(self, size: u64) -> Vec<u64> {
        match self {
            Self::Planned(plan) => plan
                .parts()
                .map(|part| part.bytes.end - part.bytes.start)
                .collect(),
            Self::Live(plan) => live_parts(plan, size)
                .iter()
                .map(|part| part.end - part.start)
                .collect(),
        }
    }
}

/// The parts of a live upload of this size.
pub fn live_parts(plan: LivePlan, size: u64) -> Vec<Range<u64>> {
    let last = plan.last(size).expect("within the capacity");
    let whole = (1..last.number).filter_map(|number| plan.part(number));
    whole.chain([last.clone()]).map(|part| part.bytes).collect()
}

#[derive(Clone, Debug)]
pub struct Multipart {
    pub cut: Cut,
    /// By number: bytes and checksum.
    pub parts: BTreeMap<u32, (u64, Crc64Nvme)>,
}

impl Multipart {
    pub fn new(plan: PartPlan) -> Self {
        Self::of(Cut::Planned(plan))
    }

    pub fn of(cut: Cut) -> Self {
        Self {
            cut,
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
        let Some(cut) = self.multipart(id).map(|multipart| multipart.cut) else {
            return refusal(self.absent(id));
        };
        let grants = self.sign_all(now, id, cut, parts);
        grants.map_or_else(|| refusal(ErrorCode::InvalidPart), Reply::Signed)
    }

    pub(super) fn sign_all(
        &mut self,
        now: u64,
        id: UploadId,
        cut: Cut,
        parts: &[PartToSign],
    ) -> Option<Vec<PartGrant>> {
        let mut grants = Vec::new();
        for part in parts {
            let size = cut.signed(part)?;
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
        size: u64,
        expected: Option<Crc64Nvme>,
    ) -> Result<(), ErrorCode> {
        let Some(multipart) = self.multipart(id) else {
            return Err(self.absent(id));
        };
        let held = multipart.parts.values().map(|(size, _)| *size);
        let exact = multipart.cut.sizes(size).into_iter().eq(held);
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
