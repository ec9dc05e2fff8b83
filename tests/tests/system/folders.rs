//! Folders of files, in stacks of both layouts of keys: A24, A25, A87.

use std::time::Duration;

use crowfly_contract::ErrorCode::{self, InvalidPath, UploadMismatch};
use crowfly_contract::{Record, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::random::random_hex;
use e2e::api::{Api, item};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem, new_caller, oidc};
use crate::errors_create::{all_refused, with};

/// The stack whose keys have folders; its events go through the function `forward`.
fn path_stack() -> &'static Stack {
    Env::stack("webm")
}

fn caller(stack: &Stack) -> Api {
    Api::of_subject(stack, &format!("folders-{}", random_hex(6)))
}

fn in_folder(path: &str) -> Value {
    let mut item = item("a b.webm", "video/webm", b"x");
    item["path"] = path.into();
    item
}

/// Sends a file of this folder; returns its record, and its key below owner and id.
#[track_caller]
fn stored(api: &Api, path: &str) -> (Record, String) {
    let upload = api.create_one(&in_folder(path));
    assert_eq!(upload.put(b"x").send().status, 200, "{path:?}");
    // The event of a file passes a function and a queue.
    let limit = RECORD_WITHIN + Duration::from_secs(10);
    let record = api.wait_status(upload.id, UploadStatus::Stored, limit);
    assert!(record.verified, "{path:?}");
    assert_eq!(record.key, upload.key, "{path:?}");
    let prefix = format!("uploads/{}/{}/", upload.key.owner(), upload.id);
    let key = record.key.to_string();
    (record, key.trim_start_matches(&prefix).to_owned())
}

const FOLDERS: [(&str, &str, &str); 6] = [
    ("photos/2026", "photos/2026", "photos/2026"),
    ("\\photos\\2026\\", "photos/2026", "photos/2026"),
    (
        "/./e\u{301}te\u{301}//1+2",
        "\u{e9}t\u{e9}/1+2",
        "\u{e9}t\u{e9}/1_2",
    ),
    ("שלום/📷 1%2F", "שלום/📷 1%2F", "שלום/📷_1_2F"),
    (
        "a/node_modules/.bin",
        "a/node_modules/.bin",
        "a/node_modules/bin",
    ),
    ("gpj\u{202e}exe/CON", "gpjexe/CON", "gpjexe/_CON"),
];

#[test]
fn a24_a87_a_folder_comes_through_key_event_record_and_address() {
    let api = caller(path_stack());
    for (given, in_record, in_key) in FOLDERS {
        let (record, key) = stored(&api, given);
        assert_eq!(record.path.as_deref(), Some(in_record), "{given:?}");
        assert_eq!(key, format!("{in_key}/a_b.webm"), "{given:?}");
        let content = api.get(&format!("/uploads/{}/content", record.id)).json();
        let url = content["url"].as_str().expect("an address");
        let file = devkit::http::Request::new("GET", url).send();
        assert_eq!((file.status, file.body.as_slice()), (200, &b"x"[..]));
    }
    let listed = api.get("/uploads").json();
    let paths: Vec<&str> = listed["uploads"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|record| record["path"].as_str())
        .collect();
    let mut expected: Vec<&str> = FOLDERS.iter().map(|(_, in_record, _)| *in_record).collect();
    expected.reverse();
    assert_eq!(paths, expected);
}

#[test]
fn a24_in_the_default_layout_the_folder_is_in_the_record_only() {
    let api = caller(oidc());
    for (given, in_record, _) in FOLDERS {
        let (record, key) = stored(&api, given);
        assert_eq!(record.path.as_deref(), Some(in_record), "{given:?}");
        assert_eq!(key, "a_b.webm", "{given:?}");
    }
    let (record, key) = stored(&api, "");
    assert_eq!((record.path, key.as_str()), (None, "a_b.webm"));
}

#[test]
fn two_files_of_one_name_in_two_folders_are_two_objects() {
    let api = caller(path_stack());
    let (one, _) = stored(&api, "trip/day 1");
    let (other, _) = stored(&api, "trip/day 2");
    assert_ne!(one.key, other.key);
    assert_eq!(one.name, other.name);
}

#[test]
fn a23_a24_a25_folders_that_are_refused() {
    let mut cases: Vec<(Value, ErrorCode)> = [
        json!(7),
        json!(["a"]),
        json!({}),
        json!("p".repeat(701)),
        json!("한".repeat(234)),
        json!("../a"),
        json!("a/../../b"),
        json!("a\\..\\b"),
        json!("a/.\u{200b}."),
        json!("a/.. "),
        json!("a\r\nb"),
        json!("a/\u{0}"),
        json!("\u{2029}/a"),
        json!("a/\u{ffff}"),
    ]
    .map(|path| (with("path", path), InvalidPath))
    .into();
    cases.push((with("folder", json!("a")), ErrorCode::UnknownField));
    all_refused(cases);
    // Half a surrogate pair: JSON can express it, a Rust string cannot.
    for half in ["\\ud800", "a/\\udfff", "\\ud83d\\ud83d\\ude00/b"] {
        let api = new_caller();
        let body = with("path", json!("@")).to_string().replace('@', half);
        let request = api
            .request("POST", "/uploads")
            .header("content-type", "application/json");
        let answer = request.body(format!("{{\"uploads\":[{body}]}}")).send();
        assert_problem(half, &answer, InvalidPath);
    }
    // Cleaning makes the key longer than S3 takes, where it has folders.
    let mut devices = in_folder(&["con"; 175].join("/"));
    devices["name"] = format!("{}.webm", "n".repeat(250)).into();
    let answer = caller(path_stack()).create(&devices);
    assert_problem("a key of more than 1,024 bytes", &answer, InvalidPath);
    assert!(answer.text().contains("1,024 bytes"), "{}", answer.text());
}

#[test]
fn a_repeat_names_the_same_folder() {
    let api = caller(path_stack());
    let first = in_folder("a/b");
    let upload = api.create_one(&first);
    let mut again = first.clone();
    again["path"] = "/a\\b/".into();
    assert_eq!(api.create_one(&again).key, upload.key);
    for other in [json!("a"), json!(""), json!(null)] {
        again["path"] = other.clone();
        assert_problem(&other.to_string(), &api.create(&again), UploadMismatch);
    }
}
