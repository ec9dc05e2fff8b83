//! The names of media types, and which of them a browser could run.

use crowfly_contract::{is_media_type, is_refused, served_type, standard_type};

/// A standard name, and others under which systems and browsers report it.
const NAMES: &[(&str, &[&str])] = &[
    (
        "image/jpeg",
        &["image/jpg", "image/pjpeg", "image/jfif", "IMAGE/JPG"],
    ),
    ("image/png", &["image/x-png"]),
    (
        "image/bmp",
        &["image/x-ms-bmp", "image/x-bmp", "image/x-windows-bmp"],
    ),
    ("image/tiff", &["image/tif", "image/x-tiff"]),
    (
        "image/x-icon",
        &["image/vnd.microsoft.icon", "image/ico", "text/ico"],
    ),
    (
        "image/vnd.adobe.photoshop",
        &["image/x-photoshop", "application/x-photoshop"],
    ),
    (
        "audio/wav",
        &[
            "audio/x-wav",
            "audio/wave",
            "audio/vnd.wave",
            "audio/x-pn-wav",
        ],
    ),
    (
        "audio/mpeg",
        &["audio/mp3", "audio/x-mp3", "audio/x-mpeg", "audio/mpeg3"],
    ),
    (
        "audio/mp4",
        &["audio/x-m4a", "audio/m4a", "audio/mp4a-latm"],
    ),
    (
        "audio/aac",
        &["audio/x-aac", "audio/aacp", "audio/vnd.dlna.adts"],
    ),
    ("audio/flac", &["audio/x-flac"]),
    ("audio/aiff", &["audio/x-aiff", "audio/x-aifc"]),
    ("audio/midi", &["audio/mid", "audio/x-midi"]),
    ("audio/amr", &["audio/x-amr"]),
    ("application/ogg", &["application/x-ogg"]),
    ("video/mp4", &["video/x-m4v", "video/mp4v-es"]),
    ("video/quicktime", &["video/mov"]),
    (
        "video/x-msvideo",
        &["video/avi", "video/msvideo", "video/vnd.avi"],
    ),
    ("video/matroska", &["video/x-matroska"]),
    ("video/mp2t", &["video/vnd.dlna.mpeg-tts"]),
    ("video/mpeg", &["video/mpg", "video/x-mpeg2"]),
    (
        "application/zip",
        &[
            "application/x-zip-compressed",
            "application/x-zip",
            "multipart/x-zip",
        ],
    ),
    (
        "application/gzip",
        &["application/x-gzip", "application/x-compressed-tar"],
    ),
    (
        "application/vnd.rar",
        &["application/x-rar", "application/x-rar-compressed"],
    ),
    (
        "application/x-7z-compressed",
        &["application/x-7z", "application/7z"],
    ),
    (
        "application/x-bzip2",
        &["application/x-bzip", "application/bzip2"],
    ),
    ("application/x-xz", &["application/xz"]),
    ("application/zstd", &["application/x-zstd"]),
    (
        "application/x-tar",
        &["application/tar", "application/x-gtar"],
    ),
    (
        "application/pdf",
        &["application/x-pdf", "text/pdf", "image/pdf"],
    ),
    ("application/rtf", &["text/rtf", "application/x-rtf"]),
    (
        "application/msword",
        &["application/vnd.ms-word", "application/doc"],
    ),
    (
        "application/vnd.ms-excel",
        &["application/msexcel", "application/xls"],
    ),
    (
        "application/vnd.ms-powerpoint",
        &["application/mspowerpoint"],
    ),
    ("application/epub+zip", &["application/epub"]),
    ("application/json", &["text/json", "application/x-json"]),
    (
        "text/csv",
        &[
            "text/x-csv",
            "application/csv",
            "text/comma-separated-values",
        ],
    ),
    ("text/plain", &["text/txt", "application/txt"]),
    ("text/markdown", &["text/x-markdown"]),
    ("text/vcard", &["text/x-vcard"]),
    (
        "font/woff",
        &["application/font-woff", "application/x-font-woff"],
    ),
    ("font/woff2", &["application/font-woff2"]),
    ("font/ttf", &["application/x-font-ttf", "font/x-ttf"]),
    (
        "font/otf",
        &["application/x-font-otf", "application/vnd.ms-opentype"],
    ),
    (
        "model/stl",
        &["application/sla", "application/vnd.ms-pki.stl"],
    ),
    (
        "application/gpx+xml",
        &["application/gpx", "application/x-gpx+xml"],
    ),
    (
        "application/octet-stream",
        &["binary/octet-stream", "application/x-download"],
    ),
    (
        "text/javascript",
        &["application/javascript", "application/x-javascript"],
    ),
    ("application/xml", &["text/xml"]),
    ("image/svg+xml", &["image/svg", "image/svg-xml"]),
];

