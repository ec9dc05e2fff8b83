use crowfly_contract::{OwnerId, ScanStatus, UploadId};
use crowfly_core::ports::{ScanNotices, SetScan};
use crowfly_core::scan::strength;
use crowfly_core::{Fault, Scanned};

use super::apply::Update;
use super::{Table, condition_held, key};
use crate::item::{number, text};

impl SetScan for Table {
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
        notices: Option<&ScanNotices<'_>>,
    ) -> Result<bool, Fault> {
        let mut update = Update::default();
        update.set("scan", text(found.as_str()));
        update.set("scanEtag", text(&object.etag));
        match &object.version_id {
            Some(version) => update.set("scanVersionId", text(version)),
            None => update.remove("scanVersionId"),
        }
        let weaker = ScanStatus::ALL.iter().copied();
        let weaker: Vec<&str> = weaker
            .filter(|status| strength(*status) < strength(found))
            .map(ScanStatus::as_str)
            .collect();
        let mut condition = format!(
            "attribute_exists(#id) AND (attribute_not_exists(#etag) OR #etag = :scanEtag) AND \
             (attribute_not_exists(#scan) OR attribute_not_exists(#scanEtag) OR #scanEtag <> :scanEtag \
             OR #scan IN (:{}))",
            weaker.join(", :")
        );
        if let Some(notices) = notices {
            let unchanged = update.unchanged(Some(notices.seen))?;
            condition = format!("{condition} AND {unchanged}");
            if !notices.entries.is_empty() {
                update.notices(owner, notices.entries.clone(), notices.notify_by);
                update.keep_or_set("activeAt", number(notices.notify_by));
            }
        }
        let weaker = weaker.iter().map(|word| (*word, text(*word)));
        let values: Vec<_> = update.values.iter().cloned().chain(weaker).collect();
        let update = self.update(key(owner, id), &update.expression(), &condition, values);
        condition_held(update).await
    }
}
