//! Deleting what is stored: by its owner, in which state, and against which events. A60, A61, F51, F52.

use crowfly_contract::{ErrorCode, Record, UploadStatus};
use devkit::aws::{Client, IAM, elements};
use devkit::env::Stack;
use devkit::http::{Request, decode, encode};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item, new_id};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::{LOGGED_WITHIN, RECORD_WITHIN, account, assert_problem, new_caller, oidc};
use crate::faulty::Faulty;
use crate::pipeline::{event_of, settle};

const BYTES: &[u8] = b"to be deleted";

fn stored(api: &Api) -> Record {
    api.upload(&item("a.txt", "text/plain", BYTES), BYTES)
}

fn content(record: &Record) -> String {
    format!("/uploads/{}/content", record.id)
}

/// Waits for the event of a removal, which has a newer sequencer than `record`.
#[track_caller]
fn confirmed(api: &Api, record: &Record) -> Record {
    wait::until("the event of the removal", RECORD_WITHIN, || {
        let now = api.record(record.id)?;
        (now.sequencer != record.sequencer).then_some(now)
    })
}

#[test]
fn an_owner_deletes_and_the_event_confirms_the_tombstone() {
    let (api, aws) = (new_caller(), account());
    let record = stored(&api);
    let key = record.key.to_string();
    let answer = api.delete(&content(&record));
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(answer.text(), "");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // At once, without the event.
    let deleted = api.record(record.id).expect("its record stays");
    assert_eq!(
        (deleted.status, deleted.url.as_ref(), deleted.verified),
        (UploadStatus::Deleted, None, false)
    );
    assert!(!aws.has_object(&key));
    let listed = api.get("/uploads").json();
    assert_eq!(listed["uploads"][0]["status"], "deleted");
    for _ in 0..2 {
        let now = confirmed(&api, &record);
        assert_eq!(now.status, UploadStatus::Deleted);
        assert_eq!(
            (now.name, now.stored_at),
            (record.name.clone(), record.stored_at)
        );
        assert_eq!(api.delete(&content(&record)).status, 204, "again");
    }
    assert_problem(
        "its content",
        &api.get(&content(&record)),
        ErrorCode::UploadEnded,
    );
    let cancel = api.delete(&format!("/uploads/{}", record.id));
    assert_eq!(cancel.status, 204, "there is nothing to cancel");
    let owner = record.key.owner().as_str();
    let quota = aws.get_item(owner, "#quota").unwrap_or_default();
    assert_eq!(quota["openUploads"], 0, "{quota}");
    let line = wait::until("the line of the request", LOGGED_WITHIN, || {
        let lines = aws.log_lines("remove").into_iter();
        let mut lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        lines.find(|line| line["upload"] == json!(record.id) && line["event"] == "request")
    });
    assert_eq!(
        (&line["owner"], &line["status"]),
        (&json!(owner), &json!(204))
    );
}

