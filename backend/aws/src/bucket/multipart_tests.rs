use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use crowfly_contract::{Crc64Nvme, ObjectKey};

use super::*;
use crate::Session;

const ID: &str = "an-id/of+S3==";
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn key() -> ObjectKey {
    let owner = "a".repeat(26);
    let key = format!("uploads/{owner}/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/a.webm");
    key.parse().unwrap()
}

fn multipart(key: &ObjectKey) -> Multipart<'_> {
    Multipart {
        key,
        s3_upload_id: ID,
    }
}

fn bucket(endpoint: &str) -> Bucket {
    let session = Session::from_variables(|name| {
        let value = match name {
            "AWS_REGION" => "eu-west-1",
            "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY" => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "AWS_ENDPOINT_URL" => endpoint,
            _ => return None,
        };
        Some(value.to_owned())
    });
    Bucket::open(&session.unwrap(), "films")
}

/// An S3 server that sends these answers (status and XML), one for each request. The thread returns
/// the requests it received, head and body. Status 0 closes the connection without an answer.
fn s3(answers: Vec<(u16, String)>) -> (Bucket, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        let mut seen = Vec::new();
        for (status, xml) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            seen.push(request(&mut stream));
            if status == 0 {
                continue;
            }
            let length = xml.len();
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/xml\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{xml}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
        seen
    };
    (bucket(&endpoint), std::thread::spawn(serve))
}

fn request(stream: &mut impl Read) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            body.len() >= length
        });
        if complete {
            return text;
        }
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "half a request: {text}");
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
}

fn error(code: &str) -> String {
    format!("{HEAD}<Error><Code>{code}</Code><Message>m</Message></Error>")
}

fn object(crc64nvme: Option<Crc64Nvme>) -> ExpectedObject {
    let part = |number| ListedPart {
        number,
        size: 8,
        etag: format!("\"e{number}\""),
        crc64nvme: None,
    };
    ExpectedObject {
        parts: vec![part(1), part(2)],
        size: 16,
        crc64nvme,
    }
}

#[tokio::test]
async fn a_multipart_upload_is_created_with_type_checksum_and_acl() {
    let xml = format!(
        "{HEAD}<InitiateMultipartUploadResult><UploadId>{ID}</UploadId></InitiateMultipartUploadResult>"
    );
    let (bucket, s3) = s3(vec![(200, xml.clone()), (200, xml)]);
    let key = key();
    let mut create = MultipartToCreate {
        key: &key,
        media_type: "video/webm",
        public_disposition: Some("attachment".to_owned()),
    };
    assert_eq!(bucket.create_multipart(&create).await.unwrap(), ID);
    create.public_disposition = None;
    bucket.create_multipart(&create).await.unwrap();
    let seen = s3.join().unwrap();
    assert!(
        seen[0].starts_with(&format!("POST /films/{key}?uploads")),
        "{}",
        seen[0]
    );
    let always = [
        "content-type: video/webm",
        "x-amz-checksum-algorithm: CRC64NVME",
        "x-amz-checksum-type: FULL_OBJECT",
    ];
    for header in always {
        assert!(seen.iter().all(|seen| seen.contains(header)), "{header}");
    }
    for header in ["x-amz-acl: public-read", "content-disposition: attachment"] {
        assert!(seen[0].contains(header), "{header}");
        assert!(!seen[1].contains(header), "{header}");
    }
}

#[tokio::test]
async fn f25_all_pages_of_parts_are_read() {
    let page = |from: u32, to: u32, truncated: bool| {
        let parts: String = (from..=to)
            .map(|n| {
                format!(
                    "<Part><PartNumber>{n}</PartNumber><ETag>&quot;e{n}&quot;</ETag><Size>8</Size>\
                     <ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME></Part>"
                )
            })
            .collect();
        let xml = format!(
            "{HEAD}<ListPartsResult>{parts}<IsTruncated>{truncated}</IsTruncated>\
             <NextPartNumberMarker>{to}</NextPartNumberMarker></ListPartsResult>"
        );
        (200, xml)
    };
    let (bucket, s3) = s3(vec![
        page(1, 1000, true),
        page(1001, 2000, true),
        page(2001, 2500, false),
    ]);
    let key = key();
    let parts = bucket.list_parts(multipart(&key)).await.unwrap().unwrap();
    assert!(parts.iter().map(|part| part.number).eq(1..=2500));
    assert_eq!(parts[2499].etag, "\"e2500\"");
    assert_eq!(parts[0].crc64nvme.unwrap().to_string(), "rosUhgp5mIg=");
    let seen = s3.join().unwrap();
    assert!(!seen[0].contains("part-number-marker"));
    assert!(seen[2].contains("part-number-marker=2000"), "{}", seen[2]);
}

