//! Signs the first parts of a file along with its create call, which saves the client a round trip.

use crowfly_contract::{FirstParts, PartGrant};

use crate::ports::{FindMultipart, Multipart, PresignPart};
use crate::request::ValidItem;
use crate::{Error, Row, parts};

/// The part size that an item asks for, and the parts of that size that are to be signed along. They are no property
/// of the upload: a repeated item may ask for others, as another page measured another size and hashed other parts.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) part_size: Option<u64>,
    parts: FirstParts,
}

impl Asked {
    /// Takes it out of the item.
    pub(super) fn take(item: &mut ValidItem) -> Self {
        Self {
            part_size: item.part_size.take().map(|size| size.get()),
            parts: std::mem::take(&mut item.parts),
        }
    }

    /// Grants for those of the parts that are in the plan, as a sign call makes them; none if the client has
    /// asked for another part size.
    ///
    /// Like a sign call it trusts no multipart upload that an earlier call began: if storage no longer has it there are
    /// no grants, and the sign call that follows says so.
    pub(super) async fn sign(
        &self,
        objects: &impl FindMultipart,
        signer: &impl PresignPart,
        row: &Row,
        s3_upload_id: Option<String>,
        now_ms: u64,
    ) -> Result<Vec<PartGrant>, Error> {
        let plan = row.part_plan();
        let plan = plan.filter(|plan| self.part_size == Some(plan.part_size()));
        let (Some(plan), Some(s3_upload_id)) = (plan, s3_upload_id) else {
            return Ok(Vec::new());
        };
        let puts: Vec<_> = self
            .parts
            .iter()
            .filter_map(|part| parts::put_of(plan, part).ok())
            .collect();
        let multipart = Multipart {
            key: &row.record.key,
            s3_upload_id: &s3_upload_id,
        };
        let earlier = row.s3_upload_id.is_some() && !puts.is_empty();
        if earlier && !objects.find_multipart(multipart).await? {
            return Ok(Vec::new());
        }
        Ok(parts::presign(signer, multipart, &puts, now_ms).await?)
    }
}
