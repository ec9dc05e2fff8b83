//! Create, repeat, cancel, complete.

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::http::Request;
use e2e::api::{Api, crc64nvme, created_upload, item, new_id};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller, oidc};

fn signed_headers(url: &str) -> &str {
    let (_, rest) = url
        .split_once("X-Amz-SignedHeaders=")
        .expect("signed headers in the URL");
    rest.split('&').next().unwrap_or_default()
}

fn query_number(url: &str, name: &str) -> Option<u64> {
    let (_, rest) = url.split_once(&format!("{name}="))?;
    rest.split('&').next()?.parse().ok()
}

#[test]
fn a_grant_allows_one_exact_put_and_nothing_more() {
    let upload = new_caller().create_one(&item("a b.TXT", "text/plain", b"hello"));
    let expected =
        "content-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-checksum-crc64nvme";
    assert_eq!(signed_headers(&upload.put.url), expected);
    let sent: Vec<&str> = upload.put.headers.keys().map(String::as_str).collect();
    assert_eq!(
        sent,
        ["content-type", "if-none-match", "x-amz-checksum-crc64nvme"]
    );
    assert_eq!(
        query_number(&upload.put.url, "X-Amz-Expires"),
        Some(upload.put.expires_in_ms / 1000)
    );
    assert!(
        upload.put.expires_in_ms <= 300_000,
        "{}",
        upload.put.expires_in_ms
    );
    assert_eq!(upload.key.name(), "a_b.txt");
    assert!(upload.key.to_string().starts_with("uploads/"));
}

#[test]
fn without_a_checksum_none_is_signed_and_nothing_is_called_verified() {
    let api = new_caller();
    let mut create_item = item("a.txt", "text/plain", b"hello");
    create_item
        .as_object_mut()
        .map(|create_item| create_item.remove("crc64nvme"));
    let upload = api.create_one(&create_item);
    assert_eq!(
        signed_headers(&upload.put.url),
        "content-length%3Bcontent-type%3Bhost%3Bif-none-match"
    );
    assert_eq!(upload.put(b"hello").send().status, 200);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(!record.verified);
}

#[test]
fn a34_creating_again_gives_the_same_upload_and_another_file_none() {
    let api = new_caller();
    let create_item = item("a.txt", "text/plain", b"hello");
    let first = api.create(&create_item);
    assert_eq!(first.status, 201, "{}", first.text());
    let again = api.create(&create_item);
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(
        created_upload(&first.json()["uploads"][0]).key,
        created_upload(&again.json()["uploads"][0]).key
    );
    for (field, value) in [
        ("size", json!(6)),
        ("name", json!("b.txt")),
        ("type", json!("image/png")),
        ("crc64nvme", json!(crc64nvme(b"other").to_string())),
        ("metadata", json!({"a": "b"})),
    ] {
        let mut other = create_item.clone();
        other[field] = value;
        assert_problem(field, &api.create(&other), ErrorCode::UploadMismatch);
    }
    let record = api
        .record(created_upload(&first.json()["uploads"][0]).id)
        .expect("the record");
    assert_eq!((record.name.as_str(), record.size), ("a.txt", 5));
}

