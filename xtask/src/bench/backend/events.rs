//! The events of the measured functions.

use serde_json::{Value, json};

use super::services::{MULTIPART, PARTS};

const CRC: &str = "rosUhgp5mIg=";
/// Uploads of a full create call.
pub(super) const FULL: u64 = 100;
/// Messages of a full SQS batch.
pub(super) const BATCH: u64 = 10;

/// The event of an HTTP API request.
fn request(route: &str, body: Option<&Value>) -> Value {
    let (method, path) = route.split_once(' ').unwrap_or_default();
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "api.example.org"},
        "requestContext": {
            "requestId": "JKJaXmPLvHcESHA=", "stage": "$default",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "authorizer": {"jwt": {"claims": {"iss": "https://issuer.example/", "sub": "bench"}, "scopes": null}},
        },
        "body": body.map(Value::to_string), "isBase64Encoded": false,
    })
}

fn upload(number: u64) -> Value {
    let id = format!("01JD{number:022}");
    json!({"id": id, "name": "a.txt", "size": 9, "type": "text/plain", "crc64nvme": CRC})
}

pub(super) fn create(number: u64) -> Value {
    let body = json!({"uploads": [upload(number)]});
    request("POST /uploads", Some(&body))
}

pub(super) fn create_full(number: u64) -> Value {
    let uploads: Vec<Value> = (0..FULL).map(|one| upload(number * FULL + one)).collect();
    request("POST /uploads", Some(&json!({"uploads": uploads})))
}

pub(super) fn sign_parts(number: u64) -> Value {
    let part = |number: u64| json!({"number": number, "crc64nvme": CRC});
    let parts: Vec<Value> = (1..=PARTS).map(part).collect();
    let route = format!("POST /uploads/{MULTIPART}{number:022}/parts");
    request(&route, Some(&json!({"parts": parts})))
}

pub(super) fn complete(number: u64) -> Value {
    let route = format!("POST /uploads/{MULTIPART}{number:022}/complete");
    request(&route, Some(&json!({"crc64nvme": CRC})))
}

pub(super) fn list(_: u64) -> Value {
    request("GET /uploads", None)
}

pub(super) fn get(number: u64) -> Value {
    request(&format!("GET /uploads/01JD{number:022}"), None)
}

pub(super) fn delete(number: u64) -> Value {
    request(&format!("DELETE /uploads/01JD{number:022}/content"), None)
}

pub(super) fn object_event(number: u64) -> Value {
    let key = format!("uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01JD{number:022}/a.txt");
    json!({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-11-22T09:30:00.000Z", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "bucket"}, "object": {"key": key, "size": 9,
            "eTag": "25f9e794323b453885f5181f1b624d0b", "sequencer": "0055AED6DCD90281E5"}},
    }]})
}

fn queued(number: u64) -> Value {
    let body = object_event(number).to_string();
    json!({"messageId": number.to_string(), "receiptHandle": "r", "body": body, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"}})
}

pub(super) fn message(number: u64) -> Value {
    json!({"Records": [queued(number)]})
}

pub(super) fn messages(number: u64) -> Value {
    let all: Vec<Value> = (0..BATCH).map(|one| queued(number * BATCH + one)).collect();
    json!({"Records": all})
}
