//! The parsed request types: each accepts what its rule allows; its error states that rule and never echoes
//! the input.

use crowfly_contract::{
    BoundedMetadata, ByteSize, Crc64Nvme, FileName, FirstParts, FolderPath, MediaType, Metadata,
    MetadataError, NameError, PartNumber, PartToSign, PathError, UploadId,
};
use serde_json::json;

/// The error of reading `json` as `T`, which must not contain any of the input.
fn refused<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> String {
    let sent = json.to_string();
    match serde_json::from_value::<T>(json) {
        Ok(_) => panic!("{sent} was read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a23_a25_names_are_read_by_parsing() {
    let read = |name: &str| serde_json::from_value::<FileName>(name.into());
    assert_eq!(read("여름 1.WEBM").unwrap().as_str(), "여름 1.WEBM");
    assert_eq!("".parse::<FileName>(), Err(NameError::Empty));
    for bad in ["a\nb", "a\u{2028}b", "\u{fffe}", "\0"] {
        assert_eq!(bad.parse::<FileName>(), Err(NameError::Character));
        assert_eq!(
            refused::<FileName>(bad.into()),
            NameError::Character.to_string()
        );
    }
    for bad in [json!(1), json!(null), json!(["a"]), json!({"a": "b"})] {
        assert_eq!(refused::<FileName>(bad), NameError::NotText.to_string());
    }
}

#[test]
fn a24_folders_are_relative_and_cleaned() {
    let cases = [
        ("photos/2026", "photos/2026"),
        ("", ""),
        ("/", ""),
        ("/photos//2026/", "photos/2026"),
        ("./photos/./2026/.", "photos/2026"),
        ("photos\\2026\\", "photos/2026"),
        ("C:\\Users\\me", "C:/Users/me"),
        ("...", "..."),
        (".git/..a/a..", ".git/..a/a.."),
        (" a /b", " a /b"),
        // Nothing visible is left: as the name `file`.
        ("a/ /b", "a/folder/b"),
        ("a/\u{3164}", "a/folder"),
        ("a/\u{200b}/b", "a/b"),
        ("\u{202e}gpj/a\u{feff}b", "gpj/ab"),
        ("שלום/👩\u{200d}👧", "שלום/👩\u{200d}👧"),
    ];
    for (given, cleaned) in cases {
        let path: FolderPath = serde_json::from_value(given.into()).unwrap();
        assert_eq!(path.as_str(), cleaned, "{given:?}");
        assert_eq!(path.as_str().parse(), Ok(path.clone()), "{given:?}");
        assert_eq!(String::from(path), cleaned);
    }
}

#[test]
fn a24_a25_folders_that_lead_elsewhere_or_hide_something_are_refused() {
    let parents = [
        "..",
        "../a",
        "a/../b",
        "a/..",
        "a\\..\\b",
        "a/.\u{200b}./b",
        "a/.\u{200d}.",
        "a/.. /b",
        "/..",
    ];
    for parent in parents {
        let refused = refused::<FolderPath>(parent.into());
        assert_eq!(refused, PathError::Parent.to_string(), "{parent:?}");
    }
    for bad in ["a\nb", "a/\0", "\u{2028}", "a/\u{fffe}", "\u{7f}/b"] {
        assert_eq!(bad.parse::<FolderPath>(), Err(PathError::Character));
    }
    for bad in [json!(1), json!(["a"]), json!({"a": "b"}), json!(true)] {
        assert_eq!(refused::<FolderPath>(bad), PathError::NotText.to_string());
    }
    assert_eq!(
        PathError::TooLong.to_string(),
        "a path must have at most 700 bytes of UTF-8"
    );
}

#[test]
fn a22_a33_numbers_lie_in_their_range() {
    let size = "a size in bytes must be an integer from 0 to 9007199254740991";
    for bad in [
        json!(-1),
        json!(0.5),
        json!(-0.0),
        json!(1e30),
        json!("sixty"),
        json!(null),
        json!(true),
        json!([1]),
        json!(9_007_199_254_740_992u64),
    ] {
        assert_eq!(refused::<ByteSize>(bad), size);
    }
    let part = "a part number must be an integer from 1 to 10000";
    for bad in [
        json!(0),
        json!(10_001),
        json!(4_294_967_297u64),
        json!("1"),
        json!(1.5),
    ] {
        assert_eq!(refused::<PartNumber>(bad), part);
    }
    for good in [0, 9_007_199_254_740_991u64] {
        let read: ByteSize = serde_json::from_value(good.into()).unwrap();
        assert_eq!(read, ByteSize::new(good).unwrap());
        assert_eq!(serde_json::to_value(read).unwrap(), good);
    }
    assert_eq!(PartNumber::new(10_000).unwrap().get(), 10_000);
}

#[test]
fn a29_types_have_no_parameters() {
    let read: MediaType = serde_json::from_value("video/webm".into()).unwrap();
    assert_eq!(read.as_str(), "video/webm");
    assert_eq!(serde_json::to_value(read).unwrap(), "video/webm");
    for bad in [
        json!("Video/WebM"),
        json!("video/webm;codecs=vp9"),
        json!("비디오/웹"),
        json!(7),
        json!(null),
    ] {
        assert_eq!(
            refused::<MediaType>(bad),
            "a media type must be `type/subtype` in lower case without parameters, such as video/webm"
        );
    }
}

#[test]
fn a31_metadata_is_a_small_map_of_printable_text() {
    let many: serde_json::Value = (0..33).map(|n| (n.to_string(), "x")).collect();
    for (bad, error) in [
        (json!("여름"), MetadataError::NotTexts),
        (json!({"a": 1}), MetadataError::NotTexts),
        (json!({"a": {"b": ["c"]}}), MetadataError::NotTexts),
        (json!({"": "x"}), MetadataError::Key),
        (json!({"k".repeat(65): "x"}), MetadataError::Key),
        (json!({"a": "b\r\nc"}), MetadataError::Character),
        (json!({"a": "x".repeat(2048)}), MetadataError::TooLong),
        (many, MetadataError::Entries),
    ] {
        assert_eq!(refused::<BoundedMetadata>(bad), error.to_string());
    }
    // U6: what only hides or reorders is removed, and two keys must differ in what is left.
    let marked = json!({"al\u{200b}bum": "a\u{202e}b\u{feff}", "b": "x\u{200f}y"});
    let read: BoundedMetadata = serde_json::from_value(marked).unwrap();
    let read = serde_json::to_value(Metadata::from(read)).unwrap();
    assert_eq!(read, json!({"album": "ab", "b": "x\u{200f}y"}));
    for twins in [
        json!({"a": "1", "\u{200b}a": "2"}),
        json!({"\u{feff}": "1"}),
    ] {
        let error = MetadataError::Key.to_string();
        assert_eq!(refused::<BoundedMetadata>(twins), error);
    }
    let good = json!({"album": "여름 😀", "a": "x".repeat(2000)});
    let read: BoundedMetadata = serde_json::from_value(good.clone()).unwrap();
    assert_eq!(serde_json::to_value(Metadata::from(read)).unwrap(), good);
}

/// Ids and checksums state their form too, whatever the input.
#[test]
fn ids_and_checksums_refuse_in_their_own_words() {
    for bad in [json!(1), json!("여름"), json!(null), json!({"a": "b"})] {
        assert_eq!(
            refused::<UploadId>(bad.clone()),
            "an upload id must be a ULID: 26 upper-case Crockford base32 characters"
        );
        assert_eq!(
            refused::<Crc64Nvme>(bad),
            "a CRC64NVME must be base64 of 8 big-endian bytes, 12 characters long"
        );
    }
}

#[test]
fn a33_first_parts_are_numbered_from_1_without_a_gap() {
    let crc = "rosUhgp5mIg=";
    let part = |number: u32| json!({"number": number});
    let read = |list| serde_json::from_value::<FirstParts>(list);
    let two = read(json!([{"number": 1, "crc64nvme": crc}, part(2)])).unwrap();
    assert_eq!(
        two.iter().map(|part| part.number).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(two[0].crc64nvme.unwrap().to_string(), crc);
    assert!(read(json!(null)).unwrap().is_empty());
    assert!(read(json!([])).unwrap().is_empty());
    let seven = PartToSign {
        number: 7,
        crc64nvme: None,
        size: None,
    };
    let rule = FirstParts::new(vec![seven]).unwrap_err().to_string();
    let up_to = |last: u32| (1..=last).map(part).collect::<Vec<_>>();
    assert_eq!(read(json!(up_to(6))).unwrap().len(), 6);
    for bad in [
        json!(up_to(7)),
        json!([part(2)]),
        json!([part(1), part(3)]),
        json!([part(1), part(1)]),
        json!([part(2), part(1)]),
        json!([part(0)]),
        json!([{"number": 1, "crc64nvme": "secret"}]),
        json!([{"number": 1, "secret": 1}]),
        json!([{"number": "secret"}]),
        json!([{"number": 1, "size": 1}]),
        json!(["secret"]),
        json!({"number": 1}),
        json!("secret"),
    ] {
        assert_eq!(refused::<FirstParts>(bad), rule);
    }
}
