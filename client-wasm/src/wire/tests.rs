#![expect(
    clippy::unwrap_used,
    reason = "in a test, a value that is missing is the failure"
)]

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, CreateItem, CreateRequest, CreateResponse, ErrorCode, ListPartsResponse,
    Problem, SignPartsRequest, SignPartsResponse, StatusRequest, Stored,
};
use crowfly_engine::ItemToCreate;
use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::read::*;
use super::*;
use crate::object::ObjectBuilder;

wasm_bindgen_test_configure!(run_in_browser);

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../../contract/tests/golden/", $name, ".json"))
    };
}

fn value(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

/// This reader's result equals that of the contract's own reader.
fn reads<T: DeserializeOwned + PartialEq + Debug>(
    json: &str,
    read: impl Fn(&JsValue) -> Option<T>,
) {
    let expected: T = serde_json::from_str(json).unwrap();
    assert_eq!(read(&value(json)), Some(expected));
}

/// What the page gets of this answer is, as JSON, the answer.
fn copies(json: &str, copy: impl Fn(&JsValue) -> Option<JsValue>) {
    let copied = copy(&value(json)).unwrap();
    let text = JSON::stringify(&copied).unwrap().as_string().unwrap();
    let [copied, expected]: [serde_json::Value; 2] =
        [&text, json].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(copied, expected);
}

/// The text written here is identical to the JSON of the contract's own writer.
fn writes_text<T: DeserializeOwned + Serialize>(json: &str, write: impl Fn(T) -> String) {
    let text = write(serde_json::from_str(json).unwrap());
    let [written, expected]: [serde_json::Value; 2] =
        [&text, json].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(written, expected);
}

/// The text written here is, as JSON, equal to that of the contract's own writer.
fn writes<T: DeserializeOwned + Serialize>(json: &str, write: impl Fn(T) -> JsValue) {
    let written = write(serde_json::from_str(json).unwrap());
    let text = JSON::stringify(&written).unwrap().as_string().unwrap();
    let [written, expected]: [serde_json::Value; 2] =
        [&text, json].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!(written, expected);
}

#[wasm_bindgen_test]
fn golden_answers_are_read_as_the_contract_reads_them() {
    for json in [
        golden!("create_response"),
        golden!("create_response_multipart"),
        golden!("create_response_grants"),
        #[cfg(feature = "live")]
        golden!("create_response_live"),
        golden!("create_response_state"),
    ] {
        reads(json, |body| {
            Some(CreateResponse {
                uploads: create_response(body)?,
            })
        });
    }
    reads(golden!("sign_parts_response"), |body| {
        Some(SignPartsResponse {
            grants: sign_response(body)?,
        })
    });
    for json in [
        golden!("list_parts_response"),
        golden!("list_parts_response_etag"),
    ] {
        reads(json, |body| {
            Some(ListPartsResponse {
                parts: parts_response(body)?,
            })
        });
    }
    for json in [golden!("problem"), golden!("problem_retry")] {
        reads(json, |body| {
            Some(Problem {
                error: problem(body)?,
            })
        });
    }
    for json in [golden!("stored"), golden!("stored_bare")] {
        reads(json, stored);
    }
    for json in [
        golden!("record_stored"),
        golden!("record_pending"),
        golden!("record_path"),
        golden!("record_withheld"),
        golden!("record_marked"),
        golden!("record_live"),
        golden!("record_live_pending"),
        golden!("record_live_truncated"),
    ] {
        copies(json, record::record);
    }
    for json in [golden!("list_response"), golden!("list_response_last")] {
        copies(json, record::list);
    }
    for json in [golden!("content_private"), golden!("content_public")] {
        copies(json, record::content);
    }
    reads(golden!("gateway_message"), gateway_message);
    reads(golden!("completing"), completing);
    copies(golden!("status_response"), |body| {
        let records = RefCell::new(Vec::new());
        let news = status_response(body, &|id, record| records.borrow_mut().push((id, record)))?;
        let entries = news
            .iter()
            .zip(records.into_inner())
            .map(|(news, (id, record))| {
                assert_eq!((news.id, news.recorded), (id, record.is_object()));
                let entry = ObjectBuilder::new()
                    .with("id", id.to_text())
                    .with("status", news.status.as_str());
                entry.with("record", record).build()
            });
        let entries: js_sys::Array = entries.collect();
        Some(ObjectBuilder::new().with("uploads", entries).build())
    });
}

#[wasm_bindgen_test]
fn what_is_written_is_golden() {
    for json in [
        golden!("create_request"),
        golden!("create_request_state"),
        golden!("create_request_parts"),
        #[cfg(feature = "live")]
        golden!("create_request_live"),
    ] {
        writes_text(json, |call: CreateRequest| {
            let one = |item: CreateItem| ItemToCreate {
                part_size: item.part_size.unwrap_or_default(),
                parts: item.parts.to_vec(),
                item: Rc::new(item),
            };
            let items: Vec<_> = call.uploads.into_iter().map(one).collect();
            let state_of = |id| {
                let one = items.iter().find(|one| one.item.id == id)?;
                one.item.state.clone().map(String::from)
            };
            body::create_request(&items, &state_of)
        });
    }
    for json in [
        golden!("sign_parts_request"),
        golden!("sign_parts_request_state"),
        #[cfg(feature = "live")]
        golden!("sign_parts_request_live"),
    ] {
        writes_text(json, |call: SignPartsRequest| {
            body::sign_request(&call.parts, call.state.map(String::from))
        });
    }
    for json in [
        golden!("complete_request"),
        golden!("complete_request_empty"),
        golden!("complete_request_state"),
        #[cfg(feature = "live")]
        golden!("complete_request_live"),
    ] {
        writes_text(json, |call: CompleteRequest| {
            body::complete_request(&call, call.state.clone().map(String::from))
        });
    }
    writes_text(golden!("status_request"), |call: StatusRequest| {
        body::status_request(&call.ids)
    });
    for json in [golden!("stored"), golden!("stored_bare")] {
        writes(json, |stored: Stored| stored_to_page(&stored, None));
    }
}

#[wasm_bindgen_test]
fn u13_any_text_is_read_back_as_it_was() {
    let all: String = ('\0'..='\u{2fff}')
        .chain(['\u{fffd}', '\u{10ffff}'])
        .collect();
    for text in [
        "",
        "a\"b\\c/d",
        "\u{7f}\u{80}\u{2028}",
        "𝄞 héllo",
        all.as_str(),
    ] {
        let json = body::quoted(text);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(value(&json).as_string().unwrap(), text);
    }
}

#[wasm_bindgen_test]
fn an_object_of_nothing_is_an_object() {
    let nothing: CompleteRequest = CompleteRequest::default();
    assert_eq!(body::complete_request(&nothing, None), "{}");
    assert_eq!(body::status_request(&[]), "{\"ids\":[]}");
}

#[wasm_bindgen_test]
fn u11_a_key_is_any_text_of_1_to_1024_bytes() {
    let with_key = |key: &str| {
        let key = serde_json::to_string(key).unwrap();
        let grant = r#"{"url":"https://s/","headers":{},"expiresInMs":1}"#;
        let created = format!(
            r#"{{"uploads":[{{"id":"01JD7ZK3V8Q2X5N6R9T0W1Y4AB","key":{key},"plan":{{"kind":"single","put":{grant}}}}}]}}"#
        );
        let body =
            format!(r#"{{"id":"01JD7ZK3V8Q2X5N6R9T0W1Y4AB","key":{key},"size":1,"etag":"e"}}"#);
        (create_response(&value(&created)), stored(&value(&body)))
    };
    let longest = format!("{}k", "日".repeat(341));
    for key in ["user-42/photo.jpg", "a b+c%2F日本.txt", "/", &longest] {
        let (created, stored) = with_key(key);
        assert!(created.is_some(), "{key}");
        assert_eq!(stored.unwrap().key.as_str(), key);
    }
    for bad in [String::new(), "k".repeat(1025), "日".repeat(342)] {
        assert_eq!(with_key(&bad), (None, None), "{} bytes", bad.len());
    }
}

#[wasm_bindgen_test]
fn a_part_that_is_wrong_spoils_the_whole() {
    for number in ["-1", "1.5", "4294967296", "\"1\"", "null"] {
        let json = format!("{{\"parts\":[{{\"number\":{number},\"size\":1}}]}}");
        assert_eq!(parts_response(&value(&json)), None, "{number}");
    }
    let json = "{\"parts\":[{\"number\":1,\"size\":1,\"crc64nvme\":\"no\"}]}";
    assert_eq!(parts_response(&value(json)), None);
}

#[wasm_bindgen_test]
fn h10_only_addresses_of_http_pass() {
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/x",
        "",
    ] {
        let content = value(&format!(r#"{{"url":"{url}"}}"#));
        assert_eq!(record::content(&content), None, "{url}");
        let with_url = value(golden!("record_stored"));
        js_sys::Reflect::set(&with_url, &"url".into(), &url.into()).unwrap();
        assert_eq!(record::record(&with_url), None, "{url}");
    }
    assert!(record::content(&value(r#"{"url":"HTTPS://s/x?y"}"#)).is_some());
}

#[wasm_bindgen_test]
fn h10_only_codes_of_servers_and_short_texts_pass() {
    let long = "x".repeat(3_000_000);
    for code in [
        "aborted",
        "closed",
        "locked",
        "file_changed",
        "network",
        "no such code",
    ] {
        let body =
            format!(r#"{{"error":{{"code":"{code}","message":"{long}","requestId":"{long}"}}}}"#);
        let problem = problem(&value(&body)).unwrap();
        assert_eq!(problem.code, ErrorCode::Unknown, "{code}");
        assert_eq!(
            (problem.message.len(), problem.request_id.len()),
            (500, 500)
        );
    }
    let message = gateway_message(&value(&format!(
        r#"{{"message":"{}"}}"#,
        "日".repeat(9_000)
    )));
    assert_eq!(message.unwrap().message.chars().count(), 500);
}

#[wasm_bindgen_test]
fn h9_h10_lists_that_are_none_end_in_a_refusal() {
    for odd in [
        "new Proxy([], { get() { throw 1 } })",
        "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy; })()",
        "({ length: 4e9 })",
        "({ length: -1 })",
        "({ length: NaN })",
        "Object.defineProperty({}, 'length', { get() { throw new Error('no'); } })",
        "new Map()",
        "'text'",
        "new Array(10001)",
    ] {
        let list = js_sys::eval(&format!("({odd})")).unwrap();
        let body = ObjectBuilder::new().with("parts", list).build();
        assert_eq!(parts_response(&body), None, "{odd}");
    }
}

/// Not one by one: a text of millions of characters has as many properties.
#[wasm_bindgen_test]
fn h9_h10_objects_with_too_many_fields_end_in_a_refusal() {
    for odd in [
        "'x'.repeat(3e6)",
        "new Array(3e6).fill('x')",
        "Object.fromEntries(Array.from({ length: 3e5 }, (_, place) => [place, 'x']))",
    ] {
        let headers = js_sys::eval(&format!("({odd})")).unwrap();
        let grant = ObjectBuilder::new()
            .with("number", 1)
            .with("url", "https://bucket.test/")
            .with("headers", headers)
            .with("expiresInMs", 1)
            .build();
        let body = ObjectBuilder::new()
            .with("grants", js_sys::Array::of1(&grant))
            .build();
        assert_eq!(sign_response(&body), None, "{odd}");
    }
}

#[wasm_bindgen_test]
fn h10_the_record_of_another_upload_is_refused() {
    let body = value(golden!("status_response"));
    let first = js_sys::Reflect::get(&body, &"uploads".into()).unwrap();
    let first = js_sys::Reflect::get(&first, &0.into()).unwrap();
    let other = "01JD7ZK3V8Q2X5N6R9T0W1Y4ZZ".into();
    js_sys::Reflect::set(&first, &"id".into(), &other).unwrap();
    assert!(status_response(&body, &|_, _| {}).is_none());
}

#[wasm_bindgen_test]
fn a_field_that_is_missing_or_wrong_spoils_the_whole() {
    for key in [
        "id",
        "status",
        "bucket",
        "key",
        "name",
        "size",
        "type",
        "verified",
        "createdAt",
    ] {
        for wrong in ["undefined", "{}", "-1", "[]"] {
            let body = value(golden!("record_stored"));
            let wrong = js_sys::eval(&format!("({wrong})")).unwrap();
            js_sys::Reflect::set(&body, &key.into(), &wrong).unwrap();
            assert_eq!(record::record(&body), None, "{key}");
        }
    }
    for odd in ["null", "1", "[]", "\"text\"", "{}"] {
        assert_eq!(record::record(&value(odd)), None, "{odd}");
        assert_eq!(stored(&value(odd)), None, "{odd}");
        assert_eq!(create_response(&value(odd)), None, "{odd}");
        assert!(status_response(&value(odd), &|_, _| {}).is_none(), "{odd}");
        assert_eq!(problem(&value(odd)), None, "{odd}");
        assert_eq!(sign_response(&value(odd)), None, "{odd}");
        assert_eq!(parts_response(&value(odd)), None, "{odd}");
    }
}
