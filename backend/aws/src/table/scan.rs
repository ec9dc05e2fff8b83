use crowfly_contract::{OwnerId, ScanStatus, UploadId};
use crowfly_core::ports::SetScan;
use crowfly_core::scan::strength;
use crowfly_core::{Fault, Scanned};

use super::{Table, if_it_holds};
use crate::item::text;

impl SetScan for Table {
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
    ) -> Result<bool, Fault> {
        let weaker = ScanStatus::ALL
            .iter()
            .filter(|status| strength(**status) < strength(found));
        let mut update = self.update(owner, id);
        let mut stands = Vec::new();
        for status in weaker {
            let name = format!(":{}", status.as_str());
            update = update.expression_attribute_values(&name, text(status.as_str()));
            stands.push(name);
        }
        let condition = format!(
            "attribute_exists(#id) AND (attribute_not_exists(#etag) OR #etag = :etag) AND \
             (attribute_not_exists(#scan) OR attribute_not_exists(#scanEtag) OR #scanEtag <> :etag \
             OR #scan IN ({}))",
            stands.join(", ")
        );
        let version = match &object.version_id {
            Some(version) => {
                update = update.expression_attribute_values(":version", text(version));
                ", #scanVersionId = :version"
            }
            None => " REMOVE #scanVersionId",
        };
        let update = update
            .update_expression(format!("SET #scan = :found, #scanEtag = :etag{version}"))
            .condition_expression(condition)
            .expression_attribute_names("#id", "id")
            .expression_attribute_names("#etag", "etag")
            .expression_attribute_names("#scan", "scan")
            .expression_attribute_names("#scanEtag", "scanEtag")
            .expression_attribute_names("#scanVersionId", "scanVersionId")
            .expression_attribute_values(":found", text(found.as_str()))
            .expression_attribute_values(":etag", text(&object.etag));
        if_it_holds(update).await
    }
}
