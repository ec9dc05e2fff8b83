//! The routes that read records. They have no state to keep, so they do not go through the engine.

use std::rc::Rc;

use crowfly_contract::ErrorCode;
use crowfly_engine::{ApiFailure, RequestId, TokenReason};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{Driver, Running};
use crate::api::{Answer, Ask, Call};
use crate::deferred::Deferred;
use crate::error::{UploadError, closed, phase};
use crate::js;

/// Attempts at one read, the first included.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE_MS: u64 = 300;
const LONGEST_PAUSE_MS: u64 = 5_000;
const TIMEOUT_MS: u32 = 30_000;

/// A pause between two attempts; dropping it ends the pause.
pub(super) struct Pause {
    _timer: Timeout,
    over: Function,
}

impl Drop for Pause {
    fn drop(&mut self) {
        // A function that settles a promise does not throw.
        drop(self.over.call0(&JsValue::UNDEFINED));
    }
}

impl Driver {
    /// Reads `path` with `decode`, which gives a plain object.
    pub(crate) fn read(
        self: &Rc<Self>,
        path: String,
        decode: fn(Answer) -> Result<JsValue, ApiFailure>,
    ) -> Promise {
        let this = self.clone();
        js::promise(Box::pin(this.attempts(path, decode)))
    }

    async fn attempts(
        self: Rc<Self>,
        path: String,
        decode: fn(Answer) -> Result<JsValue, ApiFailure>,
    ) -> Result<JsValue, JsValue> {
        let token = self.api.token().clone();
        let mut reason = None;
        let mut attempt = 1;
        loop {
            self.open()?;
            if let Some(reason) = reason.take().or_else(|| token.needed()) {
                let answer = token.clone().ask(reason).await;
                self.open()?;
                answer.map_err(|_| token_error(token.failure()))?;
            }
            let generation = token.generation();
            let answer = self.once(path.clone()).await;
            self.open()?;
            let failure = match answer.and_then(decode) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let refused = matches!(failure, ApiFailure::Http { status: 401, .. });
            if refused && attempt == 1 {
                // Another call may have brought a new token meanwhile.
                let same = generation == token.generation();
                reason = same.then_some(TokenReason::Unauthorized);
            } else if attempt < ATTEMPTS && transient(&failure) {
                self.pause(attempt, &failure).await;
            } else {
                return Err(error(&failure));
            }
            attempt += 1;
        }
    }

    async fn once(&self, path: String) -> Result<Answer, ApiFailure> {
        let (call, signal) = Call::new(Some(TIMEOUT_MS)).ok_or(ApiFailure::Network)?;
        let request = self.number();
        self.begin(request, Running::Call(call));
        let ask = Ask {
            method: "GET",
            path,
            body: None,
        };
        let answer = self.api.call(ask, &signal).await;
        self.end(request);
        answer
    }

    /// Waits with full jitter, or as long as the server asks.
    async fn pause(self: &Rc<Self>, attempt: u32, failure: &ApiFailure) {
        let asked = match failure {
            ApiFailure::Http { retry_after_ms, .. } => *retry_after_ms,
            _ => None,
        };
        let bound = FIRST_PAUSE_MS.saturating_mul(1 << attempt.min(8));
        let drawn = (js::random() as u64).checked_rem(bound).unwrap_or(bound);
        let wait = asked.unwrap_or(drawn).min(LONGEST_PAUSE_MS) as u32;
        let mut deferred = Deferred::new();
        let promise = deferred.promise();
        let Some((over, _)) = deferred.take() else {
            return;
        };
        let request = self.number();
        let this = Rc::downgrade(self);
        let timer = js::after(
            wait,
            Box::new(move || {
                if let Some(this) = this.upgrade() {
                    this.end(request);
                }
            }),
        );
        let pause = Pause {
            _timer: timer,
            over,
        };
        self.begin(request, Running::Pause(pause));
        // It only ever resolves.
        drop(JsFuture::from(promise).await);
    }

    fn open(&self) -> Result<(), JsValue> {
        if self.closed.get() {
            Err(closed(phase::READ))
        } else {
            Ok(())
        }
    }

    fn number(&self) -> RequestId {
        let number = self.next_read.get();
        self.next_read.set(number.saturating_sub(1));
        RequestId(number)
    }
}

fn transient(failure: &ApiFailure) -> bool {
    match failure {
        ApiFailure::Network => true,
        ApiFailure::Http { code, .. } => code.retryable(),
        ApiFailure::BadResponse => false,
    }
}

fn token_error(cause: Option<JsValue>) -> JsValue {
    let mut error = UploadError::new(
        ErrorCode::TokenProvider,
        phase::READ,
        "the `token` function gave no token",
    );
    error.cause = cause;
    error.into_js()
}

fn error(failure: &ApiFailure) -> JsValue {
    match failure {
        ApiFailure::Network => UploadError::new(
            ErrorCode::Network,
            phase::READ,
            "the API could not be reached; if it should be, check that it allows this page's origin",
        ),
        ApiFailure::BadResponse => UploadError::new(
            ErrorCode::BadResponse,
            phase::READ,
            "the API answered with something that is not its contract; check the `api` address",
        ),
        ApiFailure::Http {
            status,
            code,
            message,
            request_id,
            ..
        } => {
            let text = match message.as_str() {
                "" => "the API refused the request",
                text => text,
            };
            let mut error = UploadError::new(*code, phase::READ, text);
            error.status = Some(*status);
            error.request_id = Some(request_id);
            error
        }
    }
    .into_js()
}
