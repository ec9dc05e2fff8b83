//! Past the gateway and past storage: direct invocations, forged messages, forged log lines. A89, A90, A91, A93.

use crowfly_contract::{ErrorCode, ObjectKey, UploadStatus};
use devkit::env::Env;
use devkit::http::Request;
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item, new_id};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::{LOGGED_WITHIN, account, new_caller, oidc};
use crate::pipeline::{event_of, settle};

/// A user of the same account without permissions.
fn stranger() -> Aws {
    account().user(&format!("stranger-{}", random_hex(6)), &[])
}

/// The event of a request, as the gateway builds it, with these claims:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.
fn gateway_event(method: &str, path: &str, authorizer: Value) -> Value {
    let body = json!({"uploads": [item("a.txt", "text/plain", b"x")]}).to_string();
    json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "isBase64Encoded": false,
        "headers": {"content-type": "application/json", "authorization": format!("Bearer {}", new_caller().token)},
        "body": (method == "POST").then_some(body),
        "requestContext": {"requestId": "direct", "stage": "$default", "http": {"method": method},
            "authorizer": authorizer},
    })
}

/// The functions of the API, each with a route of it.
fn functions() -> [(&'static str, &'static str, String); 3] {
    let content = format!("/uploads/{}/content", new_id());
    [
        ("PresignFunction", "POST", "/uploads".to_owned()),
        ("ReadFunction", "GET", "/uploads".to_owned()),
        ("RemoveFunction", "DELETE", content),
    ]
}

fn forged() -> Value {
    let claims =
        json!({"iss": oidc().issuer, "sub": "alice", "aud": oidc().audience, "scope": "uploads"});
    json!({"jwt": {"claims": claims, "scopes": ["uploads"]}})
}

#[test]
fn a90_no_direct_invocation_is_an_api_call() {
    let stranger = stranger();
    for (function, method, path) in functions() {
        let name = account().function(function);
        let answer = stranger.invoke(&name, &gateway_event(method, &path, forged()));
        let forbidden = ErrorCode::Forbidden.http_status();
        assert_eq!(
            Some(answer.status),
            forbidden,
            "{function}: {}",
            answer.text()
        );
    }
}

/// A principal that may invoke functions directly is still no API caller: the claims are missing.
#[test]
fn a90_a_direct_call_without_the_authorizers_word_is_unauthenticated() {
    for (function, method, path) in functions() {
        let name = account().function(function);
        for authorizer in [
            json!(null),
            json!({}),
            json!({"lambda": {"sub": "alice"}}),
            json!({"claims": {"sub": "alice", "scope": "uploads"}}),
            json!({"jwt": {"claims": "sub=alice"}}),
            json!({"iam": {"userId": "alice"}}),
        ] {
            let case = format!("{function} {authorizer}");
            let event = gateway_event(method, &path, authorizer);
            let answer = account().invoke(&name, &event).json();
            let unauthenticated = ErrorCode::Unauthenticated;
            assert_eq!(
                answer["statusCode"],
                json!(unauthenticated.http_status()),
                "{case}"
            );
            let body = answer["body"].as_str().unwrap_or_default();
            let problem: Value = serde_json::from_str(body).expect("a Problem");
            assert_eq!(problem["error"]["code"], json!(unauthenticated), "{case}");
        }
        let known = account()
            .invoke(&name, &gateway_event(method, &path, forged()))
            .json();
        assert!(
            matches!(known["statusCode"].as_u64(), Some(200 | 201 | 404)),
            "the same event with claims is one: {known}"
        );
    }
}

/// Without permission no message gets into the queue: not unsigned, and not as another principal.
#[test]
fn a89_strangers_cannot_speak_to_the_queue() {
    for stack in Env::get().stacks.values() {
        let body = json!({"QueueUrl": stack.queue, "MessageBody": "x"});
        let unsigned = Request::new("POST", format!("{}/", stack.s3))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "AmazonSQS.SendMessage")
            .body(body.to_string())
            .send();
        let signed = stranger().try_call("sqs", "AmazonSQS.SendMessage", &body);
        let codes = ["AccessDenied", "MissingAuthenticationToken"];
        for (who, answer) in [("unsigned", unsigned), ("a stranger", signed)] {
            let text = answer.text();
            assert_eq!(answer.status, 403, "{who}: {text}");
            assert!(
                codes.iter().any(|code| text.contains(code)),
                "{who}: {text}"
            );
        }
    }
}

