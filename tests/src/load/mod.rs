//! A load spike: thousands of uploads through the real API and presigned PUTs at once, most of them by one
//! owner, with malformed messages among their events.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crowfly_contract::UploadStatus;
use devkit::env::Stack;
use devkit::random::random_hex;
use devkit::stats::quantile;
use devkit::time::{ms_since, unix_ms};
use devkit::wait;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::{Api, CreatedUpload, created_upload, item};
use crate::aws::Aws;

/// Uploads in one create call.
const BATCH: usize = 50;
/// Owners besides the busy one.
const OTHERS: usize = 4;
/// Connections that send at once.
const SENDERS: usize = 6;
/// Percentage of the uploads that belong to the busy owner.
const BUSY_PERCENT: usize = 60;

/// The result of a spike.
#[derive(Clone, Debug)]
pub struct Spike {
    /// The uploads that were sent, by owner; the busy owner first.
    pub sent: Vec<Vec<CreatedUpload>>,
    /// The bodies of the malformed messages.
    pub poison: Vec<String>,
    /// What it took.
    pub figures: Figures,
}

/// A share of the work: `count` uploads by this caller.
struct Job<'a> {
    owner: usize,
    api: &'a Api,
    count: usize,
}

/// Uploads `count` files and sends `poison` malformed messages meanwhile, then waits until the queue has
/// drained, at most for `limit`.
///
/// # Panics
/// When an upload is refused permanently, or the queue does not drain.
#[track_caller]
pub fn spike(stack: &Stack, count: usize, poison: usize, limit: Duration) -> Spike {
    let aws = Aws::new(stack);
    let mark = random_hex(6);
    let caller = |n| Api::of_subject(stack, &format!("load-{mark}-{n}"));
    let apis: Vec<Api> = (0..=OTHERS).map(caller).collect();
    let jobs = Mutex::new(jobs(&apis, count));
    let mut sent: Vec<Vec<CreatedUpload>> = vec![Vec::new(); apis.len()];
    let mut puts = Vec::new();
    let bodies = self::poison(&stack.bucket, &mark, poison);
    let (begun, unix) = (Instant::now(), unix_ms());
    let drained = AtomicBool::new(false);
    let mut figures = Figures {
        events: count,
        ..Figures::default()
    };
    std::thread::scope(|scope| {
        let sender = || -> Vec<_> { std::iter::from_fn(|| next(&jobs).map(send)).collect() };
        let senders = [(); SENDERS].map(|()| scope.spawn(sender));
        scope.spawn(|| {
            for batch in bodies.chunks(10) {
                aws.send_messages(&stack.queue, batch);
            }
        });
        let bystander = scope.spawn(|| bystander(stack, &mark, &drained));
        for sender in senders {
            for (owner, uploads, times) in sender.join().expect("a sender that is served") {
                sent[owner].extend(uploads);
                puts.extend(times);
            }
        }
        figures.sending_ms = ms_since(begun);
        wait::until("the queue to drain", limit, || {
            (aws.queue_depth(&stack.queue) == 0).then_some(())
        });
        figures.recording_ms = ms_since(begun);
        drained.store(true, Ordering::SeqCst);
        let bystander = bystander.join().expect("a bystander who is served");
        figures.bystander_ms = Times::of(&bystander);
    });
    figures.events_per_second = count as f64 * 1000.0 / figures.recording_ms as f64;
    figures.put_ms = Times::of(&puts);
    figures.lag_ms = Times::of(&lags(&aws, unix));
    Spike {
        sent,
        poison: bodies,
        figures,
    }
}

/// The busy owner's share and the others', in batches of one create call, evenly mixed.
fn jobs(apis: &[Api], count: usize) -> Vec<Job<'_>> {
    let busy = count * BUSY_PERCENT / 100;
    let rest = count - busy;
    let mut jobs = Vec::new();
    for (owner, api) in apis.iter().enumerate() {
        let share = match owner {
            0 => busy,
            1 => rest - (OTHERS - 1) * (rest / OTHERS),
            _ => rest / OTHERS,
        };
        for start in (0..share).step_by(BATCH) {
            let count = BATCH.min(share - start);
            let place = start * 1_000 / share;
            jobs.push((place, Job { owner, api, count }));
        }
    }
    jobs.sort_by_key(|(place, _)| *place);
    jobs.into_iter().map(|(_, job)| job).collect()
}

fn next<'a>(jobs: &Mutex<Vec<Job<'a>>>) -> Option<Job<'a>> {
    jobs.lock().expect("no sender panics").pop()
}

