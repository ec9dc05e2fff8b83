//! Plain uploads: `done`, the record, and the same bytes on all sides.

use crowfly_contract::UploadStatus;
use e2e::api::crc64nvme;
use e2e::aws::Aws;
use e2e::files::{MIB, page_content};
use serde_json::{Value, json};

use crate::flow::{Seen, Visit};

const SEND: &str = "
    const file = flows.file(given.name, given.seed, given.size);
    return flows.ending(flows.start(client, file, given.options));";

/// Storage, `done` and the record agree on `bytes`; returns their checksum.
#[track_caller]
pub(crate) fn assert_arrived(visit: &Visit<'_>, end: &Value, bytes: &[u8]) -> String {
    assert!(end["error"].is_null(), "{}", end["error"]);
    let id = end["id"].as_str().and_then(|id| id.parse().ok());
    let record = visit.api.record(id.expect("an id")).expect("a record");
    assert_eq!(
        (record.status, record.verified),
        (UploadStatus::Stored, true)
    );
    let crc = crc64nvme(bytes).to_string();
    assert_eq!(end["stored"]["crc64nvme"], json!(crc), "done");
    assert_eq!(end["record"]["crc64nvme"], json!(crc), "processed");
    assert_eq!(
        record.crc64nvme.map(|crc| crc.to_string()),
        Some(crc.clone()),
        "the record"
    );
    let object = Aws::new(visit.stack).get_object(&record.key.to_string());
    assert_eq!(
        object.header("x-amz-checksum-crc64nvme"),
        Some(crc.as_str()),
        "storage"
    );
    assert!(object.body == bytes, "storage holds other bytes");
    crc
}

/// Reported progress never falls, never exceeds the total, and ends at the total.
#[track_caller]
pub(crate) fn assert_valid_progress(end: &Value, total: u64) {
    let number = |event: &Value, name: &str| event[name].as_u64().expect("a number of bytes");
    let events = end["events"].as_array().expect("events");
    for pair in events.windows(2) {
        let confirmed = |at: usize| number(&pair[at], "confirmed");
        assert!(confirmed(0) <= confirmed(1), "fell: {pair:?}");
    }
    for event in events {
        let (sent, confirmed) = (number(event, "sent"), number(event, "confirmed"));
        assert!(confirmed <= sent && sent <= total, "{event}");
        assert_eq!(number(event, "total"), total);
    }
    let last = events.last().map(|event| number(event, "confirmed"));
    assert_eq!(last, Some(total), "the last event says the total");
}

fn send(visit: &Visit<'_>, name: &str, seed: u32, size: usize, note: impl Fn() -> String) -> Seen {
    visit.open();
    let given = json!({"name": name, "seed": seed, "size": size, "options": {}});
    let end = visit.script(SEND, &given);
    let crc = assert_arrived(visit, &end, &page_content(seed, size));
    assert_valid_progress(&end, size as u64);
    assert_eq!(
        end["states"].as_array().and_then(|all| all.last()),
        Some(&json!("processed"))
    );
    with_warnings(
        &end,
        format!("{size} bytes, crc64nvme {crc} on all sides{}", note()),
    )
}

/// Adds the client's warnings.
pub(crate) fn with_warnings(end: &Value, seen: String) -> Seen {
    match end["warnings"].as_array() {
        Some(list) if !list.is_empty() => format!("{seen}; warned: {}", json!(list)).into(),
        _ => seen.into(),
    }
}

pub(crate) fn empty(visit: &Visit<'_>) -> Seen {
    send(visit, "empty.zip", 1, 0, String::new)
}

pub(crate) fn one_put(visit: &Visit<'_>) -> Seen {
    send(visit, "한글 🐦‍⬛.zip", 7, 12 * MIB + 345, String::new)
}

pub(crate) fn multipart(visit: &Visit<'_>) -> Seen {
    send(visit, "parts.zip", 9, 24 * MIB, || {
        let log = visit.proxy.log();
        let puts = log.requests.iter().filter(|entry| entry.method == "PUT");
        let parts = puts.filter(|entry| entry.part.is_some()).count();
        assert!(parts >= 2, "{parts} parts");
        format!(", {parts} parts")
    })
}

pub(crate) fn unverified(visit: &Visit<'_>) -> Seen {
    visit.open();
    let options = json!({"checksum": "none"});
    let given = json!({"name": "plain.zip", "seed": 3, "size": 3 * MIB, "options": options});
    let end = visit.script(SEND, &given);
    assert!(end["error"].is_null(), "{}", end["error"]);
    assert_eq!(end["record"]["verified"], false);
    let states = end["states"].as_array().expect("states");
    assert!(!states.contains(&json!("hashing")), "{states:?}");
    "stored, not verified".into()
}

pub(crate) fn many(visit: &Visit<'_>) -> Seen {
    visit.open();
    let script = "
        const all = Array.from({ length: given.count }, (_, n) =>
            flows.start(client, flows.file(`${n}.zip`, n + 1, given.size)));
        return Promise.all(all.map(flows.ending));";
    let (count, size) = (40, 10_000);
    let ends = visit.script(script, &json!({"count": count, "size": size}));
    let ends = ends.as_array().expect("endings");
    assert_eq!(ends.len(), count);
    for (seed, end) in (1..).zip(ends) {
        assert_arrived(visit, end, &page_content(seed, size));
    }
    format!("{count} records, all verified").into()
}
