//! Live uploads, in memory: created, signed, completed, and what a client must not get by them.

mod common;

use common::creating::create_with;
use common::live::{
    FOUR_PARTS, PART, completed, end, live_item, open_bytes, recording, row, send, signed,
    signed_within, status,
};
use common::{LIMITS, NOW, id, owner, signing};
use crowfly_contract::limits::MAX_PARTS;
use crowfly_contract::{ErrorCode, LivePlan, Plan, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::complete::complete;
use crowfly_core::parts::{list, sign};
use crowfly_core::request::parse_create;
use crowfly_core::{FaultKind, LastPart};
use crowfly_testing::Memory;
use serde_json::{Value, json};

/// Creates what is asked for; the plan and whether it existed.
async fn create(memory: &Memory, item: Value) -> Result<(Plan, bool), ErrorCode> {
    let mut results = create_with(memory, LIMITS, 'a', json!([item]), NOW).await;
    let granted = results.remove(0).1.map_err(|e| e.to_refusal().code)?;
    Ok((granted.created.plan, granted.repeated))
}

fn with(fields: Value) -> Value {
    let mut item = live_item(1);
    let fields = fields.as_object().unwrap().clone();
    item.as_object_mut().unwrap().extend(fields);
    item
}

#[test]
fn a_live_item_has_no_size_and_what_only_others_have() {
    let refused = |item: Value| {
        let body = json!({"uploads": [item]}).to_string();
        let mut items = parse_create(body.as_bytes()).unwrap();
        items.remove(0).1.map(drop).map_err(|refusal| {
            let message = refusal.message.into_owned();
            (refusal.code, message)
        })
    };
    let parts = json!([{"number": 1}]);
    for (fields, code, field) in [
        (json!({"size": 9}), ErrorCode::InvalidSize, "size"),
        (json!({"size": 0}), ErrorCode::InvalidSize, "size"),
        (json!({"live": false}), ErrorCode::InvalidSize, "size"),
        (json!({"live": null}), ErrorCode::InvalidSize, "size"),
        (json!({"live": "yes"}), ErrorCode::InvalidSize, "live"),
        (json!({"live": 1}), ErrorCode::InvalidSize, "live"),
        (json!({"maxBytes": 0}), ErrorCode::InvalidSize, "maxBytes"),
        (json!({"maxBytes": 1.5}), ErrorCode::InvalidSize, "maxBytes"),
        (json!({"maxBytes": -1}), ErrorCode::InvalidSize, "maxBytes"),
        (
            json!({"live": false, "size": 1, "maxBytes": 2}),
            ErrorCode::InvalidSize,
            "maxBytes",
        ),
        (
            json!({"crc64nvme": "rosUhgp5mIg="}),
            ErrorCode::InvalidChecksum,
            "crc64nvme",
        ),
        (
            json!({"partSize": 5_242_880}),
            ErrorCode::InvalidPart,
            "partSize",
        ),
        (json!({"parts": parts}), ErrorCode::InvalidPart, "parts"),
    ] {
        let (found, message) = refused(with(fields.clone())).unwrap_err();
        assert_eq!(found, code, "{fields}");
        assert!(
            message.contains(&format!("uploads[0].{field}`")),
            "{fields}: {message}"
        );
    }
    for fields in [
        json!({}),
        json!({"maxBytes": 1}),
        json!({"maxBytes": null, "size": null}),
    ] {
        assert_eq!(refused(with(fields)), Ok(()));
    }
}

#[tokio::test]
async fn it_is_created_once_with_the_least_of_the_limits() {
    let memory = Memory::default();
    let plan = |max_bytes| Plan::Live {
        plan: LivePlan::NEW,
        max_bytes,
    };
    // The policy of the tests allows 5,000,000,000 bytes.
    assert_eq!(
        create(&memory, live_item(1)).await,
        Ok((plan(5_000_000_000), false))
    );
    assert_eq!(
        create(&memory, live_item(1)).await,
        Ok((plan(5_000_000_000), true))
    );
    assert_eq!(memory.open_multiparts().len(), 1);
    for other in [
        with(json!({"maxBytes": 5})),
        with(json!({"live": false, "size": 0})),
        with(json!({"type": "video/mp4"})),
        with(json!({"name": "b.webm"})),
    ] {
        assert_eq!(create(&memory, other).await, Err(ErrorCode::UploadMismatch));
    }
    let record = row(&memory, 1).record;
    assert_eq!(
        (record.live, record.size, record.part_size),
        (true, 0, Some(PART))
    );
    assert_eq!((record.duration_ms, record.truncated), (None, false));
    let memory = Memory::default();
    assert_eq!(
        create(&memory, with(json!({"maxBytes": 5}))).await,
        Ok((plan(5), false))
    );
    assert_eq!(
        create(&memory, live_item(1)).await,
        Err(ErrorCode::UploadMismatch)
    );
    // It is the same after parts of it were signed.
    signed(&memory, &[(1, Some(3))]).await.unwrap();
    assert_eq!(
        create(&memory, with(json!({"maxBytes": 5}))).await,
        Ok((plan(5), true))
    );
}

#[tokio::test]
async fn what_is_signed_is_in_the_row_first_and_costs_one_write() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    assert_eq!(
        signed(&memory, &[(1, None), (2, None)]).await,
        Ok(vec![PART, PART])
    );
    let live = row(&memory, 1).live.unwrap();
    assert_eq!((live.granted.parts, live.granted.last), (2, None));
    assert_eq!(open_bytes(&memory), 2 * PART);
    let writes = || {
        let calls = memory.calls();
        calls.iter().filter(|call| **call == "grant_live").count()
    };
    assert_eq!(writes(), 1);
    assert_eq!(signed(&memory, &[(2, None)]).await, Ok(vec![PART]));
    assert_eq!(writes(), 1, "nothing is new");
    assert_eq!(signed(&memory, &[(3, Some(9))]).await, Ok(vec![9]));
    let live = row(&memory, 1).live.unwrap();
    let last = LastPart { number: 3, size: 9 };
    assert_eq!((live.granted.parts, live.granted.last), (3, Some(last)));
    assert_eq!(open_bytes(&memory), 2 * PART + 9);
    memory.fail_next("grant_live", FaultKind::Unavailable);
    let before = memory.calls().len();
    assert_eq!(
        signed(&memory, &[(4, Some(1))]).await,
        Err(ErrorCode::ServiceUnavailable)
    );
    assert!(!memory.calls()[before..].contains(&"presign_part"));
}

