//! Two host names of the bucket.

use super::*;

const FIRST: &str = "https://films.s3.eu-west-1.amazonaws.com/uploads/";
const OTHER: &str = "https://films.s3.dualstack.eu-west-1.amazonaws.com/uploads/";

fn two(change: &[(&'static str, &str)]) -> Presigner {
    presigner(change).by_two_hosts(&session(change))
}

async fn part(presigner: &Presigner, number: u32) -> Grant {
    let key = key();
    let multipart = Multipart {
        key: &key,
        s3_upload_id: "upload-1",
    };
    let part = PartPut {
        number,
        size: 9,
        crc64nvme: None,
    };
    presigner.presign_part(multipart, &part, NOW).await.unwrap()
}

/// The start of both URLs of a grant, as far as the path.
fn hosts(grant: &Grant) -> [&str; 2] {
    let start = |url: &'static str, given: &str| given.starts_with(url).then_some(url);
    [Some(&grant.url), grant.other_url.as_ref()].map(|url| {
        let url = url.expect("two URLs");
        let known = [FIRST, OTHER].into_iter();
        known.filter_map(|host| start(host, url)).next().expect(url)
    })
}

#[tokio::test]
async fn parts_take_turns_and_a_repeated_signing_names_the_same_host() {
    let presigner = two(&[]);
    for number in [1, 2, 3, 4, 9_999, 10_000] {
        let expected = match number % 2 {
            1 => [FIRST, OTHER],
            _ => [OTHER, FIRST],
        };
        let grant = part(&presigner, number).await;
        assert_eq!(hosts(&grant), expected, "{number}");
        assert_eq!(part(&presigner, number).await, grant);
    }
}

#[tokio::test]
async fn single_puts_take_turns_by_their_ids() {
    let presigner = two(&[]);
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..4 {
        let id = crowfly_contract::UploadId::from_parts(1_700_000_000_000, number);
        let key = ObjectKey::new("a".repeat(26).parse().unwrap(), id, "a.webm").unwrap();
        let grant = presigner.presign_put(&put(&key), NOW).await.unwrap();
        assert_eq!(grant, presigner.presign_put(&put(&key), NOW).await.unwrap());
        seen.insert(hosts(&grant).map(str::to_owned));
    }
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn a40_both_urls_allow_the_same_request_and_sign_their_host() {
    let key = key();
    let grant = two(&[]).presign_put(&put(&key), NOW).await.unwrap();
    let one = presigner(&[]).presign_put(&put(&key), NOW).await.unwrap();
    assert_eq!(one.other_url, None);
    assert_eq!(grant.headers, one.headers);
    let other = grant.other_url.as_deref().unwrap();
    let (mut here, mut there) = (query(&grant.url), query(other));
    assert!(signed(&grant.url).contains("host"));
    assert_ne!(
        here.remove("X-Amz-Signature"),
        there.remove("X-Amz-Signature")
    );
    assert_eq!(here, there);
    let path = |url: &str| {
        url.split(['/', '?'])
            .skip(3)
            .take(4)
            .collect::<Vec<_>>()
            .join("/")
    };
    assert_eq!(path(&grant.url), path(other));
}

#[tokio::test]
async fn downloads_have_one_host() {
    let key = key();
    let get = GetToSign {
        key: &key,
        disposition: "attachment".to_owned(),
        media_type: "video/webm",
    };
    let grant = two(&[]).presign_get(&get, NOW).await.unwrap();
    assert!(grant.url.starts_with(FIRST), "{}", grant.url);
    assert_eq!(grant.other_url, None);
}

#[tokio::test]
async fn accelerated_uploads_go_to_both_names_of_the_edge() {
    let session = session(&[]);
    for presigner in [
        presigner(&[]).accelerated(&session).by_two_hosts(&session),
        presigner(&[]).by_two_hosts(&session).accelerated(&session),
    ] {
        let grant = part(&presigner, 1).await;
        let edge = "https://films.s3-accelerate.amazonaws.com/";
        assert!(grant.url.starts_with(edge), "{}", grant.url);
        let edge = "https://films.s3-accelerate.dualstack.amazonaws.com/";
        assert!(grant.other_url.unwrap().starts_with(edge));
    }
}

/// As AWS lists them: <https://docs.aws.amazon.com/general/latest/gr/s3.html>,
/// <https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html>.
#[tokio::test]
async fn every_partition_has_its_own_names() {
    for (region, host) in [
        ("cn-north-1", "s3.dualstack.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "s3.dualstack.us-gov-west-1.amazonaws.com"),
        ("us-east-1", "s3.dualstack.us-east-1.amazonaws.com"),
    ] {
        let grant = part(&two(&[("AWS_REGION", region)]), 2).await;
        let start = format!("https://films.{host}/");
        assert!(grant.url.starts_with(&start), "{}", grant.url);
    }
    for region in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1"] {
        let grant = part(&two(&[("AWS_REGION", region)]), 2).await;
        assert_eq!(grant.other_url, None, "{region}");
    }
}

#[tokio::test]
async fn an_endpoint_of_its_own_has_a_second_name_on_this_computer_only() {
    let endpoint = |url| [("AWS_ENDPOINT_URL_S3", url)];
    let local = part(&two(&endpoint("http://127.0.0.1:4566")), 1).await;
    assert!(local.url.starts_with("http://127.0.0.1:4566/films/"));
    let other = local.other_url.unwrap();
    assert!(other.starts_with("http://localhost:4566/films/"), "{other}");
    let named = part(&two(&endpoint("http://localhost:4566")), 2).await;
    assert!(named.url.starts_with("http://127.0.0.1:4566/films/"));
    let elsewhere = part(&two(&endpoint("https://storage.example")), 1).await;
    assert_eq!(elsewhere.other_url, None);
}
