//! F54: messages that the operator's redrive moves back from the dead-letter queue, hours or days later.

use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use devkit::env::{self, Env, Stack};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::json;

use crate::common::RECORD_WITHIN;
use crate::pipeline::event_of;

/// No other test uses this stack's dead-letter queue.
const STACK: &str = "webm";

/// Runs `cargo xtask redrive` as an operator on AWS would; returns its output, and whether it succeeded.
fn redrive_as(operator: &Aws) -> Result<String, String> {
    let stack = Env::stack(STACK);
    let (key, secret) = operator.keys();
    redrive(
        Command::new("cargo")
            .args(["xtask", "redrive", "--stack", stack.name()])
            .args(["--region", &stack.region, "--endpoint", &stack.s3])
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", secret)
            .env("AWS_SESSION_TOKEN", ""),
    )
}

/// The same with a profile of the AWS CLI: its region, and credentials that another program has, as those of SSO.
fn redrive_with_profile(operator: &Aws) -> Result<String, String> {
    let stack = Env::stack(STACK);
    let (id, secret) = operator.keys();
    let folder = devkit::paths::temporary("redrive");
    let path = |name: &str| folder.path().join(name);
    let key = json!({"Version": 1, "AccessKeyId": id, "SecretAccessKey": secret});
    std::fs::write(path("key.json"), key.to_string()).expect("the key");
    let config = format!(
        "[profile operator]\nregion = {}\ncredential_process = cat {}\n",
        stack.region,
        path("key.json").display()
    );
    std::fs::write(path("config"), config).expect("a profile");
    redrive(
        Command::new("cargo")
            .args([
                "xtask",
                "redrive",
                "--stack",
                stack.name(),
                "--profile",
                "operator",
            ])
            .args(["--endpoint", &stack.s3])
            .env("AWS_CONFIG_FILE", path("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY"),
    )
}

/// The same for the local system, which its env file describes.
fn redrive_local() -> Result<String, String> {
    let file = std::env::var(env::VARIABLE).expect("the system under test is described");
    redrive(Command::new("cargo").args(["xtask", "redrive", "--env", &file, "--stack", STACK]))
}

fn redrive(command: &mut Command) -> Result<String, String> {
    // One at a time: the command reads what it calls back from one log file.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let done = command
        .current_dir(devkit::paths::root())
        .output()
        .expect("cargo starts");
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() {
        Ok(printed)
    } else {
        Err(printed + &String::from_utf8_lossy(&done.stderr))
    }
}

/// The permissions that docs/OPERATIONS.md lists for an operator: resources, and the actions on them.
fn rights(stack: &Stack, without: &str) -> Vec<(String, Vec<String>)> {
    let guide = std::fs::read_to_string(devkit::paths::root().join("docs/OPERATIONS.md"))
        .expect("the guide");
    let (_, table) = guide
        .split_once("| on | actions |\n| --- | --- |\n")
        .expect("the rights of a redrive");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let url = match cells[1] {
            "the queue" => &stack.queue,
            "the dead-letter queue" => &stack.dlq,
            other => panic!("which queue is {other}?"),
        };
        let name = url.rsplit('/').next().unwrap_or_default();
        let actions = cells[2].replace('`', "");
        let actions = actions.split(' ').filter(|action| *action != without);
        (
            format!("arn:aws:sqs:*:*:{name}"),
            actions.map(str::to_owned).collect(),
        )
    })
    .collect()
}

/// A user with those permissions, less one action.
fn operator(without: &str) -> Aws {
    let stack = Env::stack(STACK);
    let rights = rights(stack, without);
    let named: Vec<(&str, Vec<&str>)> = rights
        .iter()
        .map(|(on, actions)| (on.as_str(), actions.iter().map(String::as_str).collect()))
        .collect();
    let named: Vec<(&str, &[&str])> = named
        .iter()
        .map(|(on, actions)| (*on, actions.as_slice()))
        .collect();
    Aws::new(stack).user_with(&format!("redrive-{}", random_hex(6)), &named)
}

fn recorded(api: &Api) -> Record {
    api.upload(&item("a.webm", "video/webm", b"hello"), b"hello")
}

#[test]
fn f54_what_comes_back_from_the_dead_letter_queue_is_recorded() {
    let stack = Env::stack(STACK);
    let (api, aws) = (Api::of_subject(stack, "redrive"), Aws::new(stack));

    // An upload whose event failed: its record is as it was before the event.
    let create_item = item("a.webm", "video/webm", b"hello");
    let upload = api.create_one(&create_item);
    let (owner, id) = (upload.key.owner().to_string(), upload.id.to_string());
    let before = aws.get_item(&owner, &id).expect("the pending item");
    assert_eq!(upload.put(b"hello").send().status, 200);
    let stored = api.wait_status(upload.id, UploadStatus::Stored, Duration::from_secs(10));
    aws.put_item(&before);
    let pending = api.record(upload.id).expect("a record");
    assert_eq!(pending.status, UploadStatus::Pending);

    // One that was recorded nevertheless, and one whose object has been removed since.
    let known = recorded(&api);
    let removed = recorded(&api);
    let deleted = aws.delete_object(&removed.key.to_string());
    assert!(matches!(deleted.status, 200 | 204), "{}", deleted.text());
    api.wait_status(removed.id, UploadStatus::Deleted, RECORD_WITHIN);

    for record in [&stored, &known, &removed] {
        aws.send_message(&stack.dlq, &event_of(record).message());
    }
    let operator = operator("");
    let printed = redrive_as(&operator).unwrap_or_else(|error| panic!("{error}"));
    assert!(printed.contains("moved 3 of 3"), "{printed}");
    assert!(printed.trim_end().ends_with("COMPLETED"), "{printed}");

    let again = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!(
        (again.size, &again.sequencer),
        (stored.size, &stored.sequencer)
    );
    wait::until("the queues are empty", RECORD_WITHIN, || {
        (aws.queue_depth(&stack.queue) + aws.queue_depth(&stack.dlq) == 0).then_some(())
    });
    assert_eq!(api.record(known.id), Some(known));
    let removed = api.record(removed.id).expect("the tombstone");
    assert_eq!(removed.status, UploadStatus::Deleted);

    for printed in [redrive_with_profile(&operator), redrive_local()] {
        let printed = printed.unwrap_or_else(|error| panic!("{error}"));
        assert!(printed.contains("is empty"), "nothing is left: {printed}");
    }
}

/// Every permission in the guide is needed, as far as the local AWS shows it: it checks the calls of the operator,
/// not those that a move makes by itself.
#[test]
fn f54_without_a_right_of_the_guide_nothing_is_moved() {
    for right in ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"] {
        let refused = redrive_as(&operator(right)).expect_err("a right is missing");
        let name = right.trim_start_matches("sqs:");
        assert!(refused.contains(name), "{right}: {refused}");
    }
}