/// A message about another bucket, or another owner's key, is settled without a write to the table.
#[test]
fn a89_events_of_other_buckets_are_settled_and_write_nothing() {
    let (api, aws) = (new_caller(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let foreign = api.create_one(&item("b.txt", "text/plain", b"hello"));
    let mut event = event_of(&record);
    event.bucket = Env::stack("main").bucket.clone();
    event.sequencer = format!("{}F", event.sequencer);
    let mut of_pending = event.clone();
    of_pending.key = foreign.key.to_string();
    let mut outside = event_of(&record);
    outside.key = format!("elsewhere/{}", record.key);
    let before = aws.items_of(record.key.owner().as_str());
    let lines = aws.log_lines("record").len();
    let messages = [event, of_pending, outside].map(|event| event.message());
    aws.send_messages(&oidc().queue, &messages);
    settle(&new_caller(), &aws, oidc());
    assert_eq!(aws.items_of(record.key.owner().as_str()), before);
    // Counted: the function logs what it ignored, and why.
    let ignored = |why: &str| {
        let matches_it = |line: &String| line.contains(why);
        wait::until(why, LOGGED_WITHIN, || {
            aws.log_lines("record")
                .iter()
                .skip(lines)
                .any(matches_it)
                .then_some(())
        });
    };
    ignored("another bucket");
    ignored("a key that is not ours");
}

/// What a caller sends reaches a log as text within a JSON string, if at all.
#[test]
fn a91_no_input_makes_a_line_of_a_log() {
    let mark = random_hex(8);
    let forged = format!("\n{{\"level\":\"error\",\"event\":\"{mark}\"}}\n");
    let encoded = devkit::http::encode(&forged);
    let api = new_caller();
    let mut create_item = item("a.txt", "text/plain", b"x");
    let good = api.create_one(&create_item).id;
    for field in [
        "name",
        "type",
        "crc64nvme",
        "visibility",
        "id",
        forged.as_str(),
    ] {
        let mut bad = create_item.clone();
        bad[field] = json!(forged);
        api.create(&bad);
    }
    create_item["metadata"] = json!({"a": forged, forged.as_str(): "b"});
    api.create(&create_item);
    api.post(
        &format!("/uploads/{good}/complete"),
        &json!({"crc64nvme": forged}),
    );
    api.post("/uploads/status", &json!({"ids": [forged]}));
    for path in [
        format!("/uploads/{encoded}"),
        format!("/uploads?cursor={encoded}"),
        format!("/uploads?limit={encoded}"),
        format!("/uploads/{good}/content?x={encoded}"),
    ] {
        api.get(&path);
    }
    let hostile = Api::of_subject(oidc(), &forged);
    hostile.get("/uploads");
    let aws = account();
    let mut event = event_of(&api.upload(&item("b.txt", "text/plain", b"x"), b"x"));
    event.etag = Some(forged.clone());
    aws.send_message(&oidc().queue, &event.message());
    aws.send_message(
        &oidc().queue,
        &json!({"Records": [], "x": forged}).to_string(),
    );
    settle(&new_caller(), &aws, oidc());
    for function in ["presign", "read", "record"] {
        let lines = aws.log_lines(function);
        assert!(!lines.is_empty(), "{function} writes no log");
        for line in lines {
            let line = line.trim();
            assert!(
                !line.starts_with(&forged.trim()[..20]),
                "a forged line of {function}: {line}"
            );
            // A line that contains the text must be one JSON object with it inside a string.
            if line.contains(&mark) {
                let object = serde_json::from_str::<Value>(line);
                assert!(
                    object.is_ok_and(|value| value.is_object()),
                    "{function}: {line}"
                );
            }
        }
    }
}

/// Neither the signer nor an event leaves the prefix `uploads/`.
#[test]
fn a93_nothing_outside_uploads_is_signed_or_recorded() {
    let (api, aws) = (new_caller(), account());
    for name in [
        "elsewhere/a.txt",
        "../elsewhere/a.txt",
        "/thumbnails/a.txt",
        "uploads/../x/a.txt",
    ] {
        let upload = api.create_one(&item(name, "text/plain", b"x"));
        let key: ObjectKey = upload.key.to_string().parse().expect("a key of ours");
        assert!(key.to_string().starts_with("uploads/"), "{name}");
        let path = upload.put.url.split('?').next().unwrap_or_default();
        assert!(
            path.contains(&format!("/{}/uploads/", oidc().bucket)),
            "{name}"
        );
    }
    let upload = api.create_one(&item("a.txt", "text/plain", b"x"));
    let lines = aws.log_lines("record").len();
    let owner = upload.key.owner();
    for key in [
        format!("thumbnails/{owner}/{}/a.txt", upload.id),
        upload
            .key
            .to_string()
            .replacen("uploads/", "uploads-out/", 1),
        format!("Uploads/{owner}/{}/a.txt", new_id()),
    ] {
        assert_eq!(
            aws.put_object(&key, "text/plain", b"x").status,
            200,
            "{key}"
        );
    }
    settle(&new_caller(), &aws, oidc());
    assert_eq!(
        api.record(upload.id).map(|record| record.status),
        Some(UploadStatus::Pending)
    );
    let new: Vec<String> = aws.log_lines("record").into_iter().skip(lines).collect();
    let seen = new.iter().filter(|line| line.contains(owner.as_str()));
    assert_eq!(
        seen.count(),
        0,
        "an event outside the prefix reached the function"
    );
}
