//! The validated values: what they accept, and that they read back what they write.

use crowfly_contract::{
    Crc64Nvme, CreateResult, KeyError, ObjectKey, OwnerId, Record, RecordOf, StatusEntryOf,
    StorageKey, Stored, UploadId,
};
use proptest::prelude::*;

const ID: &str = "01JD7ZK3V8Q2X5N6R9T0W1Y4AB";
const OWNER: &str = "zjn67vy4s4onaae2deltmf3fv5";

/// Base64 as written in RFC 4648, for any bytes. https://www.rfc-editor.org/rfc/rfc4648#section-4
fn base64(bytes: &[u8]) -> String {
    let digits: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['+', '/'])
        .collect();
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let bits: u32 = (0..3)
                .map(|n| u32::from(*chunk.get(n).unwrap_or(&0)) << (16 - 8 * n))
                .sum();
            let digit = |n: usize| digits[(bits >> (18 - 6 * n)) as usize & 63];
            (0..4)
                .map(move |n| if n <= chunk.len() { digit(n) } else { '=' })
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn ids_are_canonical_ulids() {
    assert_eq!(ID.parse::<UploadId>().unwrap().to_string(), ID);
    assert_eq!(UploadId::from_parts(0, 0).to_string(), "0".repeat(26));
    assert_eq!(
        UploadId::from_parts(u64::MAX, u128::MAX).to_string(),
        format!("7{}", "Z".repeat(25))
    );
    // The example of the ULID specification, its time and its randomness.
    let example = UploadId::from_parts(1_469_918_176_385, 0x0d61_3c21_4e2f_c0f0_3e46);
    assert!(example.to_string().starts_with("01ARYZ6S41"), "{example}");
    for bad in [
        "",
        "0",
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01jd7zk3v8q2x5n6r9t0w1y4ab",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4A",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4ABC",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4AI",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4AL",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4AO",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4AU",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4A ",
        "01JD7ZK3V8Q2X5N6R9T0W1Y4é",
    ] {
        assert!(bad.parse::<UploadId>().is_err(), "{bad}");
    }
}

#[test]
fn checksums_are_canonical_base64_of_eight_bytes() {
    assert_eq!(
        Crc64Nvme::new(0xae8b_1486_0a79_9888).to_string(),
        "rosUhgp5mIg="
    );
    assert_eq!(Crc64Nvme::new(0).to_string(), "AAAAAAAAAAA=");
    assert_eq!(Crc64Nvme::new(u64::MAX).to_string(), "//////////8=");
    for bad in [
        "",
        "AAAAAA==",
        "AAAAAAAAAAA",
        "AAAAAAAAAAAA",
        "AAAAAAAAAAB=",
        "AAAAAAAAAAA==",
        "AAAAAAAAAA==",
        " AAAAAAAAAA=",
        "AAAAAAAAA-A=",
        "AAAAAAAAA_A=",
        "AAAAA=AAAAA=",
        "\u{0}AAAAAAAAAA=",
    ] {
        assert!(bad.parse::<Crc64Nvme>().is_err(), "{bad}");
    }
}

#[test]
fn owners_are_26_digits_of_lower_case_base32() {
    assert_eq!(OWNER.parse::<OwnerId>().unwrap().as_str(), OWNER);
    for bad in [
        "",
        "a",
        "zjn67vy4s4onaae2deltmf3fv1",
        "ZJN67VY4S4ONAAE2DELTMF3FV5",
        "zjn67vy4s4onaae2deltmf3fv/",
    ] {
        assert!(bad.parse::<OwnerId>().is_err(), "{bad}");
    }
}

