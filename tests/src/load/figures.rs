use std::fmt;
use std::time::Duration;

use devkit::stats::quantile;
use serde_json::{Value, json};

/// What a load spike took.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Uploads; each makes one event.
    pub events: usize,
    /// From the first create to the answer of the last PUT.
    pub sending: Duration,
    /// From the first create until the queue was empty.
    pub recording: Duration,
    /// Milliseconds of each PUT.
    pub put_ms: Vec<u64>,
    /// Milliseconds of each event from storage to record, as the `record` function measured it.
    pub lag_ms: Vec<u64>,
    /// Milliseconds from PUT to record of each upload of an owner outside the spike.
    pub bystander_ms: Vec<u64>,
}

impl Figures {
    /// Events a second over the whole run.
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.recording.as_secs_f64()
    }

    /// As JSON, for other programs.
    pub fn json(&self) -> Value {
        let both = |all: &[u64]| json!({"p50": quantile(all, 50), "p99": quantile(all, 99), "count": all.len()});
        json!({
            "events": self.events,
            "sendingMs": self.sending.as_millis() as u64,
            "recordingMs": self.recording.as_millis() as u64,
            "eventsPerSecond": self.rate(),
            "putMs": both(&self.put_ms),
            "lagMs": both(&self.lag_ms),
            "bystanderMs": both(&self.bystander_ms),
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let both = |all: &[u64]| {
            let ms = |percent| quantile(all, percent).unwrap_or_default();
            format!("p50 {} ms, p99 {} ms", ms(50), ms(99))
        };
        write!(
            out,
            "{} events: sent in {:.1} s, recorded after {:.1} s, {:.0} a second; lag {}; PUT {}; a bystander's \
             {} uploads {}",
            self.events,
            self.sending.as_secs_f64(),
            self.recording.as_secs_f64(),
            self.rate(),
            both(&self.lag_ms),
            both(&self.put_ms),
            self.bystander_ms.len(),
            both(&self.bystander_ms),
        )
    }
}
