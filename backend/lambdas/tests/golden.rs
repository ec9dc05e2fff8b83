//! The golden files of the contract, read and written by production code: a request by its parser,
//! a response by its route or, if it contains values of storage, by the serialiser of all
//! responses.

mod common;

use std::path::Path;
use std::time::Duration;

use common::{NOW, event, id, owner, read, variable};
use crowfly_contract::{
    Completing, Content, CreateItem, CreateRequest, CreateResponse, ErrorCode, ListPartsResponse,
    ListResponse, Outcome, PartToSign, QueueMessage, Record, SignPartsRequest, SignPartsResponse,
    StatusRequest, StatusResponse, Stored,
};
use crowfly_core::create::{self, Granted};
use crowfly_core::message::{Message, parse_message};
use crowfly_core::request::{
    ValidItem, parse_complete, parse_create, parse_sign_parts, parse_status,
};
use crowfly_core::{FaultKind, Refusal, Row, Scanned};
use crowfly_lambdas::http::Answer;
use crowfly_lambdas::presign;
use crowfly_lambdas::runtime::Moment;
use crowfly_lambdas::variables::Variables;
use crowfly_testing::{Memory, row_of};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/tests/golden");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

fn golden(name: &str) -> Value {
    serde_json::from_str(&file(name)).unwrap()
}

#[track_caller]
fn written(name: &str, value: impl Serialize) {
    assert_eq!(serde_json::to_value(value).unwrap(), golden(name), "{name}");
}

/// Asserts that a response equals the golden file.
#[track_caller]
fn answered(name: &str, status: u16, answer: &Answer) {
    assert_eq!(answer.status_code, status, "{}", answer.body);
    written(name, common::json_of(answer));
}

/// Asserts that the serialiser reproduces the golden file.
#[track_caller]
fn reproduced<T: Serialize + DeserializeOwned>(name: &str, status: u16) {
    let value: T = serde_json::from_str(&file(name)).unwrap();
    answered(name, status, &Answer::json(status, &value).unwrap());
}

/// The item as a client writes it.
fn of_client(item: ValidItem) -> CreateItem {
    CreateItem {
        id: item.id,
        name: item.name.as_str().to_owned(),
        path: item.path.and_then(|path| Some(path.as_str()?.to_owned())),
        size: item.size.map(|size| size.get()),
        live: item.live,
        max_bytes: item.max_bytes.map(|size| size.get()),
        media_type: item.media_type.into(),
        crc64nvme: item.crc64nvme,
        visibility: item.visibility,
        metadata: item.metadata,
        state: item.state,
        part_size: item.part_size.map(|size| size.get()),
        parts: item.parts,
    }
}

#[test]
fn requests() {
    for name in [
        "create_request",
        "create_request_parts",
        "create_request_live",
    ] {
        let items = parse_create(file(name).as_bytes()).unwrap();
        let uploads = items
            .into_iter()
            .map(|(id, item)| {
                let item = item.unwrap();
                assert_eq!(item.id, id);
                of_client(item)
            })
            .collect();
        written(name, CreateRequest { uploads });
    }
    for name in ["sign_parts_request", "sign_parts_request_live"] {
        let parts: Vec<PartToSign> = parse_sign_parts(file(name).as_bytes()).unwrap();
        written(name, SignPartsRequest { parts, state: None });
    }
    let ids = parse_status(file("status_request").as_bytes()).unwrap();
    written("status_request", StatusRequest { ids });
    for name in [
        "complete_request",
        "complete_request_empty",
        "complete_request_live",
    ] {
        let end = parse_complete(file(name).as_bytes()).unwrap();
        written(
            name,
            crowfly_contract::CompleteRequest::<u64, u64> {
                crc64nvme: end.crc64nvme,
                size: end.size,
                duration_ms: end.duration_ms,
                state: None,
            },
        );
    }
}

#[test]
fn create_answers() {
    for (name, expected) in [
        ("create_response", 207),
        ("create_response_multipart", 201),
        ("create_response_grants", 201),
        ("create_response_live", 201),
    ] {
        let response: CreateResponse = serde_json::from_str(&file(name)).unwrap();
        let mut request_id = String::new();
        let results = response
            .uploads
            .into_iter()
            .map(|result| match result.outcome {
                Outcome::Created(created) => {
                    let repeated = false;
                    (result.id, Ok(Granted { created, repeated }))
                }
                Outcome::Refused(problem) => {
                    request_id = problem.request_id;
                    let refusal = Refusal::new(problem.code, problem.message);
                    (result.id, Err(refusal.into()))
                }
            })
            .collect();
        let (status, answer) = create::answer(results, &request_id);
        let create::Answer::Response(response) = answer else {
            panic!("{answer:?}");
        };
        answered(name, expected, &Answer::json(status, &response).unwrap());
    }
}

