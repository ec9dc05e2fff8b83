//! Each wire type has one JSON form, pinned by a file under `golden`: what Rust writes is that file, and
//! what it reads from that file is the same value.

use std::fmt::Debug;
use std::path::Path;

use crowfly_contract::{
    CompleteRequest, Completing, Content, Crc64Nvme, CreateItem, CreateRequest, CreateResponse,
    CreateResult, Created, ErrorCode, EventKind, GatewayMessage, Grant, ListPartsResponse,
    ListResponse, Outcome, PartGrant, PartToSign, Plan, Problem, ProblemBody, QueueMessage, Record,
    ScanStatus, SignPartsRequest, SignPartsResponse, StatusEntry, StatusRequest, StatusResponse,
    Stored, StoredPart, Texts, UploadId, UploadStatus, Visibility,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const CRC: Crc64Nvme = Crc64Nvme::new(0xae8b_1486_0a79_9888);
const ADDRESS: &str = "https://films.s3.eu-west-1.amazonaws.com/uploads/a";
const KEY: &str = "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/여름_1.webm";

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

/// Checks both directions.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let text = file(name);
    assert_eq!(
        &serde_json::from_str::<T>(&text).unwrap(),
        value,
        "reading {name}.json"
    );
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        serde_json::to_value(value).unwrap(),
        json,
        "writing {name}.json"
    );
}

fn id() -> UploadId {
    "01JD7ZK3V8Q2X5N6R9T0W1Y4AB".parse().unwrap()
}

