#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod crashes;
pub(crate) mod creating;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod live;
pub(crate) mod multipart;
pub(crate) mod notifying;
pub(crate) mod quotas;
pub(crate) mod random;
pub(crate) mod sweeping;
pub(crate) mod withheld;

use crowfly_contract::{OwnerId, UploadId};
use crowfly_core::parts::Signing;
use crowfly_core::policy::Policy;
use crowfly_core::quota::Limits;
use crowfly_core::request::{Item, parse_create};
use serde_json::{Value, json};

/// 2026-11-22T10:20:30.123Z.
pub(crate) const NOW: u64 = 1_795_342_830_123;

/// Counts all uploads and refuses none.
pub(crate) const LIMITS: Limits = Limits {
    uploads: 1_000,
    bytes: 0,
};

pub(crate) fn owner(letter: char) -> OwnerId {
    letter.to_string().repeat(26).parse().unwrap()
}

pub(crate) fn id(n: u128) -> UploadId {
    UploadId::from_parts(1, n)
}

pub(crate) fn bucket_policy() -> Policy {
    Policy {
        max_file_bytes: 5_000_000_000,
        allowed_types: "video/*".parse().unwrap(),
        key_suffix: String::new(),
        public_allowed: true,
    }
}

/// A sign call for the upload [`id`]`(1)` at [`NOW`].
pub(crate) fn signing(owner: &OwnerId) -> Signing<'_> {
    Signing {
        owner,
        id: id(1),
        limits: LIMITS,
        now_ms: NOW,
    }
}

pub(crate) fn parse_items(items: Value) -> Vec<Item> {
    parse_create(json!({"uploads": items}).to_string().as_bytes()).unwrap()
}
