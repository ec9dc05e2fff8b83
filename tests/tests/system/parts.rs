//! Multipart uploads through the real gateway, functions and storage.

use crowfly_contract::{
    Crc64Nvme, ErrorCode, Grant, ListPartsResponse, ObjectKey, PartPlan, SignPartsResponse,
    UploadId, UploadStatus,
};
use devkit::http::{Request, Response};
use e2e::api::{Api, crc64nvme, new_id};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller};

/// Just above the limit of a single PUT: three parts.
pub(crate) const SIZE: usize = 16 * 1024 * 1024 + 5;

/// The content of a multipart file: no two parts are equal.
pub(crate) fn bytes() -> Vec<u8> {
    (0..SIZE)
        .map(|at| u8::try_from((at / 4096 + at) % 251).unwrap_or_default())
        .collect()
}

/// A multipart upload in progress.
pub(crate) struct Parts {
    pub(crate) api: Api,
    pub(crate) create_item: Value,
    pub(crate) id: UploadId,
    pub(crate) key: ObjectKey,
    pub(crate) plan: PartPlan,
}

/// The description of a file of [`SIZE`] bytes, for a create call.
pub(crate) fn create_item() -> Value {
    json!({"id": new_id(), "name": "film.webm", "size": SIZE, "type": "video/webm"})
}

