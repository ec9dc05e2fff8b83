//! Live uploads through the real gateway, functions and storage: of a recorder that does not know how much will come.

use crowfly_contract::limits::MIN_PART_BYTES;
use crowfly_contract::{Crc64Nvme, ErrorCode, Grant, SignPartsResponse, UploadId, UploadStatus};
use devkit::http::Response;
use devkit::wait;
use e2e::api::{Api, crc64nvme, new_id};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller};
use crate::parts::{bytes, put};

const PART: usize = MIN_PART_BYTES as usize;
const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// A live upload in progress.
struct Live {
    api: Api,
    id: UploadId,
    key: String,
    item: Value,
}

impl Live {
    fn begin() -> Self {
        let api = new_caller();
        let id = new_id();
        let item = json!({"id": id, "name": "recording.webm", "type": "video/webm", "live": true,
            "maxBytes": 100_000_000});
        let answer = api.create(&item);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let created = answer.json()["uploads"][0].clone();
        let plan = json!({"kind": "live", "partSize": PART, "doubleEvery": 1_000, "maxBytes": 100_000_000});
        assert_eq!(created["plan"], plan);
        let key = created["key"].as_str().expect("a key").to_owned();
        Self { api, id, key, item }
    }

    fn path(&self, rest: &str) -> String {
        format!("/uploads/{}{rest}", self.id)
    }

    fn ask(&self, number: u32, size: Option<usize>, crc: Option<Crc64Nvme>) -> Response {
        let mut part = json!({"number": number});
        if let Some(size) = size {
            part["size"] = size.into();
        }
        if let Some(crc) = crc {
            part["crc64nvme"] = json!(crc);
        }
        self.api
            .post(&self.path("/parts"), &json!({"parts": [part]}))
    }

    #[track_caller]
    fn sign(&self, number: u32, size: Option<usize>, crc: Option<Crc64Nvme>) -> Grant {
        let answer = self.ask(number, size, crc);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let signed: SignPartsResponse = serde_json::from_slice(&answer.body).expect("grants");
        signed.grants[0].grant.clone()
    }

    /// Sends whole parts, and the rest as the last.
    #[track_caller]
    fn send(&self, bytes: &[u8]) {
        for (part, number) in bytes.chunks(PART).zip(1..) {
            let size = (part.len() < PART).then_some(part.len());
            let grant = self.sign(number, size, Some(crc64nvme(part)));
            let answer = put(&grant, part).send();
            assert_eq!(answer.status, 200, "part {number}: {}", answer.text());
        }
    }

    fn complete(&self, body: &Value) -> Response {
        self.api.post(&self.path("/complete"), body)
    }

    fn owner(&self) -> &str {
        self.key.split('/').nth(1).expect("an owner in the key")
    }

    /// Open uploads and bytes that the quota of its owner counts.
    fn usage(&self) -> (i64, i64) {
        let quota = account()
            .get_item(self.owner(), "#quota")
            .unwrap_or_default();
        let count = |name: &str| quota[name].as_i64().unwrap_or_default();
        (count("openUploads"), count("openBytes"))
    }
}

fn bytes_of(size: usize) -> i64 {
    i64::try_from(size).expect("a small number")
}

