//! Which first bytes contradict which media types, and which mismatches are dangerous.

mod common;

use common::looks::{EXAMPLES, EXE, GPX, HTML, MP4, PNG, TEXT, WEBM, ZIP};
use crowfly_contract::{mismatch, sniff};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const ELF: &[u8] = b"\x7fELF\x02\x01\x01";
const SHELL: &[u8] = b"#!/bin/sh\nrm";

/// The detected type and whether it is active, for each pair of type and bytes.
type Case = (&'static str, &'static [u8], &'static str);

fn check(cases: &[Case], active: bool) {
    for (media_type, first, seen) in cases {
        let found = mismatch(media_type, first).map(|found| (found.seen, found.active));
        let said = first.escape_ascii();
        assert_eq!(found, Some((*seen, active)), "{media_type} {said}");
    }
}

#[test]
fn a30_what_could_run_in_the_clothes_of_something_harmless_is_active() {
    check(
        &[
            ("video/webm", HTML, "text/html"),
            ("video/webm", EXE, "application/x-executable"),
            ("video/webm", SHELL, "text/x-shellscript"),
            ("Video/WebM; codecs=vp9", HTML, "text/html"),
            ("audio/mpeg", HTML, "text/html"),
            ("audio/x-unheard-of", HTML, "text/html"),
            ("video/x-flv", EXE, "application/x-executable"),
            ("image/x-raw", SHELL, "text/x-shellscript"),
            ("image/jpg", ELF, "application/x-executable"),
            ("image/png", GPX, "application/xml"),
            ("image/x-icon", b"<svg onload=alert(1)>", "text/html"),
            ("font/woff2", HTML, "text/html"),
            ("font/x-unheard-of", EXE, "application/x-executable"),
            ("model/obj", EXE, "application/x-executable"),
            ("application/pdf", EXE, "application/x-executable"),
            ("application/pdf", HTML, "text/html"),
            ("application/zip", EXE, "application/x-executable"),
            ("application/x-zip-compressed", SHELL, "text/x-shellscript"),
            ("application/x-tar", HTML, "text/html"),
            ("application/epub+zip", EXE, "application/x-executable"),
            ("application/x-unheard+zip", HTML, "text/html"),
            ("application/rtf", HTML, "text/html"),
            ("application/msword", EXE, "application/x-executable"),
            ("application/vnd.ms-excel", SHELL, "text/x-shellscript"),
            ("application/vnd.ms-powerpoint", HTML, "text/html"),
            (DOCX, EXE, "application/x-executable"),
            (DOCX, HTML, "text/html"),
            ("application/vnd.apple.pages", HTML, "text/html"),
            ("application/json", HTML, "text/html"),
            ("application/geo+json", SHELL, "text/x-shellscript"),
            ("text/plain", EXE, "application/x-executable"),
            ("text/csv", ELF, "application/x-executable"),
            ("application/gpx+xml", EXE, "application/x-executable"),
        ],
        true,
    );
}

#[test]
fn u5_a_sibling_is_seen_and_not_active() {
    check(
        &[
            ("image/x-icon", PNG, "image/png"),
            ("image/vnd.microsoft.icon", PNG, "image/png"),
            ("image/x-icon", b"BM\x36\0\x0c\0\0\0\0\0\x36\0", "image/bmp"),
            ("image/jpeg", PNG, "image/png"),
            ("image/heic", b"\xff\xd8\xff\xe1\0\x10Exif", "image/jpeg"),
            ("image/png", b"GIF89a", "image/gif"),
            ("image/avif", MP4, "video/mp4"),
            ("video/mp4", b"\0\0\0\x1cftypavif\0\0\0\0", "image/heif"),
            ("audio/mpeg", b"\0\0\0\x1cftypM4A \0\0\0\0", "audio/mp4"),
            ("audio/mp3", MP4, "audio/mp4"),
            ("audio/wav", WEBM, "audio/webm"),
            ("audio/x-wav", b"OggS\0\x02\0\0", "audio/ogg"),
            ("audio/mpeg", b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
            ("audio/mpeg", b"#!AMR\n\x3c", "audio/amr"),
            ("audio/amr", b"\0\0\0\x18ftyp3gp4\0\0", "audio/mp4"),
            ("video/webm", MP4, "video/mp4"),
            ("video/quicktime", WEBM, "video/webm"),
            ("audio/webm", PNG, "image/png"),
        ],
        false,
    );
}

#[test]
fn a30_another_format_that_nothing_runs_is_seen_and_not_active() {
    check(
        &[
            ("video/webm", ZIP, "application/zip"),
            ("Video/WebM; codecs=vp9", ZIP, "application/zip"),
            ("video/webm", TEXT, "text/plain"),
            ("image/png", b"a caption, no picture\n", "text/plain"),
            (
                "application/zip",
                b"Rar!\x1a\x07\x01\0",
                "application/vnd.rar",
            ),
            ("application/pdf", PNG, "image/png"),
            ("application/msword", b"{\\rtf1\\ansi", "application/rtf"),
            ("application/msword", ZIP, "application/zip"),
            ("text/plain", PNG, "image/png"),
            ("text/csv", ZIP, "application/zip"),
            ("application/json", PNG, "image/png"),
            ("application/gpx+xml", ZIP, "application/zip"),
            // Excel and Word write these themselves.
            ("application/vnd.ms-excel", b"<table><tr><td>1", "text/html"),
            ("application/x-msexcel", GPX, "application/xml"),
            ("application/msword", b"<html xmlns:o=", "text/html"),
            // An unknown type is served as opaque bytes.
            ("application/x-unheard-of", HTML, "text/html"),
        ],
        false,
    );
}

#[test]
fn u4_a_type_that_says_nothing_is_contradicted_by_nothing() {
    for (_, first) in EXAMPLES {
        for media_type in [
            "application/octet-stream",
            "APPLICATION/OCTET-STREAM",
            "application/octet-stream; x=y",
            "binary/octet-stream",
            "application/x-download",
            "",
            " ",
            "xml",
        ] {
            assert_eq!(mismatch(media_type, first), None, "{media_type:?}");
        }
    }
}

#[test]
fn a30_a_true_or_unknown_type_is_not_contradicted() {
    let cases: &[(&str, &[u8])] = &[
        ("video/webm; codecs=vp9", WEBM),
        ("VIDEO/WEBM", WEBM),
        ("video/x-matroska", WEBM),
        ("image/avif", b"\0\0\0\x1cftypavif\0\0\0\0"),
        ("audio/x-m4a", MP4),
        ("audio/flac", b"ID3\x04\0\0\0\0\0\x23"),
        ("audio/mpeg", TEXT),
        ("video/webm", b"a short one"),
        ("image/png", b"\x89PNX\r\n\x1a\n\0\0\0\r"),
        ("application/zip", b"\x9d\x03\x7f\x11 a format of tomorrow"),
        ("audio/mpeg", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xfb"),
        ("text/plain", TEXT),
        ("text/plain", HTML),
        ("text/plain", SHELL),
        ("text/plain", b"\xff\xfe<\0h\0t\0m\0l\0"),
        ("text/x-python", b"#!/usr/bin/env python3"),
        ("text/plain", b"The old AVI files are on the shelf below"),
        ("text/markdown", b"The new WAVE of synthesizers"),
        ("text/plain", b"\r\n\r\nfree delivery"),
        ("text/csv", b"ID3\tTitle\tArtist"),
        ("text/plain", b"%PDF-1.7 is how such a file starts"),
        ("text/plain", b"GIF89a? I say \xe2\x80\x9cjif"),
        ("text/plain", b"\n\xe9\xe9\nfree of UTF-8"),
        ("text/html", HTML),
        (
            "image/svg+xml",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
        ),
        ("application/XML", b"<?xml version=\"1.0\"?>"),
        ("application/gpx+xml", GPX),
        ("application/rss+xml", b"<rss version=\"2.0\">"),
        ("application/vnd.oasis.opendocument.text-flat-xml", GPX),
        ("application/json", b"{\"a\": 1}"),
        ("application/json", b"GIF89a is no JSON, and no picture"),
        ("application/vnd.ms-excel", b"name;age\r\nAnna;7\r\n"),
        ("application/x-msdownload", EXE),
        ("application/x-unheard-of", EXE),
        ("application/x-unheard-of", GPX),
        (DOCX, ZIP),
        // An encrypted one.
        (DOCX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"),
        ("image/openraster", ZIP),
        ("", TEXT),
        ("xml", HTML),
    ];
    for (media_type, first) in cases {
        assert_eq!(mismatch(media_type, first), None, "{media_type}");
    }
    for (kind, _) in EXAMPLES {
        assert_eq!(mismatch(kind.as_str(), b""), None, "{kind:?}");
        assert_eq!(mismatch(kind.as_str(), b"123456789"), None, "{kind:?}");
    }
    assert_eq!(
        sniff(GPX).map(|kind| kind.as_str()),
        Some("application/xml")
    );
}
