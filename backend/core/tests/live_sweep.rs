//! Live uploads that are left alone: they expire, or what was sent of them is kept.

mod common;

use common::crashes::at_every_call;
use common::creating::create_with;
use common::live::{
    PART, completed, crc_of, end, live_item, open_bytes, recording, row, send, signed,
    signed_within, status,
};
use common::sweeping::{DAY, HOUR, MINUTE, Recorded, WEEK, effects, sweeper};
use common::{LIMITS, NOW, id, owner};
use crowfly_contract::{ErrorCode, UploadStatus};
use crowfly_core::FaultKind;
use crowfly_core::cancel::cancel;
use crowfly_core::complete::complete;
use crowfly_core::ports::{Completion, EndLive, EndedBy, LiveEnd, PutEvents};
use crowfly_core::sweep::{Action, Effect, Objects, Rows, Sweeper, sweep};
use crowfly_testing::Memory;
use serde_json::json;

/// When an upload that was last used at [`NOW`] counts as left alone: the grace of a day, the life of its URL, and the
/// time in which a use is not written.
const LEFT_ALONE: u64 = NOW + DAY + 20 * MINUTE;
const KEPT: Effect = Effect::Kept { verified: false };

fn keeping() -> Sweeper {
    Sweeper {
        live_keep: true,
        ..sweeper()
    }
}

async fn sweep_by(
    ports: &(impl Rows + Objects + PutEvents),
    sweeper: &Sweeper,
    now_ms: u64,
) -> Vec<Action> {
    let seen = Recorded::default();
    sweep(ports, ports, ports, sweeper, now_ms, &seen).await;
    seen.actions.into_inner().unwrap()
}

/// A recording of which two parts and its last were signed, and these were stored.
async fn left(parts: &[(u32, u64)]) -> Memory {
    let memory = Memory::default();
    recording(&memory, 1).await;
    signed(&memory, &[(1, None), (2, None), (3, Some(9))])
        .await
        .unwrap();
    send(&memory, 1, parts);
    memory
}

#[tokio::test]
async fn without_the_parameter_it_expires_after_its_own_time() {
    let memory = left(&[(1, PART)]).await;
    assert_eq!(sweep_by(&memory, &sweeper(), LEFT_ALONE - 1).await, []);
    let actions = sweep_by(&memory, &sweeper(), LEFT_ALONE).await;
    assert_eq!(effects(&actions), [Effect::Expired]);
    assert_eq!((actions[0].dropped, actions[0].released), (1, 1));
    assert_eq!(status(&memory, 1), UploadStatus::Expired);
    assert_eq!(
        (open_bytes(&memory), memory.open_multiparts().len()),
        (0, 0)
    );
    assert_eq!(
        signed(&memory, &[(4, Some(1))]).await,
        Err(ErrorCode::UploadEnded)
    );
}

#[tokio::test]
async fn another_upload_in_parts_keeps_the_time_of_all() {
    let memory = Memory::default();
    let item = json!({"id": id(1), "name": "a.webm", "type": "video/webm", "size": 20_000_000});
    create_with(&memory, LIMITS, 'a', json!([item]), NOW).await;
    for sweeper in [sweeper(), keeping()] {
        assert_eq!(sweep_by(&memory, &sweeper, LEFT_ALONE + HOUR).await, []);
    }
    let actions = sweep_by(&memory, &keeping(), NOW + WEEK + HOUR).await;
    assert_eq!(effects(&actions), [Effect::Expired]);
}

#[tokio::test]
async fn a_recording_of_days_is_not_swept_while_it_signs() {
    let memory = left(&[]).await;
    let mut now = NOW;
    for number in 4..40 {
        now += 20 * HOUR;
        signed_within(&memory, 1, &[(number, Some(1))], LIMITS, now)
            .await
            .unwrap();
        for after in [HOUR, 19 * HOUR] {
            assert_eq!(sweep_by(&memory, &keeping(), now + after).await, []);
        }
    }
    assert_eq!(status(&memory, 1), UploadStatus::Pending);
}

