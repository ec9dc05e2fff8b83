//! The HTTP API as its callers see it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crowfly_contract::{Crc64Nvme, Grant, ObjectKey, Record, UploadId, UploadStatus};
use devkit::env::Stack;
use devkit::http::{Request, Response};
use devkit::wait;
use serde_json::{Value, json};

use crate::issuer::token_of;

/// A caller of a stack's API. No `Debug`: it would print the token.
#[derive(Clone)]
pub struct Api {
    /// Base address.
    pub base: String,
    /// The access token sent; none when empty.
    pub token: String,
}

/// One created upload with the presigned PUT that was granted for it.
#[derive(Clone, Debug)]
pub struct CreatedUpload {
    /// The upload.
    pub id: UploadId,
    /// The key that the object will have.
    pub key: ObjectKey,
    /// The presigned PUT.
    pub put: Grant,
}

impl Api {
    /// A caller with a token of the test issuer.
    pub fn of_subject(stack: &Stack, subject: &str) -> Self {
        Self::with_token(stack, &token_of(subject))
    }

    /// A caller with any token.
    pub fn with_token(stack: &Stack, token: &str) -> Self {
        Self {
            base: stack.api.clone(),
            token: token.to_owned(),
        }
    }

    /// The stack's demo user, logged in by password as the page does it.
    pub fn demo_user(stack: &Stack) -> Self {
        let tokens = login(stack, &stack.user, &stack.password);
        Self::with_token(stack, &tokens["AccessToken"])
    }

    /// A request for a path such as `/uploads`, with the token.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let request = Request::new(method, format!("{}{path}", self.base));
        match self.token.as_str() {
            "" => request,
            token => request.bearer(token),
        }
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.request("GET", path).send()
    }

    /// POST of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.request("POST", path).json(body).send()
    }

    /// DELETE.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Response {
        self.request("DELETE", path).send()
    }

    /// Creates one upload from this JSON description.
    #[track_caller]
    pub fn create(&self, item: &Value) -> Response {
        self.post("/uploads", &json!({"uploads": [item]}))
    }

    /// Creates one upload and returns its presigned PUT.
    ///
    /// # Panics
    /// When the API refuses it.
    #[track_caller]
    pub fn create_one(&self, item: &Value) -> CreatedUpload {
        let answer = self.create(item);
        let (status, text) = (answer.status, answer.text());
        assert!(matches!(status, 200 | 201), "create: {status} {text}");
        created_upload(&answer.json()["uploads"][0])
    }

    /// The record of an upload; `None` on 404.
    #[track_caller]
    pub fn record(&self, id: UploadId) -> Option<Record> {
        let answer = self.get(&format!("/uploads/{id}"));
        match answer.status {
            200 => Some(serde_json::from_slice(&answer.body).expect("a record of the contract")),
            404 => None,
            other => panic!("GET record: {other} {}", answer.text()),
        }
    }

    /// Waits until the record of an upload has `status`.
    #[track_caller]
    pub fn wait_status(&self, id: UploadId, status: UploadStatus, limit: Duration) -> Record {
        wait::until(&format!("the record of {id} as {status:?}"), limit, || {
            self.record(id).filter(|record| record.status == status)
        })
    }

    /// Creates an upload of `bytes`, sends them and waits for the record.
    #[track_caller]
    pub fn upload(&self, item: &Value, bytes: &[u8]) -> Record {
        let upload = self.create_one(item);
        let answer = upload.put(bytes).send();
        let (status, text) = (answer.status, answer.text());
        assert!(status == 200, "PUT: {status} {text}");
        self.wait_status(upload.id, UploadStatus::Stored, Duration::from_secs(10))
    }
}

impl CreatedUpload {
    /// The one request that this grant allows.
    pub fn put(&self, bytes: &[u8]) -> Request {
        let request = Request::new("PUT", self.put.url.as_str()).body(bytes);
        let with =
            |request: Request, (name, value): (&String, &String)| request.header(name, value);
        self.put.headers.iter().fold(request, with)
    }
}

/// The presigned PUT in a create result.
///
/// # Panics
/// When the result is a refusal.
#[track_caller]
pub fn created_upload(result: &Value) -> CreatedUpload {
    let parse = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (plan, error) = (&result["plan"], &result["error"]);
    assert!(plan["kind"] == "single", "a plan of one PUT, not {error}");
    CreatedUpload {
        id: parse(&result["id"]).parse().expect("an id"),
        key: parse(&result["key"]).parse().expect("a key"),
        put: serde_json::from_value(plan["put"].clone()).expect("a grant"),
    }
}

/// The description of a new upload of `bytes`, with its checksum and a new id.
pub fn item(name: &str, media_type: &str, bytes: &[u8]) -> Value {
    json!({
        "id": new_id().to_string(),
        "name": name,
        "size": bytes.len(),
        "type": media_type,
        "crc64nvme": crc64nvme(bytes).to_string(),
    })
}

/// The checksum of `bytes`.
pub fn crc64nvme(bytes: &[u8]) -> Crc64Nvme {
    let mut crc = crowfly_engine::crc64::Crc64::new();
    crc.update(bytes);
    crc.value()
}

/// A new upload id, unique across tests.
pub fn new_id() -> UploadId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
    let process = u128::from(std::process::id());
    UploadId::from_parts(devkit::time::unix_ms(), process << 40 | count)
}

/// Signs a user of the stack's own pool in by password; returns `AccessToken`, `IdToken`, `RefreshToken`.
///
/// # Panics
/// When the pool refuses.
#[track_caller]
pub fn login(stack: &Stack, user: &str, password: &str) -> BTreeMap<String, String> {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": stack.client_id,
        "AuthParameters": {"USERNAME": user, "PASSWORD": password},
    });
    let target = "AWSCognitoIdentityProviderService.InitiateAuth";
    let answer = Request::new("POST", format!("{}/", stack.s3))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body.to_string())
        .send();
    let (status, text) = (answer.status, answer.text());
    assert!(status == 200, "login: {status} {text}");
    let result = answer.json()["AuthenticationResult"].take();
    let tokens = result.as_object().into_iter().flatten();
    tokens
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}
