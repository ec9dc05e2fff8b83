//! Files with mismatched content that are still delivered, and headers that a PUT may have added.
//! A30, A46.

use crowfly_contract::{ErrorCode, Record, UploadStatus};
use e2e::api::{Api, item};
use serde_json::Value;

use crate::common::{RECORD_WITHIN, assert_problem, new_caller};
use crate::content::{EXE, WEBM, ZIP, content, download, everywhere};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const M4A: &[u8] = b"\0\0\0\x1cftypM4A \0\0\0\0M4A isom";
const GPX: &[u8] = b"<?xml version=\"1.0\"?><gpx/>";

/// The download of a delivered file: an attachment of this type, byte for byte.
#[track_caller]
fn given_out(api: &Api, record: &Record, media_type: &str, bytes: &[u8]) {
    assert!(
        record.url.is_some() && record.withheld.is_none(),
        "{record:?}"
    );
    let got = download(api, record);
    assert_eq!(got.header("content-type"), Some(media_type));
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert_eq!(got.body, bytes);
}

#[test]
fn u5_a_siblings_format_is_marked_and_given_out_as_what_it_is() {
    let api = new_caller();
    for (name, media_type, bytes, seen) in [
        ("favicon.ico", "image/x-icon", PNG, "image/png"),
        ("song.mp3", "audio/mpeg", M4A, "audio/mp4"),
        ("note.wav", "audio/x-wav", WEBM, "audio/webm"),
        ("film.webm", "video/webm", ZIP, "application/zip"),
    ] {
        let record = api.upload(&item(name, media_type, bytes), bytes);
        assert!(record.type_mismatch && record.verified, "{name}");
        assert_eq!(record.seen_type.as_deref(), Some(seen), "{name}");
        given_out(&api, &record, seen, bytes);
    }
}

#[test]
fn u2_u4_what_says_nothing_and_what_only_looks_like_a_script_are_given_out() {
    let api = new_caller();
    let octets = "application/octet-stream";
    let table: &[u8] = b"<table><tr><td>1</td></tr></table>";
    let note: &[u8] = b"#!AMR\n\x3c\x08\x9f\x70";
    for (name, media_type, bytes, served) in [
        ("track.gpx", octets, GPX, octets),
        ("report.xls", octets, table, octets),
        ("setup.exe", octets, EXE, octets),
        ("track.gpx", "application/gpx+xml", GPX, octets),
        ("note.amr", "audio/amr", note, "audio/amr"),
    ] {
        let record = api.upload(&item(name, media_type, bytes), bytes);
        assert!(!record.type_mismatch && record.verified, "{name}");
        given_out(&api, &record, served, bytes);
    }
}

/// S3 requires only `host` and `x-amz-*` to be signed, so the holder of a grant may add these headers:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
#[test]
fn h2_an_encoding_that_was_smuggled_in_withholds_the_file() {
    let api = new_caller();
    for encoding in ["gzip", "br", "identity"] {
        let upload = api.create_one(&item("film.webm", "video/webm", WEBM));
        let put = upload.put(WEBM).header("content-encoding", encoding);
        assert_eq!(put.send().status, 200, "{encoding}");
        let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
        assert!(record.verified, "S3 holds the bytes that were declared");
        for shown in everywhere(&api, &record) {
            assert_eq!(shown["withheld"], "content_encoding", "{encoding}: {shown}");
            assert_eq!(shown["url"], Value::Null, "{encoding}: {shown}");
        }
        let answer = content(&api, &record);
        assert_problem(encoding, &answer, ErrorCode::ContentEncoding);
    }
}

#[test]
fn h2_what_else_was_smuggled_in_does_not_reach_the_download() {
    let api = new_caller();
    let upload = api.create_one(&item("film.webm", "video/webm", WEBM));
    let put = upload
        .put(WEBM)
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("expires", "Fri, 01 Jan 2100 00:00:00 GMT")
        .header("content-language", "de")
        .header("content-disposition", "inline");
    assert_eq!(put.send().status, 200);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    given_out(&api, &record, "video/webm", WEBM);
    let got = download(&api, &record);
    for (name, value) in [
        ("cache-control", "private, no-cache"),
        ("content-encoding", "identity"),
        ("expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        assert_eq!(got.header(name), Some(value), "{name}");
    }
}
