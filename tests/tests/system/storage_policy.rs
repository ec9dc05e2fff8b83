//! What the bucket policy refuses even with a valid signature: late, old and unencrypted requests. A48, A50, A51.

use crowfly_contract::ErrorCode;
use devkit::http::{Request, Response};
use devkit::random::random_hex;
use devkit::time::unix;
use e2e::api::{CreatedUpload, item};
use e2e::aws::Aws;
use serde_json::json;

use crate::common::{account, assert_problem, new_caller, storage_error};

const BYTES: &[u8] = b"exactly these bytes";
/// The longest `UrlLifetimeSeconds` of the template.
const LONGEST: u64 = 900;

/// A user, because locally no bucket policy applies to the account's owner.
fn signer() -> Aws {
    account().user(&format!("signer-{}", random_hex(6)), &["s3:PutObject"])
}

fn new_upload() -> CreatedUpload {
    new_caller().create_one(&item("a.txt", "text/plain", BYTES))
}

/// A PUT of a new key by a permitted user, signed at `signed` and valid for `seconds`.
fn put(signer: &Aws, key: &str, seconds: u64, signed: u64) -> Response {
    let headers = [("if-none-match".to_owned(), "*".to_owned())];
    let url = signer.presigned_put(key, &headers, seconds, signed);
    let request = Request::new("PUT", url).header("if-none-match", "*");
    request.body(BYTES).send()
}

#[test]
fn a48_a_second_before_its_end_and_a_second_after() {
    let (account, signer) = (account(), signer());
    for after in [1, 60, 3_600] {
        let key = new_upload().key.to_string();
        let late = put(&signer, &key, 60, unix() - 60 - after);
        let code = storage_error("late", &late);
        assert_eq!(
            (late.status, code.as_str()),
            (403, "AccessDenied"),
            "{after} s"
        );
        assert!(!account.has_object(&key), "{after} s");
    }
    // The last second is still allowed. A busy machine may miss it; then the case is repeated.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
    let in_time = (0..20).any(|_| {
        let key = new_upload().key.to_string();
        let end = unix() + 1;
        let answer = put(&signer, &key, 60, end - 60);
        let answered_in_time = unix() <= end;
        assert!(
            !answered_in_time || answer.status == 200,
            "before its end: {}",
            answer.text()
        );
        answer.status == 200
    });
    assert!(in_time, "no URL was taken in its last second");
}

#[test]
fn a50_no_url_can_be_signed_for_longer() {
    let api = new_caller();
    for field in [
        "expiresIn",
        "expires",
        "expiresInMs",
        "x-amz-expires",
        "urlLifetimeSeconds",
    ] {
        let mut create_item = item("a.txt", "text/plain", BYTES);
        create_item[field] = json!(691_200);
        assert_problem(field, &api.create(&create_item), ErrorCode::UnknownField);
        let beside = json!({"uploads": [item("a.txt", "text/plain", BYTES)], field: 691_200});
        assert_problem(
            field,
            &api.post("/uploads", &beside),
            ErrorCode::UnknownField,
        );
    }
    let asked = json!({"uploads": [item("a.txt", "text/plain", BYTES)]});
    for query in ["X-Amz-Expires=691200", "expiresIn=691200"] {
        let answer = api.post(&format!("/uploads?{query}"), &asked);
        let grant = answer.json()["uploads"][0]["plan"]["put"].take();
        let url = grant["url"].as_str().expect("a URL");
        assert!(!url.contains("691200"), "{query}");
        let life = grant["expiresInMs"].as_u64().expect("a life");
        assert!(life <= LONGEST * 1000, "{query}: {life}");
        assert!(
            url.contains(&format!("X-Amz-Expires={}&", life / 1000)),
            "{query}"
        );
    }
}

#[test]
fn a50_the_bucket_takes_no_old_signature_whatever_life_it_claims() {
    let (account, signer) = (account(), signer());
    let week = 604_800;
    for age in [LONGEST + 1, 86_400] {
        let key = new_upload().key.to_string();
        let old = put(&signer, &key, week, unix() - age);
        assert_eq!(
            (old.status, storage_error("old", &old).as_str()),
            (403, "AccessDenied")
        );
        assert!(!account.has_object(&key), "{age} s");
    }
    let key = new_upload().key.to_string();
    let young = put(&signer, &key, week, unix() - LONGEST + 60);
    assert_eq!(young.status, 200, "{}", young.text());
    let longer = put(&signer, &new_upload().key.to_string(), 691_200, unix());
    assert!(
        matches!(longer.status, 400 | 403),
        "eight days: {}",
        longer.status
    );
}

/// Locally everything is plain HTTP; it counts as TLS unless `x-forwarded-proto` says otherwise.
#[test]
fn a51_plain_http_is_refused() {
    let upload = new_upload();
    let plain = upload.put(BYTES).header("x-forwarded-proto", "http").send();
    let code = storage_error("plain http", &plain);
    assert_eq!((plain.status, code.as_str()), (403, "AccessDenied"));
    assert!(!account().has_object(&upload.key.to_string()));
    assert_eq!(upload.put(BYTES).send().status, 200, "and the same by TLS");
    // Reading is refused, too.
    let url = Request::new("GET", account().object_url(&upload.key.to_string()));
    assert_eq!(url.header("x-forwarded-proto", "http").send().status, 403);
}
