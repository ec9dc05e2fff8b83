//! The sweep as the schedule invokes it: its report, and the metric of one that is cut short.

mod common;

use std::process::Command;
use std::time::Duration;

use common::{NOW, id, owner};
use crowfly_core::Outbox;
use crowfly_core::address::ObjectAddress;
use crowfly_core::record::Recorder;
use crowfly_core::sweep::Sweeper;
use crowfly_lambdas::runtime::Moment;
use crowfly_lambdas::sweep;
use crowfly_testing::{Memory, row_of};
use serde_json::{Value, json};

const DAY_MS: u64 = 24 * 3_600 * 1_000;
/// The variable that gives the child process its time limit, in milliseconds.
const LEFT_MS: &str = "CROWFLY_TEST_LEFT_MS";

/// Runs a sweep over one upload that was unused for a week.
async fn report(left: Duration) -> Value {
    let memory = Memory::default();
    let mut row = row_of(&owner("alice"), id(1), NOW);
    row.open = Some(crowfly_core::Open {
        counted: false,
        sweep_at: NOW,
        active_at: NOW,
    });
    memory.set_row(row);
    let sweeper = Sweeper {
        recorder: Recorder {
            bucket: "bucket".to_owned(),
            address: ObjectAddress::on_aws("bucket", "eu-west-1"),
            scan_uploads: false,
            outbox: Outbox::Off,
        },
        unfinished_ms: 7 * DAY_MS,
        repair_after_ms: 900_000,
        live_grace_ms: DAY_MS,
        live_keep: false,
    };
    let now = Moment {
        ms: NOW + 7 * DAY_MS,
        left,
    };
    sweep::handle(&memory, &memory, &memory, &sweeper, now)
        .await
        .unwrap()
}

#[tokio::test]
async fn a38_the_report_says_what_was_done() {
    let expected = |expired: u64, complete: bool| {
        json!({"repaired": 0, "kept": 0, "expired": expired, "finished": 0, "closed": 0, "multipartsAborted": 0,
            "quotaReleased": 0, "notificationsSent": 0, "notificationsFailed": 0, "failed": 0, "complete": complete})
    };
    assert_eq!(report(Duration::from_secs(600)).await, expected(1, true));
    assert_eq!(report(Duration::ZERO).await, expected(0, false));
}

/// Writes the log lines for [`f55_a_sweep_that_was_cut_short_is_measured`]; does nothing otherwise.
#[tokio::test]
async fn writes_its_lines() {
    let left = std::env::var(LEFT_MS).ok().and_then(|ms| ms.parse().ok());
    if let Some(left) = left {
        report(Duration::from_millis(left)).await;
    }
}

#[test]
fn f55_a_sweep_that_was_cut_short_is_measured() {
    for (left, cut_short) in [("0", Some(json!(1))), ("600000", None)] {
        let written = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_its_lines", "--nocapture"])
            .env(LEFT_MS, left)
            .output()
            .unwrap();
        assert!(written.status.success());
        let text = String::from_utf8(written.stdout).unwrap();
        let lines = text.lines().filter_map(|line| line.get(line.find('{')?..));
        let lines: Vec<Value> = lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        assert!(lines.iter().any(|line| line["event"] == "swept"), "{text}");
        let measured = lines.iter().find_map(|line| line.get("SweepIncomplete"));
        assert_eq!(measured, cut_short.as_ref(), "{text}");
    }
}