#[tokio::test]
async fn problems() {
    let small = |name: &str| match name {
        "MAX_FILE_BYTES" => Some("10".to_owned()),
        _ => variable(name),
    };
    let settings = presign::Settings::read(&Variables::new(&small)).unwrap();
    let item = json!({"id": id(1), "name": "a.webm", "size": 11, "type": "video/webm"});
    let mut large = event("POST /uploads", Some(&json!({"uploads": [item]})));
    large["requestContext"]["requestId"] = "JKJaXmPLvHcESHA=".into();
    let memory = Memory::default();
    let now = Moment {
        ms: NOW,
        left: Duration::from_secs(20),
    };
    let answer = presign::handle(&memory, &memory, &memory, &settings, large, now).await;
    answered("problem", 413, &answer);

    memory.fail_next("get_row", FaultKind::Unavailable);
    let mut unlucky = event(&format!("GET /uploads/{}", id(1)), None);
    unlucky["requestContext"]["requestId"] = "r".into();
    answered("problem_retry", 503, &read(&memory, unlucky).await);
}

/// A row with the record of a golden file, and its scan.
fn row(name: &str) -> Row {
    let record: Record = serde_json::from_str(&file(name)).unwrap();
    let etag = record.etag.clone();
    let version_id = record.version_id.clone();
    Row {
        record,
        scanned: etag.map(|etag| Scanned { etag, version_id }),
        ..row_of(&owner("alice"), id(1), NOW)
    }
}

#[tokio::test]
async fn records() {
    for name in [
        "record_pending",
        "record_path",
        "record_stored",
        "record_withheld",
        "record_marked",
        "record_live_pending",
        "record_live",
        "record_live_truncated",
    ] {
        let (memory, row) = (Memory::default(), row(name));
        let route = format!("GET /uploads/{}", row.record.id);
        memory.set_row(row);
        answered(name, 200, &read(&memory, event(&route, None)).await);
    }
    let (memory, stored) = (Memory::default(), row("record_stored"));
    let content = format!("GET /uploads/{}/content", stored.record.id);
    memory.set_row(stored);
    let asked = event("POST /uploads/status", Some(&golden("status_request")));
    answered("status_response", 200, &read(&memory, asked).await);
    let public = read(&memory, event(&content, None)).await;
    answered("content_public", 200, &public);
    let none = read(&Memory::default(), event("GET /uploads", None)).await;
    answered("list_response_last", 200, &none);
}

#[test]
fn answers_with_values_of_storage() {
    reproduced::<SignPartsResponse>("sign_parts_response", 200);
    reproduced::<ListPartsResponse>("list_parts_response", 200);
    reproduced::<Stored>("stored", 200);
    reproduced::<Stored>("stored_bare", 200);
    reproduced::<Completing>("completing", 202);
    reproduced::<Content>("content_private", 200);
    reproduced::<ListResponse>("list_response", 200);
    reproduced::<StatusResponse>("status_response", 200);
}

#[test]
fn queue_messages() {
    for name in ["queue_message_created", "queue_message_removed"] {
        let url = serde_json::from_str::<QueueMessage>(&file(name))
            .unwrap()
            .url;
        match parse_message(&file(name)).as_slice() {
            [Ok(Message::Object(event))] => written(name, event.to_message(url)),
            other => panic!("{other:?}"),
        }
    }
}

/// It gives none to keep, so whoever returns one has mixed up servers.
#[test]
fn a_state_that_this_server_never_gave_is_refused() {
    let mut items = parse_create(file("create_request_state").as_bytes()).unwrap();
    let (_, item) = items.remove(0);
    let parts = parse_sign_parts(file("sign_parts_request_state").as_bytes());
    let complete = parse_complete(file("complete_request_state").as_bytes());
    let refusals = [
        item.unwrap_err().code,
        parts.unwrap_err().code,
        complete.unwrap_err().code,
    ];
    assert_eq!(refusals, [ErrorCode::UnknownField; 3]);
}

/// Except for what only other servers say, the message of the gateway, the table of codes and the notification, which the
/// tests of the contract use.
#[test]
fn every_golden_file_of_the_backend_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/tests/golden");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let used = include_str!("golden.rs").contains(&format!("\"{name}\""));
        let not_ours = matches!(
            name,
            "gateway_message"
                | "error_codes"
                | "create_response_state"
                | "list_parts_response_etag"
                | "notification_stored"
        );
        assert!(used || not_ours, "{name} is used by no test");
    }
}
