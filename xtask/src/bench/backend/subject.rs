//! The functions that are measured, and their events.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::sample::{Packed, Sample};
use crate::error::Error;
use crate::lambdas::Functions;
use crate::process::Cmd;
use crate::{files, paths};

type Event = fn(u64) -> Value;
type Check = fn(&Value) -> bool;

/// One function, ready to be started.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(&'static str, &'static str)>,
    /// The event of the n-th call.
    pub(super) event: Event,
    /// Whether an answer is correct.
    pub(super) good: Check,
    /// Size of the deployed zip, in bytes.
    pub(super) zip: u64,
}

/// Environment variables that the template sets for every function.
const VARIABLES: &[(&str, &str)] = &[
    ("ALLOWED_TYPES", "text/plain,video/*"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_SESSION_TOKEN", "token"),
    ("BUCKET", "bucket"),
    ("EVENT_ROUTE", "direct"),
    ("KEY_LAYOUT", "flat"),
    ("KEY_SUFFIX", ""),
    ("MAX_FILE_BYTES", "5368709120"),
    ("MAX_OPEN_BYTES", "0"),
    ("MAX_OPEN_UPLOADS", "1000"),
    ("MAX_READS_PER_SECOND", "0"),
    ("MAX_REQUESTS_PER_SECOND", "50"),
    ("PUBLIC_READ", "off"),
    ("QUEUE_URL", "http://127.0.0.1/000000000000/queue"),
    ("REPAIR_AFTER_SECONDS", "900"),
    ("REQUIRED_SCOPE", ""),
    ("SCAN_UPLOADS", "off"),
    ("TABLE", "table"),
    ("UNFINISHED_DAYS", "7"),
    ("URL_LIFETIME_SECONDS", "300"),
    ("VISIBILITY_TIMEOUT_SECONDS", "120"),
];

impl Subject {
    /// The command that starts it as Lambda would.
    pub(super) fn command(&self, runtime: &str, services: &str) -> Cmd {
        let variables = VARIABLES.iter().chain(&self.variables).copied();
        Cmd::new(&self.program)
            .args(&self.arguments)
            .envs(variables)
            .env("AWS_LAMBDA_RUNTIME_API", runtime)
            .env("AWS_ENDPOINT_URL", services)
            .log(&format!("bench-function-{}", self.name))
    }
}

/// Name, binary or packaging of the sample, what one call does.
const SUBJECTS: &str = "
presign | presign | checks, quota, writes a record, signs one PUT
presign-only | presign | the same without quota and request rate: one write, one PUT signed
read | read | lists an empty page
record | record | one event: HEAD, one write
remove | remove | deletes an object: one read, one DELETE, one write
forward | forward | one event into the queue
sweep | sweep | finds nothing to do
node | bundled | Node.js, AWS SDK v3, one file by esbuild: signs one PUT, nothing else
node-plain | plain | the same with its packages as npm lays them out
";
const UNLIMITED: [(&str, &str); 2] = [("MAX_OPEN_UPLOADS", "0"), ("MAX_REQUESTS_PER_SECOND", "0")];

/// Our functions as they are deployed, and the sample in two packagings.
pub(super) fn all(sample: &Sample, functions: &Functions) -> Result<Vec<Subject>, Error> {
    let mut subjects = Vec::new();
    let of_sample = |packed: &Packed| {
        let entry = packed.entry.display().to_string();
        (sample.node.clone(), vec![entry], packed.zip)
    };
    for row in SUBJECTS.trim().lines() {
        let (name, rest) = row.split_once(" | ").unwrap_or_default();
        let (bin, says) = rest.split_once(" | ").unwrap_or_default();
        let (program, arguments, zip) = match bin {
            "bundled" => of_sample(&sample.bundled),
            "plain" => of_sample(&sample.plain),
            _ => {
                let zip = functions.zip(bin);
                (unpacked(bin, &zip)?, Vec::new(), files::size(&zip)?)
            }
        };
        let created = |answer: &Value| answer["statusCode"].as_u64().is_some_and(|code| code < 300);
        let settled = |answer: &Value| answer["batchItemFailures"] == json!([]);
        let (event, good): (Event, Check) = match bin {
            "presign" => (create, created),
            "bundled" | "plain" => (create, |answer| answer["statusCode"] == 201),
            "read" => (list, created),
            "remove" => (delete, created),
            "record" => (message, settled),
            "forward" => (object_event, |_| true),
            _ => (|_| json!({}), |_| true),
        };
        subjects.push(Subject {
            name,
            says,
            program,
            arguments,
            variables: match name {
                "presign-only" => UNLIMITED.into(),
                _ => Vec::new(),
            },
            event,
            good,
            zip,
        });
    }
    Ok(subjects)
}

fn unpacked(bin: &str, zip: &Path) -> Result<PathBuf, Error> {
    let folder = paths::target().join("bench/functions").join(bin);
    let program = folder.join("bootstrap");
    files::create(&folder)?;
    let unzip = Cmd::new("python3").words("-m zipfile -e").arg(zip);
    unzip.arg(&folder).log("bench-unzip").run()?;
    Cmd::new("chmod").arg("755").arg(&program).run()?;
    Ok(program)
}

/// The event of an HTTP API request.
fn request(route: &str, body: Option<String>) -> Value {
    let (method, path) = route.split_once(' ').unwrap_or_default();
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "api.example.org"},
        "requestContext": {
            "requestId": "JKJaXmPLvHcESHA=", "stage": "$default",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "authorizer": {"jwt": {"claims": {"iss": "https://issuer.example/", "sub": "bench"}, "scopes": null}},
        },
        "body": body, "isBase64Encoded": false,
    })
}

fn create(number: u64) -> Value {
    let id = format!("01JD{number:022}");
    let item = json!({"id": id, "name": "a.txt", "size": 9, "type": "text/plain", "crc64nvme": "rosUhgp5mIg="});
    let body = json!({"uploads": [item]}).to_string();
    request("POST /uploads", Some(body))
}

fn list(_: u64) -> Value {
    request("GET /uploads", None)
}

fn delete(number: u64) -> Value {
    request(&format!("DELETE /uploads/01JD{number:022}/content"), None)
}

fn object_event(number: u64) -> Value {
    let key = format!("uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/01JD{number:022}/a.txt");
    json!({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-11-22T09:30:00.000Z", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "bucket"}, "object": {"key": key, "size": 9,
            "eTag": "25f9e794323b453885f5181f1b624d0b", "sequencer": "0055AED6DCD90281E5"}},
    }]})
}

fn message(number: u64) -> Value {
    let body = object_event(number).to_string();
    json!({"Records": [{"messageId": "m", "receiptHandle": "r", "body": body, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"}}]})
}
