use crowfly_contract::{Crc64Nvme, OwnerId, UploadId, UploadStatus};
use crowfly_core::Fault;
use crowfly_core::ports::{DeclareChecksum, SetMultipart};

use super::{Table, if_it_holds};
use crate::item::text;

impl SetMultipart for Table {
    async fn set_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        replaces: Option<&str>,
        s3_upload_id: &str,
    ) -> Result<bool, Fault> {
        let free = match replaces {
            Some(_) => "#s3UploadId = :old",
            None => "attribute_not_exists(#s3UploadId)",
        };
        let mut update = self
            .update(owner, id)
            .update_expression("SET #s3UploadId = :new")
            .condition_expression(format!("#status = :pending AND {free}"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#s3UploadId", "s3UploadId")
            .expression_attribute_values(":pending", text(UploadStatus::Pending.as_str()))
            .expression_attribute_values(":new", text(s3_upload_id));
        if let Some(old) = replaces {
            update = update.expression_attribute_values(":old", text(old));
        }
        if_it_holds(update).await
    }
}

impl DeclareChecksum for Table {
    async fn declare_checksum(
        &self,
        owner: &OwnerId,
        id: UploadId,
        crc64nvme: Crc64Nvme,
    ) -> Result<bool, Fault> {
        let update = self
            .update(owner, id)
            .update_expression("SET #clientCrc64nvme = :crc, #crc64nvme = :crc")
            .condition_expression(
                "#status = :pending \
                 AND (attribute_not_exists(#clientCrc64nvme) OR #clientCrc64nvme = :crc)",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#clientCrc64nvme", "clientCrc64nvme")
            .expression_attribute_names("#crc64nvme", "crc64nvme")
            .expression_attribute_values(":pending", text(UploadStatus::Pending.as_str()))
            .expression_attribute_values(":crc", text(crc64nvme));
        if_it_holds(update).await
    }
}
