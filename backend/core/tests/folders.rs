//! Folders of files: cleaned, kept in the record, and in the key where the deployment wants them there.

mod common;

use common::events::{event, handle};
use common::sweeping::{DAY, item, multipart_item, swept};
use common::{LIMITS, NOW, bucket_policy, id, owner, parse_items};
use crowfly_contract::{ErrorCode, ObjectKey, PathError, Record, UploadStatus};
use crowfly_core::Error;
use crowfly_core::create::{Creator, Granted, create};
use crowfly_core::path::{ComposedPath, KeyLayout};
use crowfly_core::record::Outcome;
use crowfly_testing::{Memory, head_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Creates one upload.
async fn created(memory: &Memory, layout: KeyLayout, item: Value) -> Result<Granted, Error> {
    let (policy, owner) = (bucket_policy(), owner('a'));
    let creator = Creator {
        owner: &owner,
        policy: &policy,
        bucket: "bucket",
        layout,
        limits: LIMITS,
        repair_after_ms: 900_000,
        now_ms: NOW,
    };
    let items = parse_items(json!([item]));
    create(memory, memory, memory, creator, items)
        .await
        .remove(0)
        .1
}

fn in_folder(n: u128, path: impl Into<Value>) -> Value {
    let mut item = item(n);
    item["path"] = path.into();
    item
}

/// The record of an upload in this folder, and its key below owner and id.
async fn stored_as(layout: KeyLayout, path: &str) -> (Record, String) {
    let memory = Memory::default();
    created(&memory, layout, in_folder(1, path)).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    let prefix = format!("uploads/{}/{}/", owner('a'), id(1));
    let key = record.key.to_string();
    let below = key.strip_prefix(&prefix).unwrap().to_owned();
    (record, below)
}

async fn refusal(layout: KeyLayout, path: impl Into<Value>) -> (ErrorCode, String) {
    let memory = Memory::default();
    let result = created(&memory, layout, in_folder(1, path)).await;
    assert_eq!(memory.row_count(), 0);
    let refusal = result.unwrap_err().to_refusal();
    (refusal.code, refusal.message.into_owned())
}

#[tokio::test]
async fn a24_a26_a27_folders_are_in_the_record_as_composed_and_in_the_key_as_cleaned() {
    let cases = [
        ("photos/2026", "photos/2026", "photos/2026/"),
        ("\\photos\\\\2026\\.\\", "photos/2026", "photos/2026/"),
        (
            "cafe\u{301}/\u{1112}\u{1161}\u{11ab}",
            "café/한",
            "café/한/",
        ),
        ("שלום/📷 1", "שלום/📷 1", "שלום/📷_1/"),
        ("👩\u{200d}👧", "👩\u{200d}👧", "👩👧/"),
        (".git/refs", ".git/refs", "git/refs/"),
        ("CON/aux.d", "CON/aux.d", "_CON/_aux.d/"),
        ("a b+c&d/%2e%2e", "a b+c&d/%2e%2e", "a_b_c_d/_2e_2e/"),
        ("My.Folder/-rf", "My.Folder/-rf", "My.Folder/rf/"),
        ("..../x", "..../x", "folder/x/"),
        ("C:\\Users", "C:/Users", "C_/Users/"),
    ];
    for (path, composed, folders) in cases {
        let (record, below) = stored_as(KeyLayout::Path, path).await;
        assert_eq!(record.path.as_deref(), Some(composed), "{path:?}");
        assert_eq!(below, format!("{folders}a.webm"), "{path:?}");
        let (record, below) = stored_as(KeyLayout::Flat, path).await;
        assert_eq!(record.path.as_deref(), Some(composed), "{path:?}");
        assert_eq!(below, "a.webm", "{path:?}");
    }
    for none in ["", "/", "./.", "\\\\", "\u{200b}"] {
        let (record, below) = stored_as(KeyLayout::Path, none).await;
        assert_eq!((record.path, below.as_str()), (None, "a.webm"), "{none:?}");
    }
}

#[tokio::test]
async fn a24_a25_paths_that_lead_elsewhere_are_refused_in_both_layouts() {
    for layout in [KeyLayout::Flat, KeyLayout::Path] {
        for path in [
            json!("../a"),
            json!("a/.."),
            json!("a\\..\\b"),
            json!("a/.\u{200d}./b"),
            json!("a\u{0}"),
            json!("a/\u{2028}"),
            json!("\u{ffff}"),
            json!(7),
            json!(["a"]),
            json!("a".repeat(701)),
            json!("한".repeat(234)),
        ] {
            let (code, message) = refusal(layout, path.clone()).await;
            assert_eq!(code, ErrorCode::InvalidPath, "{path}");
            assert!(message.starts_with("`uploads[0].path`"), "{message}");
        }
    }
}

#[tokio::test]
async fn a23_700_bytes_of_the_composed_path_are_the_most_and_fit_any_key() {
    assert_eq!(
        ComposedPath::parse(&"a".repeat(701)),
        Err(PathError::TooLong)
    );
    // 233 syllables are 699 bytes composed, and three times as many decomposed, as macOS sends them.
    let decomposed = "\u{1112}\u{1161}\u{11ab}".repeat(233);
    let composed = "한".repeat(233);
    assert!(ComposedPath::parse(&decomposed).unwrap().as_str() == Some(&composed));
    let memory = Memory::default();
    let mut longest = in_folder(1, ["abc"; 175].join("/"));
    longest["name"] = format!("{}.webm", "n".repeat(250)).into();
    created(&memory, KeyLayout::Path, longest).await.unwrap();
    let key = memory.row(&owner('a'), id(1)).unwrap().record.key;
    assert_eq!(key.to_string().len(), 62 + 699 + 1 + 200);
}

#[tokio::test]
async fn a24_a_key_that_cleaning_makes_too_long_is_refused_and_says_so() {
    let devices = ["con"; 175].join("/");
    let mut item = in_folder(1, devices.clone());
    item["name"] = "n".repeat(255).into();
    let memory = Memory::default();
    let refused = created(&memory, KeyLayout::Path, item.clone()).await;
    let refusal = refused.unwrap_err().to_refusal();
    assert_eq!(refusal.code, ErrorCode::InvalidPath);
    assert!(refusal.message.contains("1,024 bytes"), "{refusal:?}");
    assert_eq!(memory.row_count(), 0);
    created(&memory, KeyLayout::Flat, item).await.unwrap();
}

#[tokio::test]
async fn a_repeat_is_the_same_file_in_the_same_folder() {
    let memory = Memory::default();
    let first = created(&memory, KeyLayout::Path, in_folder(1, "a/b")).await;
    let first = first.unwrap().created;
    for same in ["a/b", "/a//b/", "a\\b"] {
        let again = created(&memory, KeyLayout::Path, in_folder(1, same)).await;
        let again = again.unwrap();
        assert!(again.repeated && again.created.key == first.key, "{same}");
    }
    for other in [json!("a"), json!(""), json!(null), json!("a/b/c")] {
        let result = created(&memory, KeyLayout::Path, in_folder(1, other)).await;
        let code = result.unwrap_err().to_refusal().code;
        assert_eq!(code, ErrorCode::UploadMismatch);
    }
}

#[tokio::test]
async fn a_deployment_that_changes_its_layout_keeps_what_it_has() {
    let (flat, path) = (KeyLayout::Flat, KeyLayout::Path);
    for (before, after) in [(flat, path), (path, flat)] {
        let memory = Memory::default();
        let first = created(&memory, before, in_folder(1, "a/b")).await.unwrap();
        let again = created(&memory, after, in_folder(1, "a/b")).await.unwrap();
        assert!(again.repeated && again.created.key == first.created.key);
        created(&memory, after, in_folder(2, "a/b")).await.unwrap();
        for n in [1, 2] {
            let record = memory.row(&owner('a'), id(n)).unwrap().record;
            memory.set_object(&record.key, Some(head_of("e1")));
            let key = record.key.to_string();
            let body = json!({"Records": [event(&key, "A", Some("e1"))]}).to_string();
            let outcome = handle(&memory, &body).await;
            assert!(matches!(outcome, Ok(Outcome::Written { .. })));
            let stored = memory.row(&owner('a'), id(n)).unwrap().record;
            assert_eq!(stored.status, UploadStatus::Stored);
            assert_eq!(stored.path.as_deref(), Some("a/b"));
            // Another folder is another object, as another name is.
            let other = ObjectKey::new(owner('a'), id(n), "a.webm").unwrap();
            let other = other.within("a").unwrap().to_string();
            let body = json!({"Records": [event(&other, "B", Some("e1"))]}).to_string();
            let outcome = handle(&memory, &body).await;
            assert!(!matches!(outcome, Ok(Outcome::Written { .. })));
            assert_eq!(memory.row(&owner('a'), id(n)).unwrap().record, stored);
        }
    }
}

#[tokio::test]
async fn f55_the_sweep_finds_objects_and_parts_in_folders() {
    let memory = Memory::default();
    created(&memory, KeyLayout::Path, in_folder(1, "a/b"))
        .await
        .unwrap();
    let mut large = multipart_item(2);
    large["path"] = "a/b".into();
    created(&memory, KeyLayout::Path, large).await.unwrap();
    let key = memory.row(&owner('a'), id(1)).unwrap().record.key;
    memory.set_object(&key, Some(head_of("e1")));
    swept(&memory, NOW + DAY).await;
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.key),
        (UploadStatus::Stored, key),
        "its event was lost"
    );
    swept(&memory, NOW + 30 * DAY).await;
    let expired = memory.row(&owner('a'), id(2)).unwrap().record;
    assert_eq!(expired.status, UploadStatus::Expired);
}

