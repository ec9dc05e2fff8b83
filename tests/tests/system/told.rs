//! Events of uploads on the bus that `EventBusName` names, with a rule that sends them to a queue.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crowfly_contract::UploadStatus;
use devkit::env::{Env, Stack};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, CreatedUpload, item};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::LOGGED_WITHIN;
use crate::faulty::{Behind, RECOVERS_WITHIN, create_all, refusal};

/// The bus of the stack.
const BUS: &str = "default";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";

/// The stack, locked by one test, and the events that arrived so far.
struct Told {
    stack: &'static Stack,
    aws: Aws,
    record: Behind,
    queue: String,
    events: Mutex<Vec<Value>>,
}

impl Told {
    fn start() -> Self {
        let stack = Env::stack("told");
        let aws = Aws::new(stack);
        Self {
            record: Behind::of(stack, &aws, "RecordFunction"),
            queue: aws.queue_of_events(BUS, "listener", "crowfly"),
            events: Mutex::default(),
            stack,
            aws,
        }
    }

    fn take() -> MutexGuard<'static, Self> {
        static TOLD: OnceLock<Mutex<Told>> = OnceLock::new();
        let told = TOLD.get_or_init(|| Mutex::new(Self::start()));
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        told.record.proxy.clear();
        told.settled();
        // A test that failed, as one does while a right is missing, may leave messages there.
        for message in told.aws.receive_messages(&told.stack.dlq) {
            told.aws.delete_message(&told.stack.dlq, &message);
        }
        told.record.proxy.clear_log();
        told
    }

    fn new_caller(&self) -> Api {
        Api::of_subject(self.stack, &format!("told-{}", random_hex(6)))
    }

    /// Sends one upload of this type.
    #[track_caller]
    fn send(&self, api: &Api, name: &str, media_type: &str, bytes: &[u8]) -> CreatedUpload {
        let upload = api.create_one(&item(name, media_type, bytes));
        assert_eq!(upload.put(bytes).send().status, 200);
        upload
    }

    /// Every event of an owner that has arrived.
    fn events_of(&self, owner: &str) -> Vec<Value> {
        let mut all = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let messages = self.aws.receive_messages(&self.queue);
            if messages.is_empty() {
                break;
            }
            for message in messages {
                self.aws.delete_message(&self.queue, &message);
                all.push(serde_json::from_str(&message.body).expect("an event"));
            }
        }
        let own = all.iter().filter(|event| event["detail"]["owner"] == owner);
        own.cloned().collect()
    }

    /// The events of an upload, once these kinds have arrived.
    #[track_caller]
    fn arrived(&self, upload: &CreatedUpload, kinds: &[&str]) -> Vec<Value> {
        let owner = upload.key.owner().as_str();
        wait::until(&format!("the events {kinds:?}"), RECOVERS_WITHIN, || {
            let mut events = self.events_of(owner);
            events.retain(|event| event["detail"]["record"]["id"] == upload.id.to_string());
            let has = |kind: &&str| events.iter().any(|event| event["detail"]["kind"] == **kind);
            kinds.iter().all(has).then_some(events)
        })
    }

    fn row(&self, upload: &CreatedUpload) -> Value {
        let owner = upload.key.owner().as_str();
        let row = self.aws.get_item(owner, &upload.id.to_string());
        row.expect("its row")
    }

    /// Waits until all messages are handled.
    #[track_caller]
    fn settled(&self) {
        wait::until("the queue to drain", RECOVERS_WITHIN, || {
            (self.aws.queue_depth(&self.stack.queue) == 0).then_some(())
        });
    }

    /// Nothing is left to send, and nothing is dead.
    #[track_caller]
    fn nothing_is_left(&self, uploads: &[CreatedUpload]) {
        self.settled();
        for upload in uploads {
            let row = self.row(upload);
            for attribute in ["outbox", "openShard", "counted"] {
                assert_eq!(row[attribute], Value::Null, "{row}");
            }
        }
        assert_eq!(self.aws.queue_depth(&self.stack.dlq), 0);
    }
}

