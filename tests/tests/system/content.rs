//! Content that does not match its declared type is marked; active content is withheld. A30, A82, A84, A86.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crowfly_contract::{ErrorCode, Record, UploadStatus};
use devkit::browser::Browser;
use devkit::http::{Reply, Request, Response, Server};
use e2e::api::{Api, item};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller, oidc};

pub(crate) const WEBM: &[u8] =
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm";
const HTML: &[u8] = b"<!doctype html><title>no film</title><script>alert(1)</script>";
pub(crate) const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0 a zip of a kind";
pub(crate) const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0@";

pub(crate) fn content(api: &Api, record: &Record) -> Response {
    api.get(&format!("/uploads/{}/content", record.id))
}

/// The download that `GET /uploads/{id}/content` grants.
#[track_caller]
pub(crate) fn download(api: &Api, record: &Record) -> Response {
    let answer = content(api, record);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let url = answer.json()["url"].as_str().map(str::to_owned);
    Request::new("GET", url.expect("an address")).send()
}

/// The record from each route that returns it.
pub(crate) fn everywhere(api: &Api, record: &Record) -> [Value; 3] {
    let one = api.get(&format!("/uploads/{}", record.id)).json();
    let status = api.post("/uploads/status", &json!({"ids": [record.id]}));
    let list = api.get("/uploads?limit=100").json();
    let listed = list["uploads"].as_array().into_iter().flatten();
    let mut listed = listed.filter(|listed| listed["id"] == json!(record.id));
    let status = status.json()["uploads"][0]["record"].clone();
    [one, status, listed.next().cloned().unwrap_or_default()]
}

#[test]
fn a30_what_could_run_under_a_false_type_is_stored_marked_and_withheld() {
    let api = new_caller();
    let script: &[u8] = b"#!/bin/sh\nrm -rf ~";
    for (what, media_type, bytes, seen) in [
        ("HTML", "video/webm", HTML, "text/html"),
        ("EXE", "video/webm", EXE, "application/x-executable"),
        ("script", "image/jpg", script, "text/x-shellscript"),
        (
            "EXE as PDF",
            "application/pdf",
            EXE,
            "application/x-executable",
        ),
    ] {
        let record = api.upload(&item("film.webm", media_type, bytes), bytes);
        assert!(record.verified, "{what}: S3 holds what was declared");
        for shown in everywhere(&api, &record) {
            assert_eq!(shown["typeMismatch"], true, "{what}: {shown}");
            assert_eq!(shown["seenType"], seen, "{what}: {shown}");
            assert_eq!(shown["withheld"], "active_content", "{what}: {shown}");
            assert_eq!(shown["url"], Value::Null, "{what}: {shown}");
            assert_eq!(shown["status"], "stored", "{what}: {shown}");
        }
        assert_problem(what, &content(&api, &record), ErrorCode::TypeMismatch);
    }
    let record = api.upload(&item("film.webm", "video/webm", WEBM), WEBM);
    assert!(!record.type_mismatch);
    for shown in everywhere(&api, &record) {
        assert!(shown["url"].is_string(), "{shown}");
        for field in ["typeMismatch", "seenType", "withheld"] {
            assert_eq!(shown[field], Value::Null, "{shown}");
        }
    }
    assert_eq!(download(&api, &record).body, WEBM);
}

#[test]
fn a30_a_public_object_of_a_false_type_is_withheld_in_every_answer() {
    let api = new_caller();
    let mut public = item("film.webm", "video/webm", HTML);
    public["visibility"] = json!("public");
    let record = api.upload(&public, HTML);
    for shown in everywhere(&api, &record) {
        assert_eq!(
            (&shown["typeMismatch"], &shown["url"]),
            (&json!(true), &Value::Null)
        );
    }
    assert_problem("public", &content(&api, &record), ErrorCode::TypeMismatch);
}

#[test]
fn a86_odd_files_are_looked_at_no_further_than_64_bytes() {
    let api = new_caller();
    let endless = [&WEBM[..4], b"\x01\xff\xff\xff\xff\xff\xff\xff and no more"].concat();
    let unknown = [&WEBM[..4], b"\xff"].concat();
    let deep = [WEBM, &vec![0; 100_000]].concat();
    let late = [&[b' '; 64], HTML].concat();
    let cases: [(&str, &str, &[u8], bool); 12] = [
        ("an endless element", "video/webm", &endless, false),
        ("an element of unknown size", "video/webm", &unknown, false),
        ("four bytes", "video/webm", &WEBM[..4], false),
        ("a sparse film", "video/webm", &deep, false),
        ("an empty film", "video/webm", b"", false),
        (
            "the signature one byte late",
            "video/webm",
            &[b"\0", WEBM].concat(),
            false,
        ),
        (
            "a text with the signature in it",
            "video/webm",
            &[b"this is text, and here is the film: ", WEBM].concat(),
            false,
        ),
        ("a text", "video/webm", &[b'x'; 100_000], true),
        ("a zip, whatever is in it", "application/zip", ZIP, false),
        ("a page behind 64 spaces", "text/plain", &late, false),
        (
            "a text that starts like a film",
            "text/plain",
            b"\r\n\r\nfree delivery",
            false,
        ),
        (
            "a text with a film's letters",
            "text/plain",
            b"The old AVI files are below",
            false,
        ),
    ];
    for (what, media_type, bytes, mismatch) in cases {
        let record = api.upload(&item("odd.webm", media_type, bytes), bytes);
        assert_eq!(record.type_mismatch, mismatch, "{what}");
        assert!(record.url.is_some(), "{what}: nothing of it could run");
    }
}