#[test]
fn f87_twenty_creates_at_once_make_one_upload() {
    let api = new_caller();
    let create_item = item("once.txt", "text/plain", b"hello");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| api.create(&create_item)))
            .collect();
        calls
            .into_iter()
            .filter_map(|call| call.join().ok())
            .collect()
    });
    assert_eq!(answers.len(), 20);
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(created, 1, "{statuses:?}");
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 200 | 201)),
        "{statuses:?}"
    );
    assert_eq!(
        api.get("/uploads").json()["uploads"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

/// The answers to a create and to a read are lost, so the client repeats both.
#[test]
fn f87_a_client_that_heard_nothing_asks_again_and_has_what_it_made() {
    let api = new_caller();
    let create_item = item("once.txt", "text/plain", b"hello");
    for _ in 0..3 {
        let _unheard = api.create(&create_item);
    }
    let id = create_item["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let record = api.record(id).expect("what was made unheard");
    let again = api.create(&create_item);
    assert_eq!(again.status, 200, "{}", again.text());
    let upload = created_upload(&again.json()["uploads"][0]);
    assert_eq!((upload.id, &upload.key), (record.id, &record.key));
    assert_eq!(upload.put(b"hello").send().status, 200);
    let stored = api.wait_status(id, UploadStatus::Stored, RECORD_WITHIN);
    for path in [format!("/uploads/{id}"), "/uploads".into()] {
        let answers = [api.get(&path), api.get(&path), api.get(&path)];
        let [first, second, third] = answers.map(|answer| (answer.status, answer.json()));
        assert!(
            first == second && second == third,
            "{path}: reading changes nothing"
        );
    }
    assert_eq!(api.record(id), Some(stored));
}

#[test]
fn a_batch_answers_item_by_item_in_the_order_asked() {
    let api = new_caller();
    let good = item("a.txt", "text/plain", b"a");
    let bad = item("b.html", "text/html", b"b");
    let last = item("c.txt", "text/plain", b"c");
    let answer = api.post("/uploads", &json!({"uploads": [good, bad, last]}));
    assert_eq!(answer.status, 207, "{}", answer.text());
    let results = answer.json()["uploads"].take();
    let ids: Vec<&Value> = results
        .as_array()
        .into_iter()
        .flatten()
        .map(|result| &result["id"])
        .collect();
    assert_eq!(ids, [&good["id"], &bad["id"], &last["id"]]);
    assert_eq!(results[1]["error"]["code"], "type_not_allowed");
    for place in [0, 2] {
        assert_eq!(
            created_upload(&results[place])
                .put(if place == 0 { b"a" } else { b"c" })
                .send()
                .status,
            200
        );
    }
    let hundred: Vec<Value> = (0..100)
        .map(|_| item("n.txt", "text/plain", b"n"))
        .collect();
    let answer = api.post("/uploads", &json!({"uploads": hundred}));
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["uploads"].as_array().map(Vec::len), Some(100));
    let refused: Vec<Value> = (0..2).map(|_| item("n.html", "text/html", b"n")).collect();
    let answer = api.post("/uploads", &json!({"uploads": refused}));
    assert_eq!(
        answer.status,
        400,
        "all share one outcome: {}",
        answer.text()
    );
}

#[test]
fn complete_settles_a_lost_answer() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    let path = format!("/uploads/{}/complete", upload.id);
    assert_problem(
        "nothing sent",
        &api.post(&path, &json!({})),
        ErrorCode::NotStored,
    );
    let sent = upload.put(b"hello").send();
    assert_eq!(sent.status, 200);
    let crc = crc64nvme(b"hello").to_string();
    let etag = sent
        .header("etag")
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned();
    let expected = json!({
        "id": upload.id, "key": upload.key, "size": 5, "crc64nvme": crc, "etag": etag,
    });
    let answer = api.post(&path, &json!({"crc64nvme": crc}));
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[test]
fn cancelling_is_repeatable_and_final_for_the_id() {
    let api = new_caller();
    let create_item = item("a.txt", "text/plain", b"hello");
    let id = api.create_one(&create_item).id;
    for _ in 0..2 {
        let answer = api.delete(&format!("/uploads/{id}"));
        assert_eq!(
            (answer.status, answer.body.len()),
            (204, 0),
            "{}",
            answer.text()
        );
    }
    let record = api.record(id).expect("the record stays for its time");
    assert_eq!(record.status, UploadStatus::Aborted);
    // The sweep sets when a cancelled record expires; another test may have run it.
    let month = record.created_at + 30 * 86_400_000;
    assert!(
        record.expires_at.is_none_or(|expires| expires >= month),
        "kept for 30 days, not until {:?}",
        record.expires_at
    );
    assert_problem("again", &api.create(&create_item), ErrorCode::UploadEnded);
}

#[test]
fn what_is_stored_cannot_be_cancelled() {
    let api = new_caller();
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let answer = api.delete(&format!("/uploads/{}", record.id));
    assert_problem("stored", &answer, ErrorCode::AlreadyStored);
    assert!(account().has_object(&record.key.to_string()));
}

#[test]
fn an_object_that_lands_after_the_cancel_is_the_truth() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    assert_eq!(api.delete(&format!("/uploads/{}", upload.id)).status, 204);
    assert_eq!(upload.put(b"hello").send().status, 200);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((record.verified, record.expires_at), (true, None));
}

#[test]
fn a_body_of_any_allowed_kind_is_read_whatever_the_charset_says() {
    let api = Api::of_subject(oidc(), "charset");
    let request = Request::new("POST", format!("{}/uploads/status", api.base)).bearer(&api.token);
    let answer = request
        .header("content-type", "Application/JSON; charset=utf-8")
        .body(json!({"ids": [new_id()]}).to_string())
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
}