#[test]
fn from_create_to_a_verified_record() {
    let bytes = bytes();
    let bytes = &bytes[..2 * PART + 9];
    let live = Live::begin();
    assert_eq!(live.usage(), (1, 0));
    let pending = live.api.record(live.id).expect("a record");
    assert_eq!((pending.live, pending.size), (true, 0));
    live.send(bytes);
    assert_eq!(live.usage(), (1, bytes_of(bytes.len())));
    let whole = crc64nvme(bytes);
    let listed = live.api.get(&live.path("/parts")).json();
    assert_eq!(listed["parts"].as_array().map(Vec::len), Some(3));
    let body = json!({"size": bytes.len(), "crc64nvme": whole, "durationMs": 61_000});
    for _ in 0..2 {
        let answer = live.complete(&body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(
            answer.json()["crc64nvme"],
            json!(whole),
            "storage's own checksum"
        );
    }
    let record = live
        .api
        .wait_status(live.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified && record.live && !record.truncated);
    assert_eq!(
        (record.size, record.duration_ms),
        (bytes.len() as u64, Some(61_000))
    );
    assert!(
        account().get_object(&live.key).body == bytes,
        "the bytes in storage"
    );
    wait::until("the place", RECORD_WITHIN, || {
        (live.usage() == (0, 0)).then_some(())
    });
    for (case, answer) in [
        ("sign", live.ask(4, None, None)),
        ("create", live.api.create(&live.item)),
        ("cancel", live.api.delete(&live.path(""))),
    ] {
        assert_problem(case, &answer, ErrorCode::AlreadyStored);
    }
}

#[test]
fn an_empty_recording_is_stored() {
    let live = Live::begin();
    let empty = crc64nvme(b"");
    let answer = put(&live.sign(1, Some(0), Some(empty)), b"").send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = live.complete(&json!({"size": 0, "crc64nvme": empty}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let record = live
        .api
        .wait_status(live.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((record.size, record.verified), (0, true));
}

#[test]
fn what_a_recorder_must_not_get_is_refused_and_not_counted() {
    let live = Live::begin();
    for (case, answer, code) in [
        (
            "another limit",
            live.api.create(&{
                let mut other = live.item.clone();
                other["maxBytes"] = 5.into();
                other
            }),
            ErrorCode::UploadMismatch,
        ),
        (
            "no part",
            live.ask(10_001, None, None),
            ErrorCode::InvalidPart,
        ),
        ("too large", live.ask(20, None, None), ErrorCode::TooLarge),
        (
            "too large for a part",
            live.ask(1, Some(PART + 1), None),
            ErrorCode::InvalidPart,
        ),
        ("no size", live.complete(&json!({})), ErrorCode::InvalidSize),
        (
            "nothing sent",
            live.complete(&json!({"size": 9})),
            ErrorCode::PartsMismatch,
        ),
    ] {
        assert_problem(case, &answer, code);
    }
    let part = live.sign(1, Some(9), None);
    let longer = put(&part, b"0123456789").send();
    assert!(
        longer.status >= 400,
        "a part has exactly the bytes that were signed"
    );
    assert_eq!(put(&part, b"012345678").send().status, 200);
    assert_problem(
        "behind the last",
        &live.ask(2, None, None),
        ErrorCode::InvalidPart,
    );
    assert_eq!(live.usage(), (1, 9));
    assert_eq!(live.api.delete(&live.path("")).status, 204);
    assert_eq!(live.usage(), (0, 0));
    assert_problem("ended", &live.ask(1, None, None), ErrorCode::UploadEnded);
}

#[test]
fn a_recording_that_is_left_alone_is_kept() {
    let bytes = bytes();
    let live = Live::begin();
    live.send(&bytes[..2 * PART]);
    let sweep = || {
        let aws = account();
        let answer = aws.invoke(&aws.function("SweepFunction"), &json!({}));
        assert_eq!(
            answer.header("x-amz-function-error"),
            None,
            "{}",
            answer.text()
        );
    };
    let id = live.id.to_string();
    let age = |days: u64| {
        let mut row = account().get_item(live.owner(), &id).expect("the row");
        row["activeAt"] = (row["activeAt"].as_u64().expect("a time") - days * DAY_MS).into();
        row["sweepAt"] = 1.into();
        account().put_item(&row);
    };
    age(0);
    sweep();
    let pending = live.api.record(live.id).expect("a record");
    assert_eq!(pending.status, UploadStatus::Pending, "it is in use");
    age(2);
    sweep();
    let record = live
        .api
        .wait_status(live.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.truncated && record.live && !record.verified);
    assert_eq!(record.size, 2 * PART as u64);
    assert_eq!(
        record.crc64nvme,
        Some(crc64nvme(&bytes[..2 * PART])),
        "storage's own"
    );
    assert!(account().get_object(&live.key).body == bytes[..2 * PART]);
    wait::until("the place", RECORD_WITHIN, || {
        (live.usage() == (0, 0)).then_some(())
    });
    let more = live.complete(&json!({"size": 2 * PART + 1}));
    assert_problem("its client comes back", &more, ErrorCode::SizeMismatch);
    assert_eq!(live.complete(&json!({"size": 2 * PART})).status, 200);
}
