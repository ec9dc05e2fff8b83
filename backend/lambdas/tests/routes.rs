//! The responses of each route, in success and if a service fails.

mod common;

use common::{assert_headers, assert_problem, event, id, json_of, owner, presign, read};
use crowfly_contract::{
    Content, CreateResponse, ListResponse, Outcome, Record, StatusResponse, Stored, UploadStatus,
};
use crowfly_core::FaultKind;
use crowfly_testing::{Memory, OBJECT_CRC, head_of, row_of};
use serde_json::{Value, json};

fn item(n: u128) -> Value {
    json!({"id": id(n), "name": "ä.webm", "size": 9, "type": "video/webm",
        "crc64nvme": OBJECT_CRC, "metadata": {"album": "여름 😀"}})
}

async fn create(memory: &Memory, items: Value) -> (u16, Value) {
    let answer = presign(
        memory,
        event("POST /uploads", Some(&json!({"uploads": items}))),
    )
    .await;
    assert_headers(&answer);
    (answer.status_code, json_of(&answer))
}

#[tokio::test]
async fn create_answers_201_then_200_then_207() {
    let memory = Memory::default();
    let (status, body) = create(&memory, json!([item(1)])).await;
    assert_eq!(status, 201);
    let response: CreateResponse = serde_json::from_value(body.clone()).unwrap();
    assert!(matches!(response.uploads[0].outcome, Outcome::Created(_)));
    assert_eq!(body["uploads"][0]["plan"]["kind"], "single");
    let headers = body["uploads"][0]["plan"]["put"]["headers"]
        .as_object()
        .unwrap();
    assert!(!headers.contains_key("host") && !headers.contains_key("content-length"));
    let (status, again) = create(&memory, json!([item(1)])).await;
    assert_eq!((status, &again), (200, &body));
    let (status, both) = create(&memory, json!([item(1), item(2)])).await;
    assert_eq!(
        (status, both["uploads"].as_array().unwrap().len()),
        (207, 2)
    );
}

#[tokio::test]
async fn a20_create_reads_a_body_in_base64() {
    let mut event = event("POST /uploads", None);
    let body = json!({"uploads": [item(1)]}).to_string();
    event["body"] = data_encoding::BASE64.encode(body.as_bytes()).into();
    event["isBase64Encoded"] = true.into();
    assert_eq!(presign(&Memory::default(), event).await.status_code, 201);
}

#[tokio::test]
async fn from_create_to_content() {
    let memory = Memory::default();
    let mut row = row_of(&owner("alice"), id(1), 1);
    memory.set_row(row.clone());
    let complete = format!("POST /uploads/{}/complete", id(1));

    let answer = presign(&memory, event(&complete, Some(&json!({})))).await;
    assert_problem(&answer, 409, "not_stored");
    memory.set_object(&row.record.key, Some(head_of("e")));
    let checksum = json!({"crc64nvme": OBJECT_CRC});
    let answer = presign(&memory, event(&complete, Some(&checksum))).await;
    let stored: Stored = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status_code, stored.etag.as_str()), (200, "e"));
    let answer = presign(&memory, event(&format!("DELETE /uploads/{}", id(1)), None)).await;
    assert_problem(&answer, 409, "already_stored");

    row.record.status = UploadStatus::Stored;
    memory.set_row(row.clone());
    let answer = read(&memory, event(&format!("GET /uploads/{}", id(1)), None)).await;
    assert_eq!(
        serde_json::from_str::<Record>(&answer.body).unwrap(),
        row.record
    );
    let answer = read(&memory, event("GET /uploads?limit=10", None)).await;
    assert_eq!(
        serde_json::from_str::<ListResponse>(&answer.body)
            .unwrap()
            .uploads,
        [row.record]
    );
    let asked = json!({"ids": [id(1), id(2)]});
    let answer = read(&memory, event("POST /uploads/status", Some(&asked))).await;
    let statuses = serde_json::from_str::<StatusResponse>(&answer.body)
        .unwrap()
        .uploads;
    assert_eq!(
        (statuses[0].status, statuses[1].status),
        (UploadStatus::Stored, UploadStatus::NotFound)
    );
    let answer = read(
        &memory,
        event(&format!("GET /uploads/{}/content", id(1)), None),
    )
    .await;
    assert_headers(&answer);
    assert!(
        serde_json::from_str::<Content>(&answer.body)
            .unwrap()
            .expires_in_ms
            .is_some()
    );
}

#[tokio::test]
async fn cancel_answers_204_without_a_body_each_time() {
    let memory = Memory::default();
    memory.set_row(row_of(&owner("alice"), id(1), 1));
    for _ in 0..2 {
        let answer = presign(&memory, event(&format!("DELETE /uploads/{}", id(1)), None)).await;
        assert_eq!((answer.status_code, answer.body.as_str()), (204, ""));
        assert_headers(&answer);
    }
}

