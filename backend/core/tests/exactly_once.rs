//! Exactly once: whatever happens to thousands of objects, and however often, late and out of order
//! their events are delivered, each object has one record, that of its newest event.
//!
//! `CROWFLY_SEED=<seed>` runs one history; `CROWFLY_OBJECTS=<number>` sets its number of objects.

mod common;

use std::collections::HashMap;
use std::time::Instant;

use common::events::{address, event, key, recorder};
use common::random::Random;
use common::{NOW, id, owner};
use crowfly_contract::{UploadId, UploadStatus};
use crowfly_core::bounded;
use crowfly_core::forward::{Forwarder, forward};
use crowfly_core::record::{Outcome, record};
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

const OBJECTS: u64 = 10_000;
const SEEDS: [u64; 1] = [20_261_122];
/// Largest batch.
const BATCH: u64 = 10;
/// Most deliveries of a message.
const DELIVERIES: u64 = 5;

/// The latest change of an object in storage, and the number of changes.
#[derive(Clone, Debug)]
struct Newest {
    sequencer: String,
    etag: Option<String>,
    events: u64,
}

/// Storage, messages in flight, and the expected records.
struct World {
    random: Random,
    memory: Memory,
    clock: u32,
    newest: HashMap<u64, Newest>,
    /// Message bodies to deliver, one entry per delivery.
    in_flight: Vec<String>,
    delivered: u64,
    written: HashMap<UploadId, u64>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            memory: Memory::default(),
            clock: 0,
            newest: HashMap::new(),
            in_flight: Vec::new(),
            delivered: 0,
            written: HashMap::new(),
        }
    }

    /// Sequencers increase, in any length and case, with or without trailing zeros.
    fn sequencer(&mut self) -> String {
        self.clock += 1;
        let tail = self.random.below(0x10_0000);
        let mut text = format!("{:08X}{tail:05X}", self.clock);
        text.truncate(self.random.between(8, 13) as usize);
        if self.random.percent(50) {
            text.truncate(text.trim_end_matches('0').len().max(1));
        }
        if self.random.percent(30) {
            text.make_ascii_lowercase();
        }
        text
    }

    /// Changes object `n` in storage and sends the event.
    async fn happen(&mut self, n: u64, removal: bool) {
        let sequencer = self.sequencer();
        let old = self.newest.get(&n).cloned();
        let events = old.as_ref().map_or(0, |old| old.events) + 1;
        // Some are overwritten with the same bytes.
        let same = old
            .and_then(|old| old.etag)
            .filter(|_| self.random.percent(20));
        let etag = (!removal).then(|| same.unwrap_or_else(|| format!("e{n}-{events}")));
        let object_key = key(n.into());
        self.memory
            .set_object(&object_key, etag.as_deref().map(head_of));
        let record = event(&object_key.to_string(), &sequencer, etag.as_deref());
        let newest = Newest {
            sequencer,
            etag,
            events,
        };
        self.newest.insert(n, newest);
        let body = self.message(record).await;
        for _ in 0..self.random.between(1, DELIVERIES) {
            self.in_flight.push(body.clone());
        }
    }

    /// Sends the event on one of the two routes.
    async fn message(&mut self, event: Value) -> String {
        let records = json!({"Records": [event]});
        if self.random.percent(70) {
            return records.to_string();
        }
        let queue = Memory::default();
        let forwarder = Forwarder {
            bucket: "bucket".to_owned(),
            address: address(),
            key_suffix: String::new(),
        };
        forward(&queue, &forwarder, &records).await.unwrap();
        serde_json::to_string(&queue.sent()[0]).unwrap()
    }

    /// Delivers some messages in random order and handles them concurrently.
    async fn deliver(&mut self) {
        let count = self
            .random
            .between(1, BATCH)
            .min(self.in_flight.len() as u64);
        let batch: Vec<String> = (0..count)
            .map(|_| {
                let index = self.random.below(self.in_flight.len() as u64) as usize;
                self.in_flight.swap_remove(index)
            })
            .collect();
        let recorder = recorder();
        let tasks = batch
            .iter()
            .map(|body| {
                record(
                    &self.memory,
                    &self.memory,
                    &self.memory,
                    &recorder,
                    body,
                    NOW,
                )
            })
            .collect();
        for result in bounded(tasks, 10).await.into_iter().flatten() {
            self.delivered += 1;
            if let Outcome::Written { id, .. } = result.unwrap() {
                *self.written.entry(id).or_default() += 1;
            }
        }
    }

    fn check(&self, objects: u64, seed: u64) {
        let seed = format!("CROWFLY_SEED={seed}");
        assert_eq!(
            self.memory.row_count() as u64,
            objects,
            "{seed}: one record each"
        );
        for n in 0..objects {
            let record = self
                .memory
                .row(&owner('a'), id(n.into()))
                .expect(&seed)
                .record;
            let newest = &self.newest[&n];
            let what = format!("{seed}: object {n}, {newest:?}");
            assert_eq!(record.sequencer.as_ref(), Some(&newest.sequencer), "{what}");
            match &newest.etag {
                Some(etag) => {
                    assert_eq!(record.status, UploadStatus::Stored, "{what}");
                    assert_eq!(record.etag.as_ref(), Some(etag), "{what}");
                    assert_eq!(
                        record.url,
                        Some(address().of(&record.key.to_string())),
                        "{what}"
                    );
                }
                None => {
                    assert_eq!(
                        (record.status, record.url),
                        (UploadStatus::Deleted, None),
                        "{what}"
                    );
                }
            }
            // Duplicates write nothing: at most one write per event.
            let written = self.written.get(&id(n.into())).copied().unwrap_or_default();
            assert!(
                (1..=newest.events).contains(&written),
                "{what}: {written} writes"
            );
        }
    }
}

async fn live(seed: u64, objects: u64) {
    let started = Instant::now();
    let mut world = World::new(seed);
    // A few objects have no create call.
    for n in 0..objects {
        if !world.random.percent(2) {
            world.memory.set_row(row_of(&owner('a'), id(n.into()), 1));
        }
    }
    for n in 0..objects {
        world.happen(n, false).await;
        if world.random.percent(15) {
            let again = world.random.below(n + 1);
            world.happen(again, false).await;
        }
        if world.random.percent(15) {
            let gone = world.random.below(n + 1);
            world.happen(gone, true).await;
        }
        // Thousands of messages are in flight, so an event may arrive long after later ones.
        while world.in_flight.len() > 3_000 {
            world.deliver().await;
        }
    }
    while !world.in_flight.is_empty() {
        world.deliver().await;
    }
    world.check(objects, seed);
    let events: u64 = world.newest.values().map(|newest| newest.events).sum();
    println!(
        "exactly once: {objects} objects, {events} events, {} deliveries from CROWFLY_SEED={seed} in {:.1} s",
        world.delivered,
        started.elapsed().as_secs_f64()
    );
}

fn number_from(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn f50_to_f54_f62_each_object_has_the_record_of_its_newest_event_whatever_is_delivered_how_often()
 {
    let objects = number_from("CROWFLY_OBJECTS").unwrap_or(OBJECTS);
    match number_from("CROWFLY_SEED") {
        Some(seed) => live(seed, objects).await,
        None => {
            for seed in SEEDS {
                live(seed, objects).await;
            }
        }
    }
}
