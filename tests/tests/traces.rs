//! A53: no log, item, message or file that the system writes contains a signature, a token or a key.
//!
//! Runs after the other suites and reads what they left behind: all logs of the functions and of the API, items,
//! messages, and the files of the test run (output of tests, consoles of pages, the issuer's log).
#![forbid(unsafe_code)]

use devkit::env::Env;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use e2e::secrets::{Hit, Search};
use serde_json::{Value, json};

/// Files of the test run that are not searched, by the start of their names, and why.
const OTHERS: &[(&str, &str)] = &[
    (
        "local-aws-",
        "the local AWS's own log, which is storage's and not ours",
    ),
    (
        "one-",
        "tests that were made to fail, which print what they got",
    ),
    (
        "fuzz-",
        "what the fuzzer makes up, beginnings of tokens among it",
    ),
];

/// What was searched, and the secrets found.
#[derive(Default)]
struct Found {
    read: usize,
    hits: Vec<Hit>,
}

impl Found {
    fn read(&mut self, search: &Search, place: &str, text: &str) {
        self.read += text.lines().count().max(1);
        self.hits.extend(search.hits(place, text));
    }

    /// Prints how much was searched, and fails with each place that holds a secret.
    #[track_caller]
    fn assert_none(&self, what: &str) {
        println!("searched {} {what}: {} secrets", self.read, self.hits.len());
        let shown: Vec<String> = self.hits.iter().map(ToString::to_string).collect();
        assert!(
            shown.is_empty(),
            "secrets were written down:\n{}",
            shown.join("\n")
        );
    }
}

fn account() -> Aws {
    Aws::new(Env::stack("main"))
}

/// A search that also looks for the root secret.
fn search(aws: &Aws) -> Search {
    let mut search = Search::default();
    let (_, secret) = aws.keys();
    assert!(secret.len() > 20, "the system is described with root's key");
    search.know("root's secret", secret);
    search
}

/// Calls `visit` with each page of a paginated call.
fn pages(
    aws: &Aws,
    service: &str,
    target: &str,
    mut ask: Value,
    next: &str,
    mut visit: impl FnMut(&Value),
) {
    let (from, to) = next.split_once(' ').unwrap_or((next, next));
    loop {
        let page = aws.call(service, target, &ask);
        visit(&page);
        if page[from].is_null() {
            return;
        }
        ask[to] = page[from].clone();
    }
}

fn groups(aws: &Aws) -> Vec<String> {
    let mut names = Vec::new();
    let target = "Logs_20140328.DescribeLogGroups";
    pages(aws, "logs", target, json!({}), "nextToken", |page| {
        let groups = page["logGroups"].as_array().into_iter().flatten();
        names.extend(groups.filter_map(|group| Some(group["logGroupName"].as_str()?.to_owned())));
    });
    names
}

/// Searches one log group, and returns its lines.
fn search_group(aws: &Aws, search: &Search, group: &str, found: &mut Found) -> Vec<String> {
    let mut lines = Vec::new();
    for event in aws.log_events(group) {
        let line = event["message"].as_str().unwrap_or_default();
        let stream = event["logStreamName"].as_str().unwrap_or_default();
        found.read(search, &format!("log group {group}, stream {stream}"), line);
        lines.push(line.to_owned());
    }
    lines
}

#[test]
fn a53_a91_no_secret_and_no_forged_line_in_any_log() {
    // Without `faulty` and `told`, whose services other tests take away, and `strict`, which trusts a provider of its own
    // test.
    let stacks = Env::get()
        .stacks
        .iter()
        .filter(|(name, _)| !["faulty", "told", "strict"].contains(&name.as_str()));
    for stack in stacks
        .map(|(_, stack)| stack)
        .filter(|stack| stack.user.is_empty())
    {
        let api = Api::of_subject(stack, "traces");
        let record = api.upload(&item("a.webm", "video/webm", b"x"), b"x");
        api.get(&format!("/uploads/{}/content", record.id));
        api.delete(&format!("/uploads/{}/content", record.id));
        api.get("/uploads?limit=1&cursor=junk");
        api.post(
            "/uploads",
            &json!({"uploads": [{"id": record.id, "name": "eyJhbGciOi\n{\"level\":\"error\"}"}]}),
        );
    }
    let aws = account();
    let search = search(&aws);
    let groups = groups(&aws);
    let mut found = Found::default();
    for function in ["presign", "record", "read", "remove", "forward"] {
        assert!(
            groups
                .iter()
                .any(|group| group.ends_with(&format!("/{function}"))),
            "no log of {function}: {groups:?}"
        );
    }
    for group in &groups {
        for line in search_group(&aws, &search, group, &mut found) {
            let forged = line.trim_start().starts_with("{\"level\":\"error\"}");
            assert!(!forged, "a forged line in {group}");
            assert!(!line.contains("cursor="), "{group} has a cursor");
        }
    }
    assert!(found.read > 20, "the functions write logs: {}", found.read);
    found.assert_none(&format!("lines of {} log groups", groups.len()));
}

