//! Buckets with versions, delete markers and lifecycle rules: whatever is removed and restored, and
//! in whatever order events are delivered, the record matches what storage holds in the end.
//!
//! `CROWFLY_SEED=<seed>` runs one history.

mod common;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use common::events::{created, event, handle, key, pending, recorder, removed};
use common::random::Random;
use common::{NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::ports::Head;
use crowfly_core::record::{RecordError, record};
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

const SEEDS: u64 = 400;
const KEYS: u64 = 2;
const CHANGES: u64 = 8;

/// A version in the history of a key: an object or a delete marker.
#[derive(Clone, Debug)]
struct Version {
    head: Option<Head>,
    sequencer: String,
}

struct World {
    random: Random,
    memory: Memory,
    versioned: bool,
    clock: u64,
    /// Oldest first; storage returns the last one.
    keys: Vec<Vec<Version>>,
    in_flight: Vec<String>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let versioned = random.percent(70);
        Self {
            random,
            memory: Memory::default(),
            versioned,
            clock: 0,
            keys: vec![Vec::new(); KEYS as usize],
            in_flight: Vec::new(),
        }
    }

    fn sequencer(&mut self) -> String {
        self.clock += 1;
        format!("A{:04X}", self.clock)
    }

    /// Changes storage; returns what it holds then, and the event.
    fn change(&mut self, n: usize) -> (Option<Head>, Value) {
        let fresh = self.sequencer();
        let count = self.keys[n].len();
        let record = match self.random.below(6) {
            _ if count == 0 => self.put(n, fresh),
            0 | 1 => self.put(n, fresh),
            2 if self.versioned => {
                self.keys[n].push(Version {
                    head: None,
                    sequencer: fresh.clone(),
                });
                removal("ObjectRemoved:DeleteMarkerCreated", n, Some(&fresh))
            }
            3 if self.versioned => {
                // The sequencer of this event is not documented.
                // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configure-notification.html
                let last = self.keys[n][count - 1].sequencer.clone();
                let sequencer_sent = match self.random.below(3) {
                    0 => Some(fresh.clone()),
                    1 => Some(last),
                    _ => None,
                };
                self.keys[n].push(Version {
                    head: None,
                    sequencer: fresh,
                });
                removal(
                    "LifecycleExpiration:DeleteMarkerCreated",
                    n,
                    sequencer_sent.as_deref(),
                )
            }
            4 => {
                let gone = self.remove_version(n);
                let sequencer_sent = self.random.percent(80).then_some(gone.sequencer);
                removal("LifecycleExpiration:Delete", n, sequencer_sent.as_deref())
            }
            _ => {
                self.remove_version(n);
                removal("ObjectRemoved:Delete", n, Some(&fresh))
            }
        };
        let shown = self.keys[n].last().and_then(|version| version.head.clone());
        (shown, record)
    }

    fn put(&mut self, n: usize, sequencer: String) -> Value {
        // Few distinct contents, so that some repeat.
        let etag = format!("e{}", self.random.below(4));
        let version_id = self.versioned.then(|| format!("v{}", self.clock));
        let head = Some(Head {
            version_id,
            ..head_of(&etag)
        });
        if !self.versioned {
            self.keys[n].clear();
        }
        let record = event(&key(n as u128).to_string(), &sequencer, Some(&etag));
        self.keys[n].push(Version { head, sequencer });
        record
    }

    /// Removes one version of a key.
    fn remove_version(&mut self, n: usize) -> Version {
        let index = self.random.below(self.keys[n].len() as u64) as usize;
        self.keys[n].remove(index)
    }

    /// Handles some messages while storage changes concurrently.
    fn live(&mut self, happens: bool) {
        let n = self.random.below(KEYS) as usize;
        let happening = happens.then(|| self.change(n));
        let (memory, recorder) = (&self.memory, &recorder());
        let work = |body: String| async move {
            match record(memory, memory, memory, recorder, &body, NOW)
                .await
                .remove(0)
            {
                Ok(_) => None,
                Err(RecordError::Fault(_)) => Some(body),
                Err(poison) => panic!("{poison}"),
            }
        };
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for _ in 0..self.random.below(4) {
            if !self.in_flight.is_empty() {
                let index = self.random.below(self.in_flight.len() as u64) as usize;
                tasks.push(Box::pin(work(self.in_flight.swap_remove(index))));
            }
        }
        if let Some((shown, record)) = happening {
            let body = json!({"Records": [record]}).to_string();
            let times = self.random.below(3) as usize;
            self.in_flight
                .extend(std::iter::repeat_n(body.clone(), times));
            tasks.push(Box::pin(async move {
                memory.set_object(&key(n as u128), shown);
                work(body).await
            }));
        }
        let again = interleaved(&mut self.random, tasks);
        self.in_flight.extend(again.into_iter().flatten());
    }
}

type Task<'a> = Pin<Box<dyn Future<Output = Option<String>> + 'a>>;