#[tokio::test]
async fn what_was_sent_is_kept_as_a_truncated_record() {
    let two = 2 * PART;
    for (parts, size) in [
        (&[(1, PART)][..], PART),
        (&[(1, PART), (2, PART)], two),
        (&[(1, PART), (2, PART), (3, 9)], two + 9),
        (&[(1, PART), (3, 9)], PART),
        (&[(1, PART), (2, 7), (3, 9)], PART),
    ] {
        let memory = left(parts).await;
        assert_eq!(sweep_by(&memory, &keeping(), LEFT_ALONE - 1).await, []);
        let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
        assert_eq!(
            (effects(&actions), actions[0].released),
            (vec![KEPT], 1),
            "{parts:?}"
        );
        let record = row(&memory, 1).shown();
        assert_eq!((record.status, record.size), (UploadStatus::Stored, size));
        assert!(record.truncated && record.live && !record.verified);
        assert_eq!(open_bytes(&memory), 0);
        assert_eq!(sweep_by(&memory, &keeping(), LEFT_ALONE + DAY).await, []);
        // The client comes back: the same file is stored, another is not.
        assert_eq!(completed(&memory, end(size, None)).await, Ok(size));
        let more = completed(&memory, end(size + 1, None)).await;
        assert_eq!(more, Err(ErrorCode::SizeMismatch));
        assert_eq!(
            signed(&memory, &[(4, None)]).await,
            Err(ErrorCode::AlreadyStored)
        );
    }
}

#[tokio::test]
async fn what_does_not_begin_with_the_first_part_expires() {
    for parts in [
        &[][..],
        &[(2, PART)],
        &[(1, 7)],
        &[(1, PART - 1), (2, PART)],
    ] {
        let memory = left(parts).await;
        let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
        assert_eq!(effects(&actions), [Effect::Expired], "{parts:?}");
        assert!(!row(&memory, 1).shown().truncated);
    }
}

/// The complete call had said all, and its answer was lost before storage was asked.
#[tokio::test]
async fn one_that_was_declared_is_verified_and_not_truncated() {
    let size = 2 * PART + 9;
    let memory = left(&[(1, PART), (2, PART), (3, 9)]).await;
    memory.fail_next("complete_multipart", FaultKind::Unavailable);
    let said = end(size, crc_of(&[1, 2, 3]));
    assert_eq!(
        completed(&memory, said).await,
        Err(ErrorCode::ServiceUnavailable)
    );
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
    assert_eq!(effects(&actions), [Effect::Kept { verified: true }]);
    let record = row(&memory, 1).shown();
    assert!(record.verified && !record.truncated);
    // With a checksum that is not that of the parts it is kept as what was sent.
    let memory = left(&[(1, PART), (2, PART), (3, 9)]).await;
    memory.fail_next("complete_multipart", FaultKind::Unavailable);
    let lie = end(size, crc_of(&[1]));
    assert_eq!(
        completed(&memory, lie).await,
        Err(ErrorCode::ServiceUnavailable)
    );
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
    assert_eq!(effects(&actions), [KEPT]);
    assert!(row(&memory, 1).shown().truncated);
}

/// The sweep has written the size that it keeps, and storage has not made the object yet.
async fn begun(parts: &[(u32, u64)], size: u64) -> Memory {
    let memory = left(parts).await;
    let by = EndedBy::Sweep;
    assert!(
        memory
            .end_live(&row(&memory, 1), &LiveEnd { size, by })
            .await
            .unwrap()
    );
    memory
}

#[tokio::test]
async fn once_it_is_being_kept_its_client_signs_nothing_and_may_complete_the_same_file() {
    let memory = begun(&[(1, PART), (2, PART)], 2 * PART).await;
    assert_eq!(open_bytes(&memory), 2 * PART);
    for part in [(1, None), (3, Some(9)), (4, None)] {
        assert_eq!(signed(&memory, &[part]).await, Err(ErrorCode::UploadEnded));
    }
    assert_eq!(
        completed(&memory, end(PART, None)).await,
        Err(ErrorCode::SizeMismatch)
    );
    let said = end(2 * PART, crc_of(&[1, 2]));
    assert_eq!(completed(&memory, said).await, Ok(2 * PART));
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
    assert_eq!(effects(&actions), [Effect::Repaired { verified: true }]);
    assert!(!row(&memory, 1).shown().truncated);
}

#[tokio::test]
async fn its_owner_may_cancel_what_is_being_kept() {
    let memory = begun(&[(1, PART)], PART).await;
    cancel(&memory, &memory, &owner('a'), id(1), NOW)
        .await
        .unwrap();
    assert_eq!(open_bytes(&memory), 0);
    assert!(!row(&memory, 1).shown().truncated);
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE + DAY).await;
    assert_eq!(effects(&actions), [Effect::Closed]);
}

#[tokio::test]
async fn what_storage_refuses_is_tried_again_and_expires_at_last() {
    for answer in [Completion::PartsMismatch, Completion::Unknown] {
        let memory = left(&[(1, PART)]).await;
        memory.next_completion(answer, false);
        assert_eq!(sweep_by(&memory, &keeping(), LEFT_ALONE).await, []);
        let actions = sweep_by(&memory, &keeping(), LEFT_ALONE + HOUR).await;
        assert_eq!(effects(&actions), [KEPT]);
    }
    let memory = left(&[(1, PART)]).await;
    memory.next_completion(Completion::Conflict, false);
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE).await;
    assert_eq!(effects(&actions), [Effect::Expired]);
    let memory = left(&[(1, PART)]).await;
    let actions = sweep_by(&memory, &keeping(), LEFT_ALONE + WEEK).await;
    assert_eq!(effects(&actions), [Effect::Expired], "too late");
}

