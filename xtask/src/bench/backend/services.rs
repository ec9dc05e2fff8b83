//! DynamoDB, SQS and S3, which answer at once with success, so that only the function's own work is measured. What
//! they answer depends on the request alone, and signatures are not checked.

use std::io::{self, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use devkit::http::{Incoming, Reply, ResponseHead, Server, Serving, read_body};
use devkit::time::unix_ms;
use serde_json::{Value, json};

use crate::error::Error;

const OBJECT: &str = "123456789";
const ETAG: &str = "\"25f9e794323b453885f5181f1b624d0b\"";

/// Ids that begin so are those of open multipart uploads.
pub(super) const MULTIPART: &str = "01JM";
/// Parts of each multipart upload.
pub(super) const PARTS: u64 = 6;
const PART_BYTES: u64 = 8 << 20;

/// Starts all of them on one port.
pub(super) fn start() -> Result<Serving, Error> {
    Server::bind(0)
        .and_then(|server| server.serve(answer))
        .map_err(Error::io("listen for the services' clients"))
}

/// How many requests a second they answer when a client on one connection does nothing but ask.
pub(super) fn rate(serving: &Serving) -> Result<f64, Error> {
    const TIME: Duration = Duration::from_millis(300);
    let body = "x".repeat(700);
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {}\r\nx-amz-target: DynamoDB_20120810.UpdateItem\r\ncontent-length: {}\r\n\r\n{body}",
        serving.address(),
        body.len()
    );
    let ask = || -> io::Result<f64> {
        let mut stream = TcpStream::connect(serving.address())?;
        stream.set_nodelay(true)?;
        let mut from = BufReader::new(stream.try_clone()?);
        let (begun, mut answers) = (Instant::now(), 0);
        while begun.elapsed() < TIME {
            stream.write_all(request.as_bytes())?;
            let head = ResponseHead::read(&mut from, "POST")?;
            read_body(&mut from, head.end, 1 << 20)?;
            answers += 1;
        }
        Ok(f64::from(answers) / begun.elapsed().as_secs_f64())
    };
    ask().map_err(Error::io("ask the services"))
}

fn answer(request: &Incoming) -> Reply {
    match request.header("x-amz-target") {
        None => storage(request),
        Some(target) => {
            let operation = target.rsplit('.').next().unwrap_or_default();
            let body = table_or_queue(operation, &request.body).to_string();
            Reply::new(200).body("application/x-amz-json-1.0", body)
        }
    }
}

fn table_or_queue(operation: &str, body: &[u8]) -> Value {
    match operation {
        "Query" => json!({"Items": [], "Count": 0, "ScannedCount": 0}),
        "GetItem" => json!({"Item": item(body)}),
        "SendMessageBatch" => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let entries = body["Entries"].as_array().into_iter().flatten();
            let accepted: Vec<Value> = entries
                .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""}))
                .collect();
            json!({"Successful": accepted, "Failed": []})
        }
        _ => json!({}),
    }
}

/// The row that a read asks for: of a stored object, or of an open multipart upload.
fn item(ask: &[u8]) -> Value {
    let ask: Value = serde_json::from_slice(ask).unwrap_or_default();
    let text = |name: &str| ask["Key"][name]["S"].as_str().unwrap_or_default();
    let (owner, id) = (text("owner"), text("id"));
    let mut item = json!({
        "owner": {"S": owner}, "id": {"S": id}, "status": {"S": "stored"}, "bucket": {"S": "bucket"},
        "key": {"S": format!("uploads/{owner}/{id}/a.txt")}, "name": {"S": "a.txt"}, "size": {"N": "9"},
        "type": {"S": "text/plain"}, "visibility": {"S": "private"}, "metadata": {"M": {}},
        "verified": {"BOOL": true}, "createdAt": {"N": "1"},
    });
    if id.starts_with(MULTIPART) {
        let bytes = json!({"N": (PARTS * PART_BYTES).to_string()});
        item["status"] = json!({"S": "pending"});
        item["verified"] = json!({"BOOL": false});
        item["partSize"] = json!({"N": PART_BYTES.to_string()});
        item["size"] = bytes.clone();
        item["clientSize"] = bytes;
        item["clientType"] = json!({"S": "text/plain"});
        item["s3UploadId"] = json!({"S": "multipart"});
        item["openShard"] = json!({"S": "a"});
        item["sweepAt"] = json!({"N": "1"});
        // In use just now, so that this is not written.
        item["activeAt"] = json!({"N": unix_ms().to_string()});
    }
    item
}

fn storage(request: &Incoming) -> Reply {
    let xml = |text: &str| Reply::new(200).body("application/xml", text);
    let asks = |name: &str| request.query.split('&').any(|pair| pair.starts_with(name));
    let multipart = request.path.contains(MULTIPART);
    match request.method.as_str() {
        "GET" if asks("uploads") => xml(
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>",
        ),
        "GET" if asks("uploadId") => xml(&parts()),
        "POST" if asks("uploadId") => xml(&format!(
            "<CompleteMultipartUploadResult><ETag>{ETAG}</ETag></CompleteMultipartUploadResult>"
        )),
        "HEAD" if multipart => object(Reply::new(200)).length(PARTS * PART_BYTES),
        "HEAD" => object(Reply::new(200)),
        _ => object(Reply::new(206).header("content-range", "bytes 0-8/9")),
    }
}

fn object(reply: Reply) -> Reply {
    reply.body("text/plain", OBJECT).header("etag", ETAG)
}

fn parts() -> String {
    let part = |number: u64| {
        format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{ETAG}</ETag><Size>{PART_BYTES}</Size></Part>"
        )
    };
    let parts: String = (1..=PARTS).map(part).collect();
    format!("<ListPartsResult><IsTruncated>false</IsTruncated>{parts}</ListPartsResult>")
}

#[cfg(test)]
mod tests {
    use devkit::http::Request;
    use serde_json::json;

    use super::{MULTIPART, start};

    #[test]
    fn the_id_says_whether_an_upload_is_stored_or_open() {
        let services = start().expect("a free port");
        for (id, status, size) in [("01JD", "stored", "9"), (MULTIPART, "pending", "50331648")] {
            let key = json!({"Key": {"owner": {"S": "o"}, "id": {"S": id}}});
            let get = Request::new("POST", services.url()).json(&key);
            let row = get.header("x-amz-target", "DynamoDB.GetItem").send().json();
            assert_eq!(row["Item"]["status"]["S"], status);
            assert_eq!(row["Item"]["size"]["N"], size);
            let url = format!("{}bucket/uploads/o/{id}/a.txt", services.url());
            let head = Request::new("HEAD", url).send();
            assert_eq!(head.header("content-length"), Some(size));
        }
    }
}
