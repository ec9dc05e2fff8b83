//! First bytes of files.

use crowfly_contract::Kind;

pub(crate) const WEBM: &[u8] =
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm";
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
pub(crate) const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";
pub(crate) const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
pub(crate) const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
pub(crate) const HTML: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
pub(crate) const GPX: &[u8] = b"<?xml version=\"1.0\"?><gpx version=\"1.1\">";
pub(crate) const TEXT: &[u8] = b"All the world's a stage, and all the men and women merely players";

/// One example of each kind, by bytes as real files start.
pub(crate) const EXAMPLES: &[(Kind, &[u8])] = &[
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
    (Kind::Psd, b"8BPS\0\x01\0\0\0\0\0\0\0\x03"),
    (Kind::Jxl, b"\0\0\0\x0cJXL \r\n\x87\n"),
    (Kind::Jp2, b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 "),
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
    (Kind::Amr, b"#!AMR\n\x3c\x08\x9f\x70"),
    (Kind::Amr, b"#!AMR-WB\n\x04\x10\x20"),
    (Kind::Amr, b"#!AMR_MC1.0\n\0\0\0\x02"),
    (Kind::Amr, b"#!AMR-WB_MC1.0\n\0\0\0\x02"),
    (Kind::Silk, b"#!SILK_V3\x0c\0\xb9"),
    (Kind::Silk, b"\x02#!SILK_V3\x0c\0\xb9"),
    (Kind::Aiff, b"FORM\0\0\x10\0AIFFCOMM"),
    (Kind::Aiff, b"FORM\0\0\x10\0AIFCFVER"),
    (Kind::Midi, b"MThd\0\0\0\x06\0\x01\0\x02"),
    (Kind::Flv, b"FLV\x01\x05\0\0\0\x09"),
    (
        Kind::Asf,
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c",
    ),
    (Kind::MpegVideo, b"\0\0\x01\xba\x44\0\x04\0"),
    (Kind::MpegVideo, b"\0\0\x01\xb3\x14\0\xf0\x13"),
    (Kind::Pdf, b"%PDF-1.7\n"),
    (
        Kind::Ole,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0",
    ),
    (Kind::Rtf, b"{\\rtf1\\ansi\\deff0 {\\fonttbl"),
    (Kind::Zip, ZIP),
    (Kind::Zip, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    (Kind::Gzip, b"\x1f\x8b\x08\0\0\0\0\0"),
    (Kind::SevenZip, b"7z\xbc\xaf\x27\x1c\0\x04"),
    (Kind::Rar, b"Rar!\x1a\x07\x01\0"),
    (Kind::Xz, b"\xfd7zXZ\0\0\x04"),
    (Kind::Bzip2, b"BZh91AY&SY"),
    (Kind::Zstd, b"\x28\xb5\x2f\xfd\x04\x58"),
    (Kind::Sfnt, b"\0\x01\0\0\0\x12\x01\0\0\x04\0\x20"),
    (Kind::Sfnt, b"OTTO\0\x0b\0\x80\0\x03\0\x30"),
    (Kind::Sfnt, b"ttcf\0\x01\0\0\0\0\0\x02"),
    (Kind::Woff, b"wOFF\0\x01\0\0\0\0\x42\x8c"),
    (Kind::Woff2, b"wOF2\0\x01\0\0\0\0\x32\x1c"),
    (Kind::Markup, HTML),
    (Kind::Xml, b"<?xml version=\"1.0\"?><svg/>"),
    (Kind::Script, b"#!/bin/sh\n"),
    (Kind::Script, b"#! /usr/bin/env python3\n"),
    (Kind::Script, b"#!env node\n"),
    (Kind::Script, b"<?php echo 1;"),
    (Kind::Program, EXE),
    (Kind::Program, b"\x7fELF\x02\x01\x01"),
    (Kind::Program, b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
    (Kind::Program, b"\xca\xfe\xba\xbe\0\0\0\x34"),
    (
        Kind::Program,
        b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
    ),
    (Kind::Program, b"\0asm\x01\0\0\0"),
];
