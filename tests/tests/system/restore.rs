//! docs/RESTORE.md, followed as far as the local AWS goes: a table as it was, and what a deleted stack has left.

use crowfly_contract::{Record, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::http::Request;
use devkit::random::random_hex;
use e2e::api::{Api, item};
use e2e::aws::Aws;

use crate::commands::{commands, run};
use crate::deploy::output;
use crate::existing::set_up_bucket;
use crate::stacks::{deploy, described, signed_in};

const PAGE: &str = "docs/RESTORE.md";
const BYTES: &[u8] = b"what must not be lost";

/// The same caller at another stack.
fn at(stack: &Stack, api: &Api) -> Api {
    Api::with_token(stack, &api.token)
}

/// The caller has this record, in the list as well, and gets its bytes.
#[track_caller]
fn has(api: &Api, record: &Record) {
    assert_eq!(api.record(record.id).as_ref(), Some(record));
    let listed = api.get("/uploads").json()["uploads"].take();
    let ids = listed
        .as_array()
        .into_iter()
        .flatten()
        .map(|each| each["id"].clone());
    assert!(
        ids.into_iter().any(|id| id == record.id.to_string()),
        "{listed}"
    );
    let answer = api.get(&format!("/uploads/{}/content", record.id));
    let url = answer.json()["url"].as_str().map(str::to_owned);
    assert_eq!(
        Request::new("GET", url.expect("an address")).send().body,
        BYTES
    );
}

#[track_caller]
fn upload(api: &Api, name: &str) -> Record {
    let record = api.upload(&item(name, "text/plain", BYTES), BYTES);
    assert_eq!(record.status, UploadStatus::Stored);
    assert!(record.verified && record.sequencer.is_some());
    record
}

#[test]
fn d5_a_table_as_it_was_and_a_deleted_stack_are_taken_up_again() {
    let account = Env::stack("main");
    let name = format!("lost-{}", random_hex(4));
    // Its own bucket, with events by EventBridge as well.
    deploy(account, &name, &["EventRoute=eventbridge"]);
    let pool = output(account, &name, "UserPoolId");
    let stack = described(account, &name);
    let api = signed_in(&stack, &pool);
    let first = upload(&api, "a b+c%20d é 👋.txt");

    // The table as it was, in place of one in which rows were lost.
    let restored = format!("{}-restored", stack.table);
    let words = [
        ("my-table-restored", "RESTORED".to_owned()),
        ("my-table", stack.table.clone()),
        ("RESTORED", restored.clone()),
    ];
    run(account, &commands(PAGE, "table"), &words);
    let aws = Aws::new(&stack);
    aws.delete_item(first.key.owner().as_str(), &first.id.to_string());
    assert_eq!(api.record(first.id), None);
    let parameter = format!("ExistingTable={restored}");
    deploy(account, &name, &["EventRoute=eventbridge", &parameter]);
    assert_eq!(output(account, &name, "Table"), restored);
    has(&api, &first);
    let second = upload(&api, "second.txt");
    run(
        account,
        &format!("aws dynamodb describe-table --table-name {}", stack.table),
        &[],
    );

    // The stack is gone; bucket, table, pool and client are not.
    let delete = format!(
        "aws cloudformation delete-stack --stack-name {name}
         aws cloudformation wait stack-delete-complete --stack-name {name}"
    );
    run(account, &delete, &[]);
    let answer = api.get("/uploads");
    assert_ne!(answer.status, 200, "{}", answer.text());
    let names = commands(PAGE, "names");
    let kept = run(account, &names, &[("'crowfly'", format!("'{name}'"))]);
    for what in [&stack.bucket, &pool, &stack.client_id] {
        assert!(kept.contains(what.as_str()), "{what} in {kept}");
    }

    let again = format!("again-{}", random_hex(4));
    let parameters = [
        "EventRoute=eventbridge".to_owned(),
        format!("ExistingBucket={}", stack.bucket),
        format!("ExistingTable={restored}"),
        format!("ExistingUserPool={pool}"),
        format!("ExistingUserPoolClient={}", stack.client_id),
    ];
    deploy(account, &again, &parameters.each_ref().map(String::as_str));
    set_up_bucket(account, &again, &stack.bucket);
    let stack = described(account, &again);
    // The same token: the pool and its client are the same.
    let api = at(&stack, &api);
    has(&api, &first);
    has(&api, &second);
    let third = upload(&api, "third.txt");
    assert_eq!(third.key.owner(), first.key.owner());
}
