//! Multipart uploads that storage keeps although no pending upload names them: a create that broke off between
//! beginning one and writing it down left them.

use crowfly_contract::{ObjectKey, UploadStatus};

use super::{Action, Did, Objects, Part, Rows, Watch};
use crate::cancel::drop_multipart;
use crate::ports::{ListedMultipart, Multipart, MultipartPosition};
use crate::{Fault, bounded};

/// How old one must be, in milliseconds: a day. A create that runs needs seconds.
const ORPHAN_AFTER_MS: u64 = 24 * 3_600 * 1_000;
const AT_ONCE: usize = 10;

/// Walks over the multipart uploads of storage, from those of the owners of a shard on round to them, and drops
/// the orphans.
pub(super) async fn clear(
    rows: &impl Rows,
    objects: &impl Objects,
    shard: Option<char>,
    now_ms: u64,
    watch: &impl Watch,
) -> Result<(), Fault> {
    let start = shard.map(|shard| MultipartPosition {
        key: format!("uploads/{shard}"),
        s3_upload_id: None,
    });
    let end = start.as_ref().map(|start| start.key.clone());
    clear_between(rows, objects, start, None, now_ms, watch).await?;
    clear_between(rows, objects, None, end.as_deref(), now_ms, watch).await
}

/// Walks from behind `after` to before the key `end`.
async fn clear_between(
    rows: &impl Rows,
    objects: &impl Objects,
    mut after: Option<MultipartPosition>,
    end: Option<&str>,
    now_ms: u64,
    watch: &impl Watch,
) -> Result<(), Fault> {
    let inside = |key: &str| end.is_none_or(|end| key < end);
    while watch.go_on(Part::Orphans) {
        let page = objects.list_multiparts(after.as_ref()).await?;
        let old = page
            .multiparts
            .iter()
            .filter(|listed| listed.initiated_at + ORPHAN_AFTER_MS <= now_ms)
            .filter(|listed| inside(&listed.key));
        let tasks = old
            .map(|listed| async move {
                if !watch.go_on(Part::Orphans) {
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
        after = page.next.filter(|next| inside(&next.key));
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
