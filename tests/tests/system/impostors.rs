//! What somebody with a right on the bucket or the queue can make of a record: nothing. H11, H12.

use crowfly_contract::UploadStatus;
use devkit::time::unix_ms;
use devkit::wait;
use e2e::api::item;
use serde_json::json;

use crate::common::{LOGGED_WITHIN, RECORD_WITHIN, account, new_caller, oidc};
use crate::events::neighbours;
use crate::pipeline::{event_of, settle};

/// A real object, with a real event, under the owner and id of an upload.
#[test]
fn h11_a_second_object_under_an_uploads_id_is_not_its_record() {
    let (api, aws) = (new_caller(), account());
    let create_item = item("a.txt", "text/plain", b"hello");
    let upload = api.create_one(&create_item);
    let folder = upload.key.to_string();
    let folder = folder.rsplit_once('/').expect("a name in the key").0;
    let put = |name: &str| {
        let key = format!("{folder}/{name}");
        let answer = aws.put_object(&key, "text/html", b"<script>evil</script>");
        assert_eq!(answer.status, 200, "{}", answer.text());
        settle(&new_caller(), &aws, oidc());
        key
    };
    let pending = api.record(upload.id);
    put("before.txt");
    assert_eq!(api.record(upload.id), pending);

    assert_eq!(upload.put(b"hello").send().status, 200);
    let stored = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(stored.verified && stored.key == upload.key);
    let key = put("after.txt");
    assert!(matches!(aws.delete_object(&key).status, 200 | 204));
    settle(&new_caller(), &aws, oidc());
    assert_eq!(api.record(upload.id).as_ref(), Some(&stored));
    let content = api.get(&format!("/uploads/{}/content", upload.id)).json();
    let url = content["url"].as_str().expect("a URL");
    assert_eq!(devkit::http::Request::new("GET", url).send().body, b"hello");

    let id = upload.id.to_string();
    wait::until("each of the three events in the log", LOGGED_WITHIN, || {
        let lines = aws.log_lines("record");
        let told = |line: &&String| line.contains(&id) && line.contains("\"another key\"");
        (lines.iter().filter(told).count() == 3).then_some(())
    });
    let counted = aws.log_lines("record");
    assert!(
        counted
            .iter()
            .any(|line| line.contains("\"EventsOtherKey\""))
    );
}

#[test]
fn h12_an_event_of_the_year_9999_is_of_now_and_one_with_two_keys_is_none() {
    let (api, aws) = (new_caller(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let sequencer = record.sequencer.clone().expect("a sequencer");
    let mut event = event_of(&record);
    event.sequencer = neighbours(&sequencer).1;
    let message = event.message();
    let late = message.replace("2026-11-22T09:30:00.000Z", "9999-06-01T00:00:00.000Z");
    assert_ne!(late, message);
    let before = unix_ms();
    aws.send_message(&oidc().queue, &late);
    let now = wait::until("the newer event", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer.as_ref() == Some(&event.sequencer))
    });
    let at = now.stored_at.expect("a time");
    assert!((before - 1_000..=unix_ms()).contains(&at), "{at}");

    // Readers differ in which of two members they keep.
    event.sequencer = neighbours(&event.sequencer).1;
    let twice = event
        .message()
        .replacen("\"sequencer\":", "\"sequencer\":\"1\",\"sequencer\":", 1);
    let function = aws.function("RecordFunction");
    let batch = json!({"Records": [{"messageId": "twice", "body": twice, "receiptHandle": "none",
        "attributes": {"ApproximateReceiveCount": "1"}}]});
    let answer = aws.invoke(&function, &batch).json();
    assert_eq!(
        answer["batchItemFailures"],
        json!([{"itemIdentifier": "twice"}])
    );
    assert_eq!(api.record(record.id), Some(now));
}

#[test]
fn h12_a_failed_function_says_why_by_a_plain_name() {
    let aws = account();
    let function = aws.function("RecordFunction");
    let failed = aws.invoke(&function, &json!({"Records": "none"})).json();
    assert_eq!(failed["errorType"], "InvalidEvent", "{failed}");
    let sentence = failed["errorMessage"].as_str().unwrap_or_default();
    assert!(
        sentence.starts_with("the event cannot be read"),
        "{sentence}"
    );
}
