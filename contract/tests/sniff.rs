//! Detection of file kinds by their first bytes.

mod common;

use common::looks::{EXAMPLES, HTML, TEXT, WEBM, ZIP};
use crowfly_contract::{Kind, mismatch, sniff};

#[test]
fn a30_each_kind_is_known_by_its_first_bytes() {
    for (kind, first) in EXAMPLES {
        assert_eq!(sniff(first), Some(*kind), "{}", first.escape_ascii());
        assert_eq!(mismatch(kind.as_str(), first), None, "{kind:?}");
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
        b"FORM 1040 AIFF or not",
        b"OTTO went home",
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

/// Telephony formats whose magic is `#!`, as a script's: RFC 4867, 4348, 4788, 3952.
/// https://www.rfc-editor.org/rfc/rfc4867#section-5
#[test]
fn u2_a_script_names_the_path_of_its_interpreter() {
    for (first, kind) in [
        (b"#!AMR\n<".as_slice(), Some(Kind::Amr)),
        (b"#!AMR-WB\n", Some(Kind::Amr)),
        (b"#!AMR_MC1.0\n", Some(Kind::Amr)),
        (b"#!AMR-WB_MC1.0\n", Some(Kind::Amr)),
        (b"#!AMR-WB+\n", Some(Kind::Amr)),
        (b"#!SILK_V3", Some(Kind::Silk)),
        (b"#!EVRC\n", None),
        (b"#!SMV\n", None),
        (b"#!VMR-WB\n", None),
        (b"#!iLBC30\n", None),
        (b"#!rtpplay1.0 224.2.0.1/3456\n", None),
        (b"#!", None),
        (b"#!\n/bin/sh", None),
        (b"#!environment", None),
        (b"#!env", None),
        (b"#!/bin/sh", Some(Kind::Script)),
        (b"#! \t/bin/sh", Some(Kind::Script)),
        (b"#! env node", Some(Kind::Script)),
    ] {
        assert_eq!(sniff(first), kind, "{}", first.escape_ascii());
    }
    for (media_type, first) in [
        ("audio/amr", b"#!AMR\n\x3c\x08".as_slice()),
        ("audio/AMR-WB", b"#!AMR-WB\n\x04"),
        ("audio/x-amr", b"#!AMR_MC1.0\n\0\0\0\x02"),
        ("audio/evrc", b"#!EVRC\n\x01"),
        ("audio/ilbc", b"#!iLBC30\n\x01"),
    ] {
        assert_eq!(mismatch(media_type, first), None, "{media_type}");
    }
}

/// A tape archive begins with the name of its first member.
#[test]
fn u2_the_name_of_an_archives_member_is_no_program() {
    for name in [
        "MZ",
        "MZ1",
        "MZ_report.txt",
        "MZ-2024/minutes of the meeting.doc",
    ] {
        let mut first = name.as_bytes().to_vec();
        first.resize(64, 0);
        assert_eq!(sniff(&first), None, "{name}");
        assert_eq!(mismatch("application/x-tar", &first), None, "{name}");
    }
    let mut header = *b"MZ\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
        \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\0\0\0";
    assert_eq!(sniff(&header), Some(Kind::Program));
    header[60] = 0;
    assert_eq!(sniff(&header), None);
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
        b"\xff\xfe<\0h\0t\0m\0l\0",
        b"\xfe\xff\0<\0h\0t\0m\0l",
        b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>",
        b"\xef\xbb\xbf <?XML version='1.0'?>",
    ];
    for page in pages {
        let kind = sniff(page);
        let is_page = matches!(kind, Some(Kind::Markup | Kind::Xml));
        assert!(is_page, "{}: {kind:?}", page.escape_ascii());
        for media_type in [
            "video/webm",
            "image/png",
            "image/x-unheard-of",
            "audio/mpeg",
            "font/woff2",
            "application/pdf",
            "application/zip",
            "application/json",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ] {
            let seen = mismatch(media_type, page);
            assert!(
                seen.is_some_and(|seen| seen.active),
                "{media_type} {}: {seen:?}",
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
    assert_eq!(sniff(HTML), Some(Kind::Markup));
}

#[test]
fn a86_broken_ebml_is_ebml_or_unknown_and_nothing_is_unpacked() {
    // An element that claims 2^56 bytes, one of unknown size, one without an end, and a header only.
    for rest in [
        b"\x01\xff\xff\xff\xff\xff\xff\xff".as_slice(),
        b"\xff",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"",
    ] {
        let file = [&WEBM[..4], rest].concat();
        assert_eq!(mismatch("video/webm", &file), None);
    }
    let turned = b"\xa3\xdf\x45\x1a\x9fB\x86\x81\x01B\xf7\x81\x01";
    assert_eq!(mismatch("video/webm", turned), None);
    let shifted = [b"\0", WEBM].concat();
    assert_eq!(mismatch("video/webm", &shifted), None);
    // A bomb looks like what it is packed in.
    assert_eq!(mismatch("application/zip", ZIP), None);
}
