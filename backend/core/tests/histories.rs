//! Random histories of uploads, in memory: the quota is exact and every object is recorded.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::crashes::assert_invariants;
use common::creating::create_with;
use common::events::{created, key, recorder, removed};
use common::random::Random;
use common::sweeping::{DAY, HOUR, Recorded, WEEK, item, multipart_item, open, sweeper};
use common::{LIMITS, NOW, id, owner};
use crowfly_contract::{UploadId, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::quota::Limits;
use crowfly_core::record::{Recorder, record};
use crowfly_core::remove::remove;
use crowfly_core::sweep::{Sweeper, sweep};
use crowfly_core::{FaultKind, Outbox, Row};
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

/// Verbs that may fail, before or after their effect.
const VERBS: [&str; 12] = [
    "open_uploads",
    "release",
    "apply_event",
    "mark_aborted",
    "mark_expired",
    "close",
    "abort_multipart",
    "head_object",
    "delete_object",
    "apply_removal",
    "put_events",
    "clear_outbox",
];

/// After any interleaving of clients, storage, events and sweeps, with any event lost and any call
/// failing before or after its effect, the quota equals the rows, and no row in the index `byOpen`
/// has a time to live. In the end the quota and the index are empty, every object has a permanent
/// record, and every upload that ended without an object has a time to live. With a bus, which half of
/// the histories have, each record that is stored or deleted in the end was notified.
#[tokio::test]
async fn a37_f55_f62_f63_any_history_leaves_the_quota_exact_and_every_object_recorded() {
    let seeds = std::env::var("CROWFLY_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .map_or_else(|| (0..200).collect::<Vec<u64>>(), |seed| vec![seed]);
    let mut late = 0;
    for seed in seeds {
        let mut world = World {
            random: Random::new(seed),
            memory: Memory::default(),
            limits: if seed % 4 == 0 {
                Limits::default()
            } else {
                LIMITS
            },
            outbox: if seed % 2 == 0 {
                Outbox::Off
            } else {
                Outbox::On
            },
            now: NOW,
            sequencer: 0,
            ended: BTreeMap::new(),
            late: 0,
        };
        let what = format!("CROWFLY_SEED={seed}");
        for step in 0..120 {
            world.step(step).await;
            assert_invariants(&world.memory, &what);
        }
        world.end(&what).await;
        late += world.late;
    }
    assert!(late > 0, "nothing landed after the end of its upload");
    println!("{late} objects landed after the end of their upload");
}

struct World {
    random: Random,
    memory: Memory,
    limits: Limits,
    outbox: Outbox,
    now: u64,
    sequencer: u32,
    /// When each upload was aborted or expired.
    ended: BTreeMap<UploadId, u64>,
    late: u32,
}

impl World {
    async fn step(&mut self, step: u64) {
        let longest = if self.random.percent(30) {
            DAY
        } else {
            3 * HOUR
        };
        self.now += self.random.below(longest);
        for _ in 0..self.random.below(3) {
            let verb = self.random.pick(&VERBS);
            if self.random.percent(50) {
                self.memory.lose_next(verb);
            } else {
                self.memory.fail_next(verb, FaultKind::Unavailable);
            }
        }
        // Steps move on from upload to upload.
        let n = u128::from(step / 4 + self.random.below(6));
        let memory = &self.memory;
        match self.random.below(6) {
            0 | 1 => {
                let count = self.random.between(1, 4);
                let items: Vec<Value> = (0..count)
                    .map(|more| n + u128::from(more))
                    .map(|n| {
                        if n % 3 == 0 {
                            multipart_item(n)
                        } else {
                            item(n)
                        }
                    })
                    .collect();
                create_with(memory, self.limits, 'a', json!(items), self.now).await;
            }
            2 => self.land(n).await,
            3 => self.remove(n).await,
            4 => {
                drop(cancel(memory, memory, &owner('a'), id(n), self.now).await);
                if self.random.percent(30) {
                    self.land(n).await;
                }
            }
            _ => {
                self.sweep().await;
            }
        }
        for row in self.memory.rows() {
            if matches!(
                row.record.status,
                UploadStatus::Aborted | UploadStatus::Expired
            ) {
                self.ended.entry(row.record.id).or_insert(self.now);
            }
        }
    }

    /// Stores the object of an upload that is open or ended less than a day ago. Its event may be
    /// lost or duplicated.
    async fn land(&mut self, n: u128) {
        let Some(row) = self.memory.row(&owner('a'), id(n)) else {
            return;
        };
        let open = match row.record.status {
            UploadStatus::Pending => true,
            UploadStatus::Aborted | UploadStatus::Expired => {
                let ended_at = self.ended.get(&id(n)).copied();
                ended_at.is_none_or(|at| self.now < at + DAY)
            }
            _ => false,
        };
        if !open {
            return;
        }
        self.late += u32::from(row.record.status != UploadStatus::Pending);
        self.memory.set_object(&key(n), Some(head_of("e1")));
        let body = created(n, &self.next_sequencer(), "e1");
        for _ in 0..self.random.below(3) {
            let _ = self.handle(&body).await;
        }
    }

    /// Removes an object, as its owner or as an operator. The queue redelivers the event until it is
    /// handled.
    async fn remove(&mut self, n: u128) {
        if !self.memory.object_keys().contains(&key(n)) {
            return;
        }
        if self.random.percent(50) {
            drop(
                remove(
                    &self.memory,
                    &self.memory,
                    self.outbox,
                    &owner('a'),
                    id(n),
                    self.now,
                )
                .await,
            );
            if self.memory.object_keys().contains(&key(n)) {
                return;
            }
        }
        self.memory.set_object(&key(n), None);
        let body = removed(n, &self.next_sequencer());
        for _ in 0..20 {
            if self.handle(&body).await {
                return;
            }
        }
        panic!("the event of the removal was never handled");
    }

    /// Handles a message; whether it is done.
    async fn handle(&self, body: &str) -> bool {
        let recorder = Recorder {
            outbox: self.outbox,
            ..recorder()
        };
        let memory = &self.memory;
        let results = record(memory, memory, memory, &recorder, body, NOW).await;
        results.iter().all(Result::is_ok)
    }

    async fn sweep(&self) {
        let sweeper = Sweeper {
            recorder: Recorder {
                outbox: self.outbox,
                ..recorder()
            },
            ..sweeper()
        };
        let (memory, seen) = (&self.memory, Recorded::default());
        sweep(memory, memory, memory, &sweeper, self.now, &seen).await;
    }

    /// What is stored or deleted in the end has been notified, if there is a bus.
    fn check_notified(&self, row: &Row, what: &str) {
        let (record, owner) = (&row.record, &row.owner);
        assert_eq!(row.outbox, BTreeSet::new(), "{what}");
        let sequencer = record.sequencer.as_deref().unwrap_or("-");
        let last = match record.status {
            UploadStatus::Stored => format!("{owner}/{}/stored/{sequencer}", record.id),
            UploadStatus::Deleted => format!("{owner}/{}/deleted/", record.id),
            _ => return,
        };
        let notified = self.memory.notifications();
        let sent = notified.iter().any(|sent| sent.id.starts_with(&last));
        assert_eq!(sent, self.outbox == Outbox::On, "{what}: {last}");
    }

    fn next_sequencer(&mut self) -> String {
        self.sequencer += 1;
        format!("A{:03}", self.sequencer)
    }

    /// Runs sweeps without faults or clients until everything has ended.
    async fn end(&mut self, what: &str) {
        self.memory.clear_faults();
        for _ in 0..4 {
            self.now += WEEK;
            self.sweep().await;
            assert_invariants(&self.memory, what);
        }
        assert_eq!(open(&self.memory), 0, "{what}");
        assert_eq!(
            self.memory.open_multiparts(),
            Vec::<String>::new(),
            "{what}"
        );
        let objects = self.memory.object_keys();
        for row in self.memory.rows() {
            self.check_notified(&row, what);
            let record = row.record;
            assert_eq!(row.open, None, "{what}: {record:?}");
            let there = objects.contains(&record.key);
            assert_eq!(
                record.status == UploadStatus::Stored,
                there,
                "{what}: {record:?}"
            );
            let ended = [UploadStatus::Aborted, UploadStatus::Expired];
            let ends = ended.contains(&record.status);
            assert_eq!(record.expires_at.is_some(), ends, "{what}: {record:?}");
        }
        let rows = self.memory.rows();
        for key in objects {
            let recorded = rows.iter().any(|row| row.record.key == key);
            assert!(recorded, "{what}: {key}");
        }
    }
}