#[test]
fn only_what_is_stored_can_be_deleted() {
    let api = new_caller();
    let pending = api.create_one(&item("soon.txt", "text/plain", BYTES));
    let path = format!("/uploads/{}/content", pending.id);
    let answer = api.delete(&path);
    assert_problem("pending", &answer, ErrorCode::NotStored);
    assert!(
        answer.text().contains("DELETE /uploads/{id}"),
        "{}",
        answer.text()
    );
    assert_eq!(
        pending.put(BYTES).send().status,
        200,
        "it was not cancelled"
    );
    api.wait_status(pending.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!(api.delete(&path).status, 204);
    let cancelled = api.create_one(&item("never.txt", "text/plain", BYTES)).id;
    assert_eq!(api.delete(&format!("/uploads/{cancelled}")).status, 204);
    let path = format!("/uploads/{cancelled}/content");
    assert_problem("cancelled", &api.delete(&path), ErrorCode::UploadEnded);
    assert_problem(
        "unknown",
        &api.delete(&format!("/uploads/{}/content", new_id())),
        ErrorCode::NotFound,
    );
}

#[test]
fn a20_a_body_is_json_or_none() {
    let api = new_caller();
    let record = stored(&api);
    let request = || api.request("DELETE", &content(&record));
    let form = request()
        .header("content-type", "application/x-www-form-urlencoded")
        .body("id=x");
    assert_problem("a form", &form.send(), ErrorCode::UnsupportedMediaType);
    let field = request().json(&json!({"key": "uploads/x"}));
    assert_problem("a field", &field.send(), ErrorCode::UnknownField);
    assert!(account().has_object(&record.key.to_string()));
    assert_eq!(request().json(&json!({})).send().status, 204);
}

#[test]
fn a60_a_stranger_deletes_nothing() {
    let (owner, other) = (new_caller(), new_caller());
    let record = stored(&owner);
    assert_problem(
        "foreign",
        &other.delete(&content(&record)),
        ErrorCode::NotFound,
    );
    // The same id of their own is another upload.
    let mut own = item("own.txt", "text/plain", BYTES);
    own["id"] = json!(record.id);
    other.upload(&own, BYTES);
    assert_eq!(other.delete(&content(&record)).status, 204);
    assert_eq!(owner.record(record.id).as_ref(), Some(&record));
    assert!(account().has_object(&record.key.to_string()));
}

#[test]
fn f52_no_late_event_brings_a_deleted_object_back() {
    let (api, aws) = (new_caller(), account());
    let record = stored(&api);
    let late = event_of(&record).message();
    assert_eq!(api.delete(&content(&record)).status, 204);
    aws.send_messages(&oidc().queue, &[late.clone(), late.clone()]);
    let tombstone = confirmed(&api, &record);
    aws.send_message(&oidc().queue, &late);
    settle(&new_caller(), &aws, oidc());
    assert_eq!(tombstone.status, UploadStatus::Deleted);
    assert_eq!(api.record(record.id), Some(tombstone));
}

/// The URL of the PUT is still valid, and the key is free again.
#[test]
fn f51_an_object_that_is_stored_after_the_deletion_is_recorded() {
    let (api, aws) = (new_caller(), account());
    let upload = api.create_one(&item("again.txt", "text/plain", BYTES));
    assert_eq!(upload.put(BYTES).send().status, 200);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!(api.delete(&content(&record)).status, 204);
    assert_eq!(upload.put(BYTES).send().status, 200);
    let again = wait::until("the later object's record", RECORD_WITHIN, || {
        let now = api.record(upload.id)?;
        (now.status == UploadStatus::Stored && now.sequencer != record.sequencer).then_some(now)
    });
    assert!(again.verified);
    assert_eq!(api.delete(&content(&record)).status, 204);
    assert!(!aws.has_object(&record.key.to_string()));
}

/// The account's owner, for calls that other tests have no use for.
fn root(stack: &Stack) -> Client {
    Client {
        url: stack.s3.clone(),
        region: stack.region.clone(),
        key: stack.key.clone().expect("the root key"),
    }
}

/// In a versioned bucket the bytes stay behind a delete marker, and a repeat adds none.
#[test]
fn in_a_versioned_bucket_the_bytes_stay_and_the_record_says_deleted() {
    let faulty = Faulty::take();
    let (s3, bucket) = (&faulty.stack.s3, &faulty.stack.bucket);
    let root = root(faulty.stack);
    let set = |status: &str| {
        let body =
            format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
        let request = Request::new("PUT", format!("{s3}/{bucket}?versioning=")).body(body);
        let answer = root.sign("s3", request).send();
        assert_eq!(answer.status, 200, "{status}: {}", answer.text());
    };
    set("Enabled");
    let api = faulty.new_caller();
    let record = stored(&api);
    assert!(record.version_id.is_some(), "{record:?}");
    assert_eq!(api.delete(&content(&record)).status, 204);
    let now = confirmed(&api, &record);
    assert_eq!(now.status, UploadStatus::Deleted);
    assert_eq!(api.delete(&content(&record)).status, 204);
    let key = record.key.to_string();
    assert!(!faulty.aws.has_object(&key));
    let list = format!("{s3}/{bucket}?prefix={}&versions=", encode(&key));
    let listed = root.sign("s3", Request::new("GET", list)).send().text();
    assert_eq!(elements(&listed, "Version").len(), 1, "{listed}");
    assert_eq!(elements(&listed, "DeleteMarker").len(), 1, "{listed}");
    set("Suspended");
}

/// A user with the deployed policy of the function.
fn as_the_function() -> Aws {
    let stack = oidc();
    let client = root(stack);
    let ask = |action: &str, with: &[(&str, &str)]| {
        let answer = client.query(IAM, action, with.iter().copied()).send();
        assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        answer.text()
    };
    let roles = elements(&ask("ListRoles", &[("MaxItems", "1000")]), "RoleName");
    let wanted = format!("{}-RemoveRole", stack.name());
    let role = roles.iter().find(|role| role.starts_with(&wanted));
    let role = role.unwrap_or_else(|| panic!("no {wanted} in {roles:?}"));
    let text = ask(
        "GetRolePolicy",
        &[("RoleName", role), ("PolicyName", "remove")],
    );
    let document = decode(&elements(&text, "PolicyDocument").concat());
    let document: Value = serde_json::from_str(&document).expect("a policy");
    let words = |value: &Value| -> Vec<String> {
        match value {
            Value::String(one) => vec![one.clone()],
            many => serde_json::from_value(many.clone()).unwrap_or_default(),
        }
    };
    let statements = document["Statement"].as_array().expect("statements");
    let rights: Vec<(String, Vec<String>)> = statements
        .iter()
        .map(|one| (words(&one["Resource"]).concat(), words(&one["Action"])))
        .collect();
    let actions: Vec<Vec<&str>> = rights
        .iter()
        .map(|(_, actions)| actions.iter().map(String::as_str).collect())
        .collect();
    let rights: Vec<(&str, &[&str])> = rights
        .iter()
        .zip(&actions)
        .map(|((on, _), actions)| (on.as_str(), actions.as_slice()))
        .collect();
    account().user_with(&format!("remove-{}", random_hex(6)), &rights)
}

#[test]
fn the_functions_role_deletes_uploads_and_does_nothing_else() {
    let (api, account, function) = (new_caller(), account(), as_the_function());
    let record = stored(&api);
    let key = record.key.to_string();
    let elsewhere = format!("backups/{}.tar", random_hex(6));
    assert_eq!(
        account.put_object(&elsewhere, "text/plain", BYTES).status,
        200
    );
    let owner = record.key.owner().as_str();
    let statuses = [
        ("read", function.get_object(&key)),
        ("look", function.head_object(&key)),
        (
            "write",
            function.put_object(&format!("{key}x"), "text/plain", BYTES),
        ),
        ("delete elsewhere", function.delete_object(&elsewhere)),
    ];
    for (what, answer) in statuses {
        assert_eq!(answer.status, 403, "{what}: {}", answer.text());
    }
    assert!(account.has_object(&elsewhere));
    account.delete_object(&elsewhere);
    let table = &oidc().table;
    let at = json!({"owner": {"S": owner}, "id": {"S": record.id.to_string()}});
    for (operation, body) in [
        ("DeleteItem", json!({"TableName": table, "Key": at})),
        ("PutItem", json!({"TableName": table, "Item": at})),
        ("Scan", json!({"TableName": table})),
        (
            "Query",
            json!({"TableName": table, "KeyConditionExpression": "#o = :o",
                "ExpressionAttributeNames": {"#o": "owner"},
                "ExpressionAttributeValues": {":o": {"S": owner}}}),
        ),
    ] {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = function.try_call("dynamodb", &target, &body);
        let text = answer.text();
        assert!(
            answer.status >= 400 && text.contains("AccessDenied"),
            "{operation}: {text}"
        );
    }
    let ask = json!({"QueueUrl": oidc().queue, "MessageBody": "x"});
    assert!(
        function
            .try_call("sqs", "AmazonSQS.SendMessage", &ask)
            .status
            >= 400
    );
    assert_eq!(api.record(record.id).as_ref(), Some(&record));
    // What it may do, it can.
    let read = function.try_call(
        "dynamodb",
        "DynamoDB_20120810.GetItem",
        &json!({"TableName": table, "Key": at}),
    );
    assert_eq!(read.status, 200, "{}", read.text());
    assert_eq!(function.delete_object(&key).status, 204);
    assert!(!account.has_object(&key));
}

/// A presigned URL for one thing is no URL for another, and without a signature nothing is deleted.
#[test]
fn no_url_of_ours_deletes() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", BYTES));
    assert_eq!(upload.put(BYTES).send().status, 200);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    let download = api.get(&content(&record)).json();
    let address = record.url.as_deref().expect("its address");
    for url in [
        &*upload.put.url,
        download["url"].as_str().expect("a URL"),
        address,
    ] {
        assert_eq!(Request::new("DELETE", url).send().status, 403);
    }
    assert!(account().has_object(&record.key.to_string()));
}
