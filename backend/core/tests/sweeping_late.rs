//! Objects that appear although their upload was cancelled or expired, and whose events are lost:
//! the sweep finds them as long as they can appear, and their records are permanent.

mod common;

use common::creating::create_with;
use common::events::{created, handle, key};
use common::multipart::{WHOLE_CRC, code, send_all};
use common::sweeping::*;
use common::{LIMITS, NOW, id, owner};
use crowfly_contract::{Crc64Nvme, ErrorCode, UploadStatus};
use crowfly_core::Row;
use crowfly_core::cancel::cancel;
use crowfly_core::complete::{Completed, complete};
use crowfly_core::ports::{CompleteMultipart, ExpectedObject, ListParts, MarkAborted};
use crowfly_core::quota::Limits;
use crowfly_core::sweep::Effect;
use crowfly_testing::{Memory, head_of};
use serde_json::json;

fn row(memory: &Memory) -> Row {
    memory.row(&owner('a'), id(1)).unwrap()
}

async fn cancel_it(memory: &Memory, now_ms: u64) -> Result<(), crowfly_core::Error> {
    cancel(memory, memory, &owner('a'), id(1), now_ms).await
}

/// Sweeps every six hours for six weeks, longer than any time to live.
async fn weeks_pass(memory: &Memory, from: u64) -> Vec<Effect> {
    let mut all = Vec::new();
    for hour in (0..42 * 24).step_by(6) {
        all.extend(effects(&swept(memory, from + hour * HOUR).await));
    }
    all
}

fn stays_stored(memory: &Memory) {
    let row = row(memory);
    assert_eq!(row.record.status, UploadStatus::Stored);
    assert_eq!((row.record.expires_at, row.open), (None, None));
    assert_eq!(open(memory), 0);
}

#[tokio::test]
async fn f41_f55_a_completion_that_beat_a_cancel_is_recorded_although_its_event_is_lost() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([multipart_item(1)]), NOW).await;
    send_all(&memory, &row(&memory));
    // A completion is in flight while the cancel finds no object and marks the upload.
    let begun = row(&memory);
    let multipart = begun.multipart().unwrap();
    let parts = memory.list_parts(multipart).await.unwrap().unwrap();
    assert!(memory.mark_aborted(&owner('a'), id(1), NOW).await.unwrap());
    let expected = ExpectedObject {
        parts,
        size: begun.record.size,
        crc64nvme: None,
    };
    memory
        .complete_multipart(multipart, &expected)
        .await
        .unwrap();
    // Both tabs get the answer that the file is stored.
    assert_eq!(
        code(cancel_it(&memory, NOW).await),
        ErrorCode::AlreadyStored
    );
    let crc = Some(Crc64Nvme::new(WHOLE_CRC));
    let outcome = complete(&memory, &memory, &owner('a'), id(1), crc.into()).await;
    assert!(matches!(outcome, Ok(Completed::Stored(_))), "{outcome:?}");
    let actions = swept(&memory, NOW + 15 * MINUTE).await;
    assert_eq!(effects(&actions), [Effect::Repaired { verified: false }]);
    stays_stored(&memory);
    assert_eq!(weeks_pass(&memory, NOW + HOUR).await, []);
    stays_stored(&memory);
}

#[tokio::test]
async fn a95_f55_what_lands_after_a_cancel_or_an_expiry_is_recorded_although_its_event_is_lost() {
    for limits in [LIMITS, Limits::default()] {
        for cancelled in [true, false] {
            let memory = Memory::default();
            create_with(&memory, limits, 'a', json!([item(1)]), NOW).await;
            let ended_at = if cancelled {
                cancel_it(&memory, NOW + 1).await.unwrap();
                NOW + 1
            } else {
                let actions = swept(&memory, NOW + WEEK).await;
                assert_eq!(effects(&actions), [Effect::Expired]);
                NOW + WEEK
            };
            assert_eq!(open(&memory), 0, "the slot is released at once");
            // As late as a PUT in flight can finish.
            for quarter in 1..24 * 4 {
                let actions = swept(&memory, ended_at + quarter * 15 * MINUTE).await;
                assert_eq!(actions, [], "it ended recently");
            }
            memory.set_object(&key(1), Some(head_of("e1")));
            let actions = swept(&memory, ended_at + DAY).await;
            assert_eq!(effects(&actions), [Effect::Repaired { verified: true }]);
            stays_stored(&memory);
            assert_eq!(weeks_pass(&memory, ended_at + DAY).await, []);
            stays_stored(&memory);
        }
    }
}

