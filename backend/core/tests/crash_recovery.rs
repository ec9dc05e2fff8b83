//! Functions that crash at each of their calls in turn, before or after its effect. Then the event
//! is delivered again, or the client repeats its request; the result must equal that of a run
//! without a crash.

mod common;

use std::collections::BTreeSet;

use common::crashes::at_every_call;
use common::creating::{CreatePorts, create_with};
use common::events::{address, created, event, handle, key, recorder, removed};
use common::multipart::{PART, SIZE, WHOLE_CRC, begun, item, row, send_all};
use common::sweeping::{create_at, open};
use common::{LIMITS, NOW, id, owner};
use crowfly_contract::{Crc64Nvme, ObjectKey, PartGrant, UploadStatus};
use crowfly_core::Row;
use crowfly_core::cancel::cancel;
use crowfly_core::complete::{Completed, complete};
use crowfly_core::create::ItemResult;
use crowfly_core::forward::{Forwarder, forward};
use crowfly_core::ports::PutEvents;
use crowfly_core::record::{self, Outcome, RecordError};
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

/// All rows of the tests.
fn rows(memory: &Memory) -> Vec<Row> {
    let all: Vec<Row> = (0..10)
        .filter_map(|n| memory.row(&owner('a'), id(n)))
        .collect();
    assert_eq!(memory.row_count(), all.len(), "no row but these");
    all
}

/// Five uploads in storage; the messages of [`batch`] describe what happened to them.
async fn stored() -> Memory {
    let memory = Memory::default();
    let items: Vec<Value> = (1..=5).map(common::sweeping::item).collect();
    create_at(&memory, 'a', json!(items), NOW).await;
    for n in 1..=5 {
        memory.set_object(&key(n), Some(head_of("e1")));
    }
    assert_eq!(open(&memory), 5);
    memory.set_object(&key(3), None);
    memory.set_object(&key(4), Some(head_of("e2")));
    memory
}

/// A PUT; a duplicate; a removal before its PUT; an overwrite before the overwritten; two records
/// in one message.
fn batch() -> Vec<String> {
    let both = [
        event(&key(5).to_string(), "A1", Some("e1")),
        event(&key(6).to_string(), "A1", None),
    ];
    vec![
        created(1, "A1", "e1"),
        created(2, "A1", "e1"),
        created(2, "A1", "e1"),
        removed(3, "A2"),
        created(3, "A1", "e1"),
        created(4, "A2", "e2"),
        created(4, "A1", "e1"),
        json!({"Records": both}).to_string(),
    ]
}

async fn record_batch(
    ports: &(impl record::Rows + record::Objects + PutEvents),
    at_once: usize,
) -> Vec<Result<Outcome, RecordError>> {
    let batch = batch();
    let bodies: Vec<&str> = batch.iter().map(String::as_str).collect();
    let batch = record::record_batch(ports, ports, ports, &recorder(), &bodies, at_once, NOW).await;
    batch.results.into_iter().flatten().collect()
}

#[tokio::test]
async fn f61_f62_a_redelivered_batch_yields_the_same_rows_after_a_crash_at_any_call() {
    let undisturbed = stored().await;
    record_batch(&undisturbed, 10).await;
    let expected = rows(&undisturbed);
    let status: Vec<UploadStatus> = expected.iter().map(|row| row.record.status).collect();
    assert_eq!(
        status[..4],
        [
            UploadStatus::Stored,
            UploadStatus::Stored,
            UploadStatus::Deleted,
            UploadStatus::Stored
        ]
    );
    for (name, at_once) in [("record, one by one", 1), ("record, ten at once", 10)] {
        at_every_call(
            name,
            stored,
            async |ports| record_batch(ports, at_once).await,
            async |memory| record_batch(memory, at_once).await,
            |memory, results, what| {
                assert!(results.iter().all(Result::is_ok), "{what}: {results:?}");
                assert_eq!(rows(memory), expected, "{what}");
                assert_eq!(open(memory), 0, "{what}");
            },
        )
        .await;
    }
}

async fn create_all(ports: &impl CreatePorts, items: Value) -> Vec<ItemResult> {
    create_with(ports, LIMITS, 'a', items, NOW).await
}

#[tokio::test]
async fn f63_a_repeated_create_recovers_from_a_crash_at_any_call() {
    let item = |n: u128, size: u64| json!({"id": id(n).to_string(), "name": "a.webm", "size": size, "type": "video/webm"});
    let items = json!([item(1, 9), item(2, 9), item(3, 9)]);
    let undisturbed = Memory::default();
    create_all(&undisturbed, items.clone()).await;
    at_every_call(
        "create of three single uploads",
        async || Memory::default(),
        async |ports| create_all(ports, items.clone()).await,
        async |memory| create_all(memory, items.clone()).await,
        |memory, results, what| {
            assert!(results.iter().all(|(_, result)| result.is_ok()), "{what}");
            assert_eq!(rows(memory), rows(&undisturbed), "{what}");
            assert_eq!(open(memory), 3, "{what}");
        },
    )
    .await;
}

