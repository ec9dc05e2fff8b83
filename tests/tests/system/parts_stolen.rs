//! A stolen part URL: it works until the upload is completed, for what was signed. A47, A49.

use crowfly_contract::UploadStatus;
use e2e::api::crc64nvme;
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, new_caller, storage_error};
use crate::parts::{Parts, bytes, create_item, put};

#[test]
fn a47_a49_a_checked_part_takes_the_same_bytes_again_and_no_others() {
    let (bytes, parts) = (bytes(), Parts::begin(new_caller(), create_item()));
    parts.send(&bytes, 1..=2);
    let last = parts.slice(&bytes, 3);
    let stolen = parts.sign(3, Some(crc64nvme(last)));
    for use_of_it in ["the owner", "the thief, with what the owner sent"] {
        let answer = put(&stolen, last).send();
        assert_eq!(answer.status, 200, "{use_of_it}: {}", answer.text());
    }
    let mut others = last.to_vec();
    others[0] ^= 1;
    let answer = put(&stolen, &others).send();
    let code = storage_error("other bytes", &answer);
    let digest = matches!(code.as_str(), "BadDigest" | "XAmzContentChecksumMismatch");
    assert!(answer.status == 400 && digest, "{} {code}", answer.status);

    let whole = crc64nvme(&bytes);
    let answer = parts.complete(&json!({"crc64nvme": whole}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let late = put(&stolen, last).send();
    let code = storage_error("after completion", &late);
    assert_eq!((late.status, code.as_str()), (404, "NoSuchUpload"));
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((record.verified, record.crc64nvme), (true, Some(whole)));
    let stored = account().get_object(&parts.key.to_string());
    assert!(stored.body == bytes, "the owner's bytes");
}

#[test]
fn a47_a49_an_unchecked_part_takes_other_bytes_and_then_nothing_is_verified() {
    let (bytes, parts) = (bytes(), Parts::begin(new_caller(), create_item()));
    for number in 1..=2 {
        let answer = put(&parts.sign(number, None), parts.slice(&bytes, number)).send();
        assert_eq!(answer.status, 200, "part {number}: {}", answer.text());
    }
    let last = parts.slice(&bytes, 3);
    let stolen = parts.sign(3, None);
    assert_eq!(put(&stolen, last).send().status, 200, "the owner");
    let mut others = last.to_vec();
    others[0] ^= 1;
    assert_eq!(put(&stolen, &others).send().status, 200, "the thief");
    let longer = put(&stolen, &[last, b"!"].concat()).send();
    assert!(matches!(longer.status, 400 | 403), "{}", longer.status);

    let answer = parts.complete(&json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let late = put(&stolen, last).send();
    assert_eq!(late.status, 404, "{}", late.text());
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(!record.verified, "no checksum proves the bytes");
    let stored = account().get_object(&parts.key.to_string());
    let (theirs, ours) = (stored.body.ends_with(&others), stored.body.ends_with(last));
    assert!(theirs && !ours, "the thief's bytes, as the model says");
}

/// The checksum of the whole object protects the owner even where parts have none.
#[test]
fn a47_the_whole_checksum_finds_a_part_that_was_swapped() {
    let (bytes, parts) = (bytes(), Parts::begin(new_caller(), create_item()));
    for number in 1..=3 {
        let answer = put(&parts.sign(number, None), parts.slice(&bytes, number)).send();
        assert_eq!(answer.status, 200, "part {number}: {}", answer.text());
    }
    let stolen = parts.sign(3, None);
    assert_eq!(put(&stolen, b"54321").send().status, 200, "the thief");
    let answer = parts.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    assert!(!account().has_object(&parts.key.to_string()));
}