/// Creates a job's uploads and sends each; returns their owner, them, and the milliseconds of each PUT.
fn send(job: Job<'_>) -> (usize, Vec<CreatedUpload>, Vec<u64>) {
    let bytes = |n: usize| format!("bytes of {n}").into_bytes();
    let item = |n| item("load.txt", "text/plain", &bytes(n));
    let items: Vec<Value> = (0..job.count).map(item).collect();
    let uploads = create(job.api, &json!({"uploads": items}));
    let mut times = Vec::with_capacity(uploads.len());
    for (n, upload) in uploads.iter().enumerate() {
        let begun = Instant::now();
        let answer = upload.put(&bytes(n)).send();
        assert_eq!(answer.status, 200, "PUT: {}", answer.text());
        times.push(ms_since(begun));
    }
    (job.owner, uploads, times)
}

/// Creates these uploads. While the answer asks to retry for some of them, it waits and repeats the call,
/// which is idempotent for those that exist already.
fn create(api: &Api, body: &Value) -> Vec<CreatedUpload> {
    loop {
        let answer = api.post("/uploads", body);
        let all = answer.json()["uploads"].take();
        let all = all.as_array().cloned().unwrap_or_default();
        let refused = |result: &Value| result["error"]["retryAfterMs"].is_u64();
        let later = answer.status == 429 || all.iter().any(refused);
        if !later {
            let (status, text) = (answer.status, answer.text());
            assert!(status < 300 && status != 207, "create: {status} {text}");
            return all.iter().map(created_upload).collect();
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Another owner, who uploads one file after the other during the spike; returns the milliseconds from each
/// PUT to its record.
fn bystander(stack: &Stack, mark: &str, drained: &AtomicBool) -> Vec<u64> {
    let api = Api::of_subject(stack, &format!("load-{mark}-bystander"));
    let mut times = Vec::new();
    while !drained.load(Ordering::SeqCst) {
        let upload = api.create_one(&item("own.txt", "text/plain", b"mine"));
        let begun = Instant::now();
        assert_eq!(upload.put(b"mine").send().status, 200);
        api.wait_status(upload.id, UploadStatus::Stored, Duration::from_secs(120));
        times.push(ms_since(begun));
        std::thread::sleep(Duration::from_millis(100));
    }
    times
}

/// Milliseconds between storage and record of each event since a moment, as `record` logged them.
fn lags(aws: &Aws, since_ms: u64) -> Vec<u64> {
    let mut lags = Vec::new();
    for line in aws.log_lines("record") {
        let Ok(line) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if line["_aws"]["Timestamp"].as_u64() >= Some(since_ms) {
            let values = line["EventLag"].as_array().into_iter().flatten();
            lags.extend(values.filter_map(Value::as_u64));
        }
    }
    lags
}

/// What a load spike took.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Uploads; each makes one event.
    pub events: usize,
    /// From the first create to the answer of the last PUT.
    pub sending_ms: u64,
    /// From the first create until the queue was empty.
    pub recording_ms: u64,
    /// Over the whole run.
    pub events_per_second: f64,
    /// Of each PUT.
    pub put_ms: Times,
    /// Of each event from storage to record, as the `record` function measured it.
    pub lag_ms: Times,
    /// From PUT to record of each upload of an owner outside the spike.
    pub bystander_ms: Times,
}

/// The figures of many times in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Times {
    /// How many were measured.
    pub count: usize,
    /// The median.
    pub p50: Option<u64>,
    /// The 99th percentile.
    pub p99: Option<u64>,
}

impl Times {
    fn of(all: &[u64]) -> Self {
        Self {
            count: all.len(),
            p50: quantile(all, 50),
            p99: quantile(all, 99),
        }
    }
}

/// `count` different malformed messages of all kinds, each with the mark in it.
pub fn poison(bucket: &str, mark: &str, count: usize) -> Vec<String> {
    let event = |n: usize, object: Value| {
        json!({"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-22T09:30:00.000Z", "mark": format!("{mark}-{n}"),
            "s3": {"bucket": {"name": bucket}, "object": object},
        }]})
        .to_string()
    };
    let undecodable = json!({"key": "uploads/%FF", "size": 1, "sequencer": "A1"});
    (0..count)
        .map(|n| match n % 6 {
            0 => format!("poison {mark}-{n}"),
            1 => format!("{{\"Records\":[{{\"poison\":\"{mark}-{n}\""),
            2 => json!({"hello": format!("{mark}-{n}")}).to_string(),
            3 => event(n, json!({"key": "uploads/a", "sequencer": "A1"})),
            4 => event(n, undecodable.clone()),
            _ => json!({"v": 9, "key": format!("{mark}-{n}")}).to_string(),
        })
        .collect()
}