/// Each event is of the upload that its id names.
fn assert_own(event: &Value, owner: &str) {
    let detail = &event["detail"];
    let (id, record) = (detail["id"].as_str().unwrap(), &detail["record"]);
    let kind = detail["kind"].as_str().unwrap();
    let upload = record["id"].as_str().unwrap();
    assert!(id.starts_with(&format!("{owner}/{upload}/{kind}/")), "{id}");
    let key = record["key"].as_str().unwrap();
    assert!(
        key.starts_with(&format!("uploads/{owner}/{upload}/")),
        "{key}"
    );
    assert_eq!(event["source"], "crowfly");
    let named = event["detail-type"].as_str().unwrap().to_lowercase();
    assert_eq!(named, format!("upload {kind}"));
    let text = event.to_string();
    assert!(
        !text.contains("X-Amz-") && !text.contains("s3UploadId"),
        "{text}"
    );
}

#[test]
fn stored_verified_withheld_and_deleted_uploads_are_on_the_bus() {
    let told = Told::take();
    let api = told.new_caller();
    let good = told.send(&api, "a.txt", "text/plain", b"a text");
    let page = told.send(&api, "b.png", "image/png", HTML);
    let owner = &good.key.owner().to_string();

    let events = told.arrived(&good, &["stored", "verified"]);
    assert_eq!(events.len(), 2, "{events:?}");
    let shown = api.get(&format!("/uploads/{}", good.id)).json();
    for event in &events {
        assert_own(event, owner);
        assert_eq!(event["detail"]["record"], shown);
    }
    let events = told.arrived(&page, &["stored", "verified", "withheld"]);
    assert_eq!(events.len(), 3, "{events:?}");
    for event in &events {
        let record = &event["detail"]["record"];
        assert_eq!(record["withheld"], "active_content");
        assert_eq!(record["url"], Value::Null);
    }
    let answer = api.delete(&format!("/uploads/{}/content", good.id));
    assert_eq!(answer.status, 204, "{}", answer.text());
    let events = told.arrived(&good, &["deleted"]);
    let deleted = events.last().unwrap();
    assert_eq!(deleted["detail"]["record"]["status"], "deleted");
    assert_own(deleted, owner);
    told.nothing_is_left(&[good, page]);
    assert_eq!(told.events_of(owner).len(), 6, "each once");
}

/// A request to the table or to the bus is not done, or done and not answered, and the function is ended at its
/// timeout.
#[test]
fn f62_kills_between_row_bus_and_outbox_lose_no_event() {
    const UPLOADS: usize = 40;
    let told = Told::take();
    for target in ["UpdateItem", "PutEvents"] {
        let each = [
            json!({"kind": "halfClose"}),
            json!({"kind": "delay", "ms": 6_000}),
        ];
        for fault in each {
            let matcher = json!({"target": target, "probability": 0.12});
            told.record
                .proxy
                .rule(json!({"match": matcher, "fault": fault}));
        }
    }
    let api = told.new_caller();
    let uploads = create_all(&api, UPLOADS);
    told.record.wait_injected(12);
    told.record.proxy.clear();
    let kills = told.record.injected();
    let owner = uploads[0].key.owner().as_str().to_owned();
    let expected: BTreeSet<String> = uploads
        .iter()
        .flat_map(|upload| ["stored", "verified"].map(|kind| (upload, kind)))
        .map(|(upload, kind)| format!("{owner}/{}/{kind}/", upload.id))
        .collect();
    let events = wait::until("the events", RECOVERS_WITHIN, || {
        let events = told.events_of(&owner);
        let has = |prefix: &String| {
            let mut ids = events
                .iter()
                .filter_map(|event| event["detail"]["id"].as_str());
            ids.any(|id| id.starts_with(prefix))
        };
        expected.iter().all(has).then_some(events)
    });
    told.nothing_is_left(&uploads);
    for event in &events {
        assert_own(event, &owner);
    }
    let ids: BTreeSet<&str> = events
        .iter()
        .filter_map(|event| event["detail"]["id"].as_str())
        .collect();
    assert_eq!(ids.len(), 2 * UPLOADS, "one id for each transition");
    println!("{UPLOADS} uploads, {kills} faults, {} events", events.len());
}

