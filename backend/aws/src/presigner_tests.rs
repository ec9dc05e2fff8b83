use std::collections::BTreeMap;

use crowfly_contract::{Crc64Nvme, ObjectKey};

use super::*;

#[path = "presigner_hosts_tests.rs"]
mod hosts;

/// 2026-11-22T10:20:30Z.
const NOW: u64 = 1_795_342_830_000;
const LIFE: Duration = Duration::from_secs(300);

fn session(change: &[(&'static str, &str)]) -> Session {
    let mut all = BTreeMap::from([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        ),
    ]);
    all.extend(change.iter().copied());
    Session::from_variables(|name| all.get(name).map(|&value| value.to_owned())).unwrap()
}

fn presigner(change: &[(&'static str, &str)]) -> Presigner {
    Presigner::open(&session(change), "films", LIFE).unwrap()
}

fn key() -> ObjectKey {
    format!(
        "uploads/{}/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/한_(1).webm",
        "a".repeat(26)
    )
    .parse()
    .unwrap()
}

fn put(key: &ObjectKey) -> PutToSign<'_> {
    PutToSign {
        key,
        size: 9,
        media_type: "video/webm",
        crc64nvme: Some(Crc64Nvme::new(0xae8b_1486_0a79_9888)),
        public_disposition: None,
    }
}

/// The query parameters of a URL, still percent-encoded.
fn query(url: &str) -> BTreeMap<&str, &str> {
    let query = url.split_once('?').unwrap().1;
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .collect()
}

fn signed(url: &str) -> String {
    query(url)["X-Amz-SignedHeaders"].replace("%3B", ";")
}

#[tokio::test]
async fn accelerated_uploads_go_to_the_host_of_the_edge_and_downloads_do_not() {
    let (key, session_at_aws) = (key(), session(&[]));
    let accelerated = presigner(&[]).accelerated(&session_at_aws);
    let edge = "https://films.s3-accelerate.amazonaws.com/uploads/";
    let region = "https://films.s3.eu-west-1.amazonaws.com/uploads/";
    let single = accelerated.presign_put(&put(&key), NOW).await.unwrap();
    assert!(single.url.starts_with(edge), "{}", single.url);
    // As regional URLs are: the same headers, and the region in the scope.
    let plain = presigner(&[]).presign_put(&put(&key), NOW).await.unwrap();
    assert!(plain.url.starts_with(region), "{}", plain.url);
    assert_eq!(single.headers, plain.headers);
    assert_eq!(signed(&single.url), signed(&plain.url));
    let scope = query(&single.url)["X-Amz-Credential"].to_owned();
    assert!(scope.contains("eu-west-1"), "{scope}");
    let multipart = Multipart {
        key: &key,
        s3_upload_id: "upload-1",
    };
    let part = PartPut {
        number: 1,
        size: 9,
        crc64nvme: None,
    };
    let part = accelerated
        .presign_part(multipart, &part, NOW)
        .await
        .unwrap();
    assert!(part.url.starts_with(edge), "{}", part.url);
    let get = GetToSign {
        key: &key,
        disposition: "attachment".to_owned(),
        media_type: "video/webm",
    };
    let get = accelerated.presign_get(&get, NOW).await.unwrap();
    assert!(get.url.starts_with(region), "{}", get.url);
    for change in [
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4566"),
        ("S3_ADDRESSING_STYLE", "path"),
    ] {
        let elsewhere = presigner(&[change]).accelerated(&session(&[change]));
        let url = elsewhere.presign_put(&put(&key), NOW).await.unwrap().url;
        assert!(!url.contains("s3-accelerate"), "{url}");
    }
}

#[tokio::test]
async fn a40_a46_the_signed_headers_of_a_put_are_pinned() {
    let key = key();
    let grant = presigner(&[]).presign_put(&put(&key), NOW).await.unwrap();
    assert_eq!(
        signed(&grant.url),
        "content-length;content-type;host;if-none-match;x-amz-checksum-crc64nvme"
    );
    let expected = [
        ("content-type", "video/webm"),
        ("if-none-match", "*"),
        ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
    ];
    assert_eq!(
        grant.headers,
        expected.map(|(n, v)| (n.to_owned(), v.to_owned())).into()
    );
    assert_eq!(grant.expires_in_ms, 300_000);

    let silent = PutToSign {
        crc64nvme: None,
        ..put(&key)
    };
    let grant = presigner(&[]).presign_put(&silent, NOW).await.unwrap();
    assert_eq!(
        signed(&grant.url),
        "content-length;content-type;host;if-none-match"
    );

    let public = PutToSign {
        public_disposition: Some("attachment".to_owned()),
        ..put(&key)
    };
    let grant = presigner(&[]).presign_put(&public, NOW).await.unwrap();
    assert_eq!(
        signed(&grant.url),
        "content-disposition;content-length;content-type;host;if-none-match;x-amz-acl;\
         x-amz-checksum-crc64nvme"
    );
    assert_eq!(grant.headers.get("x-amz-acl").unwrap(), "public-read");
    assert_eq!(
        grant.headers.get("content-disposition").unwrap(),
        "attachment"
    );
}

#[tokio::test]
async fn a40_the_signed_headers_of_a_part_are_pinned() {
    let key = key();
    let multipart = Multipart {
        key: &key,
        s3_upload_id: "an-id/of+S3==",
    };
    let mut part = PartPut {
        number: 7,
        size: 8_388_608,
        crc64nvme: Some(Crc64Nvme::new(0xae8b_1486_0a79_9888)),
    };
    let presigner = presigner(&[]);
    let grant = presigner.presign_part(multipart, &part, NOW).await.unwrap();
    let (address, query) = grant.url.split_once('?').unwrap();
    assert_eq!(address, session(&[]).address("films").of(&key.to_string()));
    let signed = "X-Amz-SignedHeaders=content-length%3Bhost%3Bx-amz-checksum-crc64nvme&";
    assert!(query.contains(signed), "{query}");
    for field in [
        "partNumber=7&",
        "uploadId=an-id%2Fof%2BS3%3D%3D&",
        "X-Amz-Expires=300&",
    ] {
        assert!(query.contains(field), "{field} in {query}");
    }
    let expected = (
        "x-amz-checksum-crc64nvme".to_owned(),
        "rosUhgp5mIg=".to_owned(),
    );
    assert_eq!(grant.headers, [expected].into());
    assert_eq!(grant.expires_in_ms, 300_000);

    part.crc64nvme = None;
    let grant = presigner.presign_part(multipart, &part, NOW).await.unwrap();
    assert!(
        grant
            .url
            .contains("X-Amz-SignedHeaders=content-length%3Bhost&")
    );
    assert!(grant.headers.is_empty());
    assert!(!grant.url.to_lowercase().contains("checksum"));
}

#[tokio::test]
async fn the_whole_url_of_a_put_is_pinned() {
    let grant = presigner(&[]).presign_put(&put(&key()), NOW).await.unwrap();
    let (address, _) = grant.url.split_once('?').unwrap();
    assert_eq!(
        address,
        "https://films.s3.eu-west-1.amazonaws.com/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/\
         01JD7ZK3V8Q2X5N6R9T0W1Y4AB/%ED%95%9C_%281%29.webm"
    );
    assert_eq!(
        address,
        session(&[]).address("films").of(&key().to_string())
    );
    let expected = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        (
            "X-Amz-Credential",
            "AKIDEXAMPLE%2F20261122%2Feu-west-1%2Fs3%2Faws4_request",
        ),
        ("X-Amz-Date", "20261122T102030Z"),
        ("X-Amz-Expires", "300"),
        (
            "X-Amz-SignedHeaders",
            "content-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-checksum-crc64nvme",
        ),
        // Computed independently of this SDK, by the steps of
        // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
        (
            "X-Amz-Signature",
            "54f94f07246ab46bfa102dfa5e5c4b1c60286f06a4db46d726620ec47ba5c269",
        ),
        ("x-id", "PutObject"),
    ];
    // Nothing else: newer SDKs add a checksum of an empty body and its algorithm by default.
    assert_eq!(query(&grant.url), expected.into());
}

#[tokio::test]
async fn a_session_token_is_part_of_the_url() {
    let presigner = presigner(&[("AWS_SESSION_TOKEN", "a+token")]);
    let grant = presigner.presign_put(&put(&key()), NOW).await.unwrap();
    assert_eq!(query(&grant.url)["X-Amz-Security-Token"], "a%2Btoken");
}

#[tokio::test]
async fn under_an_endpoint_urls_are_path_style() {
    let local = [("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")];
    let grant = presigner(&local)
        .presign_put(&put(&key()), NOW)
        .await
        .unwrap();
    assert!(
        grant
            .url
            .starts_with("http://127.0.0.1:4566/films/uploads/"),
        "{}",
        grant.url
    );
    assert!(
        grant
            .url
            .starts_with(&session(&local).address("films").of(&key().to_string()))
    );
}

/// The URL of a record, and the one that is signed, are the same whatever the variables say.
#[tokio::test]
async fn s9_the_signed_url_has_the_address_of_the_object() {
    let own = ("AWS_ENDPOINT_URL_S3", "https://storage.example:9000");
    let local = ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4566");
    let six = ("AWS_ENDPOINT_URL_S3", "http://[::1]:4566");
    let all = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let path = ("S3_ADDRESSING_STYLE", "path");
    let hosted = ("S3_ADDRESSING_STYLE", "virtual");
    for (variables, start) in [
        (vec![], "https://films.s3.eu-west-1.amazonaws.com/"),
        (vec![path], "https://s3.eu-west-1.amazonaws.com/films/"),
        (vec![own, all], "https://storage.example:9000/films/"),
        (vec![own, hosted], "https://films.storage.example:9000/"),
        (vec![local, hosted], "http://127.0.0.1:4566/films/"),
        (vec![six, hosted], "http://[::1]:4566/films/"),
        (
            vec![own, ignore],
            "https://films.s3.eu-west-1.amazonaws.com/",
        ),
    ] {
        let presigner = presigner(&variables);
        let grant = presigner.presign_put(&put(&key()), NOW).await.unwrap();
        let address = session(&variables).address("films").of(&key().to_string());
        assert!(address.starts_with(start), "{address}");
        assert!(grant.url.starts_with(&address), "{address} {}", grant.url);
    }
}

#[test]
fn a50_a_url_lives_one_second_to_fifteen_minutes() {
    let open = |seconds| Presigner::open(&session(&[]), "films", Duration::from_secs(seconds));
    for bad in [0, 901, 3_600, 8 * 24 * 3_600] {
        assert_eq!(open(bad).unwrap_err(), LifetimeError, "{bad}");
    }
    assert!(open(1).is_ok() && open(900).is_ok());
}

#[tokio::test]
async fn a_url_ends_a_minute_before_its_credentials() {
    let cases = [
        ("2026-11-22T11:20:30Z", Some(300)),
        ("2026-11-22T10:26:30Z", Some(300)),
        ("2026-11-22T10:24:30Z", Some(180)),
        ("2026-11-22T10:21:31Z", Some(1)),
        ("2026-11-22T10:21:30.900Z", None),
        ("2026-11-22T10:21:30Z", None),
        ("2026-11-22T10:00:00Z", None),
    ];
    for (end, seconds) in cases {
        let presigner = presigner(&[("AWS_CREDENTIAL_EXPIRATION", end)]);
        match (presigner.presign_put(&put(&key()), NOW).await, seconds) {
            (Ok(grant), Some(seconds)) => {
                assert_eq!(grant.expires_in_ms, seconds * 1_000, "{end}");
                assert_eq!(
                    query(&grant.url)["X-Amz-Expires"],
                    seconds.to_string(),
                    "{end}"
                );
            }
            (Err(fault), None) => assert!(fault.retryable(), "{end}"),
            (outcome, _) => panic!("{end}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn a84_a_get_downloads_under_the_original_name() {
    let key = key();
    let get = GetToSign {
        key: &key,
        disposition: "attachment; filename=\"a\"; filename*=UTF-8''%ED".to_owned(),
        media_type: "video/webm",
    };
    let grant = presigner(&[]).presign_get(&get, NOW).await.unwrap();
    let query = query(&grant.url);
    assert_eq!(
        query["response-content-disposition"],
        "attachment%3B%20filename%3D%22a%22%3B%20filename%2A%3DUTF-8%27%27%25ED"
    );
    assert_eq!(query["response-content-type"], "video%2Fwebm");
    // H2: the encoding that the PUT may have set is overridden.
    assert_eq!(query["response-content-encoding"], "identity");
    assert_eq!(query["response-cache-control"], "private%2C%20no-cache");
    assert_eq!(
        query["response-expires"],
        "Thu%2C%2001%20Jan%201970%2000%3A00%3A00%20GMT"
    );
    assert_eq!(signed(&grant.url), "host");
    assert!(grant.headers.is_empty());
}

#[tokio::test]
async fn a53_no_signature_in_debug() {
    let grant = presigner(&[]).presign_put(&put(&key()), NOW).await.unwrap();
    assert!(!format!("{grant:?}").contains("X-Amz"));
}

/// The page for those who sign in another language; `cargo test -p e2e --test docs` checks each step of its requests.
const SIGNERS_PAGE: &str = include_str!("../../../docs/SIGNER.md");

#[tokio::test]
async fn s2_the_golden_urls_of_the_signers_page_are_ours() {
    let golden: Vec<&str> = SIGNERS_PAGE
        .lines()
        .filter(|line| line.starts_with("https://films.s3."))
        .collect();
    let key = key();
    let part = PartPut {
        number: 7,
        size: 8_388_608,
        crc64nvme: Some(Crc64Nvme::new(0xae8b_1486_0a79_9888)),
    };
    let multipart = Multipart {
        key: &key,
        s3_upload_id: "an-id/of+S3==",
    };
    let presigner = presigner(&[]);
    let ours = [
        presigner.presign_put(&put(&key), NOW).await.unwrap().url,
        presigner
            .presign_part(multipart, &part, NOW)
            .await
            .unwrap()
            .url,
    ];
    assert_eq!(golden.len(), ours.len());
    for (golden, ours) in golden.iter().zip(&ours) {
        assert_eq!(
            golden.split_once('?').unwrap().0,
            ours.split_once('?').unwrap().0
        );
        assert_eq!(query(golden), query(ours));
    }
}
