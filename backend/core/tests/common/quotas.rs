//! Helpers to create uploads under a quota.

use crowfly_core::create::{Creator, ItemResult, create};
use crowfly_core::quota::Limits;
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::{NOW, bucket_policy, id, owner, parse_items};

pub(crate) async fn create_for(
    who: char,
    memory: &Memory,
    limits: Limits,
    items: Value,
) -> Vec<ItemResult> {
    let (policy, owner) = (bucket_policy(), owner(who));
    let creator = Creator {
        owner: &owner,
        policy: &policy,
        bucket: "bucket",
        limits,
        repair_after_ms: 900_000,
        now_ms: NOW,
    };
    create(memory, memory, memory, creator, parse_items(items)).await
}

pub(crate) fn uploads(uploads: u64) -> Limits {
    Limits { uploads, bytes: 0 }
}

pub(crate) fn item(n: u128, size: u64) -> Value {
    json!({"id": id(n).to_string(), "name": "a.webm", "size": size, "type": "video/webm"})
}

pub(crate) fn of_nine_bytes(ns: impl Iterator<Item = u128>) -> Value {
    ns.map(|n| item(n, 9)).collect()
}

pub(crate) fn granted(results: &[ItemResult]) -> usize {
    results.iter().filter(|(_, result)| result.is_ok()).count()
}

/// The number of open uploads, on which rows and quota agree.
pub(crate) fn open(memory: &Memory, who: char) -> u64 {
    let usage = memory.usage(&owner(who));
    assert_eq!(usage, memory.counted(&owner(who)));
    usage.uploads
}
