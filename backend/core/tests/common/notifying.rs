//! Helpers to run the functions with a bus.

use std::collections::BTreeSet;

use crowfly_contract::Notification;
use crowfly_core::Outbox;
use crowfly_core::ports::PutEvents;
use crowfly_core::record::{Batch, Objects, Recorder, Rows, record_batch};
use crowfly_core::sweep::{self, Sweeper, sweep};
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::events::{key, recorder};
use super::sweeping::{Recorded, item, sweeper};
use super::{NOW, id, owner};

pub(crate) fn notifying() -> Recorder {
    Recorder {
        outbox: Outbox::On,
        ..recorder()
    }
}

/// Handles messages with the recorder.
pub(crate) async fn deliver_by(
    ports: &(impl Rows + Objects + PutEvents),
    recorder: &Recorder,
    bodies: &[String],
) -> Batch {
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    record_batch(ports, ports, ports, recorder, &bodies, 10, NOW).await
}

pub(crate) async fn deliver(memory: &Memory, bodies: &[String]) -> Batch {
    deliver_by(memory, &notifying(), bodies).await
}

/// Handles messages, none of which fails.
pub(crate) async fn delivered(memory: &Memory, bodies: &[String]) {
    let batch = deliver(memory, bodies).await;
    let results: Vec<_> = batch.results.iter().flatten().collect();
    assert!(results.iter().all(|result| result.is_ok()), "{results:?}");
}

/// Sweeps with a bus; returns the number of faults.
pub(crate) async fn sweep_by(
    ports: &(impl sweep::Rows + sweep::Objects + PutEvents),
    now_ms: u64,
) -> usize {
    let seen = Recorded::default();
    let sweeper = Sweeper {
        recorder: notifying(),
        ..sweeper()
    };
    sweep(ports, ports, ports, &sweeper, now_ms, &seen).await;
    seen.faults.into_inner()
}

/// An upload of user a, which is created and sent.
pub(crate) async fn sent(n: u128) -> Memory {
    let memory = Memory::default();
    super::sweeping::create_at(&memory, 'a', json!([item(n)]), NOW).await;
    memory.set_object(&key(n), Some(crowfly_testing::head_of("e1")));
    memory
}

/// What was sent, without the names of owner and upload, in order.
pub(crate) fn words(memory: &Memory, n: u128) -> Vec<String> {
    let name = format!("{}/{}/", owner('a'), id(n));
    let all = memory.notifications().into_iter();
    let own = all.filter_map(|sent| sent.id.strip_prefix(&name).map(str::to_owned));
    own.collect()
}

/// The same, each once.
pub(crate) fn word_set(memory: &Memory, n: u128) -> BTreeSet<String> {
    words(memory, n).into_iter().collect()
}

/// Nothing is left to send, and nothing holds a place in index and quota.
pub(crate) fn assert_settled(memory: &Memory, what: &str) {
    for row in memory.rows() {
        assert_eq!(row.outbox, BTreeSet::new(), "{what}");
        assert_eq!(row.open, None, "{what}");
        assert_eq!(memory.usage(&row.owner).uploads, 0, "{what}");
    }
}

/// Each notification is of the upload that its id names, and of no other.
pub(crate) fn assert_own(sent: &Notification, what: &str) {
    let (owner, record) = (&sent.owner, &sent.record);
    let name = format!("{owner}/{}/{}/", record.id, sent.kind);
    assert!(sent.id.starts_with(&name), "{what}: {sent:?}");
    assert_eq!(
        (record.key.owner(), record.key.id()),
        (owner, record.id),
        "{what}"
    );
    let text = serde_json::to_string(sent).unwrap();
    for hidden in ["X-Amz-", "s3UploadId", "clientSize", "outbox", "sweepAt"] {
        assert!(!text.contains(hidden), "{what}: {text}");
    }
}

/// The result of a scan of upload `n`.
pub(crate) fn scan(n: u128, etag: &str, status: &str) -> String {
    let event: Value = json!({
        "source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "s3ObjectDetails": {"bucketName": "bucket", "objectKey": key(n).to_string(), "eTag": etag},
            "scanResultDetails": {"scanResultStatus": status}}
    });
    event.to_string()
}
