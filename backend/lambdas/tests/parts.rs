//! The responses of the multipart routes.

mod common;

use std::time::Duration;

use common::{NOW, assert_headers, assert_problem, event, id, json_of, owner, presign, variable};
use crowfly_contract::limits::MIB;
use crowfly_contract::{ListPartsResponse, SignPartsResponse, Stored};
use crowfly_core::ports::Completion;
use crowfly_lambdas::http::Answer;
use crowfly_lambdas::runtime::Moment;
use crowfly_lambdas::variables::Variables;
use crowfly_testing::Memory;
use serde_json::{Value, json};

const PART: u64 = 8 * MIB;
const SIZE: u64 = 2 * PART + 5;

async fn call(memory: &Memory, route: &str, body: Option<Value>) -> Answer {
    let route = route.replace("{id}", &id(1).to_string());
    let answer = presign(memory, event(&route, body.as_ref())).await;
    assert_headers(&answer);
    answer
}

async fn create(memory: &Memory) -> String {
    let item = json!({"id": id(1), "name": "a.webm", "size": SIZE, "type": "video/webm"});
    let answer = call(memory, "POST /uploads", Some(json!({"uploads": [item]}))).await;
    assert_eq!(answer.status_code, 201);
    let plan = json!({"kind": "multipart", "partSize": PART, "partCount": 3});
    assert_eq!(json_of(&answer)["uploads"][0]["plan"], plan);
    assert!(
        !answer.body.contains("multipart-1"),
        "the S3 upload id is internal"
    );
    let row = memory.row(&owner("alice"), id(1)).unwrap();
    row.s3_upload_id.unwrap()
}

#[tokio::test]
async fn the_path_of_an_upload_in_parts() {
    let memory = Memory::default();
    let s3_upload_id = create(&memory).await;
    let asked = json!({"parts": [{"number": 1, "crc64nvme": "AAAAAAAAAAE="}, {"number": 3}]});
    let answer = call(&memory, "POST /uploads/{id}/parts", Some(asked)).await;
    let signed: SignPartsResponse = serde_json::from_str(&answer.body).unwrap();
    let numbers: Vec<u32> = signed.grants.iter().map(|grant| grant.number).collect();
    assert_eq!((answer.status_code, numbers), (200, vec![1, 3]));
    for (number, size) in [(1, PART), (2, PART), (3, 5)] {
        memory.put_part(&s3_upload_id, number, size, Some(number.into()));
    }
    let answer = call(&memory, "GET /uploads/{id}/parts", None).await;
    let listed: ListPartsResponse = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status_code, listed.parts.len()), (200, 3));
    assert!(!answer.body.to_lowercase().contains("etag"));
    for _ in 0..2 {
        let answer = call(&memory, "POST /uploads/{id}/complete", Some(json!({}))).await;
        let stored: Stored = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status_code, stored.size), (200, SIZE));
    }
    let answer = call(&memory, "DELETE /uploads/{id}", None).await;
    assert_problem(&answer, 409, "already_stored");
}

#[tokio::test]
async fn refusals_of_the_routes_of_parts() {
    let memory = Memory::default();
    create(&memory).await;
    let sign = "POST /uploads/{id}/parts";
    for (body, code) in [
        (json!({"parts": [{"number": 4}]}), "invalid_part"),
        (json!({"parts": []}), "invalid_batch"),
        (
            json!({"parts": [{"number": 1, "key": "x"}]}),
            "unknown_field",
        ),
    ] {
        assert_problem(&call(&memory, sign, Some(body)).await, 400, code);
    }
    let complete = "POST /uploads/{id}/complete";
    let answer = call(&memory, complete, Some(json!({}))).await;
    assert_problem(&answer, 409, "parts_mismatch");
    memory.drop_multiparts();
    for (route, body) in [
        (sign, Some(json!({"parts": [{"number": 1}]}))),
        ("GET /uploads/{id}/parts", None),
        (complete, Some(json!({}))),
    ] {
        assert_problem(&call(&memory, route, body).await, 409, "multipart_gone");
    }
    let answer = call(&memory, "DELETE /uploads/{id}", None).await;
    assert_eq!(answer.status_code, 204);
    let answer = call(&memory, complete, Some(json!({}))).await;
    assert_problem(&answer, 409, "upload_ended");
}

#[tokio::test]
async fn f37_an_unknown_outcome_is_202_until_it_is_known() {
    let memory = Memory::default();
    let s3_upload_id = create(&memory).await;
    for (number, size) in [(1, PART), (2, PART), (3, 5)] {
        memory.put_part(&s3_upload_id, number, size, None);
    }
    memory.next_completion(Completion::Unknown, false);
    let complete = "POST /uploads/{id}/complete";
    let answer = call(&memory, complete, Some(json!({}))).await;
    assert_eq!(answer.status_code, 202);
    assert_eq!(json_of(&answer), json!({"retryAfterMs": 1_000}));
    let answer = call(&memory, complete, Some(json!({}))).await;
    assert_eq!(answer.status_code, 200);
}

#[tokio::test]
async fn f38_a_completion_that_outlasts_the_timeout_is_202() {
    let memory = Memory::default();
    let s3_upload_id = create(&memory).await;
    for (number, size) in [(1, PART), (2, PART), (3, 5)] {
        memory.put_part(&s3_upload_id, number, size, None);
    }
    memory.stall_completions();
    let settings =
        crowfly_lambdas::presign::Settings::read(&Variables::new(&|name| variable(name))).unwrap();
    // One second is reserved for the response.
    for (left, waited) in [(1_050, 50), (0, 0)] {
        let now = Moment {
            ms: NOW,
            left: Duration::from_millis(left),
        };
        let route = format!("POST /uploads/{}/complete", id(1));
        let started = std::time::Instant::now();
        let event = event(&route, Some(&json!({})));
        let answer =
            crowfly_lambdas::presign::handle(&memory, &memory, &memory, &settings, event, now)
                .await;
        assert_eq!(answer.status_code, 202);
        assert!(started.elapsed() >= Duration::from_millis(waited));
    }
}
