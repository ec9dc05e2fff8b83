//! Every type against the contract's golden JSON, read and written by serde on the other side.

use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, Completing, Content, CreateRequest, CreateResponse, GatewayMessage,
    ListResponse, Problem, Record, StatusRequest, StatusResponse, Stored,
};
use js_sys::JSON;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::{read, write};

wasm_bindgen_test_configure!(run_in_browser);

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../../contract/tests/golden/", $name, ".json"))
    };
}

fn js(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn serde<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

/// What was written is the golden text, field by field.
fn same(written: &JsValue, golden: &str) {
    let written = JSON::stringify(written).unwrap().as_string().unwrap();
    assert_eq!(serde::<Value>(&written), serde::<Value>(golden));
}

#[wasm_bindgen_test]
fn reads_what_serde_reads() {
    for text in [
        golden!("create_response"),
        golden!("create_response_multipart"),
    ] {
        let expected: CreateResponse = serde(text);
        assert_eq!(read::create_response(&js(text)).unwrap(), expected.uploads);
    }
    for text in [golden!("stored"), golden!("stored_bare")] {
        assert_eq!(read::stored(&js(text)).unwrap(), serde::<Stored>(text));
    }
    for text in [golden!("record_pending"), golden!("record_stored")] {
        assert_eq!(read::record(&js(text)).unwrap(), serde::<Record>(text));
    }
    for text in [golden!("list_response"), golden!("list_response_last")] {
        assert_eq!(
            read::list_response(&js(text)).unwrap(),
            serde::<ListResponse>(text)
        );
    }
    for text in [golden!("content_private"), golden!("content_public")] {
        assert_eq!(read::content(&js(text)).unwrap(), serde::<Content>(text));
    }
    for text in [golden!("problem"), golden!("problem_retry")] {
        assert_eq!(
            read::problem(&js(text)).unwrap(),
            serde::<Problem>(text).error
        );
    }
    let text = golden!("status_response");
    let expected: StatusResponse = serde(text);
    assert_eq!(read::status_response(&js(text)).unwrap(), expected.uploads);
    let text = golden!("completing");
    assert_eq!(
        read::completing(&js(text)).unwrap(),
        serde::<Completing>(text)
    );
    let text = golden!("gateway_message");
    assert_eq!(
        read::gateway_message(&js(text)).unwrap(),
        serde::<GatewayMessage>(text)
    );
}

#[wasm_bindgen_test]
fn writes_what_serde_writes() {
    let text = golden!("create_request");
    let items: Vec<_> = serde::<CreateRequest>(text)
        .uploads
        .into_iter()
        .map(Rc::new)
        .collect();
    same(&write::create_request(&items), text);
    for text in [
        golden!("complete_request"),
        golden!("complete_request_empty"),
    ] {
        same(
            &write::complete_request(&serde::<CompleteRequest>(text)),
            text,
        );
    }
    let text = golden!("status_request");
    same(
        &write::status_request(&serde::<StatusRequest>(text).ids),
        text,
    );
    for text in [golden!("stored"), golden!("stored_bare")] {
        same(&write::stored_to_js(&serde::<Stored>(text)), text);
    }
    for text in [golden!("record_pending"), golden!("record_stored")] {
        same(&write::record_to_js(&serde::<Record>(text)), text);
    }
    for text in [golden!("list_response"), golden!("list_response_last")] {
        same(&write::list_to_js(&serde::<ListResponse>(text)), text);
    }
    for text in [golden!("content_private"), golden!("content_public")] {
        same(&write::content_to_js(&serde::<Content>(text)), text);
    }
}

#[wasm_bindgen_test]
fn reads_every_error_code() {
    let codes: Vec<Value> = serde(golden!("error_codes"));
    assert!(codes.len() > 40);
    for entry in codes {
        let code = entry["code"].as_str().unwrap();
        let body = format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
        assert_eq!(read::problem(&js(&body)).unwrap().code.as_str(), code);
    }
}

#[wasm_bindgen_test]
fn refuses_what_is_no_record() {
    let whole: Value = serde(golden!("record_stored"));
    for (name, value) in whole.as_object().unwrap() {
        let mut record = whole.clone();
        // A word where there is none, and an object where there is a word.
        record[name] = if value.is_string() {
            serde("{}")
        } else {
            "x".into()
        };
        assert!(
            read::record(&js(&record.to_string())).is_none(),
            "{name} of a wrong type"
        );
    }
    let required = [
        "id",
        "status",
        "bucket",
        "key",
        "name",
        "size",
        "type",
        "visibility",
        "verified",
        "createdAt",
    ];
    for name in required {
        let mut record = whole.clone();
        record.as_object_mut().unwrap().remove(name);
        assert!(
            read::record(&js(&record.to_string())).is_none(),
            "no {name}"
        );
    }
    for size in ["-1", "0.5", "9007199254740992", "1e300", "\"9\"", "null"] {
        let text = format!(r#"{{"retryAfterMs":{size}}}"#);
        assert!(read::completing(&js(&text)).is_none(), "{size}");
    }
    for body in [
        "null",
        "[]",
        "\"text\"",
        "5",
        "{}",
        r#"{"uploads":{}}"#,
        r#"{"uploads":[null]}"#,
    ] {
        assert!(read::create_response(&js(body)).is_none(), "{body}");
        assert!(read::list_response(&js(body)).is_none(), "{body}");
    }
}
