//! The sink: it plans as the backend does, and refuses what is wrong.

use crowfly_contract::{PlanKind, UploadId};
use devkit::http::{Request, Response};
use serde_json::{Value, json};

use crate::common::{CHECKSUM, LARGE, ORIGIN, Setup, bytes, crc, setup, text};

fn api(setup: &Setup, method: &str, path: &str, body: &Value) -> Response {
    Request::new(method, setup.url(path))
        .bearer("anybody")
        .json(body)
        .send()
}

/// Creates an upload of `body` and sends all its parts; returns its id and the part size.
fn send_all(setup: &Setup, body: &[u8]) -> (UploadId, usize) {
    let (id, plan) = setup.create(1, body.len() as u64);
    let size = plan["partSize"].as_u64().expect("a part size") as usize;
    let parts: Vec<_> = (1..).zip(body.chunks(size)).collect();
    let sums: Vec<_> = parts
        .iter()
        .map(|(number, part)| (*number, crc(part)))
        .collect();
    for ((_, part), grant) in parts.iter().zip(setup.sign(id, &sums)) {
        let answer = setup.put(&grant, part).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(
            answer.header(CHECKSUM),
            Some(crc(part).to_string().as_str())
        );
    }
    (id, size)
}

#[test]
fn a_file_in_parts_is_whole_to_the_last_bit() {
    let setup = setup();
    let body = bytes(LARGE + 5);
    let (id, size) = send_all(&setup, &body);
    let PlanKind::Multipart(plan) = PlanKind::for_new_file(LARGE + 5).expect("a plan") else {
        panic!("it goes in parts");
    };
    assert_eq!(size as u64, plan.part_size());
    let path = format!("/uploads/{id}");
    let listed = api(&setup, "GET", &format!("{path}/parts"), &json!({})).json();
    assert_eq!(
        listed["parts"].as_array().map(Vec::len),
        Some(plan.part_count() as usize)
    );
    assert_eq!(
        listed["parts"][0]["crc64nvme"],
        crc(&body[..size]).to_string()
    );
    let done = |value| {
        api(
            &setup,
            "POST",
            &format!("{path}/complete"),
            &json!({"crc64nvme": value}),
        )
    };
    let wrong = done(crc(b"other"));
    assert_eq!(wrong.status, 409);
    assert_eq!(wrong.json()["error"]["code"], "checksum_mismatch");
    let right = done(crc(&body));
    assert_eq!(right.status, 200, "{}", right.text());
    assert_eq!(right.json()["crc64nvme"], crc(&body).to_string());
    assert_eq!(done(crc(&body)).status, 200, "it may be asked again");
    let record = api(&setup, "GET", &path, &json!({})).json();
    assert_eq!(
        (&record["status"], &record["verified"]),
        (&json!("stored"), &json!(true))
    );
    let stats = setup.sink.stats();
    assert_eq!(
        (stats.bytes, stats.completed, stats.parts_sent_twice),
        (LARGE + 5, 1, 0)
    );
}

#[test]
fn a_live_upload_has_the_size_that_complete_says() {
    const PART: usize = 5 * 1024 * 1024;
    let setup = setup();
    let id = UploadId::from_parts(1, 1);
    let item = json!({"id": id, "name": "a.webm", "live": true, "type": "video/webm"});
    let made = api(&setup, "POST", "/uploads", &json!({"uploads": [item]}));
    assert_eq!(made.json()["uploads"][0]["plan"]["kind"], "live");
    let body = bytes(PART as u64 + 9);
    for (number, part) in (1..).zip(body.chunks(PART)) {
        let mut asked = json!({"number": number, "crc64nvme": crc(part)});
        if part.len() < PART {
            asked["size"] = part.len().into();
        }
        let path = format!("/uploads/{id}/parts");
        let signed = api(&setup, "POST", &path, &json!({"parts": [asked]})).json();
        let answer = setup.put(&signed["grants"][0], part).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let done = |body: &Value| api(&setup, "POST", &format!("/uploads/{id}/complete"), body);
    for size in [json!({}), json!({"size": PART}), json!({"size": PART + 8})] {
        assert_eq!(done(&size).json()["error"]["code"], "parts_mismatch");
    }
    let stored = done(&json!({"size": body.len()}));
    assert_eq!(stored.status, 200, "{}", stored.text());
    assert_eq!(stored.json()["crc64nvme"], crc(&body).to_string());
}

#[test]
fn complete_wants_all_parts() {
    let setup = setup();
    let (id, _) = setup.create(1, LARGE);
    let answer = api(
        &setup,
        "POST",
        &format!("/uploads/{id}/complete"),
        &json!({}),
    );
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (409, &json!("parts_mismatch"))
    );
}

#[test]
fn a_part_of_another_length_or_content_is_refused() {
    let setup = setup();
    let (id, plan) = setup.create(1, LARGE);
    let part = bytes(plan["partSize"].as_u64().expect("a part size"));
    let grants = setup.sign(id, &[(1, crc(b"other"))]);
    let answer = setup.put(&grants[0], &part).send();
    assert!(answer.text().contains("BadDigest"), "{}", answer.text());
    let answer = setup.put(&grants[0], &part[1..]).send();
    assert!(
        answer.text().contains("SignatureDoesNotMatch"),
        "{}",
        answer.text()
    );
    let stats = setup.sink.stats();
    assert_eq!((stats.bad_digests, stats.puts), (1, 2));
    let outside = api(
        &setup,
        "POST",
        &format!("/uploads/{id}/parts"),
        &json!({"parts": [{"number": 99}]}),
    );
    assert_eq!(outside.json()["error"]["code"], "invalid_part");
}

