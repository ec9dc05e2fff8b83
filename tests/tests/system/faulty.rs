//! The stack whose functions reach their services through fault proxies, one for each function.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use e2e::api::{Api, Leave, item, leave_of};
use e2e::aws::Aws;
use e2e::http::Url;
use e2e::issuer::random_hex;
use e2e::proxy::{Config, Proxy};
use e2e::{Env, Stack, wait};
use serde_json::{Value, json};

/// How long everything may take to come right once its services work again.
pub(crate) const RECOVERS_WITHIN: Duration = Duration::from_secs(40);

/// The stack in the hands of one test.
pub(crate) struct Faulty {
    pub(crate) stack: &'static Stack,
    pub(crate) aws: Aws,
    pub(crate) record: Behind,
    pub(crate) forward: Behind,
    pub(crate) presign: Behind,
    pub(crate) read: Behind,
}

/// A function behind a proxy of its own.
pub(crate) struct Behind {
    /// The function's full name.
    pub(crate) function: String,
    pub(crate) proxy: Proxy,
}

impl Faulty {
    fn start() -> Self {
        let stack = Env::stack("faulty");
        let aws = Aws::new(stack);
        let behind = |logical: &str| {
            let upstream = Url::parse(&stack.s3)
                .expect("the address of storage")
                .authority;
            let config = Config {
                upstream: Some(upstream),
                s3_rules: false,
                seed: 20_261_122,
                ..Config::default()
            };
            let proxy = Proxy::start(config).expect("a free port");
            let function = aws.function(logical);
            let mut variables = aws.function_variables(&function);
            let endpoint = format!("http://{}", proxy.address());
            variables.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.into());
            aws.set_function_variables(&function, &variables);
            Behind { function, proxy }
        };
        Self {
            record: behind("RecordFunction"),
            forward: behind("ForwardFunction"),
            presign: behind("PresignFunction"),
            read: behind("ReadFunction"),
            stack,
            aws,
        }
    }

    /// One test at a time; it finds working services and empty queues.
    pub(crate) fn take() -> MutexGuard<'static, Self> {
        static FAULTY: OnceLock<Mutex<Faulty>> = OnceLock::new();
        let faulty = FAULTY.get_or_init(|| Mutex::new(Self::start()));
        let faulty = faulty.lock().unwrap_or_else(PoisonError::into_inner);
        faulty.works_again();
        faulty.drained();
        for message in faulty.aws.receive_messages(&faulty.stack.dlq) {
            faulty.aws.delete_message(&faulty.stack.dlq, &message);
        }
        faulty
    }

    fn all(&self) -> [&Behind; 4] {
        [&self.record, &self.forward, &self.presign, &self.read]
    }

    /// All services work from now on.
    pub(crate) fn works_again(&self) {
        for behind in self.all() {
            behind.proxy.clear();
            behind.proxy.offline(false);
            behind.proxy.clear_log();
        }
    }

    /// A caller that no other test is.
    pub(crate) fn somebody(&self) -> Api {
        Api::of_subject(self.stack, &format!("faulty-{}", random_hex(6)))
    }

    /// Creates and sends so many small uploads.
    #[track_caller]
    pub(crate) fn send(&self, api: &Api, count: usize) -> Vec<Leave> {
        let bytes = |n: usize| format!("upload {n}").into_bytes();
        let items: Vec<Value> = (0..count)
            .map(|n| item(&format!("{n}.txt"), "text/plain", &bytes(n)))
            .collect();
        let answer = api.post("/uploads", &json!({"uploads": items}));
        assert_eq!(answer.status, 201, "{}", answer.text());
        let results = answer.json()["uploads"].take();
        let leaves: Vec<Leave> = results
            .as_array()
            .into_iter()
            .flatten()
            .map(leave_of)
            .collect();
        for (n, leave) in leaves.iter().enumerate() {
            assert_eq!(leave.put(&bytes(n)).send().status, 200);
        }
        leaves
    }

    /// Waits until each of these has its record, exactly one, and says that it is verified.
    #[track_caller]
    pub(crate) fn recorded(&self, leaves: &[Leave]) {
        let owner = leaves[0].key.owner().as_str();
        let stored = || {
            let rows = uploads_of(&self.aws, owner);
            let stored = rows.iter().filter(|row| row["status"] == "stored").count();
            (stored == leaves.len()).then_some(rows)
        };
        let rows = wait::until("a record for each upload", RECOVERS_WITHIN, stored);
        assert_eq!(rows.len(), leaves.len(), "one record for each upload");
        for leave in leaves {
            let row = rows.iter().find(|row| row["id"] == leave.id.to_string());
            let row = row.unwrap_or_else(|| panic!("no record of {}", leave.id));
            assert_eq!(row["verified"], true, "{row}");
        }
    }

    /// How many of these are stored by now.
    pub(crate) fn stored(&self, leaves: &[Leave]) -> usize {
        let rows = uploads_of(&self.aws, leaves[0].key.owner().as_str());
        rows.iter().filter(|row| row["status"] == "stored").count()
    }

    /// Waits until the queue is empty.
    #[track_caller]
    pub(crate) fn drained(&self) {
        wait::until("the queue to drain", RECOVERS_WITHIN, || {
            (self.aws.queue_depth(&self.stack.queue) == 0).then_some(())
        });
    }

    /// Everything is settled, and nothing was given up.
    #[track_caller]
    pub(crate) fn nothing_is_lost(&self, leaves: &[Leave]) {
        self.recorded(leaves);
        self.drained();
        assert_eq!(
            self.aws.queue_depth(&self.stack.dlq),
            0,
            "the dead-letter queue is empty"
        );
    }
}

impl Behind {
    /// Lets a fault befall the calls of an operation, such as `UpdateItem`, so many times or for ever.
    pub(crate) fn befall(&self, operation: &str, times: impl Into<Value>, fault: Value) {
        let matcher = json!({"target": operation, "times": times.into()});
        self.proxy.rule(json!({"match": matcher, "fault": fault}));
    }

    /// How many requests met a fault so far.
    pub(crate) fn befallen(&self) -> usize {
        let log = self.proxy.log();
        let befallen = log.requests.iter().filter(|entry| entry.fault.is_some());
        befallen.count() + usize::try_from(log.cut_off).expect("a small number")
    }

    /// Waits until this many requests met a fault.
    #[track_caller]
    pub(crate) fn wait_befallen(&self, count: usize) {
        wait::until("the fault to strike", RECOVERS_WITHIN, || {
            (self.befallen() >= count).then_some(())
        });
    }
}

/// The refusal of a service that speaks JSON.
pub(crate) fn refusal(status: u16, code: &str) -> Value {
    json!({"kind": "status", "status": status, "form": "json", "code": code})
}

/// The service does what was asked, and answers as if it had failed.
pub(crate) fn done_but_refused() -> Value {
    let body = json!({"__type": "InternalServerError", "message": "A fault for a test."});
    json!({"kind": "body", "status": 500, "contentType": "application/x-amz-json-1.0",
        "text": body.to_string(), "forward": true})
}

/// The rows of an owner's uploads; what else the table keeps of an owner has an id that begins with `#`.
pub(crate) fn uploads_of(aws: &Aws, owner: &str) -> Vec<Value> {
    let mut rows = aws.items_of(owner);
    rows.retain(|row| row["id"].as_str().is_some_and(|id| !id.starts_with('#')));
    rows
}
