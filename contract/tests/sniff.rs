//! What files look like, and which media types they contradict.

mod common;

use common::looks::{EXAMPLES, EXE, HTML, MP4, PNG, TEXT, WEBM, ZIP};
use crowfly_contract::{Kind, contradicts, sniff};

#[test]
fn a30_each_kind_is_known_by_its_first_bytes() {
    for (kind, first) in EXAMPLES {
        assert_eq!(sniff(first), Some(*kind), "{}", first.escape_ascii());
        assert_eq!(contradicts(kind.as_str(), first), None, "{kind:?}");
        assert!(kind.as_str().contains('/'), "{kind:?} has no name");
    }
    for text in [
        b"".as_slice(),
        b"M",
        b"MZ is how this text starts, with no zero in it anywhere at all",
        b"BM is a bitmap only with its reserved zeros",
        b"Set free, or mdat, or ftyp at byte four",
        b"ID3? no",
        b"ID3\tTitle\tArtist",
        b"The old AVI files are on the shelf below",
        b"The new WAVE of synthesizers",
        b"RIFF stands for a format of files",
        b"\r\n\r\nfree delivery",
        b"\x1b[0mskipped 3 tests",
        b"PK",
        b"\xff\xfeT\0e\0x\0t\0",
        b"\xfe\xff\0T\0e",
        b"\xef\xbb\xbfText",
        TEXT,
    ] {
        assert_eq!(sniff(text), None, "{}", text.escape_ascii());
    }
}

#[test]
fn a30_a_false_type_is_contradicted() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("video/webm", HTML, "text/html"),
        ("video/webm", ZIP, "application/zip"),
        ("video/webm", EXE, "application/x-executable"),
        ("video/webm", b"#!/bin/sh\nrm", "text/x-shellscript"),
        ("video/webm", MP4, "video/mp4"),
        ("video/webm", TEXT, "text/plain"),
        ("Video/WebM; codecs=vp9", ZIP, "application/zip"),
        ("audio/webm", PNG, "image/png"),
        ("image/png", b"a caption, no picture\n", "text/plain"),
        ("image/png", b"GIF89a", "image/gif"),
        ("image/jpeg", PNG, "image/png"),
        ("image/avif", MP4, "video/mp4"),
        ("video/mp4", b"\0\0\0\x1cftypavif\0\0\0\0", "image/heif"),
        (
            "application/zip",
            b"Rar!\x1a\x07\x01\0",
            "application/vnd.rar",
        ),
        ("application/pdf", EXE, "application/x-executable"),
        ("audio/mpeg", HTML, "text/html"),
        ("audio/x-unheard-of", HTML, "text/html"),
        ("video/x-flv", EXE, "application/x-executable"),
        ("image/x-raw", b"#!/bin/sh", "text/x-shellscript"),
        ("text/plain", PNG, "image/png"),
        ("text/plain", EXE, "application/x-executable"),
        ("text/csv", ZIP, "application/zip"),
    ];
    for (media_type, first, looks) in cases {
        assert_eq!(contradicts(media_type, first), Some(*looks), "{media_type}");
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
        ("application/octet-stream", EXE),
        ("application/octet-stream", ZIP),
        ("application/octet-stream", TEXT),
        ("application/octet-stream", b"#!/bin/sh"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ZIP,
        ),
        ("image/openraster", ZIP),
        ("", TEXT),
        ("xml", HTML),
    ];
    for (media_type, first) in cases {
        assert_eq!(contradicts(media_type, first), None, "{media_type}");
    }
    for (kind, _) in EXAMPLES {
        assert_eq!(contradicts(kind.as_str(), b""), None, "{kind:?}");
        assert_eq!(contradicts(kind.as_str(), b"123456789"), None, "{kind:?}");
    }
}

#[test]
fn a82_a_page_is_known_in_every_disguise() {
    let pages: &[&[u8]] = &[
        b"<!DOCTYPE HTML>",
        b"<!doctype svg PUBLIC>",
        b"<html>",
        b"<HtMl lang=en>",
        b" \t\r\n\x0c<html>",
        b"\xef\xbb\xbf<html>",
        b"\xef\xbb\xbf \n<script>",
        b"<script>",
        b"<script src=//evil>",
        b"<SVG/onload=alert(1)>",
        b"<svg\nonload=alert(1)>",
        b"<iframe",
        b"<!-- a comment --><script>",
        b"<a href=javascript:x>",
        b"<b>",
        b"<br/>",
        b"<h1>",
        b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>",
        b"\xff\xfe<\0h\0t\0m\0l\0",
        b"\xfe\xff\0<\0h\0t\0m\0l",
    ];
    for page in pages {
        assert_eq!(sniff(page), Some(Kind::Markup), "{}", page.escape_ascii());
        for media_type in [
            "video/webm",
            "application/octet-stream",
            "image/png",
            "font/woff2",
        ] {
            let looks = contradicts(media_type, page);
            assert_eq!(
                looks,
                Some("text/html"),
                "{media_type} {}",
                page.escape_ascii()
            );
        }
    }
    for no_page in [
        b"<13>syslog".as_slice(),
        b"<",
        b"< html>",
        b"<abbr>",
        b"<headless",
        b"a<b>",
    ] {
        assert_eq!(sniff(no_page), None, "{}", no_page.escape_ascii());
    }
}

#[test]
fn a86_broken_ebml_is_ebml_or_unknown_and_nothing_is_unpacked() {
    // An element that claims 2^56 bytes, one of unknown size, one without an end, and a header alone.
    for rest in [
        b"\x01\xff\xff\xff\xff\xff\xff\xff".as_slice(),
        b"\xff",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"",
    ] {
        let file = [&WEBM[..4], rest].concat();
        assert_eq!(contradicts("video/webm", &file), None);
    }
    let turned = b"\xa3\xdf\x45\x1a\x9fB\x86\x81\x01B\xf7\x81\x01";
    assert_eq!(contradicts("video/webm", turned), None);
    let shifted = [b"\0", WEBM].concat();
    assert_eq!(contradicts("video/webm", &shifted), None);
    // A bomb looks like what it is packed in.
    assert_eq!(contradicts("application/zip", ZIP), None);
}