#[tokio::test]
async fn f63_a_repeated_multipart_create_recovers_from_a_crash_at_any_call() {
    let items = || {
        let mut item = item(SIZE);
        item["partSize"] = json!(PART);
        item["parts"] = json!([{"number": 1}, {"number": 2}]);
        json!([item])
    };
    at_every_call(
        "create of a multipart upload",
        async || Memory::default(),
        async |ports| create_all(ports, items()).await,
        async |memory| create_all(memory, items()).await,
        |memory, results, what| {
            assert!(results.iter().all(|(_, result)| result.is_ok()), "{what}");
            let row = row(memory);
            let begun = memory.open_multiparts();
            let own = row.s3_upload_id.as_ref().expect(what);
            assert!(begun.contains(own), "{what}: the row names an open one");
            let granted = results[0].1.as_ref().expect(what);
            let of_own = |grant: &PartGrant| grant.grant.url.contains(own.as_str());
            assert_eq!(granted.created.grants.len(), 2, "{what}");
            assert!(granted.created.grants.iter().all(of_own), "{what}");
            // A multipart upload that was started but not recorded holds no part; the lifecycle
            // rule of the bucket aborts it.
            assert!(begun.len() <= 2, "{what}: {begun:?}");
            assert_eq!((memory.row_count(), open(memory)), (1, 1), "{what}");
        },
    )
    .await;
}

async fn all_sent() -> Memory {
    let memory = Memory::default();
    let row = begun(&memory).await;
    send_all(&memory, &row);
    assert_eq!(open(&memory), 1);
    memory
}

/// The event of a completed multipart upload.
fn completed_event(key: &ObjectKey) -> String {
    let mut event = event(&key.to_string(), "A1", Some("e-3"));
    event["eventName"] = "ObjectCreated:CompleteMultipartUpload".into();
    event["s3"]["object"]["size"] = SIZE.into();
    json!({"Records": [event]}).to_string()
}

#[tokio::test]
async fn f62_f63_a_repeated_complete_recovers_from_a_crash_at_any_call() {
    let crc = Some(Crc64Nvme::new(WHOLE_CRC));
    for event_first in [false, true] {
        at_every_call(
            if event_first {
                "complete, then its event"
            } else {
                "complete"
            },
            all_sent,
            async |ports| complete(ports, ports, &owner('a'), id(1), crc.into()).await,
            async |memory| {
                // The event of an existing object may be handled before the client retries.
                if event_first {
                    handle(memory, &completed_event(&row(memory).record.key))
                        .await
                        .unwrap();
                }
                complete(memory, memory, &owner('a'), id(1), crc.into()).await
            },
            |memory, result, what| {
                assert!(
                    matches!(result, Ok(Completed::Stored(_))),
                    "{what}: {result:?}"
                );
                assert_eq!(memory.open_multiparts(), Vec::<String>::new(), "{what}");
                let recorded = row(memory).record.status == UploadStatus::Stored;
                assert_eq!(open(memory), u64::from(!recorded), "{what}");
            },
        )
        .await;
    }
    // Its event compares the declared checksum.
    let memory = all_sent().await;
    complete(&memory, &memory, &owner('a'), id(1), crc.into())
        .await
        .unwrap();
    handle(&memory, &completed_event(&row(&memory).record.key))
        .await
        .unwrap();
    let record = row(&memory).record;
    assert_eq!(
        (record.status, record.verified),
        (UploadStatus::Stored, true)
    );
}

#[tokio::test]
async fn f63_a_repeated_cancel_recovers_from_a_crash_at_any_call() {
    at_every_call(
        "cancel of a multipart upload",
        all_sent,
        async |ports| cancel(ports, ports, &owner('a'), id(1), NOW).await,
        async |memory| cancel(memory, memory, &owner('a'), id(1), NOW + 1).await,
        |memory, result, what| {
            assert!(result.is_ok(), "{what}: {result:?}");
            assert_eq!(row(memory).record.status, UploadStatus::Aborted, "{what}");
            assert_eq!(memory.open_multiparts(), Vec::<String>::new(), "{what}");
            assert_eq!(open(memory), 0, "{what}");
        },
    )
    .await;
}

#[tokio::test]
async fn f67_f68_a_repeated_forward_loses_no_message_after_a_crash_at_any_call() {
    let forwarder = Forwarder {
        bucket: "bucket".to_owned(),
        address: address(),
        key_suffix: ".webm".to_owned(),
    };
    let records: Vec<Value> = (1..=25)
        .map(|n| event(&key(n).to_string(), "A1", Some("e1")))
        .collect();
    let event = json!({"Records": records});
    at_every_call(
        "forward of 25 objects",
        async || Memory::default(),
        async |ports| forward(ports, &forwarder, &event).await,
        async |memory| forward(memory, &forwarder, &event).await,
        |memory, result, what| {
            assert!(result.is_ok(), "{what}: {result:?}");
            let sent = memory.sent();
            let keys: BTreeSet<&str> = sent.iter().map(|message| message.key.as_str()).collect();
            assert_eq!(
                keys.len(),
                25,
                "{what}: none is lost, {} were sent",
                sent.len()
            );
        },
    )
    .await;
}