#[test]
fn a_part_sent_twice_is_reported() {
    let setup = setup();
    let body = bytes(LARGE);
    let (id, size) = send_all(&setup, &body);
    let again = setup.sign(id, &[(2, crc(&body[size..2 * size]))]);
    assert_eq!(
        setup.put(&again[0], &body[size..2 * size]).send().status,
        200
    );
    let stats = setup.sink.stats();
    assert_eq!(stats.parts_sent_twice, 1);
    assert_eq!(stats.listed[0].sent_twice, [2]);
    assert!(stats.listed[0].first_byte_ms.is_some());
}

#[test]
fn creating_again_asks_again_and_another_body_is_another_upload() {
    let setup = setup();
    setup.create(1, 3);
    let id = UploadId::from_parts(1, 1);
    let item = |size: u64| json!({"id": id, "name": "a.bin", "size": size, "type": "video/webm"});
    let ask = |size| {
        api(
            &setup,
            "POST",
            "/uploads",
            &json!({"uploads": [item(size)]}),
        )
    };
    assert_eq!(ask(3).status, 200);
    let other = ask(4);
    assert_eq!(other.status, 409);
    assert_eq!(other.json()["error"]["code"], "upload_mismatch");
    let fresh = json!({
        "id": UploadId::from_parts(1, 2), "name": "b", "size": 1, "type": "video/webm",
    });
    let both = json!({"uploads": [fresh, item(4)]});
    let mixed = api(&setup, "POST", "/uploads", &both);
    assert_eq!(mixed.status, 207);
    let results = &mixed.json()["uploads"];
    assert_eq!(results[0]["plan"]["kind"], "single");
    assert_eq!(results[1]["error"]["code"], "upload_mismatch");
    let status = api(&setup, "POST", "/uploads/status", &json!({"ids": [id]})).json();
    assert_eq!(status["uploads"][0]["status"], "pending");
    assert_eq!(setup.sink.stats().creates, 4);
}

#[test]
fn a_cancelled_upload_is_gone() {
    let setup = setup();
    let (id, _) = setup.create(1, LARGE);
    let grant = setup.sign(id, &[(1, crc(b""))]).remove(0);
    assert_eq!(
        api(&setup, "DELETE", &format!("/uploads/{id}"), &json!({})).status,
        204
    );
    let answer = setup.put(&grant, b"abc").send();
    assert!(answer.text().contains("NoSuchUpload"), "{}", answer.text());
    let complete = api(
        &setup,
        "POST",
        &format!("/uploads/{id}/complete"),
        &json!({}),
    );
    assert_eq!(complete.json()["error"]["code"], "upload_ended");
}

#[test]
fn pages_may_call_it_as_they_may_call_s3_and_the_api() {
    let setup = setup();
    let grant = setup.single(3);
    for (url, age) in [
        (text(&grant["url"]), "3000"),
        (&setup.url("/uploads"), "7200"),
    ] {
        let answer = Request::new("OPTIONS", url)
            .header("origin", ORIGIN)
            .header("access-control-request-method", "PUT")
            .header(
                "access-control-request-headers",
                "content-type,if-none-match",
            )
            .send();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(answer.header("access-control-max-age"), Some(age));
    }
    let answer = setup.put(&grant, b"abc").send();
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap_or_default();
    assert!(
        exposed.contains("ETag") && exposed.contains(CHECKSUM),
        "{exposed}"
    );
    assert_eq!(setup.sink.stats().preflights, 2);
}

#[test]
fn without_a_token_the_api_is_closed() {
    let setup = setup();
    assert_eq!(
        Request::new("GET", setup.url("/uploads")).send().status,
        401
    );
}

#[test]
fn raw_bodies_are_counted_and_forgotten_on_reset() {
    let setup = setup();
    let answer = Request::new("PUT", setup.url("/raw/a"))
        .body(bytes(1000))
        .send();
    assert_eq!(answer.status, 200);
    let stats = Request::new("GET", setup.url("/stats")).send().json();
    assert_eq!(
        (&stats["bytes"], &stats["requests"]),
        (&json!(1000), &json!(1))
    );
    assert!(stats["rawFirstByteMs"].is_u64());
    Request::new("POST", setup.url("/reset")).send();
    assert_eq!(setup.sink.stats().requests, 0);
}

#[test]
fn a_create_call_signs_first_parts_along_if_they_have_its_part_size() {
    let setup = setup();
    let id = UploadId::from_parts(1, 7);
    let item = json!({"id": id, "name": "a.bin", "size": LARGE, "type": "application/zip"});
    let create = |more: Value| {
        let mut item = item.clone();
        let fields = item.as_object_mut().expect("an item");
        fields.extend(more.as_object().cloned().expect("fields"));
        let answer = api(&setup, "POST", "/uploads", &json!({"uploads": [item]}));
        assert!(answer.status < 300, "{}", answer.text());
        answer.json()["uploads"][0].clone()
    };
    let plain = create(json!({}));
    assert!(plain["grants"].is_null());
    let size = plain["plan"]["partSize"].as_u64().expect("a part size");
    let part = bytes(size);
    let parts = json!([{"number": 1, "crc64nvme": crc(&part)}]);
    assert!(create(json!({"partSize": size + 1, "parts": parts}))["grants"].is_null());
    let granted = create(json!({"partSize": size, "parts": parts}));
    let grant = &granted["grants"][0];
    assert_eq!(setup.put(grant, &part).send().status, 200);
    let other = setup.put(grant, &bytes(size - 1)).send();
    assert!(other.text().contains("SignatureDoesNotMatch"));
}