#[test]
fn a24_a93_keys_are_ours_or_nothing() {
    let key: ObjectKey = format!("uploads/{OWNER}/{ID}/a b.webm").parse().unwrap();
    assert_eq!(
        (
            key.owner().as_str(),
            key.id().to_string().as_str(),
            key.name()
        ),
        (OWNER, ID, "a b.webm")
    );
    assert_eq!(key.folders(), None);
    let deep: ObjectKey = format!("uploads/{OWNER}/{ID}/a/b c/d.webm")
        .parse()
        .unwrap();
    assert_eq!((deep.folders(), deep.name()), (Some("a/b c"), "d.webm"));
    let long = "n".repeat(201);
    for bad in [
        String::new(),
        "uploads".to_owned(),
        format!("uploads/{OWNER}/{ID}"),
        format!("uploads/{OWNER}/{ID}/"),
        format!("uploads/{OWNER}/{ID}//b"),
        format!("uploads/{OWNER}/{ID}/a//b"),
        format!("uploads/{OWNER}/{ID}/a/"),
        format!("uploads/{OWNER}/{ID}/./b"),
        format!("uploads/{OWNER}/{ID}/a/../b"),
        format!("uploads/{OWNER}/{ID}/a\n/b"),
        format!("uploads/{OWNER}/{ID}/{}/b", "a".repeat(961)),
        format!("uploads//{ID}/a"),
        format!("/uploads/{OWNER}/{ID}/a"),
        format!("Uploads/{OWNER}/{ID}/a"),
        format!("other/{OWNER}/{ID}/a"),
        format!("uploads/{OWNER}/{}/a", ID.to_lowercase()),
        format!("uploads/{OWNER}/{ID}/."),
        format!("uploads/{OWNER}/{ID}/.."),
        format!("uploads/{OWNER}/{ID}/a\n"),
        format!("uploads/{OWNER}/{ID}/{long}"),
    ] {
        assert!(bad.parse::<ObjectKey>().is_err(), "{bad}");
    }
}

/// Keys of an arbitrary backend.
fn foreign_keys() -> Vec<String> {
    vec![
        "a".to_owned(),
        "user-42/photo.jpg".to_owned(),
        "a b+c%2F日本.txt".to_owned(),
        "/".to_owned(),
        "../..//\u{7f}\n".to_owned(),
        "k".repeat(1024),
        format!("{}k", "日".repeat(341)),
    ]
}

#[test]
fn u11_a_storage_key_is_any_text_of_1_to_1024_bytes() {
    for text in foreign_keys() {
        let key: StorageKey = text.parse().expect("a key");
        assert_eq!(
            (key.as_str(), key.to_string()),
            (text.as_str(), text.clone())
        );
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json, serde_json::to_string(&text).unwrap());
        assert_eq!(serde_json::from_str::<StorageKey>(&json).unwrap(), key);
    }
    // Bytes, not characters: 342 times three are 1,026.
    for bad in [String::new(), "k".repeat(1025), "日".repeat(342)] {
        assert!(bad.parse::<StorageKey>().is_err(), "{} bytes", bad.len());
        let json = serde_json::to_string(&bad).unwrap();
        assert!(serde_json::from_str::<StorageKey>(&json).is_err());
    }
}

#[test]
fn u11_answers_of_other_backends_are_read_and_our_own_keys_stay_strict() {
    let grant = serde_json::json!({"url": "https://s/", "headers": {}, "expiresInMs": 1});
    let record = |key: &str| {
        serde_json::json!({"id": ID, "status": "stored", "bucket": "b", "key": key, "name": "n", "size": 1,
            "type": "text/plain", "visibility": "private", "verified": true, "createdAt": 1})
    };
    let accepted = |key: &str| {
        let created =
            serde_json::json!({"id": ID, "key": key, "plan": {"kind": "single", "put": grant}});
        let stored = serde_json::json!({"id": ID, "key": key, "size": 1, "etag": "e"});
        let status = serde_json::json!({"id": ID, "status": "stored", "record": record(key)});
        [
            serde_json::from_value::<CreateResult>(created).is_ok(),
            serde_json::from_value::<Stored>(stored).is_ok(),
            serde_json::from_value::<RecordOf<StorageKey>>(record(key)).is_ok(),
            serde_json::from_value::<StatusEntryOf<StorageKey>>(status).is_ok(),
        ]
    };
    for key in foreign_keys() {
        assert_eq!(accepted(&key), [true; 4], "{key}");
        // Our own backend reads and writes its own shape only.
        assert!(key.parse::<ObjectKey>().is_err(), "{key}");
        assert!(
            serde_json::from_value::<Record>(record(&key)).is_err(),
            "{key}"
        );
    }
    for bad in [String::new(), "k".repeat(1025)] {
        assert_eq!(accepted(&bad), [false; 4], "{} bytes", bad.len());
    }
    let ours: ObjectKey = format!("uploads/{OWNER}/{ID}/a b.webm").parse().unwrap();
    assert_eq!(StorageKey::from(ours.clone()).as_str(), ours.to_string());
}

