//! Typical files.

/// The first bytes of files, and the media types under which systems and browsers report them, the
/// standard name first.
pub(crate) const FILES: &[(&str, &[u8])] = &[
    (
        "image/jpeg image/jpg image/pjpeg",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
    ),
    ("image/png image/x-png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("image/gif", b"GIF89a\x01\0\x01\0"),
    ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
    ("image/heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
    ("image/avif", b"\0\0\0\x1cftypavif\0\0\0\0"),
    ("image/jxl", b"\xff\x0a\xfa\x7f\x01"),
    ("image/bmp image/x-ms-bmp", b"BM\x36\0\x0c\0\0\0\0\0\x36\0"),
    ("image/tiff image/tif", b"II*\0\x08\0\0\0"),
    (
        "image/x-icon image/vnd.microsoft.icon",
        b"\0\0\x01\0\x01\0\x10\x10",
    ),
    ("image/x-icon", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    (
        "image/vnd.adobe.photoshop image/x-photoshop",
        b"8BPS\0\x01\0\0",
    ),
    ("image/x-canon-cr2", b"II*\0\x10\0\0\0CR\x02\0"),
    ("image/x-adobe-dng", b"MM\0*\0\0\0\x08"),
    (
        "video/mp4 video/x-m4v",
        b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41",
    ),
    ("video/quicktime", b"\0\0\0\x14ftypqt  \0\0\0\0"),
    ("video/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01"),
    (
        "video/matroska video/x-matroska",
        b"\x1aE\xdf\xa3\xa3B\x86\x81\x01",
    ),
    (
        "video/x-msvideo video/avi video/msvideo",
        b"RIFF\x24\0\0\0AVI LIST",
    ),
    ("video/mpeg video/mpg", b"\0\0\x01\xba\x44\0\x04\0"),
    ("video/mp2t video/vnd.dlna.mpeg-tts", b"G@\0\x10\0\0\xb0\r"),
    ("video/3gpp", b"\0\0\0\x18ftyp3gp4\0\0\0\0"),
    ("video/x-flv", b"FLV\x01\x05\0\0\0\x09"),
    (
        "video/x-ms-wmv",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
    ),
    ("video/ogg", b"OggS\0\x02\0\0"),
    ("application/ogg application/x-ogg", b"OggS\0\x02\0\0"),
    ("application/mp4", b"\0\0\0\x20ftypisom\0\0\x02\0"),
    ("application/mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
    ("audio/mpeg audio/mp3 audio/x-mp3", b"ID3\x04\0\0\0\0\0\x23"),
    ("audio/mpeg", b"\xff\xfb\x90\x64\0\0"),
    ("audio/mpeg", b"\0\0\0\x1cftypM4A \0\0\0\0"),
    (
        "audio/mp4 audio/x-m4a audio/m4a",
        b"\0\0\0\x1cftypM4A \0\0\0\0",
    ),
    (
        "audio/aac audio/x-aac audio/vnd.dlna.adts",
        b"\xff\xf1\x50\x80\0\0",
    ),
    (
        "audio/wav audio/x-wav audio/wave audio/vnd.wave",
        b"RIFF\x24\0\0\0WAVEfmt ",
    ),
    ("audio/wav", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01"),
    ("audio/ogg audio/x-opus+ogg", b"OggS\0\x02\0\0"),
    ("audio/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01"),
    ("audio/flac audio/x-flac", b"fLaC\0\0\0\x22"),
    ("audio/aiff audio/x-aiff", b"FORM\0\0\x10\0AIFFCOMM"),
    ("audio/midi audio/mid audio/x-midi", b"MThd\0\0\0\x06\0\x01"),
    ("audio/amr audio/x-amr", b"#!AMR\n\x3c\x08\x9f"),
    ("audio/amr-wb", b"#!AMR-WB\n\x04\x10"),
    (
        "audio/x-ms-wma audio/wma",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
    ),
    ("text/plain", b"#!/bin/sh\necho a script is text\n"),
    ("text/plain", b"<html>so is this</html>"),
    ("text/plain", b"\xff\xfeT\0e\0x\0t\0"),
    (
        "text/csv text/x-csv application/csv text/comma-separated-values",
        b"name;age\r\nAnna;7\r\n",
    ),
    ("application/vnd.ms-excel", b"name;age\r\nAnna;7\r\n"),
    (
        "text/markdown text/x-markdown",
        b"<h1 align=center>Crowfly</h1>\n",
    ),
    ("text/calendar", b"BEGIN:VCALENDAR\r\n"),
    ("text/vcard text/x-vcard", b"BEGIN:VCARD\r\nVERSION:4.0\r\n"),
    ("text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\n"),
    (
        "application/x-subrip",
        b"1\r\n00:00:00,000 --> 00:00:01,000\r\n",
    ),
    (
        "application/json text/json",
        b"{\"type\": \"FeatureCollection\"}",
    ),
    ("application/geo+json", b"{\"type\": \"FeatureCollection\"}"),
    (
        "application/pdf application/x-pdf",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    ),
    ("application/rtf text/rtf", b"{\\rtf1\\ansi\\deff0"),
    (
        "application/epub+zip",
        b"PK\x03\x04\n\0\0\0\0\0\0\0\0\0oa\xab,\x14\0\0\0\x14\0\0\0\x08\0\0\0mimetype",
    ),
    (
        "application/msword application/vnd.ms-word",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0",
    ),
    ("application/msword", b"{\\rtf1\\ansi\\deff0"),
    (
        "application/vnd.ms-excel application/msexcel",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0",
    ),
    (
        "application/vnd.ms-excel",
        b"<html><body><table><tr><td>1</td></tr></table>",
    ),
    (
        "application/vnd.ms-powerpoint",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0",
    ),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ),
    (
        "application/vnd.ms-excel.sheet.macroenabled.12",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.ms-word.document.macroenabled.12",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        b"PK\x03\x04\x14\0\x06\0\x08\0",
    ),
    (
        "application/vnd.oasis.opendocument.text",
        b"PK\x03\x04\x14\0\0\x08\0\0",
    ),
    (
        "application/vnd.oasis.opendocument.spreadsheet",
        b"PK\x03\x04\x14\0\0\x08\0\0",
    ),
    (
        "application/vnd.oasis.opendocument.presentation",
        b"PK\x03\x04\x14\0\0\x08\0\0",
    ),
    (
        "application/vnd.oasis.opendocument.text-flat-xml",
        b"<?xml version=\"1.0\"?><office:document",
    ),
    ("application/vnd.apple.pages", b"PK\x03\x04\x14\0\0\0\0\0"),
    ("application/vnd.apple.numbers", b"PK\x03\x04\x14\0\0\0\0\0"),
    ("application/vnd.apple.keynote", b"PK\x03\x04\x14\0\0\0\0\0"),
    (
        "application/zip application/x-zip-compressed application/x-zip",
        b"PK\x03\x04\x14\0\0\0\x08\0",
    ),
    (
        "application/gzip application/x-gzip application/x-tgz",
        b"\x1f\x8b\x08\0\0\0\0\0",
    ),
    (
        "application/x-7z-compressed application/x-7z",
        b"7z\xbc\xaf\x27\x1c\0\x04",
    ),
    (
        "application/vnd.rar application/x-rar application/x-rar-compressed",
        b"Rar!\x1a\x07\x01\0",
    ),
    (
        "application/x-tar application/x-gtar",
        b"MZ_report.txt\0\0\0\0\0\0\0\0",
    ),
    (
        "application/x-bzip2 application/x-bzip application/bzip2",
        b"BZh91AY&SY",
    ),
    ("application/x-xz application/xz", b"\xfd7zXZ\0\0\x04"),
    (
        "application/zstd application/x-zstd",
        b"\x28\xb5\x2f\xfd\x04\x58",
    ),
    ("font/ttf application/x-font-ttf", b"\0\x01\0\0\0\x12\x01\0"),
    ("font/otf application/vnd.ms-opentype", b"OTTO\0\x0b\0\x80"),
    ("font/woff application/font-woff", b"wOFF\0\x01\0\0"),
    ("font/woff2", b"wOF2\0\x01\0\0"),
    ("application/vnd.ms-fontobject", b"\xa8\x5a\0\0\xe6\x59\0\0"),
    ("model/gltf-binary", b"glTF\x02\0\0\0"),
    ("model/gltf+json", b"{\"asset\": {}}"),
    (
        "model/stl application/sla application/vnd.ms-pki.stl",
        b"solid cube\n  facet normal 0 0 1\n",
    ),
    ("model/obj", b"# Blender\nmtllib a.mtl\n"),
    ("model/3mf", b"PK\x03\x04\x14\0\0\0\x08\0"),
    ("model/vnd.collada+xml", b"<?xml version=\"1.0\"?><COLLADA"),
    (
        "application/gpx+xml application/gpx",
        b"<?xml version=\"1.0\"?><gpx/>",
    ),
    (
        "application/vnd.google-earth.kml+xml",
        b"<?xml version=\"1.0\"?><kml/>",
    ),
    (
        "application/vnd.google-earth.kmz",
        b"PK\x03\x04\x14\0\0\0\x08\0",
    ),
    ("application/rss+xml", b"<?xml version=\"1.0\"?><rss/>"),
    (
        "application/dash+xml video/vnd.mpeg.dash.mpd",
        b"<?xml version=\"1.0\"?><MPD/>",
    ),
    ("application/atom+xml", b"<?xml version=\"1.0\"?><feed/>"),
    (
        "application/vnd.apple.mpegurl application/x-mpegurl",
        b"#EXTM3U\n",
    ),
    (
        "application/octet-stream binary/octet-stream",
        b"MZ\x90\0\x03\0\0\0\x04\0",
    ),
];
