//! Helpers to run sweeps in memory.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crowfly_contract::UploadStatus;
use crowfly_core::Outbox;
use crowfly_core::create::ItemResult;
use crowfly_core::record::Recorder;
use crowfly_core::sweep::{Action, Effect, Observer, Part, Sweeper, sweep};
use crowfly_core::{Fault, Notifications};
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::creating::create_with;
use super::events::address;
use super::multipart::SIZE;
use super::{LIMITS, id, owner};

pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;
pub(crate) const WEEK: u64 = 7 * DAY;

/// Records what a sweep did, and limits how often each part may check the time.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) actions: Mutex<Vec<Action>>,
    pub(crate) faults: AtomicUsize,
    pub(crate) notified: Mutex<Vec<Notifications>>,
    pub(crate) uploads: Option<AtomicUsize>,
    pub(crate) orphans: Option<AtomicUsize>,
    pub(crate) cut_short: AtomicBool,
}

impl Observer for Recorded {
    fn has_time(&self, part: Part) -> bool {
        let checks = match part {
            Part::Uploads => &self.uploads,
            Part::Orphans => &self.orphans,
        };
        let Some(checks) = checks else { return true };
        let left = checks.load(Ordering::SeqCst);
        checks.store(left.saturating_sub(1), Ordering::SeqCst);
        self.cut_short.fetch_or(left == 0, Ordering::SeqCst);
        left > 0
    }

    fn did(&self, action: &Action) {
        self.actions.lock().unwrap().push(action.clone());
    }

    fn failed(&self, _fault: &Fault) {
        self.faults.fetch_add(1, Ordering::SeqCst);
    }

    fn notified(&self, notifications: Notifications) {
        self.notified.lock().unwrap().push(notifications);
    }
}

pub(crate) fn sweeper() -> Sweeper {
    Sweeper {
        recorder: Recorder {
            bucket: "bucket".to_owned(),
            address: address(),
            scan_uploads: false,
            outbox: Outbox::Off,
        },
        unfinished_ms: WEEK,
        repair_after_ms: 15 * MINUTE,
        live_grace_ms: DAY,
        live_keep: false,
    }
}

pub(crate) async fn swept(memory: &Memory, now_ms: u64) -> Vec<Action> {
    let seen = Recorded::default();
    sweep(memory, memory, memory, &sweeper(), now_ms, &seen).await;
    assert_eq!(seen.faults.into_inner(), 0);
    seen.actions.into_inner().unwrap()
}

pub(crate) async fn create_at(
    memory: &Memory,
    who: char,
    items: Value,
    now_ms: u64,
) -> Vec<ItemResult> {
    create_with(memory, LIMITS, who, items, now_ms).await
}

/// The item whose object [`head_of`] describes, under [`key`].
pub(crate) fn item(n: u128) -> Value {
    json!({"id": id(n).to_string(), "name": "a.webm", "size": 9, "type": "video/webm",
        "crc64nvme": crowfly_testing::OBJECT_CRC.to_string()})
}

pub(crate) fn multipart_item(n: u128) -> Value {
    json!({"id": id(n).to_string(), "name": "a.webm", "size": SIZE, "type": "video/webm"})
}

pub(crate) fn status(memory: &Memory, n: u128) -> UploadStatus {
    memory.row(&owner('a'), id(n)).unwrap().record.status
}

pub(crate) fn open(memory: &Memory) -> u64 {
    let usage = memory.usage(&owner('a'));
    assert_eq!(usage, memory.counted(&owner('a')));
    usage.uploads
}

pub(crate) fn effects(actions: &[Action]) -> Vec<Effect> {
    actions.iter().map(|action| action.effect).collect()
}