#[test]
fn u3_a_type_has_one_name_whatever_a_system_calls_it() {
    for (name, others) in NAMES {
        assert_eq!(standard_type(name), *name);
        for other in *others {
            assert_eq!(standard_type(other), *name, "{other}");
        }
    }
    for own in [
        "video/x-unheard-of",
        "",
        "image",
        "Text/X-Own",
        "application/vnd.ms-excel.x",
    ] {
        assert_eq!(standard_type(own), own);
    }
}

/// Every name ever recognised, one type per line, canonical name first.
const KNOWN: &str = include_str!("media_names.txt");

#[test]
fn u3_no_name_that_was_recognised_is_lost() {
    for line in KNOWN.lines() {
        let standard = line.split(' ').next().unwrap();
        for name in line.split(' ') {
            assert_eq!(standard_type(name), standard, "{name}");
            assert_eq!(standard_type(&name.to_ascii_uppercase()), standard);
        }
    }
}

#[test]
fn u3_a_name_of_a_type_that_runs_is_refused_as_the_type_is() {
    for refused in [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "image/svg+xml",
        "image/svg",
        "application/xhtml+xml",
        "application/xslt+xml",
        "text/xsl",
        "application/mathml+xml",
        "text/mathml",
        "text/xml",
        "application/xml",
        "text/javascript",
        "text/javascript1.5",
        "application/x-javascript",
        "text/ecmascript",
        "text/vbscript",
        "application/x-shockwave-flash",
        "application/vnd.mozilla.xul+xml",
        "application/hta",
        "multipart/related",
        "multipart/x-mixed-replace",
        "message/rfc822",
    ] {
        assert!(is_refused(refused), "{refused}");
        assert_eq!(served_type(refused), "application/octet-stream");
    }
    for taken in [
        "application/gpx+xml",
        "model/vnd.collada+xml",
        "application/pdf",
        "text/css",
    ] {
        assert!(!is_refused(taken), "{taken}");
    }
}

#[test]
fn u4_xml_is_given_out_as_bytes() {
    for xml in [
        "application/gpx+xml",
        "application/vnd.google-earth.kml+xml",
        "application/rss+xml",
        "Application/Atom+XML; charset=utf-8",
        "model/vnd.collada+xml",
        "application/vnd.oasis.opendocument.text-flat-xml",
        "video/webm, text/html",
        "",
        "webm",
        "a b/c",
    ] {
        assert_eq!(served_type(xml), "application/octet-stream", "{xml}");
    }
    for plain in ["video/webm", "text/plain; charset=utf-8", "Image/PNG"] {
        assert_eq!(served_type(plain), plain);
    }
}

#[test]
fn a29_only_a_plain_type_is_well_formed() {
    let long = format!("video/{}", "x".repeat(122));
    for text in [
        "",
        "video",
        "/",
        "video/",
        "/webm",
        "video/webm/x",
        "Video/webm",
        "video/WEBM",
        "video/webm ",
        " video/webm",
        "video/webm;codecs=vp9",
        "video/webm\r\nx-amz-acl: public-read",
        "video/wébm",
        "video/webm, text/html",
        "*/*",
        "video/*",
        "a b/c",
        "\"video\"/webm",
        &long,
    ] {
        assert!(!is_media_type(text), "{text:?}");
    }
    for text in [
        "video/webm",
        "application/vnd.ms-excel",
        "image/svg+xml",
        "application/x-7z_1!#$&^",
    ] {
        assert!(is_media_type(text), "{text}");
    }
    assert!(is_media_type(&long[..127]));
}

/// The upload handler in TypeScript has a list of its own, and is held to this file too.
#[test]
fn a28_both_servers_of_the_contract_refuse_the_same_types() {
    let file: serde_json::Value = serde_json::from_str(include_str!("refused_types.json")).unwrap();
    for (list, refused) in [("refused", true), ("taken", false)] {
        let types = file[list].as_array().unwrap();
        assert!(types.len() > 20, "{list}");
        for one in types {
            let one = one.as_str().unwrap();
            assert!(is_media_type(one), "{one}");
            assert_eq!(is_refused(one), refused, "{one}");
        }
    }
}
