//! All clients of a session share its connections: a new one costs a TLS handshake.

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crowfly_aws::Bucket;
use crowfly_contract::{ObjectKey, OwnerId, UploadId};
use crowfly_core::ports::HeadObject;

/// A store that keeps connections open, and how many it has.
fn store() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let connections = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            connections.fetch_add(1, Ordering::SeqCst);
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.extend(byte);
                    if head.ends_with(b"\r\n\r\n") {
                        head.clear();
                        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
                        stream.write_all(answer).unwrap();
                    }
                }
            });
        }
    });
    (endpoint, count)
}

#[tokio::test]
async fn clients_of_a_session_share_a_connection() {
    let (endpoint, count) = store();
    let session = common::session(&endpoint);
    let owner: OwnerId = "a".repeat(26).parse().unwrap();
    let key = ObjectKey::new(owner, UploadId::from_parts(1, 1), "a.txt").unwrap();
    for bucket in ["films", "songs"] {
        let bucket = Bucket::open(&session, bucket);
        for _ in 0..3 {
            assert_eq!(bucket.head_object(&key).await.unwrap(), None);
        }
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
