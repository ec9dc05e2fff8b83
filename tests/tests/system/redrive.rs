//! F54: messages that come back from the dead-letter queue by the operator's command, hours or days later.

use std::process::Command;
use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use e2e::Env;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use e2e::{env, wait};

use crate::common::RECORD_WITHIN;
use crate::pipeline::event_of;

/// No other test looks at this stack's dead letters.
const STACK: &str = "webm";

/// `cargo xtask redrive`, as an operator calls it; what it printed.
fn redrive() -> String {
    let file = std::env::var(env::VARIABLE).expect("the system under test is described");
    let done = Command::new("cargo")
        .args(["xtask", "redrive", "--env", &file, "--stack", STACK])
        .current_dir(env::root())
        .output()
        .expect("cargo starts");
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{printed}{errors}");
    printed
}

fn upload(api: &Api) -> Record {
    api.upload(&item("a.webm", "video/webm", b"hello"), b"hello")
}

#[test]
fn f54_what_comes_back_from_the_dead_letter_queue_is_recorded() {
    let stack = Env::stack(STACK);
    let (api, aws) = (Api::of_subject(stack, "redrive"), Aws::new(stack));

    // An upload whose event failed: its item is as it was before the event.
    let wish = item("a.webm", "video/webm", b"hello");
    let leave = api.leave(&wish);
    let (owner, id) = (leave.key.owner().to_string(), leave.id.to_string());
    let before = aws.get_item(&owner, &id).expect("the pending item");
    assert_eq!(leave.put(b"hello").send().status, 200);
    let stored = api.wait_status(leave.id, UploadStatus::Stored, Duration::from_secs(10));
    aws.put_item(&before);
    let pending = api.record(leave.id).expect("a record");
    assert_eq!(pending.status, UploadStatus::Pending);

    // One that was recorded all the same, and one whose object has been removed since.
    let known = upload(&api);
    let removed = upload(&api);
    let deleted = aws.delete_object(&removed.key.to_string());
    assert!(matches!(deleted.status, 200 | 204), "{}", deleted.text());
    api.wait_status(removed.id, UploadStatus::Deleted, RECORD_WITHIN);

    for record in [&stored, &known, &removed] {
        aws.send_message(&stack.dlq, &event_of(record).message());
    }
    let printed = redrive();
    assert!(printed.contains("moved 3 of 3"), "{printed}");
    assert!(printed.trim_end().ends_with("COMPLETED"), "{printed}");

    let again = api.wait_status(leave.id, UploadStatus::Stored, RECORD_WITHIN);
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

    assert!(redrive().contains("is empty"), "nothing is left");
}