impl Parts {
    /// Creates it.
    #[track_caller]
    pub(crate) fn begin(api: Api, create_item: Value) -> Self {
        let answer = api.create(&create_item);
        assert!(answer.status < 300, "{} {}", answer.status, answer.text());
        let created = answer.json()["uploads"][0].clone();
        let plan = &created["plan"];
        assert_eq!(plan["kind"], "multipart", "{created}");
        let part_size = plan["partSize"].as_u64().expect("a part size");
        let size = create_item["size"].as_u64().expect("a size");
        let cut = PartPlan::new(size, part_size).expect("a valid plan");
        assert_eq!(plan["partCount"], cut.part_count());
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: text(&created["id"]).parse().expect("an id"),
            key: text(&created["key"]).parse().expect("a key"),
            plan: cut,
            api,
            create_item,
        }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/uploads/{}{rest}", self.id)
    }

    /// The bytes of part `number`.
    pub(crate) fn slice<'a>(&self, bytes: &'a [u8], number: u32) -> &'a [u8] {
        let range = self.plan.part(number).expect("a part of the plan").bytes;
        let at = |place: u64| usize::try_from(place).expect("a place in memory");
        &bytes[at(range.start)..at(range.end)]
    }

    /// Has a part signed, with or without its checksum.
    #[track_caller]
    pub(crate) fn sign(&self, number: u32, crc: Option<Crc64Nvme>) -> Grant {
        let mut part = json!({"number": number});
        if let Some(crc) = crc {
            part["crc64nvme"] = json!(crc);
        }
        let answer = self
            .api
            .post(&self.path("/parts"), &json!({"parts": [part]}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let signed: SignPartsResponse = serde_json::from_slice(&answer.body).expect("grants");
        assert_eq!((signed.grants.len(), signed.grants[0].number), (1, number));
        signed.grants[0].grant.clone()
    }

    /// Sends these parts correctly.
    #[track_caller]
    pub(crate) fn send(&self, bytes: &[u8], numbers: impl IntoIterator<Item = u32>) {
        for number in numbers {
            let part = self.slice(bytes, number);
            let answer = put(&self.sign(number, Some(crc64nvme(part))), part).send();
            assert_eq!(answer.status, 200, "part {number}: {}", answer.text());
        }
    }

    /// Creates an upload and sends all of it.
    #[track_caller]
    pub(crate) fn sent(bytes: &[u8]) -> Self {
        let parts = Self::begin(new_caller(), create_item());
        parts.send(bytes, 1..=parts.plan.part_count());
        parts
    }

    #[track_caller]
    pub(crate) fn listed(&self) -> ListPartsResponse {
        let answer = self.api.get(&self.path("/parts"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice(&answer.body).expect("parts")
    }

    #[track_caller]
    pub(crate) fn complete(&self, body: &Value) -> Response {
        self.api.post(&self.path("/complete"), body)
    }

    /// How many multipart uploads storage has for the key.
    #[track_caller]
    pub(crate) fn open(&self) -> usize {
        account().open_multiparts(&self.key.to_string())
    }
}

/// The one request that a grant allows.
pub(crate) fn put(grant: &Grant, bytes: &[u8]) -> Request {
    let request = Request::new("PUT", grant.url.as_str()).body(bytes);
    let headers = grant.headers.iter();
    headers.fold(request, |request, (name, value)| {
        request.header(name, value.as_str())
    })
}

#[test]
fn from_create_to_a_verified_record() {
    let bytes = bytes();
    let parts = Parts::sent(&bytes);
    let whole = crc64nvme(&bytes);
    for _ in 0..2 {
        let answer = parts.complete(&json!({"crc64nvme": whole}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let stored = answer.json();
        assert_eq!(stored["size"], SIZE);
        assert_eq!(stored["crc64nvme"], json!(whole), "storage's own checksum");
    }
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
    assert_eq!(record.crc64nvme, Some(whole));
    assert_eq!(record.size, SIZE as u64);
    assert_eq!(record.part_size, Some(parts.plan.part_size()));
    assert_eq!(record.media_type, "video/webm");
    let held = account().get_object(&parts.key.to_string());
    assert!(held.body == bytes, "the bytes in storage");
    assert_eq!(parts.open(), 0);
    for (case, answer) in [
        ("cancel", parts.api.delete(&parts.path(""))),
        ("list", parts.api.get(&parts.path("/parts"))),
        ("create", parts.api.create(&parts.create_item)),
    ] {
        assert_problem(case, &answer, ErrorCode::AlreadyStored);
    }
}

#[test]
fn without_checksums_it_is_stored_and_not_verified() {
    let bytes = bytes();
    let parts = Parts::begin(new_caller(), create_item());
    for number in 1..=parts.plan.part_count() {
        let grant = parts.sign(number, None);
        assert!(grant.headers.is_empty());
        let answer = put(&grant, parts.slice(&bytes, number)).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!(parts.complete(&json!({})).status, 200);
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(!record.verified, "no checksum was declared");
    assert_eq!(record.crc64nvme, Some(crc64nvme(&bytes)));
}

#[test]
fn f25_a_repeated_create_goes_on_where_it_was() {
    let bytes = bytes();
    let first = Parts::begin(new_caller(), create_item());
    first.send(&bytes, [1, 3]);
    let again = Parts::begin(first.api.clone(), first.create_item.clone());
    assert_eq!((again.plan, &again.key), (first.plan, &first.key));
    assert_eq!(again.open(), 1, "no second multipart upload");
    let listed = again.listed().parts;
    let seen: Vec<_> = listed.iter().map(|part| (part.number, part.size)).collect();
    assert_eq!(seen, [(1, again.plan.part_size()), (3, 5)]);
    for part in &listed {
        let sent = crc64nvme(again.slice(&bytes, part.number));
        assert_eq!(part.crc64nvme, Some(sent), "part {}", part.number);
    }
    let answer = again.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_problem("part 2 is missing", &answer, ErrorCode::PartsMismatch);
    again.send(&bytes, [2]);
    let answer = again.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn f40_what_storage_dropped_is_begun_anew_by_the_same_id() {
    let bytes = bytes();
    let parts = Parts::begin(new_caller(), create_item());
    parts.send(&bytes, [1]);
    account().abort_multiparts(&parts.key.to_string());
    let sign = json!({"parts": [{"number": 1}]});
    for (case, answer) in [
        ("list", parts.api.get(&parts.path("/parts"))),
        ("sign", parts.api.post(&parts.path("/parts"), &sign)),
        ("complete", parts.complete(&json!({}))),
    ] {
        assert_problem(case, &answer, ErrorCode::MultipartGone);
    }
    let again = Parts::begin(parts.api.clone(), parts.create_item.clone());
    assert_eq!((again.listed().parts.len(), again.open()), (0, 1));
    again.send(&bytes, 1..=3);
    assert_eq!(again.complete(&json!({})).status, 200);
}

#[test]
fn f35_other_bytes_than_the_client_hashed_make_no_object() {
    let parts = Parts::sent(&bytes());
    let answer = parts.complete(&json!({"crc64nvme": crc64nvme(b"other")}));
    assert_problem("another checksum", &answer, ErrorCode::ChecksumMismatch);
    assert!(!account().has_object(&parts.key.to_string()));
}

#[test]
fn f41_a_cancel_leaves_nothing_in_storage() {
    let parts = Parts::begin(new_caller(), create_item());
    parts.send(&bytes(), [1, 2]);
    assert_eq!(parts.open(), 1);
    let late = parts.sign(3, None);
    for _ in 0..2 {
        let answer = parts.api.delete(&parts.path(""));
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert_eq!(parts.open(), 0);
    }
    let record = parts.api.record(parts.id).expect("it can still be seen");
    assert_eq!(record.status, UploadStatus::Aborted);
    assert_eq!(put(&late, b"12345").send().status, 404, "a late part");
    for (case, answer) in [
        ("list", parts.api.get(&parts.path("/parts"))),
        ("complete", parts.complete(&json!({}))),
        ("create", parts.api.create(&parts.create_item)),
    ] {
        assert_problem(case, &answer, ErrorCode::UploadEnded);
    }
}

#[test]
fn f30_creates_at_once_share_one_multipart_upload() {
    let (api, create_item) = (new_caller(), create_item());
    let begun: Vec<Parts> = std::thread::scope(|scope| {
        let begin = || Parts::begin(api.clone(), create_item.clone());
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(begin)).collect();
        let done = threads.into_iter().map(|thread| thread.join());
        done.map(|parts| parts.expect("a create")).collect()
    });
    assert_eq!(begun[0].open(), 1);
    begun[5].send(&bytes(), 1..=3);
    assert_eq!(begun[0].complete(&json!({})).status, 200);
}

#[test]
fn f37_concurrent_completions_all_return_the_same_object() {
    let parts = Parts::sent(&bytes());
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let complete = || parts.complete(&json!({}));
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(complete)).collect();
        let done = threads.into_iter().map(|thread| thread.join());
        done.map(|answer| answer.expect("an answer")).collect()
    });
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), answers[0].json());
    }
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!(record.etag.as_deref(), answers[0].json()["etag"].as_str());
}
