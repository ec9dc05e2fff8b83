//! The `sweep` function: checks the open uploads on a schedule.
//!
//! IAM: `dynamodb:Query` on the table and its index `byOpen`, `dynamodb:UpdateItem` on the table;
//! `s3:GetObject`, `s3:AbortMultipartUpload` and `s3:ListMultipartUploadParts` on the uploads,
//! `s3:ListBucket` and `s3:ListBucketMultipartUploads` on the bucket; with an event bus,
//! `events:PutEvents` on it; to keep live uploads that were left alone, `s3:PutObject` on the uploads.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crowfly_aws::{Bucket, EventBus, Table};
use crowfly_core::ports::PutEvents;
use crowfly_core::sweep::{Action, Effect, Objects, Observer, Part, Rows, Sweeper, sweep};
use crowfly_core::{Fault, Notifications, parse_rfc3339_ms};
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::log;
use crate::runtime::{CallError, Function, Moment};
use crate::variables::StartError;

/// Percentage of the remaining time reserved for calls in flight, up to `MAX_RESERVE`.
const RESERVE: u32 = 30;
const MAX_RESERVE: Duration = Duration::from_secs(60);
/// Percentage of the rest that the open uploads may use; what they leave is for orphans as well.
const UPLOADS_SHARE: u32 = 80;

/// The function with its clients.
#[derive(Debug)]
pub struct Sweep {
    rows: Table,
    objects: Bucket,
    bus: Option<EventBus>,
    sweeper: Sweeper,
}

impl Function for Sweep {
    type Answer = Value;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        let variables = &environment.variables;
        Ok(Self {
            rows: environment.table()?,
            objects: environment.bucket()?,
            bus: environment.bus(),
            sweeper: Sweeper {
                recorder: environment.recorder()?,
                unfinished_ms: variables.unfinished_ms()?,
                repair_after_ms: variables.repair_after_ms()?,
                live_grace_ms: variables.live_grace_ms()?,
                live_keep: variables.live_keep()?,
            },
        })
    }

    /// Sweeps the open uploads and the orphans once, as far as the time allows; the next run
    /// continues, and the metric `SweepIncomplete` counts it. Fails if an action failed, so that
    /// Lambda counts an error; all other actions were taken.
    async fn call(&self, event: Value, now: Moment) -> Result<Value, CallError> {
        let now = Moment {
            ms: scheduled(&event).unwrap_or(now.ms),
            ..now
        };
        let (rows, objects) = (&self.rows, &self.objects);
        handle(rows, objects, &self.bus, &self.sweeper, now).await
    }
}

/// The time in the event of the schedule, in Unix milliseconds.
fn scheduled(event: &Value) -> Option<u64> {
    parse_rfc3339_ms(event.get("time")?.as_str()?)
}

/// Sweeps once, over any ports.
///
/// # Errors
/// If an action failed.
pub async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    bus: &impl PutEvents,
    sweeper: &Sweeper,
    now: Moment,
) -> Result<Value, CallError> {
    let reserve = MAX_RESERVE.min(now.left * RESERVE / 100);
    let time = now.left.saturating_sub(reserve);
    let start = Instant::now();
    let observer = SweepObserver {
        uploads_until: start + time * UPLOADS_SHARE / 100,
        until: start + time,
        cut_short: Cell::new(false),
        counts: RefCell::default(),
    };
    // Boxed: the nested futures, down to those of the SDK, exceed the recursion limit of the
    // compiler.
    Box::pin(sweep(rows, objects, bus, sweeper, now.ms, &observer)).await;
    let complete = !observer.cut_short.into_inner();
    let counts = observer.counts.into_inner();
    log::Metrics::at(now.ms)
        .count("UploadsRepaired", counts.repaired)
        .count("UploadsExpired", counts.expired)
        .count("LiveUploadsKept", counts.kept)
        .count("MultipartsAborted", counts.dropped)
        .count("QuotaReleased", counts.released)
        .count("NotificationsSent", counts.notifications.sent)
        .count("NotificationsFailed", counts.notifications.failed)
        .count("SweepIncomplete", usize::from(!complete))
        .write();
    let report = json!({"repaired": counts.repaired, "kept": counts.kept, "expired": counts.expired,
        "finished": counts.finished, "closed": counts.closed, "multipartsAborted": counts.dropped,
        "quotaReleased": counts.released, "notificationsSent": counts.notifications.sent,
        "notificationsFailed": counts.notifications.failed, "failed": counts.failed, "complete": complete});
    log::line("info", "swept", report.clone());
    if counts.failed > 0 {
        return Err(CallError::NotSwept(counts.failed));
    }
    Ok(report)
}

#[derive(Default)]
struct Counts {
    repaired: usize,
    kept: usize,
    expired: usize,
    finished: usize,
    closed: usize,
    dropped: usize,
    released: usize,
    failed: usize,
    notifications: Notifications,
}

struct SweepObserver {
    uploads_until: Instant,
    until: Instant,
    cut_short: Cell<bool>,
    counts: RefCell<Counts>,
}

impl Observer for SweepObserver {
    fn has_time(&self, part: Part) -> bool {
        let until = match part {
            Part::Uploads => self.uploads_until,
            Part::Orphans => self.until,
        };
        let has_time = Instant::now() < until;
        if !has_time {
            self.cut_short.set(true);
        }
        has_time
    }

    fn did(&self, action: &Action) {
        let mut counts = self.counts.borrow_mut();
        let outcome = match action.effect {
            Effect::Repaired { .. } => {
                counts.repaired += 1;
                "repaired"
            }
            Effect::Kept { .. } => {
                counts.kept += 1;
                "kept"
            }
            Effect::Expired => {
                counts.expired += 1;
                "expired"
            }
            Effect::Finished => {
                counts.finished += 1;
                "finished"
            }
            Effect::Closed => {
                counts.closed += 1;
                "closed"
            }
            Effect::Cleared => "cleared",
        };
        counts.dropped += action.dropped;
        counts.released += action.released;
        let fields = json!({"outcome": outcome, "owner": action.owner.as_str(), "upload": action.id,
            "multipartsAborted": action.dropped, "quotaReleased": action.released});
        log::line("info", "sweep", fields);
    }

    fn failed(&self, fault: &Fault) {
        self.counts.borrow_mut().failed += 1;
        log::line("error", "sweep", json!({"fault": fault.to_string()}));
    }

    fn notified(&self, notifications: Notifications) {
        let counts = &mut self.counts.borrow_mut().notifications;
        counts.sent += notifications.sent;
        counts.failed += notifications.failed;
    }
}
