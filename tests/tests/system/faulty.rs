//! The stack whose functions reach AWS services through fault proxies, one for each function.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use devkit::env::{Env, Stack};
use devkit::http::Url;
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, CreatedUpload, created_upload, item};
use e2e::aws::Aws;
use e2e::proxy::{Config, Proxy};
use serde_json::{Value, json};

/// How long recovery may take once the services work again.
pub(crate) const RECOVERS_WITHIN: Duration = Duration::from_secs(40);

/// The stack, locked by one test.
pub(crate) struct Faulty {
    pub(crate) stack: &'static Stack,
    pub(crate) aws: Aws,
    pub(crate) record: Behind,
    pub(crate) forward: Behind,
    pub(crate) presign: Behind,
    pub(crate) read: Behind,
}

/// A function behind its own fault proxy.
pub(crate) struct Behind {
    /// The function's full name.
    pub(crate) function: String,
    pub(crate) proxy: Proxy,
}

impl Faulty {
    fn start() -> Self {
        let stack = Env::stack("faulty");
        let aws = Aws::new(stack);
        let behind = |logical: &str| Behind::of(stack, &aws, logical);
        Self {
            record: behind("RecordFunction"),
            forward: behind("ForwardFunction"),
            presign: behind("PresignFunction"),
            read: behind("ReadFunction"),
            stack,
            aws,
        }
    }

    /// Locks the stack; the test starts with working services and empty queues.
    pub(crate) fn take() -> MutexGuard<'static, Self> {
        static FAULTY: OnceLock<Mutex<Faulty>> = OnceLock::new();
        let faulty = FAULTY.get_or_init(|| Mutex::new(Self::start()));
        let faulty = faulty.lock().unwrap_or_else(PoisonError::into_inner);
        faulty.clear_faults();
        faulty.drained();
        for message in faulty.aws.receive_messages(&faulty.stack.dlq) {
            faulty.aws.delete_message(&faulty.stack.dlq, &message);
        }
        faulty
    }

    fn all(&self) -> [&Behind; 4] {
        [&self.record, &self.forward, &self.presign, &self.read]
    }

    /// Clears all faults.
    pub(crate) fn clear_faults(&self) {
        for behind in self.all() {
            behind.proxy.clear();
            behind.proxy.offline(false);
            behind.proxy.clear_log();
        }
    }

    /// A new caller, unique to the test.
    pub(crate) fn new_caller(&self) -> Api {
        Api::of_subject(self.stack, &format!("faulty-{}", random_hex(6)))
    }

    /// Creates and sends this many small uploads.
    #[track_caller]
    pub(crate) fn send(&self, api: &Api, count: usize) -> Vec<CreatedUpload> {
        create_all(api, count)
    }

    /// Waits until each of these has exactly one record, which is verified.
    #[track_caller]
    pub(crate) fn recorded(&self, uploads: &[CreatedUpload]) {
        let owner = uploads[0].key.owner().as_str();
        let stored = || {
            let rows = uploads_of(&self.aws, owner);
            let stored = rows.iter().filter(|row| row["status"] == "stored").count();
            (stored == uploads.len()).then_some(rows)
        };
        let rows = wait::until("a record for each upload", RECOVERS_WITHIN, stored);
        assert_eq!(rows.len(), uploads.len(), "one record for each upload");
        for upload in uploads {
            let row = rows.iter().find(|row| row["id"] == upload.id.to_string());
            let row = row.unwrap_or_else(|| panic!("no record of {}", upload.id));
            assert_eq!(row["verified"], true, "{row}");
        }
    }

    /// How many of these are stored so far.
    pub(crate) fn stored(&self, uploads: &[CreatedUpload]) -> usize {
        let rows = uploads_of(&self.aws, uploads[0].key.owner().as_str());
        rows.iter().filter(|row| row["status"] == "stored").count()
    }

    /// Waits until the queue is empty.
    #[track_caller]
    pub(crate) fn drained(&self) {
        wait::until("the queue to drain", RECOVERS_WITHIN, || {
            (self.aws.queue_depth(&self.stack.queue) == 0).then_some(())
        });
    }

    /// All messages are settled, and none is in the dead-letter queue.
    #[track_caller]
    pub(crate) fn nothing_is_lost(&self, uploads: &[CreatedUpload]) {
        self.recorded(uploads);
        self.drained();
        assert_eq!(
            self.aws.queue_depth(&self.stack.dlq),
            0,
            "the dead-letter queue is empty"
        );
    }
}

impl Behind {
    /// Puts a proxy between a function of a stack and its services.
    pub(crate) fn of(stack: &Stack, aws: &Aws, logical: &str) -> Self {
        let upstream = Url::parse(&stack.s3)
            .expect("the address of storage")
            .authority;
        let config = Config {
            upstream: Some(upstream),
            seed: 20_261_122,
            ..Config::default()
        };
        let proxy = Proxy::start(config).expect("a free port");
        proxy.s3_rules(false);
        let function = aws.function(logical);
        let mut variables = aws.function_variables(&function);
        let endpoint = format!("http://{}", proxy.address());
        variables.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.into());
        aws.set_function_variables(&function, &variables);
        Self { function, proxy }
    }

    /// Injects a fault into the calls of an operation, such as `UpdateItem`, this many times or for ever.
    pub(crate) fn inject(&self, operation: &str, times: impl Into<Value>, fault: Value) {
        let matcher = json!({"target": operation, "times": times.into()});
        self.proxy.rule(json!({"match": matcher, "fault": fault}));
    }

    /// How many requests got a fault so far.
    pub(crate) fn injected(&self) -> usize {
        let log = self.proxy.log();
        let injected = log.requests.iter().filter(|entry| entry.fault.is_some());
        injected.count() + usize::try_from(log.cut_off).expect("a small number")
    }

    /// Waits until this many requests got a fault.
    #[track_caller]
    pub(crate) fn wait_injected(&self, count: usize) {
        wait::until("the fault to strike", RECOVERS_WITHIN, || {
            (self.injected() >= count).then_some(())
        });
    }
}

/// Creates and sends this many small uploads.
#[track_caller]
pub(crate) fn create_all(api: &Api, count: usize) -> Vec<CreatedUpload> {
    let bytes = |n: usize| format!("upload {n}").into_bytes();
    let items: Vec<Value> = (0..count)
        .map(|n| item(&format!("{n}.txt"), "text/plain", &bytes(n)))
        .collect();
    let answer = api.post("/uploads", &json!({"uploads": items}));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let results = answer.json()["uploads"].take();
    let uploads: Vec<CreatedUpload> = results
        .as_array()
        .into_iter()
        .flatten()
        .map(created_upload)
        .collect();
    for (n, upload) in uploads.iter().enumerate() {
        assert_eq!(upload.put(&bytes(n)).send().status, 200);
    }
    uploads
}

/// The refusal of a JSON service.
pub(crate) fn refusal(status: u16, code: &str) -> Value {
    json!({"kind": "status", "status": status, "form": "json", "code": code})
}

/// The service performs the operation and still answers with an error.
pub(crate) fn done_but_refused() -> Value {
    let body = json!({"__type": "InternalServerError", "message": "A fault for a test."});
    json!({"kind": "body", "status": 500, "contentType": "application/x-amz-json-1.0",
        "text": body.to_string(), "forward": true})
}

/// The records of an owner's uploads; the owner's other items have an id that begins with `#`.
pub(crate) fn uploads_of(aws: &Aws, owner: &str) -> Vec<Value> {
    let mut rows = aws.items_of(owner);
    rows.retain(|row| row["id"].as_str().is_some_and(|id| !id.starts_with('#')));
    rows
}