#[tokio::test]
async fn f40_a_missing_multipart_upload_is_no_fault() {
    // S8: Garage and Ceph answer NoSuchKey.
    for code in ["NoSuchUpload", "NoSuchKey"] {
        let gone = || (404, error(code));
        let (bucket, s3) = s3(vec![gone(), gone(), gone()]);
        let key = key();
        assert_eq!(bucket.list_parts(multipart(&key)).await.unwrap(), None);
        assert!(!bucket.find_multipart(multipart(&key)).await.unwrap());
        bucket.abort_multipart(multipart(&key)).await.unwrap();
        let seen = s3.join().unwrap();
        assert!(seen[1].contains("max-parts=1"), "{}", seen[1]);
        assert!(seen[2].starts_with("DELETE "), "{}", seen[2]);
    }
}

#[tokio::test]
async fn access_denied_is_a_fault_and_not_a_missing_upload() {
    let (bucket, _) = s3(vec![(403, error("AccessDenied"))]);
    let key = key();
    let fault = bucket.list_parts(multipart(&key)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied);
}

#[tokio::test]
async fn a_completion_states_size_and_checksum_and_never_overwrites() {
    let xml = format!(
        "{HEAD}<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
    );
    let (bucket, s3) = s3(vec![(200, xml.clone()), (200, xml)]);
    let key = key();
    let crc = Some(Crc64Nvme::new(0xae8b_1486_0a79_9888));
    for crc in [crc, None] {
        let done = bucket
            .complete_multipart(multipart(&key), &object(crc))
            .await;
        assert_eq!(done.unwrap(), Completion::Done);
    }
    let seen = s3.join().unwrap();
    for header in [
        "if-none-match: *",
        "x-amz-mp-object-size: 16",
        "x-amz-checksum-type: FULL_OBJECT",
        "<ETag>&quot;e1&quot;</ETag>",
        "<PartNumber>2</PartNumber>",
    ] {
        assert!(seen[1].contains(header), "{header} in {}", seen[1]);
    }
    let crc = "x-amz-checksum-crc64nvme: rosUhgp5mIg=";
    assert!(seen[0].contains(crc) && !seen[1].contains("checksum-crc64nvme"));
}

#[tokio::test]
async fn f36_f37_f39_what_a_failed_completion_says() {
    let key = key();
    for (status, code, expected) in [
        (404, "NoSuchUpload", Completion::Gone),
        (404, "NoSuchKey", Completion::Gone),
        (412, "PreconditionFailed", Completion::Exists),
        (409, "ConditionalRequestConflict", Completion::Conflict),
        (400, "InvalidPart", Completion::PartsMismatch),
        (400, "InvalidPartOrder", Completion::PartsMismatch),
        (400, "EntityTooSmall", Completion::PartsMismatch),
        (400, "BadDigest", Completion::ChecksumMismatch),
        (200, "InternalError", Completion::Unknown),
        (200, "SomethingNew", Completion::Unknown),
        (200, "NoSuchUpload", Completion::Gone),
        (500, "InternalError", Completion::Unknown),
        (0, "", Completion::Unknown),
    ] {
        // One answer for each attempt of the SDK.
        let (bucket, _) = s3(vec![(status, error(code)); 3]);
        let answer = bucket
            .complete_multipart(multipart(&key), &object(None))
            .await;
        assert_eq!(answer.unwrap(), expected, "{status} {code}");
    }
}

#[tokio::test]
async fn a_refused_completion_is_a_fault() {
    let key = key();
    for (status, code, kind) in [
        (503, "SlowDown", FaultKind::Throttled),
        (403, "AccessDenied", FaultKind::Denied),
    ] {
        let (bucket, _) = s3(vec![(status, error(code)); 3]);
        let fault = bucket
            .complete_multipart(multipart(&key), &object(None))
            .await
            .unwrap_err();
        assert_eq!(fault.kind, kind, "{code}");
    }
}