#[test]
fn a_bus_that_refuses_delays_events_and_nothing_else() {
    let told = Told::take();
    let denied = refusal(400, "AccessDeniedException");
    told.record.inject("PutEvents", "forever", denied);
    let api = told.new_caller();
    let upload = told.send(&api, "a.txt", "text/plain", b"a text");
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECOVERS_WITHIN);
    assert!(record.verified);
    told.record.wait_injected(2);
    let owner = upload.key.owner().as_str();
    let quota = wait::until("the slot", RECOVERS_WITHIN, || {
        let quota = told.aws.get_item(owner, "#quota")?;
        (quota["openUploads"] == 0).then_some(quota)
    });
    assert_eq!(quota["openBytes"], 0);
    let row = told.row(&upload);
    assert_eq!(row["outbox"].as_array().map(Vec::len), Some(2), "{row}");
    assert!(
        row["openShard"].is_string() && row["counted"].is_null(),
        "{row}"
    );
    assert_eq!(told.aws.queue_depth(&told.stack.queue), 1, "it comes again");
    assert_eq!(told.events_of(owner).len(), 0);
    wait::until("the words of it", LOGGED_WITHIN, || {
        let lines = told.aws.log_lines("record");
        let said = |word: &str| lines.iter().any(|line| line.contains(word));
        let both = said("events.PutEvents: Denied") && said("\"NotificationsFailed\":2");
        both.then_some(())
    });
    told.record.proxy.clear();
    let events = told.arrived(&upload, &["stored", "verified"]);
    assert_eq!(events.len(), 2);
    told.nothing_is_left(&[upload]);
}

/// A call of the bus may succeed in part.
#[test]
fn an_event_that_is_refused_alone_is_sent_again() {
    let told = Told::take();
    let entries =
        json!([{"EventId": "1"}, {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow"}]);
    let text = json!({"FailedEntryCount": 1, "Entries": entries}).to_string();
    let partly = json!({"kind": "body", "status": 200, "text": text,
        "contentType": "application/x-amz-json-1.1", "forward": false});
    told.record.inject("PutEvents", 1, partly);
    let api = told.new_caller();
    let upload = told.send(&api, "a.txt", "text/plain", b"a text");
    told.record.wait_injected(1);
    told.arrived(&upload, &["stored", "verified"]);
    told.nothing_is_left(&[upload]);
}

#[test]
fn the_sweep_sends_what_record_could_not() {
    let told = Told::take();
    let denied = refusal(400, "AccessDeniedException");
    told.record.inject("PutEvents", "forever", denied);
    let api = told.new_caller();
    let upload = told.send(&api, "a.txt", "text/plain", b"a text");
    wait::until("an outbox without a slot", RECOVERS_WITHIN, || {
        let owner = upload.key.owner().as_str();
        let row = told.aws.get_item(owner, &upload.id.to_string())?;
        (row["outbox"].is_array() && row["counted"].is_null()).then_some(())
    });
    let later = devkit::time::unix() + 16 * 60;
    let time = devkit::time::rfc3339(later);
    let sweep = told.aws.function("SweepFunction");
    let answer = told.aws.invoke(&sweep, &json!({"time": time}));
    let report = answer.json();
    assert!(report["notificationsSent"].as_u64() >= Some(2), "{report}");
    told.arrived(&upload, &["stored", "verified"]);
    // The message that comes again finds nothing to send.
    told.settled();
    told.record.proxy.clear();
    told.nothing_is_left(&[upload]);
}

/// Nobody else's right puts an event: not that of the function which deletes.
#[test]
fn remove_leaves_its_event_to_the_functions_that_may_send() {
    let told = Told::take();
    let remove = told.aws.function("RemoveFunction");
    let variables = told.aws.function_variables(&remove);
    assert_eq!(variables["EVENT_BUS"], BUS);
    let api = told.new_caller();
    let upload = told.send(&api, "a.txt", "text/plain", b"a text");
    told.arrived(&upload, &["stored", "verified"]);
    // Its event waits.
    told.aws.set_concurrency(&told.record.function, Some(0));
    let answer = api.delete(&format!("/uploads/{}/content", upload.id));
    let row = told.row(&upload);
    std::thread::sleep(Duration::from_secs(1));
    let early = told.events_of(upload.key.owner().as_str()).len();
    told.aws.set_concurrency(&told.record.function, None);
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(row["outbox"].as_array().map(Vec::len), Some(1), "{row}");
    assert_eq!(early, 2);
    told.arrived(&upload, &["deleted"]);
    told.nothing_is_left(&[upload]);
}