/// A browser always gets a stored file as a download, never as a page.
///
/// `Content-Disposition: attachment`:
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Disposition>.
#[test]
fn a82_a_page_is_a_download_of_no_type_that_runs() {
    let api = new_caller();
    // A script type cannot be declared, so it is declared as text, or written past the API.
    let text = api.upload(&item("a.html", "text/plain", HTML), HTML);
    let got = download(&api, &text);
    assert_eq!(got.header("content-type"), Some("text/plain"));
    let mut all = vec![got];
    for media_type in ["text/html", "text/html; charset=utf-8", "Text/HTML"] {
        let upload = api.create_one(&item("film.webm", "video/webm", HTML));
        let key = upload.key.to_string();
        assert_eq!(account().put_object(&key, media_type, HTML).status, 200);
        let page = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
        let stored = (page.media_type.as_str(), page.verified);
        assert_eq!(stored, (media_type, false));
        let got = download(&api, &page);
        let served = got.header("content-type");
        assert_eq!(served, Some("application/octet-stream"), "{media_type}");
        all.push(got);
    }
    for got in all {
        let disposition = got.header("content-disposition").unwrap_or_default();
        assert!(disposition.starts_with("attachment; "), "{disposition}");
        assert_eq!(got.body, HTML);
    }
}

#[test]
fn a82_no_script_runs_when_a_browser_opens_the_download() {
    let ran = Arc::new(AtomicUsize::new(0));
    let server = Server::bind(0).expect("a free port");
    let address = server.address();
    let script = format!(
        "<!doctype html><script>new Image().src = 'http://{address}/ran?' + Math.random()</script>"
    );
    let api = new_caller();
    let bytes = script.clone().into_bytes();
    let text = api.upload(&item("a.html", "text/plain", &bytes), &bytes);
    let upload = api.create_one(&item("film.webm", "video/webm", &bytes));
    let key = upload.key.to_string();
    account().put_object(&key, "text/html", &bytes);
    let page = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    let counted = Arc::clone(&ran);
    let serving = server.serve(move |request| {
        if request.path.starts_with("/ran") {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        let body = if request.path.starts_with("/page") {
            &*script
        } else {
            "<title>x</title>"
        };
        Reply::html(200, body)
    });
    let _serving = serving.expect("a server");
    let browser = Browser::start();
    browser.open(&format!("http://{address}/"));
    let frame = "const [url] = arguments;
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
        await new Promise((done) => setTimeout(done, 1500));";
    for record in [&text, &page] {
        let answer = content(&api, record).json();
        browser.run_async(frame, &[answer["url"].clone()]);
        assert_eq!(ran.load(Ordering::SeqCst), 0, "{}", record.media_type);
    }
    // Counter-check: served as a page, the same bytes do run.
    browser.run_async(frame, &[json!(format!("http://{address}/page"))]);
    devkit::wait::until("the script of a page", Duration::from_secs(10), || {
        (ran.load(Ordering::SeqCst) > 0).then_some(())
    });
}

#[test]
fn a84_no_name_ends_the_value_of_the_header() {
    let api = new_caller();
    for (name, encoded) in [
        ("a\"; filename=\"b.exe", "a%22%3B%20filename%3D%22b.exe"),
        (
            "a%0d%0aSet-Cookie: x.txt",
            "a%250d%250aSet-Cookie%3A%20x.txt",
        ),
        ("ä'*=한.txt", "%C3%A4%27%2A%3D%ED%95%9C.txt"),
    ] {
        let record = api.upload(&item(name, "text/plain", b"x"), b"x");
        let got = download(&api, &record);
        let disposition = got.header("content-disposition").unwrap_or_default();
        let parts: Vec<&str> = disposition.split("; ").collect();
        let plain = parts[1]
            .trim_start_matches("filename=\"")
            .trim_end_matches('"');
        assert_eq!((parts.len(), parts[0]), (3, "attachment"), "{disposition}");
        assert!(!plain.contains(['"', ';', '=', '%']), "{disposition}");
        assert_eq!(parts[2], format!("filename*=UTF-8''{encoded}"));
        assert_eq!(got.header("set-cookie"), None);
    }
    for name in ["a\r\nSet-Cookie: x.txt", "a\nb.txt", "a\rb.txt", "a\0b.txt"] {
        let refused = api.create(&item(name, "text/plain", b"x"));
        assert_problem(name, &refused, ErrorCode::InvalidName);
    }
    assert_ne!(
        oidc().origin(),
        account().object_url(""),
        "another host than the page"
    );
}
