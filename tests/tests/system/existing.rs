//! A bucket, a table and a user pool that exist before the stack, with events by EventBridge, as docs/EXISTING.md sets them up.

use crowfly_contract::{ObjectKey, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::http::Request;
use devkit::paths::root;
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, crc64nvme, item, new_id};
use e2e::aws::Aws;
use serde_json::json;

use crate::commands::{commands, run, run_in};
use crate::common::RECORD_WITHIN;
use crate::deploy::output;
use crate::parts::{self, Parts};
use crate::stacks::{deploy, described, signed_in};

const PAGE: &str = "docs/EXISTING.md";
/// Names in which encodings of keys differ.
const NAMES: [&str; 5] = [
    "a b.txt",
    "a+b.txt",
    "100%25.txt",
    "é 두 👋.txt",
    "%2B + é%.txt",
];

/// What there is before the stack: a bucket with an object of somebody else's, a table, and a pool with a client.
struct Before {
    bucket: String,
    table: String,
    pool: String,
    client: String,
}

fn before(account: &Stack) -> Before {
    let mark = random_hex(4);
    let (bucket, table) = (format!("mine-{mark}"), format!("mine-{mark}"));
    let script = format!(
        "aws s3api create-bucket --bucket {bucket}
         printf report > target/test/report-{mark}.txt
         aws s3api put-object --bucket {bucket} --key 'reports/a b+c.txt' --body target/test/report-{mark}.txt"
    );
    run(account, &script, &[]);
    run(
        account,
        &commands(PAGE, "table"),
        &[("my-table", table.clone())],
    );
    let create = format!(
        "aws cognito-idp create-user-pool --pool-name {mark} --query UserPool.Id --output text"
    );
    let pool = run(account, &create, &[]).trim().to_owned();
    let example = [("eu-west-1_AbCdEfGhI", pool.clone())];
    let client = run(account, &commands(PAGE, "client"), &example)
        .trim()
        .to_owned();
    Before {
        bucket,
        table,
        pool,
        client,
    }
}

