//! Each wire type has one JSON form, pinned by a file under `golden`: Rust writes exactly that file, and
//! reads the same value back from it. This file covers requests and answers.

mod common;

use std::path::Path;

use common::{ADDRESS, CRC, KEY, OTHER_ADDRESS, golden, id, map, other_id};
use crowfly_contract::{
    CompleteRequest, Completing, CreateItem, CreateRequest, CreateResponse, CreateResult, Created,
    ErrorCode, FirstParts, GatewayMessage, Grant, ListPartsResponse, OpaqueState, Outcome,
    PartGrant, PartToSign, Plan, Problem, ProblemBody, SignPartsRequest, SignPartsResponse, Stored,
    StoredPart, Texts, Visibility,
};

fn refusal() -> ProblemBody {
    ProblemBody {
        code: ErrorCode::TooLarge,
        message: "the file has 11 bytes; at most 10 are allowed".to_owned(),
        request_id: "JKJaXmPLvHcESHA=".to_owned(),
        retry_after_ms: None,
    }
}

fn state() -> Option<OpaqueState> {
    Some("v1.eyJrIjoidSJ9.0f3a".parse().unwrap())
}

#[test]
fn create() {
    let full = CreateItem {
        id: id(),
        name: "여름 1.WEBM".to_owned(),
        path: Some("사진/2026 📷".to_owned()),
        size: Some(9),
        live: false,
        max_bytes: None,
        media_type: "video/webm".to_owned(),
        crc64nvme: Some(CRC),
        visibility: Visibility::Public,
        metadata: map([("album", "여름 😀")]),
        state: None,
        part_size: None,
        parts: FirstParts::default(),
    };
    let bare = CreateItem {
        id: other_id(),
        name: "a.txt".to_owned(),
        path: None,
        size: Some(0),
        live: false,
        max_bytes: None,
        media_type: "text/plain".to_owned(),
        crc64nvme: None,
        visibility: Visibility::Private,
        metadata: Texts::new(),
        state: None,
        part_size: None,
        parts: FirstParts::default(),
    };
    let again = CreateItem {
        state: state(),
        ..bare.clone()
    };
    let to_sign = |number, crc64nvme| PartToSign::<u32> {
        number,
        crc64nvme,
        size: None,
    };
    let hashed = CreateItem {
        size: Some(100_000_000),
        part_size: Some(8_388_608),
        parts: FirstParts::new(vec![to_sign(1, Some(CRC)), to_sign(2, None)]).unwrap(),
        ..bare.clone()
    };
    golden(
        "create_request_parts",
        &CreateRequest {
            uploads: vec![hashed],
        },
    );
    golden(
        "create_request_state",
        &CreateRequest {
            uploads: vec![again],
        },
    );
    golden(
        "create_request",
        &CreateRequest {
            uploads: vec![full, bare],
        },
    );

    let put = Grant {
        url: format!("{ADDRESS}?X-Amz-Signature=0123"),
        other_url: None,
        headers: map([
            ("content-type", "video/webm"),
            ("if-none-match", "*"),
            ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
        ]),
        expires_in_ms: 300_000,
    };
    let created = |plan| Outcome::Created(Created::new(KEY.parse().unwrap(), plan));
    let confirmed = CreateResult {
        id: id(),
        outcome: Outcome::Created(Created {
            confirm: true,
            state: state(),
            ..Created::new(
                "any key/of another server.webm".parse().unwrap(),
                Plan::Single { put: put.clone() },
            )
        }),
    };
    golden(
        "create_response_state",
        &CreateResponse {
            uploads: vec![confirmed],
        },
    );
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
    let grant = Grant {
        other_url: None,
        url: format!("{ADDRESS}?partNumber=1&X-Amz-Signature=0123"),
        headers: map([("x-amz-checksum-crc64nvme", "rosUhgp5mIg=")]),
        expires_in_ms: 300_000,
    };
    let plan = Plan::Multipart {
        part_size: 8_388_608,
        part_count: 13,
    };
    let signed_along = CreateResult {
        id: id(),
        outcome: Outcome::Created(Created {
            grants: vec![PartGrant { number: 1, grant }],
            ..Created::new(KEY.parse().unwrap(), plan)
        }),
    };
    golden(
        "create_response_grants",
        &CreateResponse {
            uploads: vec![signed_along],
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
    let to_sign = |number, crc64nvme| PartToSign::<u32> {
        number,
        crc64nvme,
        size: None,
    };
    let parts = vec![to_sign(1, Some(CRC)), to_sign(10_000, None)];
    let with_state = SignPartsRequest {
        parts: parts.clone(),
        state: state(),
    };
    golden("sign_parts_request_state", &with_state);
    golden(
        "sign_parts_request",
        &SignPartsRequest { parts, state: None },
    );

    let grant = |number: u32, headers, expires_in_ms| PartGrant {
        number,
        grant: Grant {
            url: format!("{ADDRESS}?partNumber={number}"),
            other_url: (number == 2).then(|| format!("{OTHER_ADDRESS}?partNumber={number}")),
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
        etag: None,
    };
    let parts = vec![
        first,
        StoredPart {
            number: 2,
            size: 1,
            crc64nvme: None,
            etag: None,
        },
    ];
    golden("list_parts_response", &ListPartsResponse { parts });
    let unproved = StoredPart {
        number: 3,
        size: 5_242_880,
        crc64nvme: None,
        etag: Some("9bb58f26192e4ba00f01e2e7b136bbd8".to_owned()),
    };
    golden(
        "list_parts_response_etag",
        &ListPartsResponse {
            parts: vec![unproved],
        },
    );
}

#[test]
fn complete() {
    let nothing: CompleteRequest = CompleteRequest::default();
    golden(
        "complete_request",
        &CompleteRequest {
            crc64nvme: Some(CRC),
            ..nothing.clone()
        },
    );
    golden(
        "complete_request_state",
        &CompleteRequest {
            crc64nvme: Some(CRC),
            state: state(),
            ..nothing.clone()
        },
    );
    golden("complete_request_empty", &nothing);
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
fn every_golden_file_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let sources = [
        include_str!("golden.rs"),
        include_str!("golden_records.rs"),
        include_str!("live.rs"),
        include_str!("wire.rs"),
    ]
    .concat();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            sources.contains(&format!("\"{name}\"")),
            "{name} is used by no test"
        );
    }
}
