//! The process around a function: one thread, clients opened once, faults logged at the edge.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::log;
use crate::variables::{StartError, Variables};

pub use lambda_runtime::Error;

/// When an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In Unix milliseconds.
    pub ms: u64,
    /// Time until Lambda stops the function.
    pub left: Duration,
}

/// A function with its clients: opened at a cold start, then called with one event after another.
pub trait Function: Sized {
    /// What it answers.
    type Answer: Serialize;

    /// Opens the clients that the environment names.
    ///
    /// # Errors
    /// [`StartError`] names the variable that is missing or wrong.
    fn open(environment: &Environment<'_>) -> Result<Self, StartError>;

    /// Handles one event.
    ///
    /// # Errors
    /// When Lambda shall count a failure, and deliver the event again if its source does so.
    fn call(&self, event: Value, now: Moment) -> impl Future<Output = Result<Self::Answer, Error>>;
}

/// Opens a function and hands it each event. An error before the first event ends the process, which Lambda
/// reports as a failed start.
///
/// # Errors
/// When the function cannot start, or the connection to Lambda breaks.
pub fn run<F: Function>() -> Result<(), Error> {
    // The message of a panic may hold anything; where it happened is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        log::line("error", "panic", json!({"place": place}));
    }));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve::<F>())
        .inspect_err(|error| log::line("error", "start", json!({"reason": error.to_string()})))
}

async fn serve<F: Function>() -> Result<(), Error> {
    let of_process = |name| std::env::var(name).ok();
    let function = F::open(&Environment::new(Variables::new(&of_process))?)?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let now = Moment {
            ms: now_ms(),
            left: left.unwrap_or_default(),
        };
        function.call(event.payload, now)
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