/// Gives the bucket its settings, by the commands of the page.
#[track_caller]
pub(crate) fn set_up_bucket(account: &Stack, name: &str, bucket: &str) {
    let folder = root().join(format!("target/test/bucket-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder for the documents");
    let words = [
        ("--stack-name crowfly", format!("--stack-name {name}")),
        ("my-bucket", bucket.to_owned()),
    ];
    run_in(&folder, account, &commands(PAGE, "bucket"), &words);
    let _ = std::fs::remove_dir_all(folder);
}

/// Only the objects of uploads have events, and none of those is a dead letter.
#[track_caller]
fn no_dead_letters(aws: &Aws, stack: &Stack) {
    let dead = aws.receive_messages(&stack.dlq);
    assert!(dead.is_empty(), "{} dead letters", dead.len());
}

#[test]
fn d5_d8_a_stack_uses_the_bucket_the_table_and_the_pool_that_it_is_given() {
    let account = Env::stack("main");
    let given = before(account);
    let name = format!("given-{}", random_hex(4));
    let parameters = [
        "EventRoute=eventbridge".to_owned(),
        format!("ExistingBucket={}", given.bucket),
        format!("ExistingTable={}", given.table),
        format!("ExistingUserPool={}", given.pool),
        format!("ExistingUserPoolClient={}", given.client),
    ];
    deploy(account, &name, &parameters.each_ref().map(String::as_str));
    for (key, expected) in [
        ("Bucket", &given.bucket),
        ("Table", &given.table),
        ("UserPoolId", &given.pool),
        ("ClientId", &given.client),
    ] {
        assert_eq!(output(account, &name, key), *expected, "{key}");
    }
    set_up_bucket(account, &name, &given.bucket);
    let stack = described(account, &name);
    let api = signed_in(&stack, &given.pool);
    let aws = Aws::new(&stack);

    uploads(&api, &aws);
    others_keys(&api, &aws);
    in_parts(&api, &aws);
    no_dead_letters(&aws, &stack);
    settings(&stack, &aws);

    let kept = aws.get_object("reports/a b+c.txt");
    assert_eq!(
        (kept.status, kept.body.as_slice()),
        (200, b"report" as &[u8])
    );
    run(
        account,
        &format!(
            "aws cloudformation delete-stack --stack-name {name}
         aws cloudformation wait stack-delete-complete --stack-name {name}"
        ),
        &[],
    );
    assert_eq!(aws.get_object("reports/a b+c.txt").status, 200);
}

/// What people upload: stored, read, listed and deleted, each told by an event.
fn uploads(api: &Api, aws: &Aws) {
    for name in NAMES {
        let record = api.upload(&item(name, "text/plain", name.as_bytes()), name.as_bytes());
        assert_eq!(
            (record.status, record.name.as_str()),
            (UploadStatus::Stored, name)
        );
        assert!(
            record.verified && record.sequencer.is_some(),
            "{name}: by its event"
        );
        let answer = api.get(&format!("/uploads/{}/content", record.id));
        let url = answer.json()["url"].as_str().map(str::to_owned);
        let got = Request::new("GET", url.expect("an address")).send();
        assert_eq!(got.body, name.as_bytes());
        assert_eq!(aws.delete_object(&record.key.to_string()).status, 204);
        api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
    }
    let listed = api.get("/uploads").json();
    assert_eq!(
        listed["uploads"].as_array().map(Vec::len),
        Some(NAMES.len()),
        "{listed}"
    );
}

/// Objects that somebody else wrote under an owner: the key of the event is not decoded.
fn others_keys(api: &Api, aws: &Aws) {
    let owner = api
        .upload(&item("a.txt", "text/plain", b"a"), b"a")
        .key
        .owner()
        .clone();
    for name in NAMES {
        let id = new_id();
        let key = ObjectKey::new(owner.clone(), id, name)
            .expect("a key")
            .to_string();
        assert_eq!(
            aws.put_object(&key, "text/plain", b"unannounced").status,
            200
        );
        let record = wait::until("its record", RECORD_WITHIN, || api.record(id));
        assert_eq!(
            (record.key.to_string(), record.status),
            (key.clone(), UploadStatus::Stored)
        );
        assert_eq!(aws.delete_object(&key).status, 204);
        let record = api.wait_status(id, UploadStatus::Deleted, RECORD_WITHIN);
        assert_eq!(record.key.to_string(), key);
    }
}

fn in_parts(api: &Api, aws: &Aws) {
    let bytes = parts::bytes();
    let upload = Parts::begin(api.clone(), parts::create_item());
    upload.send(&bytes, 1..=upload.plan.part_count());
    let answer = upload.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let record = wait::until("its event", RECORD_WITHIN, || {
        api.record(upload.id)
            .filter(|record| record.sequencer.is_some())
    });
    assert!(record.verified && record.status == UploadStatus::Stored);
    let removed = api.delete(&format!("/uploads/{}/content", upload.id));
    assert!(removed.status < 300, "{}", removed.text());
    assert!(!aws.has_object(&upload.key.to_string()));
    api.wait_status(upload.id, UploadStatus::Deleted, RECORD_WITHIN);
}

/// The printed documents do what those of the stack's own bucket do, under `uploads/` alone.
fn settings(stack: &Stack, aws: &Aws) {
    let key = format!("uploads/{}/k.txt", random_hex(6));
    let preflight = |origin: &str| {
        Request::new("OPTIONS", aws.object_url(&key))
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header(
                "access-control-request-headers",
                "content-type,x-amz-checksum-crc64nvme,if-none-match",
            )
            .send()
    };
    let allowed = preflight(stack.origin());
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        Some(stack.origin())
    );
    let refused = preflight("https://evil.example");
    assert_eq!(refused.header("access-control-allow-origin"), None);

    // A user, because locally no bucket policy applies to the account's owner.
    let writer = aws.user(&format!("writer-{}", random_hex(6)), &["s3:PutObject"]);
    let put = |key: &str, headers: &[(&str, &str)], age: u64| {
        let signed: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let url = writer.presigned_put(key, &signed, 604_800, devkit::time::unix() - age);
        let request = Request::new("PUT", url).body(b"bytes");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(name, *value)
        });
        request.send().status
    };
    let once = [("if-none-match", "*")];
    assert_eq!(
        put(&key, &[], 0),
        403,
        "without a condition it could overwrite"
    );
    assert_eq!(put(&key, &once, 901), 403, "an old signature");
    assert_eq!(put(&key, &once, 0), 200);
    assert_eq!(put(&key, &once, 0), 412, "there is one");
    for (headers, age) in [(&[] as &[(&str, &str)], 0), (&[], 901)] {
        assert_eq!(
            put("reports/b.txt", headers, age),
            200,
            "elsewhere nothing has changed"
        );
    }
    let rules = run(
        stack,
        &format!(
            "aws s3api get-bucket-lifecycle-configuration --bucket {} \
        --query Rules[].AbortIncompleteMultipartUpload.DaysAfterInitiation --output text",
            stack.bucket
        ),
        &[],
    );
    assert_eq!(rules.trim(), "30");
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_made() {
    let account = Env::stack("main");
    for parameters in [
        &[("ExistingBucket", "my-bucket")] as &[(&str, &str)],
        &[
            ("ExistingBucket", "my-bucket"),
            ("EventRoute", "eventbridge"),
            ("PublicRead", "acl"),
        ],
        &[("ExistingUserPool", "us-east-1_AbCdEfGhI")],
        &[("ExistingUserPoolClient", "1h57kf5cpq17m0eml12EXAMPLE")],
        &[
            ("ExistingBucket", "my.bucket"),
            ("EventRoute", "eventbridge"),
        ],
    ] {
        let answer = Aws::new(account).update_stack(parameters);
        assert_eq!(answer.status, 400, "{parameters:?}: {}", answer.text());
        assert!(
            answer.text().contains("ValidationError"),
            "{}",
            answer.text()
        );
    }
}