proptest! {
    #[test]
    fn an_id_reads_back_and_sorts_as_its_text(a in any::<(u64, u128)>(), b in any::<(u64, u128)>()) {
        let (a, b) = (UploadId::from_parts(a.0, a.1), UploadId::from_parts(b.0, b.1));
        prop_assert_eq!(a.to_string().parse::<UploadId>().unwrap(), a);
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn a_text_that_is_an_id_is_its_only_form(text in "[0-9A-HJKMNP-TV-Z]{26}|\\PC{0,30}") {
        if let Ok(id) = text.parse::<UploadId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn a_checksum_is_base64_of_its_big_endian_bytes(value in any::<u64>()) {
        let text = Crc64Nvme::new(value).to_string();
        prop_assert_eq!(&text, &base64(&value.to_be_bytes()));
        prop_assert_eq!(text.parse::<Crc64Nvme>().unwrap().value(), value);
    }

    #[test]
    fn a_text_that_is_a_checksum_is_its_only_form(text in "[A-Za-z0-9+/]{11}=|\\PC{0,14}") {
        if let Ok(crc) = text.parse::<Crc64Nvme>() {
            prop_assert_eq!(crc.to_string(), text);
        }
    }

    #[test]
    fn a_key_reads_back_as_its_parts(
        owner in "[a-z2-7]{26}",
        id in any::<(u64, u128)>(),
        name in "[^/\\p{Cc}]{1,50}",
    ) {
        let (owner, id) = (owner.parse::<OwnerId>().unwrap(), UploadId::from_parts(id.0, id.1));
        prop_assume!(name.len() <= 200 && name != "." && name != "..");
        let key = ObjectKey::new(owner, id, &name).unwrap();
        prop_assert_eq!(key.to_string().parse::<ObjectKey>().unwrap(), key.clone());
        let json = serde_json::to_string(&key).unwrap();
        prop_assert_eq!(serde_json::from_str::<ObjectKey>(&json).unwrap(), key);
    }

    #[test]
    fn a24_a_key_with_folders_reads_back_as_its_parts(
        folders in prop::collection::vec("[^/\\p{Cc}]{1,60}", 1..20),
        name in "[a-z]{1,50}",
    ) {
        prop_assume!(folders.iter().all(|folder| folder != "." && folder != ".."));
        let folders = folders.join("/");
        let key = ObjectKey::new(OWNER.parse().unwrap(), ID.parse().unwrap(), &name).unwrap();
        let bare = key.to_string().len();
        match key.within(&folders) {
            Ok(key) => {
                let read: ObjectKey = key.to_string().parse().unwrap();
                prop_assert_eq!((read.folders(), read.name()), (Some(&*folders), &*name));
                prop_assert_eq!(read, key);
            }
            Err(error) => {
                prop_assert_eq!(error, KeyError::Length);
                prop_assert!(bare + 1 + folders.len() > 1_024);
            }
        }
    }

    #[test]
    fn nothing_else_is_read_as_a_key(text in "(uploads/)?\\PC{0,80}") {
        if let Ok(key) = text.parse::<ObjectKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