#[tokio::test]
async fn a_list_continues_at_its_cursor() {
    let memory = Memory::default();
    for n in 0..3 {
        memory.set_row(row_of(&owner("alice"), id(n), u64::try_from(n).unwrap()));
    }
    let first = json_of(&read(&memory, event("GET /uploads?limit=2", None)).await);
    let cursor = first["cursor"].as_str().unwrap();
    let second = json_of(
        &read(
            &memory,
            event(&format!("GET /uploads?cursor={cursor}"), None),
        )
        .await,
    );
    assert_eq!(second["uploads"][0]["id"], id(0).to_string());
    assert!(second.get("cursor").is_none());
}

#[tokio::test]
async fn f86_faults_are_503_with_retry_after_or_500_without_detail() {
    for (kind, status, code, wait) in [
        (FaultKind::Throttled, 503, "service_unavailable", Some("1")),
        (FaultKind::Denied, 500, "internal", None),
    ] {
        let memory = Memory::default();
        memory.fail_next("open_uploads", kind);
        let body = json!({"uploads": [item(1)]});
        let answer = presign(&memory, event("POST /uploads", Some(&body))).await;
        assert_problem(&answer, status, code);
        assert_eq!(answer.headers.get("retry-after").map(String::as_str), wait);
        memory.fail_next("get_row", kind);
        let answer = read(&memory, event(&format!("GET /uploads/{}", id(1)), None)).await;
        assert_problem(&answer, status, code);
        assert!(!answer.body.contains("get_row") && !answer.body.contains("memory"));
    }
}

#[tokio::test]
async fn a36_requests_above_the_rate_are_refused_before_they_call_anything() {
    let memory = Memory::default();
    for _ in 0..1_000 {
        let answer = presign(&memory, event("POST /uploads", None)).await;
        assert_ne!(answer.status_code, 429);
    }
    let before = memory.calls().len();
    for route in ["POST /uploads", "DELETE /uploads/x", "GET /uploads/x/parts"] {
        let answer = presign(&memory, event(route, None)).await;
        assert_problem(&answer, 429, "rate_limited");
        assert_eq!(json_of(&answer)["error"]["retryAfterMs"], 20);
        assert_eq!(answer.headers["retry-after"], "1");
    }
    assert_eq!(memory.calls().len(), before + 3, "no other port was called");
}

#[tokio::test]
async fn h6_a_create_call_pays_for_each_of_its_items() {
    let memory = Memory::default();
    let hundred: Vec<Value> = (0..100).map(item).collect();
    for call in 0..10 {
        let (status, _) = create(&memory, json!(hundred)).await;
        assert_eq!(status, if call == 0 { 201 } else { 200 });
    }
    let body = json!({"uploads": hundred});
    let before = memory.calls().len();
    let answer = presign(&memory, event("POST /uploads", Some(&body))).await;
    assert_problem(&answer, 429, "rate_limited");
    assert_eq!(json_of(&answer)["error"]["retryAfterMs"], 2_000);
    assert_eq!(answer.headers["retry-after"], "2");
    assert_eq!(memory.calls()[before..], ["advance_rate"]);
}

/// With the tests' rate of 50 a thousand tokens are one burst.
#[tokio::test]
async fn h6_each_record_route_is_limited_by_what_it_reads() {
    let ids: Vec<_> = (0..100).map(id).collect();
    let status = json!({"ids": ids});
    let get = format!("GET /uploads/{}", id(1));
    let content = format!("{get}/content");
    for (route, body, cost) in [
        ("GET /uploads?limit=100", None, 10),
        ("GET /uploads?limit=1", None, 1),
        ("GET /uploads", None, 3),
        ("POST /uploads/status", Some(&status), 10),
        (&get, None, 1),
        (&content, None, 1),
        ("GET /uploads?limit=0", None, 1),
        ("GET /unknown", None, 1),
    ] {
        let memory = Memory::default();
        for call in 0..1_000 / cost {
            let answer = read(&memory, event(route, body)).await;
            assert_ne!(answer.status_code, 429, "{route}, {call}");
        }
        let before = memory.calls().len();
        let answer = read(&memory, event(route, body)).await;
        assert_problem(&answer, 429, "rate_limited");
        assert_eq!(answer.headers["retry-after"], "1", "{route}");
        assert_eq!(memory.calls()[before..], ["advance_rate"], "{route}");
        let uploads = presign(&memory, event("DELETE /uploads/x", None)).await;
        assert_eq!(uploads.status_code, 404, "uploads have their own rate");
    }
}