#[test]
fn a53_no_secret_in_any_item() {
    let aws = account();
    let search = search(&aws);
    let mut found = Found::default();
    for stack in Env::get().stacks.values() {
        let ask = json!({"TableName": stack.table});
        let next = "LastEvaluatedKey ExclusiveStartKey";
        pages(
            &aws,
            "dynamodb",
            "DynamoDB_20120810.Scan",
            ask,
            next,
            |page| {
                for item in page["Items"].as_array().into_iter().flatten() {
                    found.read(
                        &search,
                        &format!("table {}", stack.table),
                        &item.to_string(),
                    );
                }
            },
        );
    }
    assert!(found.read > 3, "there are items: {}", found.read);
    found.assert_none("items");
}

/// Receives messages without hiding or deleting them; those in flight are not seen.
fn search_queue(aws: &Aws, search: &Search, url: &str, found: &mut Found) {
    let ask = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 5});
    for _ in 0..100 {
        let answer = aws.call("sqs", "AmazonSQS.ReceiveMessage", &ask);
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        for message in &messages {
            let body = message["Body"].as_str().unwrap_or_default();
            found.read(search, &format!("queue {url}"), body);
        }
        if messages.is_empty() {
            return;
        }
    }
}

#[test]
fn a53_no_secret_in_any_message_that_waits() {
    let aws = account();
    let search = search(&aws);
    let mut found = Found::default();
    let queues = aws.call("sqs", "AmazonSQS.ListQueues", &json!({}));
    let urls = queues["QueueUrls"].as_array().cloned().unwrap_or_default();
    assert!(urls.len() >= 2 * Env::get().stacks.len(), "{urls:?}");
    for url in urls.iter().filter_map(Value::as_str) {
        search_queue(&aws, &search, url, &mut found);
    }
    found.assert_none(&format!("messages in {} queues", urls.len()));
}

#[test]
fn a53_no_secret_in_the_files_of_the_test_run() {
    let aws = account();
    let search = search(&aws);
    let mut found = Found::default();
    let folder = devkit::paths::root().join("target/logs");
    let (mut files, mut left) = (0, 0);
    for entry in std::fs::read_dir(&folder).expect("the logs").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if OTHERS.iter().any(|(start, _)| name.starts_with(start)) {
            left += 1;
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        found.read(&search, &name, &String::from_utf8_lossy(&bytes));
        files += 1;
    }
    for (start, why) in OTHERS {
        println!("not searched: {start}*.log ({why})");
    }
    found.assert_none(&format!(
        "lines of {files} files of target/logs, {left} left out"
    ));
}

/// Not in any file, the emulator's own log included.
#[test]
fn h3_roots_secret_is_in_no_file_of_the_test_run() {
    let aws = account();
    let (id, secret) = aws.keys();
    assert!(
        !id.is_empty() && !["test", ""].contains(&secret),
        "a key of this start's own"
    );
    let folder = devkit::paths::root().join("target/logs");
    for entry in std::fs::read_dir(&folder).expect("the logs").flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let found = String::from_utf8_lossy(&bytes).contains(secret);
        assert!(!found, "{} holds it", entry.path().display());
    }
}

#[test]
fn a53_a_planted_secret_is_found_in_a_log_and_in_a_queue() {
    let aws = account();
    let search = search(&aws);
    let line = "planted: https://films/k?X-Amz-Signature=0123456789abcdef0123456789abcdef";

    let (group, stream) = ("/planted/traces", "one");
    let named = json!({"logGroupName": group, "logStreamName": stream});
    let logs =
        |action: &str, body: &Value| aws.call("logs", &format!("Logs_20140328.{action}"), body);
    logs("CreateLogGroup", &json!({"logGroupName": group}));
    logs("CreateLogStream", &named);
    let mut events = named.clone();
    events["logEvents"] = json!([{"timestamp": devkit::time::unix() * 1_000, "message": line}]);
    logs("PutLogEvents", &events);
    let mut found = Found::default();
    search_group(&aws, &search, group, &mut found);
    logs("DeleteLogGroup", &json!({"logGroupName": group}));
    let shown: Vec<String> = found.hits.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "log group /planted/traces, stream one: a presigned URL: planted: https://films/k?X-Amz-Signature=***"
        ]
    );

    let made = aws.call(
        "sqs",
        "AmazonSQS.CreateQueue",
        &json!({"QueueName": "planted-traces"}),
    );
    let url = made["QueueUrl"].as_str().expect("a queue");
    aws.send_message(url, line);
    let mut found = Found::default();
    search_queue(&aws, &search, url, &mut found);
    aws.call("sqs", "AmazonSQS.DeleteQueue", &json!({"QueueUrl": url}));
    assert_eq!(found.hits.len(), 1);
}
