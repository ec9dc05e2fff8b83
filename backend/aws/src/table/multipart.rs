use crowfly_contract::{Crc64Nvme, OwnerId, UploadId, UploadStatus};
use crowfly_core::Fault;
use crowfly_core::ports::{ClearMultipart, DeclareChecksum, SetMultipart};

use super::{Table, condition_held, key, status};
use crate::item::text;

impl SetMultipart for Table {
    async fn set_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<bool, Fault> {
        let update = self.update(
            key(owner, id),
            "SET #s3UploadId = :new",
            "#status = :pending AND attribute_not_exists(#s3UploadId)",
            [
                ("pending", status(UploadStatus::Pending)),
                ("new", text(s3_upload_id)),
            ],
        );
        condition_held(update).await
    }
}

impl ClearMultipart for Table {
    async fn clear_multipart(
        &self,
        owner: &OwnerId,
        id: UploadId,
        s3_upload_id: &str,
    ) -> Result<(), Fault> {
        let update = self.update(
            key(owner, id),
            "REMOVE #s3UploadId",
            "#status = :pending AND #s3UploadId = :gone",
            [
                ("pending", status(UploadStatus::Pending)),
                ("gone", text(s3_upload_id)),
            ],
        );
        condition_held(update).await.map(drop)
    }
}

impl DeclareChecksum for Table {
    async fn declare_checksum(
        &self,
        owner: &OwnerId,
        id: UploadId,
        crc64nvme: Crc64Nvme,
    ) -> Result<bool, Fault> {
        let update = self.update(
            key(owner, id),
            "SET #clientCrc64nvme = :crc, #crc64nvme = :crc",
            "#status = :pending \
             AND (attribute_not_exists(#clientCrc64nvme) OR #clientCrc64nvme = :crc)",
            [
                ("pending", status(UploadStatus::Pending)),
                ("crc", text(crc64nvme)),
            ],
        );
        condition_held(update).await
    }
}
