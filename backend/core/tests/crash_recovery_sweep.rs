//! A sweep that crashes at each of its calls in turn, before or after its effect: the next one
//! completes it.

mod common;

use common::crashes::at_every_call;
use common::creating::create_with;
use common::events::{key, recorder};
use common::multipart::SIZE;
use common::{LIMITS, NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::cancel::cancel;
use crowfly_core::ports::{PutEvents, Usage};
use crowfly_core::sweep::{Action, Objects, Observer, Part, Rows, Sweeper, sweep};
use crowfly_core::{Fault, FaultKind, Notifications};
use crowfly_testing::{Memory, head_of};
use serde_json::json;

const HOUR: u64 = 3_600_000;
const WEEK: u64 = 7 * 24 * HOUR;

/// Has unlimited time and fails on any fault.
struct Unlimited;

impl Observer for Unlimited {
    fn has_time(&self, _part: Part) -> bool {
        true
    }

    fn did(&self, _action: &Action) {}

    fn failed(&self, fault: &Fault) {
        panic!("{fault}");
    }

    fn notified(&self, _notifications: Notifications) {}
}

/// Open uploads: one with a lost event, one without an object, one with an interrupted cancel, one
/// whose object appeared after its cancel, and one that was cancelled.
async fn left_open() -> Memory {
    let memory = Memory::default();
    let owner = owner('a');
    let item = |n: u128, size: u64| json!({"id": id(n).to_string(), "name": "a.webm", "size": size, "type": "video/webm"});
    let items = json!([
        item(1, 9),
        item(2, SIZE),
        item(3, SIZE),
        item(4, 9),
        item(5, SIZE)
    ]);
    let created = create_with(&memory, LIMITS, 'a', items, NOW).await;
    assert!(created.iter().all(|(_, result)| result.is_ok()));
    memory.set_object(&key(1), Some(head_of("e1")));
    memory.fail_next("abort_multipart", FaultKind::Unavailable);
    assert!(cancel(&memory, &memory, &owner, id(3), NOW).await.is_err());
    for n in [4, 5] {
        cancel(&memory, &memory, &owner, id(n), NOW).await.unwrap();
    }
    memory.set_object(&key(4), Some(head_of("e1")));
    assert_eq!(memory.usage(&owner).uploads, 3);
    memory
}

async fn sweep_at(ports: &(impl Rows + Objects + PutEvents), now_ms: u64) {
    let sweeper = Sweeper {
        recorder: recorder(),
        unfinished_ms: WEEK,
        repair_after_ms: 900_000,
        live_grace_ms: 24 * 3_600_000,
        live_keep: false,
    };
    sweep(ports, ports, ports, &sweeper, now_ms, &Unlimited).await;
}

#[tokio::test]
async fn f55_f63_the_next_sweep_recovers_from_a_crash_at_any_call() {
    at_every_call(
        "sweep",
        left_open,
        async |ports| sweep_at(ports, NOW + WEEK).await,
        async |memory| sweep_at(memory, NOW + WEEK + 6 * HOUR).await,
        |memory, (), what| {
            let (stored, aborted) = (UploadStatus::Stored, UploadStatus::Aborted);
            let expired = UploadStatus::Expired;
            let rows = memory
                .rows()
                .into_iter()
                .zip([stored, expired, aborted, stored, aborted]);
            for (n, (row, status)) in (1..).zip(rows) {
                assert_eq!(row.record.status, status, "{what}: {n}");
                // An upload that expired just now is watched for another day.
                assert_eq!(row.open.is_some(), n == 2, "{what}: {n}");
                let ends = row.record.expires_at.is_some();
                assert_eq!(ends, status == aborted, "{what}: {n}");
            }
            assert_eq!(memory.usage(&owner('a')), Usage::default(), "{what}");
            assert_eq!(memory.open_multiparts(), Vec::<String>::new(), "{what}");
        },
    )
    .await;
}
