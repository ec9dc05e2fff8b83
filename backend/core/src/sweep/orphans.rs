//! Aborts multipart uploads that no pending upload names: a create call was interrupted between
//! starting one and writing its id.

use crowfly_contract::{ObjectKey, UploadStatus};

use super::{Action, Effect, Objects, Observer, Part, Rows};
use crate::cancel::drop_multipart;
use crate::ports::{ListedMultipart, Multipart, MultipartPosition};
use crate::{Fault, bounded};

/// Minimum age of an orphan, in milliseconds: a day. A create call takes seconds.
const ORPHAN_AFTER_MS: u64 = 24 * 3_600 * 1_000;
const AT_ONCE: usize = 10;

/// Scans all multipart uploads in storage, starting at the owners of a shard and wrapping around,
/// and aborts the orphans.
pub(super) async fn clear(
    rows: &impl Rows,
    objects: &impl Objects,
    shard: Option<char>,
    now_ms: u64,
    observer: &impl Observer,
) -> Result<(), Fault> {
    let start = shard.map(|shard| MultipartPosition {
        key: format!("uploads/{shard}"),
        s3_upload_id: None,
    });
    let end = start.as_ref().map(|start| start.key.clone());
    clear_between(rows, objects, start, None, now_ms, observer).await?;
    clear_between(rows, objects, None, end.as_deref(), now_ms, observer).await
}

/// Scans from after `after` to before the key `end`.
async fn clear_between(
    rows: &impl Rows,
    objects: &impl Objects,
    mut after: Option<MultipartPosition>,
    end: Option<&str>,
    now_ms: u64,
    observer: &impl Observer,
) -> Result<(), Fault> {
    let inside = |key: &str| end.is_none_or(|end| key < end);
    while observer.has_time(Part::Orphans) {
        let page = objects.list_multiparts(after.as_ref()).await?;
        let old = page
            .multiparts
            .iter()
            .filter(|listed| listed.initiated_at + ORPHAN_AFTER_MS <= now_ms)
            .filter(|listed| inside(&listed.key));
        let tasks = old
            .map(|listed| async move {
                if !observer.has_time(Part::Orphans) {
                    return;
                }
                match clear_one(rows, objects, listed).await {
                    Ok(Some(action)) => observer.did(&action),
                    Ok(None) => {}
                    Err(fault) => observer.failed(&fault),
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
    // Multipart uploads under other keys belong to other tools and to the lifecycle rule of the
    // bucket.
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
        effect: Effect::Cleared,
        dropped: 1,
        released: 0,
    }))
}