proptest! {
    #[test]
    fn a24_a87_whatever_path_is_accepted_makes_a_key_that_comes_through(
        path in "[\\PC/\\\\. ]{0,300}",
    ) {
        if let Ok(path) = ComposedPath::parse(&path) {
            let composed = path.as_str().unwrap_or_default();
            prop_assert!(composed.len() <= 700);
            prop_assert_eq!(ComposedPath::parse(composed).unwrap(), path.clone());
            let odd = composed.split('/').any(|folder| matches!(folder, "" | "." | ".."));
            prop_assert!(composed.is_empty() || !odd);
            let name = ObjectKey::new(owner('a'), id(1), "a.webm").unwrap();
            if let Ok(key) = path.extend(name) {
                let text = key.to_string();
                prop_assert!(text.len() <= 1_024);
                prop_assert_eq!(text.parse::<ObjectKey>().unwrap(), key.clone());
                let folders = key.folders().map_or(0, |folders| folders.split('/').count());
                prop_assert_eq!(folders, composed.split('/').filter(|folder| !folder.is_empty()).count());
                for folder in key.folders().unwrap_or("a").split('/') {
                    prop_assert!(!folder.starts_with(['.', '-']) && !folder.ends_with('.'));
                    prop_assert!(folder.len() <= 200);
                }
            }
        }
    }
}
