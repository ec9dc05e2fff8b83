//! The functions that are measured, and their events.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::events::{self, BATCH, FULL};
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
    /// Uploads or messages in a call.
    pub(super) items: u64,
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
    ("LIVE_GRACE_MINUTES", "1440"),
    ("LIVE_KEEP", "off"),
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

/// Name, binary or packaging of the sample, event, what one call does.
const SUBJECTS: &str = "
presign | presign | create | checks, quota, writes a record, signs one PUT
presign-only | presign | create | the same without quota and request rate: one write, one PUT signed
presign-100 | presign | create-100 | a batch of 100 uploads
sign-6 | presign | sign-6 | signs six parts of a multipart upload
complete | presign | complete | lists the parts, completes, HEAD
read | read | list | lists an empty page
get | read | get | one record
record | record | message | one event: HEAD, one write
record-10 | record | message-10 | a batch of ten
remove | remove | delete | deletes an object: one read, one DELETE, one write
forward | forward | object | one event into the queue
sweep | sweep | schedule | finds nothing to do
node | bundled | create | Node.js, AWS SDK v3, one file by esbuild: signs one PUT, nothing else
node-plain | plain | create | the same with its packages as npm lays them out
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
        let mut cells = row.split(" | ");
        let mut cell = || cells.next().unwrap_or_default();
        let (name, bin, kind, says) = (cell(), cell(), cell(), cell());
        let (program, arguments, zip) = match bin {
            "bundled" => of_sample(&sample.bundled),
            "plain" => of_sample(&sample.plain),
            _ => {
                let zip = functions.zip(bin);
                (unpacked(bin, &zip)?, Vec::new(), files::size(&zip)?)
            }
        };
        let (event, items, good) = call(kind);
        subjects.push(Subject {
            name,
            says,
            items,
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

/// The event of a call, what is in it, and the check of its answer.
fn call(kind: &str) -> (Event, u64, Check) {
    let done: Check = |answer| answer["statusCode"].as_u64().is_some_and(|code| code < 300);
    // Not 207, which some items refused have.
    let created: Check = |answer| answer["statusCode"] == 201;
    // Not 202, while storage still works.
    let stored: Check = |answer| answer["statusCode"] == 200;
    let settled: Check = |answer| answer["batchItemFailures"] == json!([]);
    match kind {
        "create" => (events::create, 1, created),
        "create-100" => (events::create_full, FULL, created),
        "sign-6" => (events::sign_parts, 1, stored),
        "complete" => (events::complete, 1, stored),
        "list" => (events::list, 1, done),
        "get" => (events::get, 1, done),
        "delete" => (events::delete, 1, done),
        "message" => (events::message, 1, settled),
        "message-10" => (events::messages, BATCH, settled),
        "object" => (events::object_event, 1, |_| true),
        _ => (|_| json!({}), 1, |_| true),
    }
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
