//! Waiting with a deadline.

use std::time::{Duration, Instant};

/// Polls `probe` every 50 ms until it returns a value.
///
/// # Panics
/// When `limit` passes first; the message names `what`.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(start.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
