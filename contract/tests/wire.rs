//! Properties of the wire form beyond single values: codes, tolerance, and redaction.

use std::path::Path;

use crowfly_contract::{
    CompleteRequest, Content, CreateRequest, CreateResponse, CreateResult, ErrorCode, EventKind,
    Problem, QueueMessage, Record, ScanStatus, SignPartsRequest, StatusRequest, Stored,
    UploadStatus, Visibility, Withheld,
};
use serde_json::Value;

const ID: &str = "01JD7ZK3V8Q2X5N6R9T0W1Y4AB";
const KEY: &str = "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/여름_1.webm";

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

#[test]
fn every_status_has_its_word() {
    use UploadStatus::{Aborted, Deleted, Expired, NotFound, Pending, Stored};
    let all = [Pending, Stored, Aborted, Deleted, Expired, NotFound];
    let words = [
        "pending",
        "stored",
        "aborted",
        "deleted",
        "expired",
        "not_found",
    ];
    assert_eq!(
        serde_json::to_value(all).unwrap(),
        serde_json::to_value(words).unwrap()
    );
}

/// Each word of an enum is written, read and parsed by one spelling.
macro_rules! one_spelling {
    ($($name:ident),*) => { $(
        for value in $name::ALL {
            let word = value.as_str();
            assert_eq!(word.parse::<$name>().as_ref(), Ok(value));
            assert_eq!(value.to_string(), word);
            assert_eq!(serde_json::to_value(value).unwrap(), word);
            assert_eq!(&serde_json::from_value::<$name>(word.into()).unwrap(), value);
        }
        for other in [Value::Null, 1.into(), "Wörd".into(), "".into(), Value::Array(vec![])] {
            let error = serde_json::from_value::<$name>(other).unwrap_err().to_string();
            assert!(error.is_ascii() && error.contains("must be one of: `"), "{error}");
        }
    )* };
}

#[test]
fn a_word_has_one_spelling() {
    one_spelling!(Visibility, UploadStatus, ScanStatus, Withheld, EventKind);
    let unknown = "x".parse::<Visibility>().unwrap_err();
    let said = "a visibility must be one of: `private`, `public`";
    assert_eq!(unknown.to_string(), said);
}

/// A code never changes its text, status or retryability. A new one is added to the file.
#[test]
fn error_codes_are_a_snapshot() {
    let known: Value = serde_json::from_str(&file("error_codes")).unwrap();
    let codes: Vec<Value> = ErrorCode::ALL
        .iter()
        .map(|code| {
            serde_json::json!({"code": code, "status": code.http_status(), "retryable": code.retryable()})
        })
        .collect();
    assert_eq!(Value::Array(codes), known);
    for code in ErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(code.to_string(), code.as_str());
        assert_eq!(code.as_str().parse(), Ok(*code));
    }
}

#[test]
fn a_code_of_the_future_reads_as_unknown() {
    let problem: Problem =
        serde_json::from_str(r#"{"error":{"code":"brand_new","message":"m"}}"#).unwrap();
    assert_eq!(problem.error.code, ErrorCode::Unknown);
    assert_eq!(
        (
            problem.error.code.http_status(),
            problem.error.code.retryable()
        ),
        (None, false)
    );
    assert!(!ErrorCode::ALL.contains(&ErrorCode::Unknown));
}

/// A golden file with one extra field.
fn with_a_new_field(name: &str) -> String {
    let mut json: Value = serde_json::from_str(&file(name)).unwrap();
    json["brandNew"] = 1.into();
    json.to_string()
}

#[test]
fn requests_refuse_unknown_fields_and_answers_accept_them() {
    assert!(serde_json::from_str::<CreateRequest>(&with_a_new_field("create_request")).is_err());
    assert!(serde_json::from_str::<StatusRequest>(&with_a_new_field("status_request")).is_err());
    assert!(
        serde_json::from_str::<SignPartsRequest>(&with_a_new_field("sign_parts_request")).is_err()
    );
    assert!(
        serde_json::from_str::<CompleteRequest>(&with_a_new_field("complete_request")).is_err()
    );
    assert!(serde_json::from_str::<CreateResponse>(&with_a_new_field("create_response")).is_ok());
    assert!(serde_json::from_str::<Record>(&with_a_new_field("record_stored")).is_ok());
    assert!(
        serde_json::from_str::<QueueMessage>(&with_a_new_field("queue_message_created")).is_ok()
    );
    assert!(serde_json::from_str::<Stored>(&with_a_new_field("stored")).is_ok());
}

#[test]
fn half_a_result_is_refused() {
    let id = ID;
    for text in [
        format!(r#"{{"id":"{id}"}}"#),
        format!(r#"{{"id":"{id}","key":"{KEY}"}}"#),
        format!(r#"{{"id":"{id}","key":"{KEY}","plan":{{"kind":"single"}}}}"#),
        format!(r#"{{"id":"{id}","key":"{KEY}","plan":{{"kind":"multipart","partSize":1}}}}"#),
        format!(r#"{{"id":"{id}","key":"{KEY}","plan":{{"kind":"other"}}}}"#),
        format!(
            r#"{{"id":"{id}","key":"","plan":{{"kind":"multipart","partSize":1,"partCount":1}}}}"#
        ),
    ] {
        assert!(
            serde_json::from_str::<CreateResult>(&text).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a53_debug_shows_no_signature() {
    let response: CreateResponse = serde_json::from_str(&file("create_response")).unwrap();
    let content: Content = serde_json::from_str(&file("content_private")).unwrap();
    let shown = format!("{response:?} {content:?}");
    assert!(
        shown.contains("<redacted>") && !shown.contains("X-Amz-Signature"),
        "{shown}"
    );
}
