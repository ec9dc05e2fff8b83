//! Helpers to create uploads under a quota.

use crowfly_core::create::ItemResult;
use crowfly_core::quota::Limits;
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::creating::create_with;
use super::{NOW, id, owner};

pub(crate) async fn create_for(
    who: char,
    memory: &Memory,
    limits: Limits,
    items: Value,
) -> Vec<ItemResult> {
    create_with(memory, limits, who, items, NOW).await
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