#[tokio::test]
async fn a95_a_cancelled_upload_is_watched_for_a_day_and_then_closed() {
    for limits in [LIMITS, Limits::default()] {
        let memory = Memory::default();
        create_with(&memory, limits, 'a', json!([multipart_item(1)]), NOW).await;
        // Repeated cancels do not remove it from the index.
        for minute in 0..5 {
            cancel_it(&memory, NOW + minute * MINUTE).await.unwrap();
            assert_eq!(open(&memory), 0);
            let row = row(&memory);
            assert_eq!(row.open.map(|open| open.active_at), Some(NOW));
            assert_eq!(row.record.expires_at, None);
        }
        assert_eq!(swept(&memory, NOW + DAY - 1).await, []);
        assert_eq!(effects(&swept(&memory, NOW + DAY).await), [Effect::Closed]);
        let closed = row(&memory);
        assert_eq!(
            (closed.open, closed.record.status),
            (None, UploadStatus::Aborted)
        );
        assert_eq!(closed.record.expires_at, Some(NOW + 31 * DAY));
        cancel_it(&memory, NOW + 2 * DAY).await.unwrap();
        assert_eq!((row(&memory), open(&memory)), (closed, 0));
        // Even now a stored object is recorded.
        memory.set_object(&key(1), Some(head_of("e1")));
        handle(&memory, &created(1, "A1", "e1")).await.unwrap();
        stays_stored(&memory);
    }
}

/// The cancel was interrupted before it released the slot, and no sweep ran for a long time.
#[tokio::test]
async fn f62_f63_a_late_sweep_releases_the_slot_and_closes_the_upload() {
    for landed in [false, true] {
        let memory = Memory::default();
        create_at(&memory, 'a', json!([item(1)]), NOW).await;
        memory.fail_next("release", crowfly_core::FaultKind::Unavailable);
        assert!(cancel_it(&memory, NOW).await.is_err());
        let held = row(&memory);
        assert!(held.open.unwrap().counted);
        assert_eq!(
            held.record.expires_at, None,
            "or its slot would never be released"
        );
        memory.set_object(&key(1), landed.then(|| head_of("e1")));
        let actions = swept(&memory, NOW + 60 * DAY).await;
        let (did, ends) = match landed {
            true => (Effect::Repaired { verified: true }, None),
            false => (Effect::Closed, Some(NOW + 90 * DAY)),
        };
        assert_eq!((actions[0].effect, actions[0].released), (did, 1));
        assert_eq!(
            (row(&memory).record.expires_at, row(&memory).open),
            (ends, None)
        );
        assert_eq!(open(&memory), 0);
    }
}

/// `Last-Modified` of a multipart upload is when it started:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>.
#[tokio::test]
async fn f55_an_object_of_parts_is_stored_when_it_is_found() {
    for (item, stored_at) in [(multipart_item(1), NOW + HOUR), (item(1), NOW + 1)] {
        let memory = Memory::default();
        create_at(&memory, 'a', json!([item]), NOW).await;
        let mut head = head_of("e1");
        head.last_modified = Some(NOW + 1);
        memory.set_object(&key(1), Some(head));
        swept(&memory, NOW + HOUR).await;
        assert_eq!(row(&memory).record.stored_at, Some(stored_at));
    }
}
