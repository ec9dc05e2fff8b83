//! Reading records: one, pages of them, their status, their content.

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::http::Request;
use e2e::api::{crc64nvme, item, new_id};
use serde_json::{Value, json};

use crate::common::{account, assert_problem, new_caller, oidc};
use crate::pages::{create_many, ids, page};

#[test]
fn a_record_shows_first_what_was_declared_then_what_storage_holds() {
    let api = new_caller();
    let bytes = b"the bytes";
    let mut create_item = item("The Name.TXT", "text/plain", bytes);
    create_item["metadata"] = json!({"album": "여름", "n": "1"});
    let upload = api.create_one(&create_item);
    let before = api.record(upload.id).expect("a pending record");
    assert_eq!(before.status, UploadStatus::Pending);
    assert_eq!(
        (before.name.as_str(), before.size, before.verified),
        ("The Name.TXT", 9, false)
    );
    assert_eq!(
        (&before.etag, &before.sequencer, before.stored_at),
        (&None, &None, None)
    );
    assert_eq!(
        (&before.key, before.bucket.as_str()),
        (&upload.key, oidc().bucket.as_str())
    );
    assert!(before.created_at.abs_diff(devkit::time::unix_ms()) < 60_000);

    assert_eq!(upload.put(bytes).send().status, 200);
    let after = api.wait_status(
        upload.id,
        UploadStatus::Stored,
        crate::common::RECORD_WITHIN,
    );
    assert!(after.verified);
    assert_eq!(after.crc64nvme, Some(crc64nvme(bytes)));
    assert_eq!(
        (after.name, after.metadata, after.created_at),
        (before.name, before.metadata, before.created_at)
    );
    assert_eq!((after.size, after.media_type.as_str()), (9, "text/plain"));
    assert!(after.sequencer.is_some() && after.etag.is_some());
    assert!(after.stored_at.is_some_and(|at| at >= after.created_at));
    assert_eq!(after.expires_at, None);
    assert_eq!(
        after.url,
        Some(account().object_url(&upload.key.to_string()))
    );
}

#[test]
fn pages_come_newest_first_and_miss_and_repeat_nothing() {
    let api = new_caller();
    let mut created: Vec<String> = create_many(&api, 7)
        .iter()
        .map(|upload| upload.id.to_string())
        .collect();
    created.reverse();
    assert_eq!(ids(&page(&api, "/uploads")), created, "a single page");

    let mut seen = Vec::new();
    let mut path = "/uploads?limit=3".to_owned();
    loop {
        let page = page(&api, &path);
        assert!(page.uploads.len() <= 3);
        seen.extend(ids(&page));
        let Some(cursor) = page.cursor else { break };
        path = format!("/uploads?limit=3&cursor={cursor}");
    }
    assert_eq!(seen, created);
}

#[test]
fn status_returns_many_at_once_in_the_order_asked() {
    let api = new_caller();
    let stored = api.upload(&item("a.txt", "text/plain", b"a"), b"a");
    let pending = api.create_one(&item("b.txt", "text/plain", b"b")).id;
    let aborted = api.create_one(&item("c.txt", "text/plain", b"c")).id;
    assert_eq!(api.delete(&format!("/uploads/{aborted}")).status, 204);
    let unknown = new_id();
    let answer = api.post(
        "/uploads/status",
        &json!({"ids": [unknown, pending, stored.id, aborted]}),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let entries = answer.json()["uploads"].take();
    let of = |place: usize| {
        (
            entries[place]["id"].clone(),
            entries[place]["status"].clone(),
        )
    };
    assert_eq!(of(0), (json!(unknown), json!("not_found")));
    assert_eq!(of(1), (json!(pending), json!("pending")));
    assert_eq!(of(2), (json!(stored.id), json!("stored")));
    assert_eq!(of(3), (json!(aborted), json!("aborted")));
    assert_eq!(
        entries[2]["record"],
        serde_json::to_value(&stored).expect("JSON")
    );
    assert_eq!(
        (&entries[0]["record"], &entries[1]["record"]),
        (&Value::Null, &Value::Null)
    );
    let hundred: Vec<_> = (0..100).map(|_| new_id()).collect();
    let answer = api.post("/uploads/status", &json!({"ids": hundred}));
    assert_eq!(answer.json()["uploads"].as_array().map(Vec::len), Some(100));
}

#[test]
fn content_is_a_download_for_a_while() {
    let api = new_caller();
    let bytes = b"private";
    let record = api.upload(&item("Größe \"1\"; 한글.txt", "text/plain", bytes), bytes);
    let answer = api.get(&format!("/uploads/{}/content", record.id));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let content = answer.json();
    assert!(
        content["expiresInMs"]
            .as_u64()
            .is_some_and(|life| (1..=900_000).contains(&life))
    );
    let url = content["url"].as_str().expect("an address");
    let got = Request::new("GET", url).send();
    assert_eq!((got.status, got.body.as_slice()), (200, &bytes[..]));
    // A82, A84: always an attachment, and no file name breaks out of the header's value.
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(
        disposition.starts_with("attachment; filename="),
        "{disposition}"
    );
    assert!(
        disposition.contains("filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22%3B%20"),
        "{disposition}"
    );
    // Without its signature the URL is refused.
    let bare = Request::new("GET", url.split('?').next().unwrap_or_default()).send();
    assert_eq!(bare.status, 403);
    assert_eq!(
        Request::new("GET", record.url.expect("its address"))
            .send()
            .status,
        403
    );
    let other = Request::new("DELETE", url).send();
    assert_eq!(other.status, 403, "a GET's URL must not delete");
}

#[test]
fn content_of_what_is_not_stored_is_refused() {
    let api = new_caller();
    let id = api.create_one(&item("a.txt", "text/plain", b"a")).id;
    assert_problem(
        "pending",
        &api.get(&format!("/uploads/{id}/content")),
        ErrorCode::NotStored,
    );
}
