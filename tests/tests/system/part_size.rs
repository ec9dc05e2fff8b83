//! The part size that a client asks for, through the real gateway, functions and storage.

use crowfly_contract::{ErrorCode, UploadStatus};
use e2e::api::{crc64nvme, new_id};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem, new_caller};
use crate::parts::{Parts, bytes, create_item};

const MIB: u64 = 1024 * 1024;

fn asking(part_size: Value, size: u64) -> Value {
    json!({"id": new_id(), "name": "film.webm", "size": size, "type": "video/webm", "partSize": part_size})
}

#[test]
fn a_granted_plan_follows_the_request_to_a_verified_record() {
    let bytes = bytes();
    let mut item = create_item();
    item["partSize"] = json!(5 * MIB);
    let parts = Parts::begin(new_caller(), item);
    assert_eq!(
        (parts.plan.part_size(), parts.plan.part_count()),
        (5 * MIB, 4)
    );
    parts.send(&bytes, [1, 4]);
    // A repeated call that asks for another size goes on with the plan of the first one.
    for other in [json!(6 * MIB), json!(64 * MIB), Value::Null] {
        let mut item = parts.create_item.clone();
        item["partSize"] = other;
        let again = Parts::begin(parts.api.clone(), item);
        assert_eq!((again.plan, &again.key), (parts.plan, &parts.key));
        assert_eq!((again.open(), again.listed().parts.len()), (1, 2));
    }
    parts.send(&bytes, [2, 3]);
    let answer = parts.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
    assert_eq!(record.part_size, Some(5 * MIB));
}

#[test]
fn a33_a_part_size_out_of_range_is_clamped() {
    let api = new_caller();
    for (asked, granted) in [
        (json!(0), 5 * MIB),
        (json!(1), 5 * MIB),
        (json!(7 * MIB + 1), 7 * MIB + 1),
        (json!(4096 * MIB), 64 * MIB),
        (json!(9_007_199_254_740_991_u64), 64 * MIB),
    ] {
        let parts = Parts::begin(api.clone(), asking(asked.clone(), 20 * MIB));
        assert_eq!(parts.plan.part_size(), granted, "{asked}");
        assert_eq!(parts.api.delete(&parts.path("")).status, 204);
    }
    let small = api.create(&asking(json!(5 * MIB), 16 * MIB));
    assert_eq!(small.json()["uploads"][0]["plan"]["kind"], "single");
}

#[test]
fn a33_a_malformed_part_size_is_refused() {
    let api = new_caller();
    for asked in [
        json!(-1),
        json!(1.5),
        json!(1e18),
        json!(1_000_000_000_000_000_000_u64),
        json!("5242880"),
        json!([5 * MIB]),
        json!({}),
        json!(true),
    ] {
        let answer = api.create(&asking(asked.clone(), 20 * MIB));
        assert_problem(&asked.to_string(), &answer, ErrorCode::InvalidPart);
    }
    let live = json!({"id": new_id(), "name": "film.webm", "live": true, "type": "video/webm", "partSize": 5 * MIB});
    assert_problem("live", &api.create(&live), ErrorCode::InvalidPart);
    assert_eq!(api.get("/uploads").json()["uploads"], json!([]));
}
