//! What files look like, and which media types they contradict.

use crowfly_contract::{Kind, SNIFF_BYTES, contradicts, sniff};
use proptest::prelude::*;

const WEBM: &[u8] =
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
const HTML: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
const TEXT: &[u8] = b"All the world's a stage, and all the men and women merely players";

/// One example of each kind, by bytes as real files start.
const EXAMPLES: &[(Kind, &[u8])] = &[
    (Kind::Png, PNG),
    (Kind::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF"),
    (Kind::Jpeg, b"\xff\xd8\xff\xe1\0\x10Exif"),
    (Kind::Gif, b"GIF87a"),
    (Kind::Gif, b"GIF89a"),
    (Kind::Webp, b"RIFF\x24\0\0\0WEBPVP8 "),
    (Kind::Webp, b"RIFF\x24\0\0\0WEBPVP8L"),
    (Kind::Heif, b"\0\0\0\x1cftypavif\0\0\0\0"),
    (Kind::Heif, b"\0\0\0\x18ftypheic\0\0\0\0"),
    (Kind::Heif, b"\0\0\0\x18ftypmif1\0\0\0\0"),
    (Kind::Bmp, b"BM\x36\0\x0c\0\0\0\0\0\x36\0"),
    (Kind::Tiff, b"II*\0\x08\0\0\0"),
    (Kind::Tiff, b"MM\0*\0\0\0\x08"),
    (Kind::Ico, b"\0\0\x01\0\x01\0\x10\x10"),
    (Kind::Ebml, WEBM),
    (Kind::Mp4, MP4),
    (Kind::Mp4, b"\0\0\0\x14ftypqt  \0\0\0\0"),
    (Kind::Mp4, b"\0\0\0\x1cftypM4A \0\0\0\0"),
    (Kind::Mp4, b"\0\0\0\x08wide\0\x05\x83\x49mdat"),
    (Kind::Mp4, b"\0\0\x9d\x92moov\0\0\0\x6cmvhd"),
    (Kind::Ogg, b"OggS\0\x02\0\0"),
    (Kind::Wav, b"RIFF\x24\0\0\0WAVEfmt "),
    (Kind::Wav, b"RF64\xff\xff\xff\xffWAVEds64"),
    (Kind::Avi, b"RIFF\x24\0\0\0AVI LIST"),
    (Kind::MpegAudio, b"ID3\x04\0\0\0\0\0\x23"),
    (Kind::MpegAudio, b"\xff\xfb\x90\x64"),
    (Kind::MpegAudio, b"\xff\xf3\x40\xc4"),
    (Kind::MpegAudio, b"\xff\xf1\x50\x80"),
    (Kind::Flac, b"fLaC\0\0\0\x22"),
    (Kind::Pdf, b"%PDF-1.7\n"),
    (Kind::Zip, ZIP),
    (Kind::Zip, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    (Kind::Gzip, b"\x1f\x8b\x08\0\0\0\0\0"),
    (Kind::SevenZip, b"7z\xbc\xaf\x27\x1c\0\x04"),
    (Kind::Rar, b"Rar!\x1a\x07\x01\0"),
    (Kind::Xz, b"\xfd7zXZ\0\0\x04"),
    (Kind::Bzip2, b"BZh91AY&SY"),
    (Kind::Zstd, b"\x28\xb5\x2f\xfd\x04\x58"),
    (Kind::Markup, HTML),
    (Kind::Markup, b"<?xml version=\"1.0\"?><svg/>"),
    (Kind::Script, b"#!/bin/sh\n"),
    (Kind::Program, EXE),
    (Kind::Program, b"\x7fELF\x02\x01\x01"),
    (Kind::Program, b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
    (Kind::Program, b"\xca\xfe\xba\xbe\0\0\0\x34"),
    (Kind::Program, b"\0asm\x01\0\0\0"),
];

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

/// Bytes that start like something known, often.
fn first_bytes() -> impl Strategy<Value = Vec<u8>> {
    let example = prop::sample::select(EXAMPLES).prop_map(|(_, first)| first.to_vec());
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    (example, 0..20_usize, noise).prop_map(|(mut first, kept, noise)| {
        first.truncate(kept);
        first.extend(noise);
        first
    })
}

/// Texts of any script, often with a signature's letters at a place where they might count.
fn text() -> impl Strategy<Value = String> {
    let letters = EXAMPLES.iter().flat_map(|(_, first)| {
        let letters = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        first
            .split(move |byte| !letters(byte))
            .map(|run| String::from_utf8_lossy(run).into_owned())
    });
    let letters = prop::sample::select(letters.collect::<Vec<_>>());
    let before = prop_oneof![
        "",
        "[\\t\\n\\r]{4}",
        "[ -~]{8}",
        "[\\t\\n\\r -~\\u{a0}-\\u{ffff}]{0,12}"
    ];
    let after = "[\\t\\n\\r -~\\u{a0}-\\u{10ffff}]{0,80}";
    (before, letters, after)
        .prop_map(|(before, letters, after)| format!("{before}{letters}{after}"))
}

/// Media types that are known, nearly known, or anything.
fn media_type() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(EXAMPLES).prop_map(|(kind, _)| kind.as_str().to_owned()),
        "(image|audio|video|text|application|font)/[a-z+.]{0,12}",
        "\\PC{0,40}",
    ]
}

proptest! {
    #[test]
    fn a86_only_the_first_64_bytes_matter_and_nothing_panics(
        first in first_bytes(),
        other in first_bytes(),
        media_type in media_type(),
    ) {
        let head = &first[..first.len().min(SNIFF_BYTES)];
        prop_assert_eq!(sniff(&first), sniff(head));
        prop_assert_eq!(contradicts(&media_type, &first), contradicts(&media_type, head));
        if head.len() == SNIFF_BYTES {
            let longer = [head, &other].concat();
            prop_assert_eq!(sniff(&longer), sniff(head));
        }
    }

    #[test]
    fn a30_no_text_contradicts_text(text in text(), subtype in "(plain|csv|markdown|x-[a-z]{1,8})") {
        prop_assert_eq!(contradicts(&format!("text/{subtype}"), text.as_bytes()), None);
    }

    #[test]
    fn a30_nothing_contradicts_what_it_looks_like(first in first_bytes()) {
        if let Some(kind) = sniff(&first) {
            prop_assert_eq!(contradicts(kind.as_str(), &first), None);
        }
    }
}