/// The client completes just while the sweep keeps: at every interleaving one of them wins, and both answers are true.
#[tokio::test]
async fn the_client_and_the_sweep_agree_on_one_object() {
    let size = 2 * PART + 9;
    for client in [
        end(size, crc_of(&[1, 2, 3])),
        end(2 * PART, crc_of(&[1, 2])),
    ] {
        let memory = left(&[(1, PART), (2, PART), (3, 9)]).await;
        let (owner, sweeper) = (owner('a'), keeping());
        let (done, _) = futures_util::future::join(
            complete(&memory, &memory, &owner, id(1), client),
            sweep_by(&memory, &sweeper, LEFT_ALONE),
        )
        .await;
        sweep_by(&memory, &sweeper, LEFT_ALONE + DAY).await;
        let record = row(&memory, 1).shown();
        assert_eq!(record.status, UploadStatus::Stored);
        assert_eq!(record.size, size);
        assert_eq!(record.truncated, !record.verified);
        assert_eq!(done.is_ok(), client.size == Some(size), "{done:?}");
        assert_eq!(open_bytes(&memory), 0);
    }
}

#[tokio::test]
async fn f55_f63_keeping_recovers_from_a_crash_at_any_call() {
    let world = async || left(&[(1, PART), (2, PART)]).await;
    at_every_call(
        "keep",
        world,
        async |ports| sweep_by(ports, &keeping(), LEFT_ALONE).await,
        async |memory| sweep_by(memory, &keeping(), LEFT_ALONE + 6 * HOUR).await,
        |memory, _, what| {
            let record = row(memory, 1).shown();
            assert_eq!(
                (record.status, record.size),
                (UploadStatus::Stored, 2 * PART),
                "{what}"
            );
            assert!(record.truncated && !record.verified, "{what}");
            assert_eq!(open_bytes(memory), 0, "{what}");
            assert!(memory.open_multiparts().is_empty(), "{what}");
        },
    )
    .await;
}

#[tokio::test]
async fn f63_a_repeated_sign_call_recovers_from_a_crash_at_any_call() {
    let who = owner('a');
    let parts = [(1, None), (2, Some(9))].map(common::live::part);
    at_every_call(
        "sign",
        async || {
            let memory = Memory::default();
            recording(&memory, 1).await;
            memory
        },
        async |ports| {
            let signing = common::signing(&who);
            crowfly_core::parts::sign(ports, ports, ports, signing, &parts).await
        },
        async |memory| signed(memory, &[(1, None), (2, Some(9))]).await,
        |memory, sizes, what| {
            assert_eq!(sizes, Ok(vec![PART, 9]), "{what}");
            assert_eq!(open_bytes(memory), PART + 9, "{what}");
        },
    )
    .await;
}

#[tokio::test]
async fn f63_a_repeated_complete_call_recovers_from_a_crash_at_any_call() {
    let size = 2 * PART + 9;
    let said = end(size, crc_of(&[1, 2, 3]));
    at_every_call(
        "complete",
        async || left(&[(1, PART), (2, PART), (3, 9)]).await,
        async |ports| complete(ports, ports, &owner('a'), id(1), said).await,
        async |memory| {
            let answer = completed(memory, said).await;
            sweep_by(memory, &keeping(), NOW + HOUR).await;
            answer
        },
        |memory, answer, what| {
            assert_eq!(answer, Ok(size), "{what}");
            let record = row(memory, 1).shown();
            assert!(record.verified && !record.truncated, "{what}");
        },
    )
    .await;
}

#[tokio::test]
async fn f63_a_create_call_recovers_from_a_crash_at_any_call() {
    let items = || json!([live_item(1)]);
    at_every_call(
        "create of a live upload",
        async || Memory::default(),
        async |ports| create_with(ports, LIMITS, 'a', items(), NOW).await,
        async |memory| create_with(memory, LIMITS, 'a', items(), NOW).await,
        |memory, results, what| {
            assert!(results.iter().all(|(_, result)| result.is_ok()), "{what}");
            assert_eq!(open_bytes(memory), 0, "{what}");
            let named = row(memory, 1).s3_upload_id;
            assert!(memory.open_multiparts().contains(&named.unwrap()), "{what}");
        },
    )
    .await;
}