#[tokio::test]
async fn a_use_is_written_by_what_is_signed_and_every_few_minutes() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    let active_at = || row(&memory, 1).open.unwrap().active_at;
    let at = async |after: u64, number| {
        signed_within(&memory, 1, &[(number, None)], LIMITS, NOW + after)
            .await
            .unwrap();
        active_at() - NOW
    };
    assert_eq!(at(1_000, 1).await, 1_000);
    assert_eq!(at(60_000, 1).await, 1_000, "nothing is new");
    assert_eq!(at(302_000, 1).await, 302_000);
    assert_eq!(at(302_001, 2).await, 302_001);
    let who = owner('a');
    list(&memory, &memory, &who, id(1), NOW + 900_000)
        .await
        .unwrap();
    assert_eq!(active_at(), NOW + 900_000);
}

#[tokio::test]
async fn the_quota_counts_what_was_signed_and_corrects_it_to_the_file() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    recording(&memory, 2).await;
    let sign = async |n, part| signed_within(&memory, n, &[part], FOUR_PARTS, NOW).await;
    assert_eq!(sign(1, (3, None)).await, Ok(vec![PART]));
    assert_eq!(sign(2, (2, None)).await, Err(ErrorCode::QuotaBytes));
    assert_eq!(row(&memory, 2).live.unwrap().granted.parts, 0);
    assert_eq!(sign(2, (1, None)).await, Ok(vec![PART]));
    assert_eq!(sign(2, (2, Some(1))).await, Err(ErrorCode::QuotaBytes));
    assert_eq!(sign(1, (2, None)).await, Ok(vec![PART]), "signed before");
    assert_eq!(open_bytes(&memory), 4 * PART);
    // The first is shorter than what was signed of it.
    send(&memory, 1, &[(1, PART), (2, 1)]);
    assert_eq!(sign(1, (2, Some(1))).await, Ok(vec![1]));
    assert_eq!(
        open_bytes(&memory),
        4 * PART,
        "the other URLs are still valid"
    );
    assert_eq!(completed(&memory, end(PART + 1, None)).await, Ok(PART + 1));
    assert_eq!(open_bytes(&memory), 2 * PART + 1);
    assert_eq!(sign(2, (2, None)).await, Ok(vec![PART]));
    let who = owner('a');
    cancel(&memory, &memory, &who, id(2), NOW).await.unwrap();
    assert_eq!(open_bytes(&memory), PART + 1);
    assert_eq!(sign(2, (1, None)).await, Err(ErrorCode::UploadEnded));
}

