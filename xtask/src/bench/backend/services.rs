//! DynamoDB, SQS and S3 as a function sees them, in this process. Each answers at once with success, so that only
//! the function's own work is measured.

use std::io::BufReader;
use std::net::TcpStream;

use serde_json::{Value, json};

use super::wire::{self, Request};
use crate::error::Error;
use crate::local::http::Listener;

/// The content of every object.
const OBJECT: &[u8] = b"123456789";

/// Starts all of them on one port.
pub(super) fn start() -> Result<Listener, Error> {
    let listener = Listener::start(0, |stream| {
        // A function that exits breaks its connection.
        let _ = serve(stream);
    });
    listener.map_err(Error::io("listen for the services' clients"))
}

fn serve(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut from = BufReader::new(stream);
    while let Some(request) = Request::read(&mut from)? {
        let target = request.header("x-amz-target");
        if target.is_empty() {
            storage(stream, &request)?;
        } else {
            let operation = target.rsplit('.').next().unwrap_or_default();
            let body = table_or_queue(operation, &request.body).to_string();
            let headers = [("content-type", "application/x-amz-json-1.0")];
            wire::answer(stream, 200, &headers, body.as_bytes(), body.len())?;
        }
    }
    Ok(())
}

fn table_or_queue(operation: &str, body: &[u8]) -> Value {
    match operation {
        "Query" => json!({"Items": [], "Count": 0, "ScannedCount": 0}),
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

fn storage(stream: &TcpStream, request: &Request) -> std::io::Result<()> {
    let headers = [
        ("content-type", "text/plain"),
        ("etag", "\"25f9e794323b453885f5181f1b624d0b\""),
        ("content-range", "bytes 0-8/9"),
    ];
    if request.target.contains("?uploads") || request.target.contains("&uploads") {
        let xml = b"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";
        return wire::answer(
            stream,
            200,
            &[("content-type", "application/xml")],
            xml,
            xml.len(),
        );
    }
    match request.method.as_str() {
        "HEAD" => wire::answer(stream, 200, &headers[..2], b"", OBJECT.len()),
        _ => wire::answer(stream, 206, &headers, OBJECT, OBJECT.len()),
    }
}
