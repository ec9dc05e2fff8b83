//! The process of a function: one thread, clients opened once, errors logged at the edge.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crowfly_core::forward::ForwardError;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::log;
use crate::variables::{StartError, Variables};

pub use lambda_runtime::Error;

/// The time of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In Unix milliseconds.
    pub ms: u64,
    /// Time until Lambda stops the invocation.
    pub left: Duration,
}

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The event has another form than those of the function's source.
    #[error("the event cannot be read: {0}")]
    InvalidEvent(#[from] serde_json::Error),
    /// Events were not sent on.
    #[error(transparent)]
    NotForwarded(#[from] ForwardError),
    /// This many uploads could not be swept.
    #[error("{0} uploads could not be swept")]
    NotSwept(usize),
}

impl CallError {
    /// The `errorType` that Lambda reports: part of no type's path, so that it stays the same.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror>
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidEvent(_) => "InvalidEvent",
            Self::NotForwarded(_) => "NotForwarded",
            Self::NotSwept(_) => "NotSwept",
        }
    }
}

impl From<CallError> for Diagnostic {
    fn from(error: CallError) -> Self {
        Self {
            error_type: error.name().to_owned(),
            error_message: error.to_string(),
        }
    }
}

/// A function with its clients, opened at a cold start and called for each event.
pub trait Function: Sized {
    /// Its response.
    type Answer: Serialize;

    /// Opens the clients that the environment names.
    ///
    /// # Errors
    /// [`StartError`] names the variable that is missing or wrong.
    fn open(environment: &Environment<'_>) -> Result<Self, StartError>;

    /// Handles one event.
    ///
    /// # Errors
    /// If the invocation must count as failed, so that Lambda retries the event where its source
    /// does so.
    fn call(
        &self,
        event: Value,
        now: Moment,
    ) -> impl Future<Output = Result<Self::Answer, CallError>>;
}

/// Opens a function and calls it for each event. An error before the first event ends the process,
/// which Lambda reports as a failed init:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>.
///
/// # Errors
/// If the function cannot start, or the connection to the runtime API fails.
pub fn run<F: Function>() -> Result<(), Error> {
    // The message of a panic may contain anything; its location is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        log::line("error", "panic", json!({"place": location}));
    }));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve::<F>())
        .inspect_err(|error| log::line("error", "start", json!({"reason": error.to_string()})))
}

async fn serve<F: Function>() -> Result<(), Error> {
    let lookup = |name| std::env::var(name).ok();
    let function = F::open(&Environment::new(Variables::new(&lookup))?)?;
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

/// The current time, in Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h12_a_failed_function_has_a_plain_name() {
        let invalid = serde_json::from_str::<u8>("x").map_err(CallError::from);
        let cases = [
            (invalid.unwrap_err(), "InvalidEvent"),
            (ForwardError::NotAccepted(2).into(), "NotForwarded"),
            (CallError::NotSwept(3), "NotSwept"),
        ];
        for (error, name) in cases {
            let sentence = error.to_string();
            let shown = json!(Diagnostic::from(error));
            let expected = json!({"errorType": name, "errorMessage": sentence});
            assert_eq!(shown, expected);
        }
    }
}
