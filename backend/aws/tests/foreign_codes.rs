//! S8: stores that answer `NoSuchKey` where S3 answers `NoSuchUpload`.

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;

use crowfly_aws::Bucket;
use crowfly_contract::{ErrorCode, OwnerId, UploadId, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::complete::complete;
use crowfly_core::parts;
use crowfly_core::request::FileEnd;
use crowfly_testing::{Memory, row_of};

const NOW: u64 = 1_795_342_830_123;

/// A store without any object or multipart upload, that says so with this code.
fn empty_store(code: &'static str) -> Bucket {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap() == 0 {
                    break;
                }
                head.extend(byte);
            }
            let xml = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
            let body = if head.starts_with(b"HEAD") { "" } else { &xml };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 404 Not Found\r\ncontent-type: application/xml\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    Bucket::open(&common::session(&endpoint), "films")
}

#[tokio::test]
async fn s8_a_multipart_upload_that_is_gone_is_gone_by_either_code() {
    let owner: OwnerId = "a".repeat(26).parse().unwrap();
    let id = UploadId::from_parts(1, 1);
    for code in ["NoSuchUpload", "NoSuchKey"] {
        let (memory, bucket) = (Memory::default(), empty_store(code));
        let mut row = row_of(&owner, id, NOW);
        row.record.part_size = Some(8_388_608);
        row.declared.as_mut().unwrap().size = 20_000_000;
        row.s3_upload_id = Some("an-id".to_owned());
        let code_of = |error: crowfly_core::Error| error.to_refusal().code;
        for _ in 0..2 {
            memory.set_row(row.clone());
            let listed = parts::list(&memory, &bucket, &owner, id, NOW).await;
            assert_eq!(
                code_of(listed.unwrap_err()),
                ErrorCode::MultipartGone,
                "{code}"
            );
            memory.set_row(row.clone());
            let done = complete(&memory, &bucket, &owner, id, FileEnd::default()).await;
            assert_eq!(
                code_of(done.unwrap_err()),
                ErrorCode::MultipartGone,
                "{code}"
            );
        }
        memory.set_row(row);
        // Repeatable: 204 to the caller both times.
        for _ in 0..2 {
            cancel(&memory, &bucket, &owner, id, NOW).await.unwrap();
        }
        let status = memory.row(&owner, id).unwrap().record.status;
        assert_eq!(status, UploadStatus::Aborted, "{code}");
    }
}
