//! File names that `POST /uploads` accepts and refuses: A23 to A27.

use crowfly_contract::ErrorCode::{InvalidName, TypeNotAllowed};
use crowfly_contract::{ErrorCode, ObjectKey, UploadStatus};
use devkit::env::Env;
use e2e::api::{Api, item};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem, new_caller};
use crate::errors_create::{all_refused, with, without};

/// Creates one item whose name is this raw JSON.
#[track_caller]
fn refused_as_written(name: &str, code: ErrorCode) {
    let api = new_caller();
    let body = with("name", json!("@")).to_string().replace('@', name);
    let request = api
        .request("POST", "/uploads")
        .header("content-type", "application/json");
    let answer = request.body(format!("{{\"uploads\":[{body}]}}")).send();
    assert_problem(name, &answer, code);
    assert_eq!(api.get("/uploads").json()["uploads"], json!([]), "{name}");
}

#[test]
fn a23_names_that_are_missing_or_too_long() {
    let long = [
        "n".repeat(256),
        "n".repeat(1025),
        "한".repeat(256),
        "😀".repeat(256),
    ];
    let mut cases = vec![
        (without("name"), InvalidName),
        (with("name", json!(null)), InvalidName),
        (with("name", json!(7)), InvalidName),
        (with("name", json!([])), InvalidName),
        (with("name", json!("")), InvalidName),
    ];
    cases.extend(long.map(|name| (with("name", json!(name)), InvalidName)));
    all_refused(cases);
    for valid in ["n".repeat(255), "한".repeat(255), "😀".repeat(255)] {
        let upload = new_caller().create_one(&with("name", json!(valid)));
        assert!(upload.key.name().len() <= 200, "{}", upload.key);
    }
}

/// Sends all names at once; each must be refused and leave nothing behind.
#[track_caller]
fn refuse_each(names: &[String]) {
    let api = new_caller();
    for names in names.chunks(100) {
        let items: Vec<Value> = names.iter().map(|name| with("name", json!(name))).collect();
        let answer = api.post("/uploads", &json!({"uploads": items}));
        assert_eq!(Some(answer.status), InvalidName.http_status());
        let results = answer.json();
        for (name, result) in names
            .iter()
            .zip(results["uploads"].as_array().into_iter().flatten())
        {
            assert_eq!(result["error"]["code"], json!(InvalidName), "{name:?}");
        }
        assert_eq!(
            results["uploads"].as_array().map(Vec::len),
            Some(names.len())
        );
    }
    assert_eq!(api.get("/uploads").json()["uploads"], json!([]));
}

#[test]
fn a25_characters_that_no_name_may_have() {
    let controls = (0..0x20).chain(0x7f..0xa0);
    let separators = 0x2028..=0x2029;
    let none = [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x1_ffff, 0x10_ffff];
    let bad: Vec<char> = controls
        .chain(separators)
        .chain(none)
        .filter_map(char::from_u32)
        .collect();
    assert_eq!(bad.len(), 0x20 + 0x21 + 2 + 7);
    for place in ["{}name.txt", "na{}me.txt", "name.txt{}"] {
        let name = |c: &char| place.replace("{}", &c.to_string());
        refuse_each(&bad.iter().map(name).collect::<Vec<_>>());
    }
    refuse_each(&["a\r\nb.txt".into(), "gpj\u{2029}exe.webm".into()]);
}

/// A lone surrogate: JSON can express it, a Rust string cannot.
#[test]
fn a25_half_a_surrogate_pair() {
    for half in [
        "\\ud800",
        "\\uDBFF",
        "\\udc00",
        "\\uDFFF",
        "\\udc00\\ud800",
        "a\\ud83dz",
        "\\ud83d\\ud83d\\ude00",
    ] {
        refused_as_written(half, InvalidName);
    }
    // The same characters as escapes, in valid pairs.
    refused_as_written("\\u0000", InvalidName);
    refused_as_written("\\uffff", InvalidName);
}

/// Creates an upload of this name and sends it; returns the names in its key and in its record.
#[track_caller]
fn kept(api: &Api, name: &str) -> (String, String) {
    let upload = api.create_one(&item(name, "text/plain", b"x"));
    let key: ObjectKey = upload.key.to_string().parse().expect("a key of ours");
    assert_eq!(key.id(), upload.id, "{name:?}");
    assert_eq!(upload.put(b"x").send().status, 200, "{name:?}");
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified, "{name:?}");
    assert_eq!(record.key, key, "{name:?}");
    (key.name().to_owned(), record.name)
}

