use crowfly_contract::{OwnerId, ScanStatus, UploadId};
use crowfly_core::ports::SetScan;
use crowfly_core::scan::strength;
use crowfly_core::{Fault, Scanned};

use super::{Table, condition_held, key};
use crate::item::text;

impl SetScan for Table {
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
    ) -> Result<bool, Fault> {
        let weaker = ScanStatus::ALL.iter().copied();
        let weaker: Vec<&str> = weaker
            .filter(|status| strength(*status) < strength(found))
            .map(ScanStatus::as_str)
            .collect();
        let condition = format!(
            "attribute_exists(#id) AND (attribute_not_exists(#etag) OR #etag = :etag) AND \
             (attribute_not_exists(#scan) OR attribute_not_exists(#scanEtag) OR #scanEtag <> :etag \
             OR #scan IN (:{}))",
            weaker.join(", :")
        );
        let version = match &object.version_id {
            Some(_) => ", #scanVersionId = :version",
            None => " REMOVE #scanVersionId",
        };
        let version_id = object.version_id.as_ref();
        let values = [
            ("found", text(found.as_str())),
            ("etag", text(&object.etag)),
        ];
        let update = self.update(
            key(owner, id),
            &format!("SET #scan = :found, #scanEtag = :etag{version}"),
            &condition,
            values
                .into_iter()
                .chain(version_id.map(|version| ("version", text(version))))
                .chain(weaker.iter().map(|word| (*word, text(*word)))),
        );
        condition_held(update).await
    }
}
