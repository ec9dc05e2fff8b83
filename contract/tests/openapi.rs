//! `docs/openapi.json` is what the code makes, and says what the contract says.

use std::collections::BTreeSet;
use std::path::Path;

use crowfly_contract::ErrorCode;
use crowfly_contract::openapi::document;
use serde_json::Value;

#[test]
fn the_committed_document_is_what_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let made = format!("{:#}\n", document());
    assert!(
        committed == made,
        "run `cargo xtask docs` and commit docs/openapi.json"
    );
}

/// The texts of all `enum`s below `value`.
fn listed(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let texts = members.get("enum").and_then(Value::as_array);
            let texts = texts.into_iter().flatten().filter_map(Value::as_str);
            found.extend(texts.map(str::to_owned));
            members.values().for_each(|member| listed(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| listed(item, found)),
        _ => {}
    }
}

#[test]
fn every_code_that_a_server_answers_with_is_one_of_a_route() {
    let document = document();
    let mut found = BTreeSet::new();
    listed(&document["paths"], &mut found);
    listed(&document["components"]["responses"], &mut found);
    let answered = ErrorCode::ALL
        .iter()
        .filter(|code| code.http_status().is_some());
    // The document describes no request with another method.
    let expected = answered.filter(|code| **code != ErrorCode::MethodNotAllowed);
    let expected: BTreeSet<String> = expected.map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_reference_leads_to_something() {
    fn check(document: &Value, value: &Value) -> usize {
        match value {
            Value::Object(members) => {
                let target = members.get("$ref").and_then(Value::as_str);
                if let Some(target) = target {
                    let place = target.trim_start_matches('#');
                    assert!(document.pointer(place).is_some(), "{target}");
                }
                let below = members.values().map(|member| check(document, member));
                usize::from(target.is_some()) + below.sum::<usize>()
            }
            Value::Array(items) => items.iter().map(|item| check(document, item)).sum(),
            _ => 0,
        }
    }
    let document = document();
    assert!(check(&document, &document) > 50);
}

/// No `null` in an answer, no format of Rust, no link of rustdoc.
#[test]
fn a_reader_of_the_document_needs_no_rust() {
    let text = document().to_string();
    for rust in ["uint", "crate::", "[`", "](", "_for_"] {
        assert!(!text.contains(rust), "{rust}");
    }
}
