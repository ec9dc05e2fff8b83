//! The results and events of the example scanner.

use crowfly_example_scanner::{Found, Object, Search, detail};
use proptest::prelude::*;
use serde_json::json;

/// The EICAR test file, assembled here so that scanners do not flag this file.
fn eicar() -> Vec<u8> {
    let halves = [
        "X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ];
    halves.concat().into_bytes()
}

fn event() -> serde_json::Value {
    json!({"version": "0", "source": "aws.s3", "detail-type": "Object Created", "detail": {
        "bucket": {"name": "films"}, "object": {"key": "uploads/a b+c.webm", "size": 68, "etag": "e",
        "version-id": "v", "sequencer": "A1"}, "reason": "PutObject"}})
}

#[test]
fn a85_the_test_file_is_found_and_other_files_are_not() {
    assert_eq!(eicar().len(), 68);
    for (bytes, found) in [
        (eicar(), true),
        ([b"before ".as_slice(), &eicar(), b" behind"].concat(), true),
        (eicar()[1..].to_vec(), false),
        (eicar().to_ascii_lowercase(), false),
        (b"a clean file".to_vec(), false),
        (Vec::new(), false),
    ] {
        assert_eq!(Search::default().feed(&bytes), found);
    }
}

#[test]
fn an_event_of_s3_names_an_object() {
    let object = Object::from_event(&event()).unwrap();
    assert_eq!(
        (
            object.bucket.as_str(),
            object.key.as_str(),
            object.etag.as_str()
        ),
        ("films", "uploads/a b+c.webm", "e")
    );
    assert_eq!(object.version_id.as_deref(), Some("v"));
    for (pointer, value) in [("/source", "aws.ec2"), ("/detail-type", "Object Deleted")] {
        let mut other = event();
        *other.pointer_mut(pointer).unwrap() = value.into();
        assert_eq!(Object::from_event(&other), None);
    }
    assert_eq!(Object::from_event(&json!(null)), None);
}

#[test]
fn a_result_has_the_shape_of_guardduty() {
    let object = Object::from_event(&event()).unwrap();
    let published = detail(&object, Found::Threats);
    assert_eq!(published["s3ObjectDetails"]["bucketName"], "films");
    assert_eq!(
        published["s3ObjectDetails"]["objectKey"],
        "uploads/a b+c.webm"
    );
    assert_eq!(published["s3ObjectDetails"]["eTag"], "e");
    assert_eq!(published["s3ObjectDetails"]["versionId"], "v");
    assert_eq!(published["scanStatus"], "COMPLETED");
    assert_eq!(
        published["scanResultDetails"]["scanResultStatus"],
        "THREATS_FOUND"
    );
    let skipped = detail(&object, Found::Unsupported);
    assert_eq!(skipped["scanStatus"], "SKIPPED");
}

proptest! {
    #[test]
    fn a85_chunks_of_any_size_hide_nothing(
        before in prop::collection::vec(any::<u8>(), 0..200),
        behind in prop::collection::vec(any::<u8>(), 0..200),
        sizes in prop::collection::vec(1..40_usize, 1..10),
    ) {
        let file = [before, eicar(), behind].concat();
        let mut search = Search::default();
        let (mut rest, mut found) = (file.as_slice(), false);
        for size in sizes.iter().cycle() {
            let (piece, more) = rest.split_at((*size).min(rest.len()));
            found = search.feed(piece);
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert!(found);
    }
}
