//! What a function sees of Lambda and AWS, in this process: the runtime API
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), and DynamoDB, SQS and S3, which answer at once
//! with success, so that only the function's own work is measured.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use devkit::http::{Incoming, Reply, Server, Serving};
use devkit::time::unix_ms;
use serde_json::{Value, json};

use crate::error::Error;
use crate::files;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:bench";
/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The API as a function's process sees it.
pub(super) struct Runtime {
    serving: Serving,
    events: Sender<Event>,
    answers: Receiver<Result<Vec<u8>, Vec<u8>>>,
}

/// The id of an event, and its body.
type Event = (u64, String);

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let (events, coming) = mpsc::channel();
        let (answered, answers) = mpsc::channel();
        let coming = Mutex::new(coming);
        let serving = Server::bind(0)
            .and_then(|server| server.serve(move |request| reply(&coming, &answered, request)))
            .map_err(Error::io("listen for functions"))?;
        Ok(Self {
            serving,
            events,
            answers,
        })
    }

    /// What goes into `AWS_LAMBDA_RUNTIME_API`.
    pub(super) fn address(&self) -> String {
        self.serving.address().to_string()
    }

    /// Gives an event to the next poll.
    pub(super) fn send(&self, id: u64, event: &Value) {
        // The server holds the other end as long as this exists.
        let _ = self.events.send((id, event.to_string()));
    }

    pub(super) fn answer(&self) -> Result<Value, Error> {
        let answer = self.answers.recv_timeout(TIMEOUT);
        let answer = answer.map_err(|_| Error::failed("the function does not answer"))?;
        let answer = answer.map_err(|error| {
            let error = String::from_utf8_lossy(&error);
            Error::failed(format!("the function failed: {error}"))
        })?;
        files::json("the function's answer", answer)
    }
}

fn reply(
    coming: &Mutex<Receiver<Event>>,
    answered: &Sender<Result<Vec<u8>, Vec<u8>>>,
    request: &Incoming,
) -> Reply {
    if !request.path.ends_with("/invocation/next") {
        let body = request.body.clone();
        let good = request.path.ends_with("/response");
        let _ = answered.send(if good { Ok(body) } else { Err(body) });
        return Reply::new(202);
    }
    let coming = coming.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok((id, event)) = coming.recv() else {
        return Reply::text(410, "there are no more events\n");
    };
    let deadline = unix_ms() + u64::try_from(TIMEOUT.as_millis()).unwrap_or_default();
    Reply::new(200)
        .body("application/json", event)
        .header("lambda-runtime-aws-request-id", id.to_string())
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", ARN)
}

const OBJECT: &str = "123456789";

/// Starts all of them on one port.
pub(super) fn services() -> Result<Serving, Error> {
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
        "GetItem" => json!({"Item": stored(body)}),
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

/// The row that a read asks for, of a stored object.
fn stored(ask: &[u8]) -> Value {
    let ask: Value = serde_json::from_slice(ask).unwrap_or_default();
    let text = |name: &str| ask["Key"][name]["S"].as_str().unwrap_or_default();
    let key = format!("uploads/{}/{}/a.txt", text("owner"), text("id"));
    json!({
        "owner": {"S": text("owner")}, "id": {"S": text("id")}, "status": {"S": "stored"}, "bucket": {"S": "bucket"},
        "key": {"S": key}, "name": {"S": "a.txt"}, "size": {"N": "9"}, "type": {"S": "text/plain"},
        "visibility": {"S": "private"}, "metadata": {"M": {}}, "verified": {"BOOL": true}, "createdAt": {"N": "1"},
    })
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

#[cfg(test)]
mod tests {
    use devkit::http::{Framing, Request};
    use serde_json::json;

    use super::Runtime;

    #[test]
    fn an_event_goes_to_the_function_and_its_answer_comes_back() {
        let runtime = Runtime::start().expect("a free port");
        let path = |path: &str| format!("http://{}/2018-06-01/runtime/{path}", runtime.address());
        runtime.send(7, &json!({"a": 1}));
        let event = Request::new("GET", path("invocation/next")).send();
        assert_eq!(event.json(), json!({"a": 1}));
        assert_eq!(event.header("lambda-runtime-aws-request-id"), Some("7"));
        // Lambda's runtimes stream their answers.
        let answer = Request::new("POST", path("invocation/7/response"))
            .body("{\"b\": 2}")
            .framing(Framing::Chunked);
        assert_eq!(answer.send().status, 202);
        assert_eq!(runtime.answer().expect("the answer"), json!({"b": 2}));
    }
}
