//! Creates uploads, by any ports.

use crowfly_core::create::{Creator, ItemResult, create};
use crowfly_core::path::KeyLayout;
use crowfly_core::port_set;
use crowfly_core::ports::{
    AbortMultipart, CreateMultipart, FindMultipart, GetRow, GetRows, HeadObject, OpenUploads,
    PresignPart, PresignPut, PutPending, SetMultipart, Touch,
};
use crowfly_core::quota::Limits;
use serde_json::Value;

use super::{bucket_policy, owner, parse_items};

port_set! {
    /// The ports of `create`.
    pub(crate) trait CreatePorts = PutPending + OpenUploads + GetRow + GetRows + Touch + SetMultipart
        + PresignPut + PresignPart + CreateMultipart + AbortMultipart + HeadObject + FindMultipart;
}

pub(crate) async fn create_with(
    ports: &impl CreatePorts,
    limits: Limits,
    who: char,
    items: Value,
    now_ms: u64,
) -> Vec<ItemResult> {
    let (policy, owner) = (bucket_policy(), owner(who));
    let creator = Creator {
        owner: &owner,
        policy: &policy,
        bucket: "bucket",
        layout: KeyLayout::Flat,
        limits,
        repair_after_ms: 900_000,
        now_ms,
    };
    create(ports, ports, ports, creator, parse_items(items)).await
}
