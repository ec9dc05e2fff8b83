//! The packed npm package, used as the README says.

use devkit::browser::Browser;
use devkit::env::{Env, Stack};
use e2e::api::{Api, crc64nvme};
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::common::oidc;
use crate::page::assert_quiet;
use crate::vite_app::{fetched_the_copy, with_file};

/// Uploads the picked file by the README's example.
fn upload_by_example(browser: &Browser, stack: &Stack, token: &str) -> Value {
    let script = "
        const [api, token] = arguments;
        const file = document.querySelector('input[type=file]').files[0];
        const seen = [];
        const onProgress = ({ sent, confirmed, total }) => seen.push({ sent, confirmed, total });
        const { stored, record } = await window.example.upload(file, { api, accessToken: () => token, onProgress });
        return { stored, record, seen };";
    browser.run_async(script, &[json!(stack.api), json!(token)])
}

#[test]
fn the_example_of_the_readme_uploads_from_a_fresh_vite_app() {
    let file = TestFile::new("한 by vite.zip", 16 * MIB);
    let browser = Browser::start();
    for stack in [Env::stack("main"), oidc()] {
        let api = if stack.user.is_empty() {
            Api::of_subject(stack, "vite")
        } else {
            Api::demo_user(stack)
        };
        with_file(&browser, &file);
        let result = upload_by_example(&browser, stack, &api.token);
        assert!(result["rejected"].is_null(), "{}", result["rejected"]);
        let (stored, record) = (&result["stored"], &result["record"]);
        let crc = crc64nvme(&file.bytes).to_string();
        assert_eq!(
            (&stored["size"], &stored["crc64nvme"]),
            (&json!(file.bytes.len()), &json!(crc))
        );
        assert_eq!(
            (&record["status"], &record["verified"]),
            (&json!("stored"), &json!(true))
        );
        assert_eq!(record["id"], stored["id"]);
        let own = api.record(
            stored["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id"),
        );
        assert_eq!(
            record,
            &serde_json::to_value(own).expect("JSON"),
            "the record as the API gives it"
        );
        assert_progress(&result["seen"], file.bytes.len() as u64);
        assert!(!fetched_the_copy(&browser), "the inlined copy was fetched");
    }
    assert_quiet(&browser);
}

/// Progress never falls, never exceeds the total, and reaches it only at the end.
fn assert_progress(seen: &Value, total: u64) {
    let number = |event: &Value, name: &str| event[name].as_u64().expect("a number of bytes");
    let events = seen.as_array().expect("events");
    assert!(!events.is_empty(), "there are progress events");
    for pair in events.windows(2) {
        assert!(
            number(&pair[0], "sent") <= number(&pair[1], "sent"),
            "{pair:?}"
        );
        assert!(
            number(&pair[0], "confirmed") <= number(&pair[1], "confirmed"),
            "{pair:?}"
        );
    }
    for event in events {
        assert_eq!(number(event, "total"), total);
        assert!(
            number(event, "sent") <= total && number(event, "confirmed") <= number(event, "sent")
        );
    }
    let last = events.last().expect("a last event");
    assert_eq!(
        (number(last, "sent"), number(last, "confirmed")),
        (total, total)
    );
    let early = events[..events.len() - 1]
        .iter()
        .filter(|event| number(event, "confirmed") == total);
    assert!(
        early.count() <= 1,
        "confirmed reaches the total only at the end"
    );
}
