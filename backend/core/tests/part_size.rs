//! The part size that a client asks for.

mod common;

use common::multipart::{PART, SIZE, create_one, item, row};
use crowfly_contract::limits::{GIB, MAX_SAFE_INTEGER, MIB};
use crowfly_contract::{ErrorCode, Plan};
use crowfly_testing::Memory;
use serde_json::{Value, json};

fn asking(part_size: Value, size: u64) -> Value {
    let mut item = item(size);
    item["partSize"] = part_size;
    item
}

fn plan(part_size: u64) -> Plan {
    Plan::Multipart {
        part_size,
        part_count: u32::try_from(SIZE.div_ceil(part_size)).unwrap(),
    }
}

#[tokio::test]
async fn it_is_granted_within_the_limits() {
    for (asked, granted) in [
        (json!(5 * MIB), 5 * MIB),
        (json!(7 * MIB + 1), 7 * MIB + 1),
        (json!(64 * MIB), 64 * MIB),
        (json!(0), 5 * MIB),
        (json!(5 * MIB - 1), 5 * MIB),
        (json!(4 * GIB), 64 * MIB),
        (json!(MAX_SAFE_INTEGER), 64 * MIB),
        (Value::Null, PART),
    ] {
        let memory = Memory::default();
        let created = create_one(&memory, asking(asked.clone(), SIZE)).await;
        assert_eq!(created, Ok((plan(granted), false)), "{asked}");
        assert_eq!(row(&memory).record.part_size, Some(granted));
    }
}

#[tokio::test]
async fn a_malformed_one_is_refused() {
    for asked in [
        json!(-1),
        json!(1.5),
        json!(1e18),
        json!(1_000_000_000_000_000_000_u64),
        json!("5242880"),
        json!(true),
        json!([]),
        json!({}),
    ] {
        let memory = Memory::default();
        let refused = create_one(&memory, asking(asked.clone(), SIZE)).await;
        assert_eq!(refused, Err(ErrorCode::InvalidPart), "{asked}");
    }
}

#[tokio::test]
async fn a_small_file_is_one_put_whatever_is_asked_for() {
    let memory = Memory::default();
    let (plan, _) = create_one(&memory, asking(json!(5 * MIB), 16 * MIB))
        .await
        .unwrap();
    assert!(matches!(plan, Plan::Single { .. }));
}

#[tokio::test]
async fn the_plan_of_the_first_call_stays_whatever_a_repeated_one_asks_for() {
    for (first, granted) in [(json!(5 * MIB), 5 * MIB), (Value::Null, PART)] {
        let memory = Memory::default();
        create_one(&memory, asking(first, SIZE)).await.unwrap();
        let before = row(&memory);
        for asked in [json!(6 * MIB), json!(64 * MIB), json!(0), Value::Null] {
            let again = create_one(&memory, asking(asked.clone(), SIZE)).await;
            assert_eq!(again, Ok((plan(granted), true)), "{asked}");
        }
        assert_eq!(row(&memory), before);
        assert_eq!(memory.open_multiparts().len(), 1);
    }
}
