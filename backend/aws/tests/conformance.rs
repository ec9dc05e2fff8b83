//! Runs the conformance tests of a store against DynamoDB if `CROWFLY_TEST_ENV` names the file that
//! describes a running stack; skipped otherwise.

use std::time::{SystemTime, UNIX_EPOCH};

use crowfly_aws::{Bucket, Session, Table};
use crowfly_contract::OwnerId;
use crowfly_core::ports::HeadObject;
use crowfly_testing::conformance;
use serde_json::Value;

/// The stack `main` in the environment file, and a session for it.
fn stack() -> Option<(Value, Session)> {
    let path = std::env::var("CROWFLY_TEST_ENV").ok()?;
    let env: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let main = env["stacks"]["main"].clone();
    let text = |name: &str| main[name].as_str().map(str::to_owned);
    let session = Session::from_variables(|name| match name {
        "AWS_REGION" => text("region"),
        "AWS_ENDPOINT_URL" => text("s3"),
        "AWS_ACCESS_KEY_ID" => text("accessKeyId"),
        "AWS_SECRET_ACCESS_KEY" => text("secretAccessKey"),
        _ => None,
    });
    Some((main, session.unwrap()))
}

/// Owners that no earlier run has used.
fn owners() -> impl FnMut() -> OwnerId {
    let mut number = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    move || {
        number += 1;
        let letter = |digit_index: u32| {
            let digit = u8::try_from(number / 26u128.pow(digit_index) % 26).unwrap();
            char::from(b'a' + digit)
        };
        (0..26).map(letter).collect::<String>().parse().unwrap()
    }
}

#[tokio::test]
async fn dynamodb_conforms_to_the_ports_of_a_store() {
    let Some((main, session)) = stack() else {
        eprintln!("skipped: CROWFLY_TEST_ENV is not set");
        return;
    };
    conformance::all(
        &Table::open(&session, main["table"].as_str().unwrap()),
        owners(),
    )
    .await;
}

#[tokio::test]
async fn f56_a_missing_object_is_none_and_not_a_fault() {
    let Some((main, session)) = stack() else {
        eprintln!("skipped: CROWFLY_TEST_ENV is not set");
        return;
    };
    let name = main["bucket"].as_str().unwrap();
    let bucket = Bucket::open(&session, name);
    let key = format!("uploads/{}/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/a", owners()());
    assert_eq!(
        bucket.head_object(&key.parse().unwrap()).await.unwrap(),
        None
    );
}
