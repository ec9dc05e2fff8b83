//! Quotas and rate limit through the real API, on the stack with small ones.

use std::collections::BTreeMap;
use std::thread;

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::env::Env;
use devkit::http::Response;
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{self, Api};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem};

/// The quotas of the stack.
const UPLOADS: usize = 20;
const BYTES: u64 = 1_048_576;
const RATE: usize = 20;

pub(crate) fn new_caller() -> Api {
    Api::of_subject(Env::stack("tight"), &format!("tight-{}", random_hex(6)))
}

pub(crate) fn account() -> Aws {
    Aws::new(Env::stack("tight"))
}

/// Open uploads and bytes that the quota of an owner counts.
pub(crate) fn usage(owner: &str) -> (i64, i64) {
    let quota = account().get_item(owner, "#quota").unwrap_or_default();
    let count = |name: &str| quota[name].as_i64().unwrap_or_default();
    (count("openUploads"), count("openBytes"))
}

pub(crate) fn owner_of(key: &str) -> &str {
    key.split('/').nth(1).expect("an owner in the key")
}

fn of_size(size: u64) -> Value {
    json!({"id": api::new_id().to_string(), "name": "a.txt", "size": size, "type": "text/plain"})
}

/// Answers to one create for each size, all sent at once.
fn at_once(api: &Api, sizes: &[u64]) -> Vec<Response> {
    thread::scope(|scope| {
        let calls: Vec<_> = sizes
            .iter()
            .map(|size| scope.spawn(|| api.create(&of_size(*size))))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}

fn statuses(answers: &[Response]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}

fn first_key(answers: &[Response]) -> String {
    let created = answers.iter().find(|answer| answer.status == 201).unwrap();
    api::created_upload(&created.json()["uploads"][0])
        .key
        .to_string()
}

#[test]
fn a37_fifty_calls_at_once_open_exactly_as_many_uploads_as_allowed() {
    let api = new_caller();
    let answers = at_once(&api, &[9; 50]);
    let expected = BTreeMap::from([(201, UPLOADS), (429, 50 - UPLOADS)]);
    assert_eq!(statuses(&answers), expected);
    for answer in answers.iter().filter(|answer| answer.status == 429) {
        assert_problem("too many", answer, ErrorCode::QuotaOpenUploads);
        assert!(answer.json()["error"]["retryAfterMs"].as_u64() >= Some(1_000));
        assert!(answer.header("retry-after").is_some());
    }
    let key = first_key(&answers);
    let rows = account().items_of(owner_of(&key));
    assert_eq!(rows.len(), UPLOADS);
    assert_eq!(usage(owner_of(&key)), (20, 180));
    assert_eq!(
        new_caller().create(&of_size(9)).status,
        201,
        "others are free"
    );
}

#[test]
fn a37_fifty_calls_at_once_open_exactly_as_many_bytes_as_allowed() {
    let api = new_caller();
    let answers = at_once(&api, &[BYTES / 8; 50]);
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 8), (403, 42)]));
    for answer in answers.iter().filter(|answer| answer.status == 403) {
        assert_problem("too much", answer, ErrorCode::QuotaBytes);
    }
    assert_eq!(usage(owner_of(&first_key(&answers))), (8, 1_048_576));
}

#[test]
fn a37_f50_completion_and_cancel_give_places_back_once() {
    let (api, bytes) = (new_caller(), b"some text");
    let items: Vec<Value> = (0..UPLOADS)
        .map(|_| api::item("a.txt", "text/plain", bytes))
        .collect();
    let answer = api.post("/uploads", &json!({"uploads": items}));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let again = api.post("/uploads", &json!({"uploads": items}));
    assert_eq!(again.status, 200, "a repeat costs nothing");
    let one_more = api.create(&of_size(1));
    assert_problem("full", &one_more, ErrorCode::QuotaOpenUploads);
    let results = again.json()["uploads"].take();
    let uploads: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(api::created_upload)
        .collect();
    let owner = owner_of(&uploads[0].key.to_string()).to_owned();
    for upload in &uploads[..2] {
        assert_eq!(upload.put(bytes).send().status, 200);
        api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    }
    for _ in 0..2 {
        let cancelled = api.delete(&format!("/uploads/{}", uploads[2].id));
        assert_eq!(cancelled.status, 204);
    }
    wait::until("three places", RECORD_WITHIN, || {
        (usage(&owner) == (17, 17 * 9)).then_some(())
    });
    let answers = at_once(&api, &[1; 10]);
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 3), (429, 7)]));
}

/// Items of a call of a hundred tokens that opens nothing: each is refused.
fn refused_items() -> Value {
    let items: Vec<Value> = (0..100).map(|_| json!({"id": api::new_id()})).collect();
    json!({"uploads": items})
}

/// The first answer of a flood that is refused.
fn flood(send: impl Fn() -> Response + Sync) -> Response {
    let limited = thread::scope(|scope| {
        let send = || (0..500).map(|_| send()).find(|answer| answer.status == 429);
        let floods: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
        let found: Vec<_> = floods.into_iter().map(|f| f.join().unwrap()).collect();
        found.into_iter().flatten().next()
    });
    let limited = limited.expect("a flood is limited");
    assert_problem("flood", &limited, ErrorCode::RateLimited);
    limited
}

fn retry_after_ms(limited: &Response) -> u64 {
    limited.json()["error"]["retryAfterMs"].as_u64().unwrap()
}

/// A burst is twenty seconds of the rate: four calls of a hundred items.
#[test]
fn a36_h6_a_flood_of_one_owner_is_limited_by_its_items_and_others_are_free() {
    let api = new_caller();
    for _ in 0..RATE * 20 / 100 {
        assert_eq!(api.post("/uploads", &refused_items()).status, 400);
    }
    let limited = api.post("/uploads", &refused_items());
    assert_problem("a batch", &limited, ErrorCode::RateLimited);
    let wait = retry_after_ms(&limited);
    assert!((1..=100_000 / RATE as u64).contains(&wait), "{wait}");
    let seconds = wait.div_ceil(1_000).to_string();
    assert_eq!(limited.header("retry-after"), Some(seconds.as_str()));
    let path = format!("/uploads/{}/parts", api::new_id());
    assert_eq!(new_caller().get(&path).status, 404, "others are free");
    assert_eq!(api.get("/uploads").status, 200, "reads are counted apart");
}

/// A list of a hundred costs ten reads, so forty of them are a burst.
#[test]
fn h6_a_flood_of_reads_is_limited_and_uploads_are_free() {
    let ids: Vec<String> = (0..100).map(|_| api::new_id().to_string()).collect();
    let api = new_caller();
    let limited = flood(|| api.get("/uploads?limit=100"));
    assert!(retry_after_ms(&limited) <= 10_000 / RATE as u64 * 16);
    assert!(limited.header("retry-after").is_some());
    flood(|| api.post("/uploads/status", &json!({"ids": ids})));
    assert_eq!(
        api.create(&of_size(9)).status,
        201,
        "uploads are counted apart"
    );
    assert_eq!(new_caller().get("/uploads?limit=100").status, 200);
}