#[test]
fn a24_no_path_reaches_a_key() {
    let api = new_caller();
    for (name, in_key) in [
        ("../../etc/passwd", "passwd"),
        ("..\\", "file"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("%2e%2e%2f", "_2e_2e_2f"),
        ("%2e%2e%2fa.txt", "_2e_2e_2fa.txt"),
        ("/abs", "abs"),
        ("/abs/a.txt", "a.txt"),
        ("C:\\x", "x"),
        ("//", "file"),
        ("..", "file"),
        ("uploads/other/../../x.txt", "x.txt"),
    ] {
        assert_eq!(kept(&api, name), (in_key.into(), name.into()));
    }
}

#[test]
fn a26_every_script_is_taken_in_its_composed_form() {
    let api = new_caller();
    for (name, in_key, in_record) in [
        ("caf\u{e9}.txt", "caf\u{e9}.txt", "caf\u{e9}.txt"),
        ("cafe\u{301}.txt", "caf\u{e9}.txt", "caf\u{e9}.txt"),
        ("\u{1112}\u{1161}\u{11ab}.txt", "한.txt", "한.txt"),
        // Cyrillic letters that look like Latin ones are kept.
        ("р\u{430}ypal.txt", "р\u{430}ypal.txt", "р\u{430}ypal.txt"),
        ("👩\u{200d}👧.txt", "👩👧.txt", "👩\u{200d}👧.txt"),
        ("gpj\u{202e}exe\u{200b}.txt", "gpjexe.txt", "gpjexe.txt"),
        (
            "\u{5d0}\u{200f}\u{5d1}.txt",
            "\u{5d0}\u{5d1}.txt",
            "\u{5d0}\u{200f}\u{5d1}.txt",
        ),
        ("\u{3164}.txt", "file.txt", "file.txt"),
        ("𝄞 😀.txt", "𝄞_😀.txt", "𝄞 😀.txt"),
    ] {
        assert_eq!(kept(&api, name), (in_key.into(), in_record.into()));
    }
    // The length limit applies to the composed form (NFC): these 2,295 bytes compose to 765.
    let apart = "\u{1112}\u{1161}\u{11ab}".repeat(255);
    let upload = api.create_one(&with("name", json!(apart)));
    let record = api.record(upload.id).expect("the record");
    assert_eq!(record.name, "한".repeat(255));
    // A name in another normal form is the same name (<https://unicode.org/reports/tr15/>), so this repeats the
    // create.
    let mut create_item = item("cafe\u{301}.txt", "text/plain", b"x");
    let first = api.create(&create_item);
    create_item["name"] = json!("caf\u{e9}.txt");
    assert_eq!((first.status, api.create(&create_item).status), (201, 200));
}

#[test]
fn a27_names_that_some_system_treats_specially() {
    let api = new_caller();
    for (name, in_key) in [
        ("a.jpg.exe", "a.jpg.exe"),
        (".htaccess", "htaccess"),
        ("a.php%00.webm", "a.php_00.webm"),
        ("trailing.", "trailing"),
        ("trailing ", "trailing"),
        ("a.TXT . .", "a.txt"),
        ("CON", "_CON"),
        ("aux.webm", "_aux.webm"),
        ("-rf.txt", "rf.txt"),
        ("--", "file"),
        ("...", "file"),
    ] {
        assert_eq!(kept(&api, name), (in_key.into(), name.into()));
    }
}

#[test]
fn a27_a_name_without_the_suffix_where_one_is_asked() {
    let api = Api::of_subject(Env::stack("webm"), "suffix");
    for name in [
        "a.mp4",
        "a.webm.exe",
        "a.jpg.exe",
        "webm",
        ".webm",
        "a.webmx",
        "a",
        "a.webm%00.exe",
        "a.webm/x.exe",
    ] {
        let answer = api.create(&item(name, "video/webm", b"x"));
        assert_problem(name, &answer, TypeNotAllowed);
    }
    for (name, in_key) in [
        ("a.php%00.webm", "a.php_00.webm"),
        ("a.webm. ", "a.webm"),
        ("a.WEBM", "a.webm"),
    ] {
        let upload = api.create_one(&item(name, "video/webm", b"x"));
        assert_eq!(upload.key.name(), in_key, "{name}");
    }
}