/// Polls the tasks in random order; each may pause until no other is runnable.
fn interleaved(random: &mut Random, tasks: Vec<Task<'_>>) -> Vec<Option<String>> {
    let mut context = Context::from_waker(Waker::noop());
    let mut done = Vec::new();
    let mut tasks: Vec<(u64, Task<'_>)> = tasks
        .into_iter()
        .map(|task| (random.below(8), task))
        .collect();
    while !tasks.is_empty() {
        let runnable = tasks.iter().filter(|(left, _)| *left > 0).count();
        let index = random.below(tasks.len() as u64) as usize;
        let (left, task) = &mut tasks[index];
        if runnable > 0 && *left == 0 {
            continue;
        }
        *left = left.saturating_sub(1);
        if let Poll::Ready(output) = task.as_mut().poll(&mut context) {
            done.push(output);
            drop(tasks.swap_remove(index));
        }
    }
    done
}

fn removal(name: &str, n: usize, sequencer: Option<&str>) -> Value {
    let mut record = event(
        &key(n as u128).to_string(),
        sequencer.unwrap_or_default(),
        None,
    );
    record["eventName"] = name.into();
    if sequencer.is_none() {
        let object = record["s3"]["object"].as_object_mut().unwrap();
        object.remove("sequencer");
    }
    record
}

fn history(seed: u64) {
    let mut world = World::new(seed);
    for n in 0..KEYS {
        if world.random.percent(80) {
            world.memory.set_row(row_of(&owner('a'), id(n.into()), 1));
        }
    }
    for _ in 0..CHANGES {
        world.live(true);
    }
    let mut rounds = 0;
    while !world.in_flight.is_empty() {
        world.live(false);
        rounds += 1;
        assert!(rounds < 10_000, "CROWFLY_SEED={seed}: it does not end");
    }
    for (n, versions) in world.keys.iter().enumerate() {
        let Some(row) = world.memory.row(&owner('a'), id(n as u128)) else {
            assert!(
                versions.is_empty(),
                "CROWFLY_SEED={seed}: no record of {versions:?}"
            );
            continue;
        };
        let record = row.record;
        let what = format!("CROWFLY_SEED={seed}: {record:?} of {versions:?}");
        match versions.last().and_then(|version| version.head.as_ref()) {
            Some(head) => {
                assert_eq!(record.status, UploadStatus::Stored, "{what}");
                assert_eq!(record.etag.as_ref(), Some(&head.etag), "{what}");
                assert_eq!(record.version_id, head.version_id, "{what}");
                assert!(record.url.is_some(), "{what}");
            }
            None => {
                let never = record.status == UploadStatus::Pending && record.sequencer.is_none();
                let gone = record.status == UploadStatus::Deleted && record.url.is_none();
                assert!(gone || never, "{what}");
            }
        }
    }
}

#[test]
fn f52_f56_the_record_is_of_what_storage_holds_whatever_versions_come_and_go() {
    match std::env::var("CROWFLY_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
    {
        Some(seed) => history(seed),
        None => {
            for seed in 0..SEEDS {
                history(seed);
            }
        }
    }
}

/// Polls the handling of a message that often; it must still be pending.
fn start<'a>(memory: &'a Memory, body: String, polls: u32) -> Task<'a> {
    let mut context = Context::from_waker(Waker::noop());
    let mut task: Task<'_> = Box::pin(async move {
        drop(record(memory, memory, memory, &recorder(), &body, NOW).await);
        None
    });
    for _ in 0..polls {
        assert!(task.as_mut().poll(&mut context).is_pending());
    }
    task
}

async fn stored_once() -> Memory {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    memory
}

fn shows(memory: &Memory) -> (UploadStatus, Option<String>) {
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    (record.status, record.etag)
}

#[tokio::test]
async fn f52_a_concurrent_change_repeats_the_lookup() {
    let memory = stored_once().await;
    memory.set_object(&key(1), None);
    // Row and storage are read; then the object is restored and that event is handled.
    let late = start(&memory, removed(1, "A2"), 2);
    memory.set_object(&key(1), Some(head_of("e1")));
    handle(&memory, &removed(1, "A3")).await.unwrap();
    late.await;
    assert_eq!(
        shows(&memory),
        (UploadStatus::Stored, Some("e1".to_owned()))
    );
}

#[tokio::test]
async fn f51_a_removal_that_changes_nothing_still_blocks_older_events() {
    let memory = stored_once().await;
    memory.set_object(&key(1), Some(head_of("e2")));
    // Storage is read; then the newer version is deleted and that event is handled.
    let late = start(&memory, created(1, "A2", "e2"), 1);
    memory.set_object(&key(1), Some(head_of("e1")));
    handle(&memory, &removed(1, "A3")).await.unwrap();
    late.await;
    assert_eq!(
        shows(&memory),
        (UploadStatus::Stored, Some("e1".to_owned()))
    );
}

#[tokio::test]
async fn f52_a_removal_with_an_older_sequencer_keeps_the_newer_one() {
    let memory = stored_once().await;
    memory.set_object(&key(1), Some(head_of("e3")));
    handle(&memory, &created(1, "A3", "e3")).await.unwrap();
    memory.set_object(&key(1), None);
    handle(&memory, &removed(1, "A2")).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.sequencer.as_deref()),
        (UploadStatus::Deleted, Some("A3"))
    );
}
