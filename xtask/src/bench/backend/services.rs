//! DynamoDB, SQS and S3 as a function sees them, in this process. Each answers at once with success, so that only
//! the function's own work is measured.

use devkit::http::{Incoming, Reply, Server, Serving};
use serde_json::{Value, json};

use crate::error::Error;

/// The content of every object.
const OBJECT: &str = "123456789";

/// Starts all of them on one port.
pub(super) fn start() -> Result<Serving, Error> {
    Server::bind(0)
        .and_then(|server| server.serve(answer))
        .map_err(Error::io("listen for the services' clients"))
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

fn storage(request: &Incoming) -> Reply {
    let mut parameters = request.query.split('&');
    if parameters.any(|pair| pair.starts_with("uploads")) {
        let xml = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";
        return Reply::new(200).body("application/xml", xml);
    }
    let reply = match request.method.as_str() {
        "HEAD" => Reply::new(200),
        _ => Reply::new(206).header("content-range", "bytes 0-8/9"),
    };
    let reply = reply.body("text/plain", OBJECT);
    reply.header("etag", "\"25f9e794323b453885f5181f1b624d0b\"")
}
