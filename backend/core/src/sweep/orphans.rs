//! Multipart uploads that storage keeps although no pending upload names them: a create that broke off between
//! beginning one and writing it down left them.

use crowfly_contract::{ObjectKey, UploadStatus};

use super::{Action, Did, Objects, Rows, Watch};
use crate::cancel::drop_multipart;
use crate::ports::{ListedMultipart, Multipart};
use crate::{Fault, bounded};

/// How old one must be, in milliseconds: a day. A create that runs needs seconds.
const ORPHAN_AFTER_MS: u64 = 24 * 3_600 * 1_000;
const AT_ONCE: usize = 10;

/// Walks over the multipart uploads of storage, and drops the orphans.
pub(super) async fn clear(
    rows: &impl Rows,
    objects: &impl Objects,
    now_ms: u64,
    watch: &impl Watch,
) -> Result<(), Fault> {
    let mut after = None;
    while watch.go_on() {
        let page = objects.list_multiparts(after.as_ref()).await?;
        let old = page
            .multiparts
            .iter()
            .filter(|listed| listed.initiated_at + ORPHAN_AFTER_MS <= now_ms);
        let tasks = old
            .map(|listed| async move {
                if !watch.go_on() {
                    return;
                }
                match clear_one(rows, objects, listed).await {
                    Ok(Some(action)) => watch.did(&action),
                    Ok(None) => {}
                    Err(fault) => watch.failed(&fault),
                }
            })
            .collect();
        bounded(tasks, AT_ONCE).await;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}

async fn clear_one(
    rows: &impl Rows,
    objects: &impl Objects,
    listed: &ListedMultipart,
) -> Result<Option<Action>, Fault> {
    // What is not ours is left to who began it, and to the bucket's lifecycle.
    let Ok(key) = listed.key.parse::<ObjectKey>() else {
        return Ok(None);
    };
    let row = rows.query_row(key.owner(), key.id()).await?;
    let named = row.is_some_and(|row| {
        row.record.status == UploadStatus::Pending
            && row.s3_upload_id.as_deref() == Some(&listed.s3_upload_id)
    });
    if named {
        return Ok(None);
    }
    let multipart = Multipart {
        key: &key,
        s3_upload_id: &listed.s3_upload_id,
    };
    drop_multipart(objects, multipart).await?;
    Ok(Some(Action {
        owner: key.owner().clone(),
        id: key.id(),
        did: Did::Cleared,
        dropped: 1,
        released: 0,
    }))
}
