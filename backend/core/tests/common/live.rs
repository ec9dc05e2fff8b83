//! A live upload: what a page does with it.

use crowfly_contract::limits::MIB;
use crowfly_contract::{Crc64Nvme, ErrorCode, PartToSign, UploadStatus};
use crowfly_core::Row;
use crowfly_core::complete::{Completed, complete};
use crowfly_core::parts::{Signing, sign};
use crowfly_core::quota::Limits;
use crowfly_core::request::FileEnd;
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::creating::create_with;
use super::{LIMITS, NOW, id, owner};

/// Bytes of a whole part.
pub(crate) const PART: u64 = 5 * MIB;
/// A limit on the bytes that an owner may have open: four parts.
pub(crate) const FOUR_PARTS: Limits = Limits {
    uploads: 1_000,
    bytes: 4 * PART,
};

pub(crate) fn live_item(n: u128) -> Value {
    json!({"id": id(n).to_string(), "name": "a.webm", "type": "video/webm", "live": true})
}

/// Creates a live upload; returns its row.
pub(crate) async fn recording(memory: &Memory, n: u128) -> Row {
    let mut results = create_with(memory, LIMITS, 'a', json!([live_item(n)]), NOW).await;
    results.remove(0).1.unwrap();
    row(memory, n)
}

pub(crate) fn row(memory: &Memory, n: u128) -> Row {
    memory.row(&owner('a'), id(n)).unwrap()
}

pub(crate) fn part((number, size): (u32, Option<u64>)) -> PartToSign {
    PartToSign {
        number,
        crc64nvme: None,
        size,
    }
}

/// Signs parts of the upload `n` at `now_ms`; the sizes in the URLs.
pub(crate) async fn signed_within(
    memory: &Memory,
    n: u128,
    parts: &[(u32, Option<u64>)],
    limits: Limits,
    now_ms: u64,
) -> Result<Vec<u64>, ErrorCode> {
    let owner = owner('a');
    let signing = Signing {
        owner: &owner,
        id: id(n),
        limits,
        now_ms,
    };
    let parts: Vec<_> = parts.iter().copied().map(part).collect();
    let signed = sign(memory, memory, memory, signing, &parts).await;
    let response = signed.map_err(|error| error.to_refusal().code)?;
    let sizes = response.grants.iter().map(|grant| {
        let (_, size) = grant.grant.url.split_once("&size=").unwrap();
        size.split('&').next().unwrap().parse().unwrap()
    });
    Ok(sizes.collect())
}

pub(crate) async fn signed(
    memory: &Memory,
    parts: &[(u32, Option<u64>)],
) -> Result<Vec<u64>, ErrorCode> {
    signed_within(memory, 1, parts, LIMITS, NOW).await
}

/// Stores parts of the upload `n`: number n has the checksum `1 << n`.
pub(crate) fn send(memory: &Memory, n: u128, parts: &[(u32, u64)]) {
    let s3_upload_id = row(memory, n).s3_upload_id.unwrap();
    for &(number, size) in parts {
        memory.put_part(&s3_upload_id, number, size, Some(1 << number));
    }
}

/// The stand-in of the store in memory for the checksum of these parts.
pub(crate) fn crc_of(numbers: &[u32]) -> Option<Crc64Nvme> {
    Some(Crc64Nvme::new(numbers.iter().map(|n| 1 << n).sum()))
}

pub(crate) fn end(size: u64, crc64nvme: Option<Crc64Nvme>) -> FileEnd {
    FileEnd {
        crc64nvme,
        size: Some(size),
        duration_ms: None,
    }
}

pub(crate) async fn completed(memory: &Memory, end: FileEnd) -> Result<u64, ErrorCode> {
    let done = complete(memory, memory, &owner('a'), id(1), end).await;
    match done.map_err(|error| error.to_refusal().code)? {
        Completed::Stored(stored) => Ok(stored.size),
        Completed::Working(_) => panic!("the store in memory does not take its time"),
    }
}

pub(crate) fn status(memory: &Memory, n: u128) -> UploadStatus {
    row(memory, n).record.status
}

/// The bytes that the quota counts; they are those of the rows.
pub(crate) fn open_bytes(memory: &Memory) -> u64 {
    let usage = memory.usage(&owner('a'));
    assert_eq!(usage, memory.counted(&owner('a')));
    usage.bytes
}