fn other_id() -> UploadId {
    "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap()
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> Texts {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn refusal() -> ProblemBody {
    ProblemBody {
        code: ErrorCode::TooLarge,
        message: "the file has 11 bytes; at most 10 are allowed".to_owned(),
        request_id: "JKJaXmPLvHcESHA=".to_owned(),
        retry_after_ms: None,
    }
}

fn pending() -> Record {
    Record {
        id: other_id(),
        status: UploadStatus::Pending,
        bucket: "films".to_owned(),
        key: "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AC/a.txt"
            .parse()
            .unwrap(),
        name: "a.txt".to_owned(),
        size: 0,
        media_type: "text/plain".to_owned(),
        visibility: Visibility::Private,
        metadata: Texts::new(),
        part_size: None,
        crc64nvme: None,
        verified: false,
        etag: None,
        version_id: None,
        sequencer: None,
        type_mismatch: false,
        scan: None,
        url: None,
        created_at: 1_795_342_830_123,
        stored_at: None,
        expires_at: None,
    }
}

fn stored() -> Record {
    Record {
        id: id(),
        status: UploadStatus::Stored,
        bucket: "films".to_owned(),
        key: KEY.parse().unwrap(),
        name: "여름 1.WEBM".to_owned(),
        size: 9_007_199_254_740_991,
        media_type: "video/webm".to_owned(),
        visibility: Visibility::Public,
        metadata: map([("album", "여름 😀"), ("empty", "")]),
        part_size: Some(8_388_608),
        crc64nvme: Some(CRC),
        verified: true,
        etag: Some("d41d8cd98f00b204e9800998ecf8427e-2".to_owned()),
        version_id: Some("3HL4kqtJvjVBH40Nrjfkd".to_owned()),
        sequencer: Some("0055AED6DCD90281E5".to_owned()),
        type_mismatch: false,
        scan: Some(ScanStatus::Clean),
        url: Some(ADDRESS.to_owned()),
        created_at: 1_795_342_830_123,
        stored_at: Some(1_795_342_831_000),
        expires_at: Some(1_797_934_830_000),
    }
}

#[test]
fn create() {
    let full = CreateItem {
        id: id(),
        name: "여름 1.WEBM".to_owned(),
        size: 9,
        media_type: "video/webm".to_owned(),
        crc64nvme: Some(CRC),
        visibility: Visibility::Public,
        metadata: map([("album", "여름 😀")]),
    };
    let bare = CreateItem {
        id: other_id(),
        name: "a.txt".to_owned(),
        size: 0,
        media_type: "text/plain".to_owned(),
        crc64nvme: None,
        visibility: Visibility::Private,
        metadata: Texts::new(),
    };
    golden(
        "create_request",
        &CreateRequest {
            uploads: vec![full, bare],
        },
    );

    let put = Grant {
        url: format!("{ADDRESS}?X-Amz-Signature=0123"),
        headers: map([
            ("content-type", "video/webm"),
            ("if-none-match", "*"),
            ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
        ]),
        expires_in_ms: 300_000,
    };
    let created = |plan| {
        Outcome::Created(Created {
            key: KEY.parse().unwrap(),
            plan,
        })
    };
    let single = CreateResult {
        id: id(),
        outcome: created(Plan::Single { put }),
    };
    let refused = CreateResult {
        id: other_id(),
        outcome: Outcome::Refused(refusal()),
    };
    golden(
        "create_response",
        &CreateResponse {
            uploads: vec![single, refused],
        },
    );

    let plan = Plan::Multipart {
        part_size: 8_388_608,
        part_count: 13,
    };
    let multipart = CreateResult {
        id: id(),
        outcome: created(plan),
    };
    golden(
        "create_response_multipart",
        &CreateResponse {
            uploads: vec![multipart],
        },
    );
}

#[test]
fn problems() {
    golden("problem", &Problem { error: refusal() });
    let error = ProblemBody {
        code: ErrorCode::ServiceUnavailable,
        message: "a service behind this API is briefly unavailable; try again".to_owned(),
        request_id: "r".to_owned(),
        retry_after_ms: Some(1_000),
    };
    golden("problem_retry", &Problem { error });
    golden(
        "gateway_message",
        &GatewayMessage {
            message: "Unauthorized".to_owned(),
        },
    );
}

#[test]
fn parts() {
    let to_sign = |number, crc64nvme| PartToSign { number, crc64nvme };
    let parts = vec![to_sign(1, Some(CRC)), to_sign(10_000, None)];
    golden("sign_parts_request", &SignPartsRequest { parts });

    let grant = |number: u32, headers, expires_in_ms| PartGrant {
        number,
        grant: Grant {
            url: format!("{ADDRESS}?partNumber={number}"),
            headers,
            expires_in_ms,
        },
    };
    let first = grant(
        1,
        map([("x-amz-checksum-crc64nvme", "rosUhgp5mIg=")]),
        300_000,
    );
    let grants = vec![first, grant(2, map([]), 1)];
    golden("sign_parts_response", &SignPartsResponse { grants });

    let first = StoredPart {
        number: 1,
        size: 5_242_880,
        crc64nvme: Some(CRC),
    };
    let parts = vec![
        first,
        StoredPart {
            number: 2,
            size: 1,
            crc64nvme: None,
        },
    ];
    golden("list_parts_response", &ListPartsResponse { parts });
}

#[test]
fn complete() {
    golden(
        "complete_request",
        &CompleteRequest {
            crc64nvme: Some(CRC),
        },
    );
    golden(
        "complete_request_empty",
        &CompleteRequest { crc64nvme: None },
    );
    let full = Stored {
        id: id(),
        key: KEY.parse().unwrap(),
        size: 9,
        crc64nvme: Some(CRC),
        etag: "d41d8cd98f00b204e9800998ecf8427e".to_owned(),
        version_id: Some("3HL4kqtJvjVBH40Nrjfkd".to_owned()),
    };
    golden("stored", &full);
    let bare = Stored {
        size: 0,
        crc64nvme: None,
        etag: "e".to_owned(),
        version_id: None,
        ..full
    };
    golden("stored_bare", &bare);
    golden(
        "completing",
        &Completing {
            retry_after_ms: 2_000,
        },
    );
}

#[test]
fn records() {
    golden("record_pending", &pending());
    golden("record_stored", &stored());
    let withheld = Record {
        type_mismatch: true,
        scan: Some(ScanStatus::Infected),
        url: None,
        ..stored()
    };
    golden("record_withheld", &withheld);
    let cursor = Some("AQAAAaIC".to_owned());
    golden(
        "list_response",
        &ListResponse {
            uploads: vec![pending()],
            cursor,
        },
    );
    golden(
        "list_response_last",
        &ListResponse {
            uploads: vec![],
            cursor: None,
        },
    );
    golden(
        "status_request",
        &StatusRequest {
            ids: vec![id(), other_id()],
        },
    );
    let found = StatusEntry {
        id: id(),
        status: UploadStatus::Stored,
        record: Some(stored()),
    };
    let missing = StatusEntry {
        id: other_id(),
        status: UploadStatus::NotFound,
        record: None,
    };
    golden(
        "status_response",
        &StatusResponse {
            uploads: vec![found, missing],
        },
    );
    let signed = format!("{ADDRESS}?X-Amz-Signature=0123");
    golden(
        "content_private",
        &Content {
            url: signed,
            expires_in_ms: Some(300_000),
        },
    );
    golden(
        "content_public",
        &Content {
            url: ADDRESS.to_owned(),
            expires_in_ms: None,
        },
    );
}

#[test]
fn queue_messages() {
    let created = QueueMessage {
        v: QueueMessage::VERSION,
        bucket: "films".to_owned(),
        key: KEY.to_owned(),
        url: ADDRESS.to_owned(),
        size: Some(9),
        etag: Some("d41d8cd98f00b204e9800998ecf8427e".to_owned()),
        version_id: Some("3HL4kqtJvjVBH40Nrjfkd".to_owned()),
        sequencer: "0055AED6DCD90281E5".to_owned(),
        event: EventKind::Created,
        time: "2026-11-22T10:20:30.123Z".to_owned(),
    };
    golden("queue_message_created", &created);
    let removed = QueueMessage {
        size: None,
        etag: None,
        version_id: None,
        event: EventKind::Removed,
        ..created
    };
    golden("queue_message_removed", &removed);
}

#[test]
fn every_golden_file_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let sources = [include_str!("golden.rs"), include_str!("wire.rs")].concat();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            sources.contains(&format!("\"{name}\"")),
            "{name} is used by no test"
        );
    }
}