#[tokio::test]
async fn all_parts_of_the_plan_can_be_signed_and_none_more() {
    let memory = Memory::default();
    let mut row = recording(&memory, 1).await;
    row.live.as_mut().unwrap().max_bytes = LivePlan::NEW.capacity();
    memory.set_row(row);
    let jump = signed(&memory, &[(MAX_PARTS, None)]).await;
    assert_eq!(jump, Ok(vec![512 * PART]));
    assert_eq!(open_bytes(&memory), LivePlan::NEW.capacity());
    assert_eq!(
        signed(&memory, &[(MAX_PARTS + 1, None)]).await,
        Err(ErrorCode::InvalidPart)
    );
}

#[tokio::test]
async fn a_page_that_wants_one_byte_gets_no_more() {
    let memory = Memory::default();
    create(&memory, with(json!({"maxBytes": 1}))).await.unwrap();
    for (part, expected) in [
        ((1, None), Err(ErrorCode::TooLarge)),
        ((1, Some(2)), Err(ErrorCode::TooLarge)),
        ((2, Some(1)), Err(ErrorCode::TooLarge)),
        ((1, Some(1)), Ok(vec![1])),
    ] {
        assert_eq!(signed(&memory, &[part]).await, expected, "{part:?}");
    }
}

#[tokio::test]
async fn calls_that_sign_at_the_same_time_all_count() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    let calls = (1..=5).map(|n| {
        let memory = &memory;
        async move { signed(memory, &[(n, None)]).await }
    });
    for done in futures_util::future::join_all(calls).await {
        assert_eq!(done, Ok(vec![PART]));
    }
    assert_eq!(row(&memory, 1).live.unwrap().granted.parts, 5);
    assert_eq!(open_bytes(&memory), 5 * PART);
}

#[tokio::test]
async fn a60_the_recording_of_another_does_not_exist() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    let other = owner('b');
    let part = common::live::part((1, None));
    let refused = sign(&memory, &memory, &memory, signing(&other), &[part]).await;
    assert_eq!(refused.unwrap_err().to_refusal().code, ErrorCode::NotFound);
    let refused = complete(&memory, &memory, &other, id(1), end(0, None)).await;
    assert_eq!(refused.unwrap_err().to_refusal().code, ErrorCode::NotFound);
    assert_eq!(status(&memory, 1), UploadStatus::Pending);
    assert_eq!(open_bytes(&memory), 0);
}

#[tokio::test]
async fn one_whose_parts_are_gone_starts_over() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    signed(&memory, &[(1, None)]).await.unwrap();
    memory.drop_multiparts();
    assert_eq!(
        signed(&memory, &[(2, None)]).await,
        Err(ErrorCode::MultipartGone)
    );
    assert_eq!(open_bytes(&memory), PART);
    create(&memory, live_item(1)).await.unwrap();
    assert_eq!(signed(&memory, &[(2, Some(3))]).await, Ok(vec![3]));
    send(&memory, 1, &[(1, PART), (2, 3)]);
    assert_eq!(completed(&memory, end(PART + 3, None)).await, Ok(PART + 3));
}
