//! The process around a function: one thread, clients opened once, faults logged at the edge.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::{Value, json};

use crate::log;

pub use lambda_runtime::Error;

/// Runs a function's main task. An error before the first event ends the process, which Lambda reports as
/// a failed start.
///
/// # Errors
/// What the task returns.
pub fn run(task: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    // The message of a panic may hold anything; where it happened is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        log::line("error", "panic", json!({"place": place}));
    }));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(task)
        .inspect_err(|error| log::line("error", "start", json!({"reason": error.to_string()})))
}

/// When an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In Unix milliseconds.
    pub ms: u64,
    /// Time until Lambda stops the function.
    pub left: Duration,
}

/// Hands each event to `handle`, with the moment of its arrival.
///
/// # Errors
/// When the connection to Lambda breaks.
pub async fn serve<F, R>(handle: impl Fn(Value, Moment) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<R, Error>>,
    R: Serialize,
{
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let now = Moment {
            ms: now_ms(),
            left: left.unwrap_or_default(),
        };
        handle(event.payload, now)
    }))
    .await
}

/// The moment, in Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
