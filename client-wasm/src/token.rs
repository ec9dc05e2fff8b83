//! The application's JWT: asked for once at a time, kept in memory only, never in a message or a log.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_engine::{Millis, TokenFailure, TokenLife, TokenReason};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Error, Function, JSON, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::deferred::Deferred;
use crate::js;

/// A token with less life than this is not used for a new call.
const MARGIN_MS: u64 = 10_000;

/// Where the token comes from, and the last one.
pub(crate) struct TokenSource {
    provider: Function,
    current: RefCell<Option<Token>>,
    pending: RefCell<Option<Promise>>,
    timeout_ms: u32,
    generation: Cell<u32>,
    failure: RefCell<Option<JsValue>>,
    /// The limit of the wait under way, and what ends it.
    waiting: RefCell<Option<(Timeout, Function)>>,
}

struct Token {
    header: String,
    expires: Option<Millis>,
}

impl TokenSource {
    pub(crate) fn new(provider: Function, timeout_ms: u32) -> Self {
        Self {
            provider,
            current: RefCell::new(None),
            pending: RefCell::new(None),
            timeout_ms,
            generation: Cell::new(0),
            failure: RefCell::new(None),
            waiting: RefCell::new(None),
        }
    }

    /// The value of the `authorization` header.
    pub(crate) fn header(&self) -> Option<String> {
        let current = self.current.borrow();
        current.as_ref().map(|token| token.header.clone())
    }

    /// Changes whenever there is a new token.
    pub(crate) fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// What the application's function threw last.
    pub(crate) fn failure(&self) -> Option<JsValue> {
        self.failure.borrow().clone()
    }

    /// Why a token is needed before a call now, if one is.
    pub(crate) fn needed(&self) -> Option<TokenReason> {
        match self.current.borrow().as_ref() {
            None => Some(TokenReason::Initial),
            Some(token) => {
                let soon = js::now().after(MARGIN_MS);
                let ends = token.expires.is_some_and(|expires| expires < soon);
                ends.then_some(TokenReason::Expiring)
            }
        }
    }

    /// Asks the application, or waits with those who ask already.
    pub(crate) async fn ask(
        self: Rc<Self>,
        reason: TokenReason,
    ) -> Result<TokenLife, TokenFailure> {
        let underway = self.pending.borrow().clone();
        let promise = underway.unwrap_or_else(|| self.start(reason));
        JsFuture::from(promise).await.map_err(|_| TokenFailure)?;
        self.life().ok_or(TokenFailure)
    }

    /// Ends a wait for the application, and forgets the token.
    pub(crate) fn close(&self) {
        let waiting = self.waiting.take();
        if let Some((timer, reject)) = waiting {
            drop(timer);
            give_up(&reject, "the client was closed");
        }
        let token = self.current.take();
        drop(token);
    }

    fn start(self: &Rc<Self>, reason: TokenReason) -> Promise {
        let this = self.clone();
        let promise = js::promise(Box::pin(async move {
            let answer = this.call(reason).await;
            // Every borrow ends before anything is dropped or called.
            let over = this.pending.take();
            drop(over);
            this.keep(answer).map_err(|TokenFailure| JsValue::NULL)?;
            Ok(JsValue::UNDEFINED)
        }));
        js::pre_catch(&promise);
        *self.pending.borrow_mut() = Some(promise.clone());
        promise
    }

    async fn call(&self, reason: TokenReason) -> Result<JsValue, JsValue> {
        let request = js::frozen("reason", &[reason.as_str().into()]);
        let answer = self.provider.call1(&JsValue::UNDEFINED, &request)?;
        let mut deadline = Deferred::new();
        let race = js::race(&Array::of2(&answer, &deadline.promise()));
        let Some((_, reject)) = deadline.take() else {
            return Err(JsValue::NULL);
        };
        let late = reject.clone();
        let timer = js::after(
            self.timeout_ms,
            Box::new(move || {
                give_up(&late, "`token` gave no token in time");
            }),
        );
        let old = self.waiting.replace(Some((timer, reject)));
        drop(old);
        let answer = JsFuture::from(race).await;
        let timer = self.waiting.take();
        drop(timer);
        answer
    }

    fn keep(&self, answer: Result<JsValue, JsValue>) -> Result<(), TokenFailure> {
        let answer = answer.map_err(|thrown| self.fail(thrown))?;
        let text = answer.as_string().unwrap_or_default();
        let text = text.trim_ascii();
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || !printable {
            let error = js_sys::TypeError::new("`token` must give a JWT as a string");
            return Err(self.fail(error.into()));
        }
        let life = life_ms(text, js::unix_ms());
        let token = Token {
            header: js::join(&["Bearer ", text]),
            expires: life.map(|millis| js::now().after(millis)),
        };
        *self.current.borrow_mut() = Some(token);
        *self.failure.borrow_mut() = None;
        self.generation.set(self.generation.get().wrapping_add(1));
        Ok(())
    }

    fn fail(&self, thrown: JsValue) -> TokenFailure {
        let old = self.failure.replace(Some(thrown));
        drop(old);
        TokenFailure
    }

    fn life(&self) -> Option<TokenLife> {
        let current = self.current.borrow();
        let expires = current.as_ref()?.expires;
        Some(TokenLife {
            expires_in_ms: expires.map(|moment| moment.since(js::now())),
        })
    }
}

fn give_up(reject: &Function, why: &str) {
    // A function that settles a promise does not throw.
    drop(reject.call1(&JsValue::UNDEFINED, &Error::new(why)));
}

/// How long a JWT lives from now, as far as it can be told on a machine whose clock may be wrong: never
/// longer than from `iat` to `exp`, and unknown when it seems over at the moment when it was given.
fn life_ms(token: &str, unix_ms: f64) -> Option<u64> {
    let (_, rest) = js::cut(token, b'.');
    let (payload, _) = js::cut(rest, b'.');
    let standard = |digit| match digit {
        '-' => '+',
        '_' => '/',
        other => other,
    };
    let payload: String = payload.chars().map(standard).collect();
    let claims = JSON::parse(&js::global_atob(&payload).ok()?).ok()?;
    let seconds = |name| js::get(&claims, name).and_then(|value| value.as_f64());
    let expires = seconds("exp")?;
    let left = expires * 1000.0 - unix_ms;
    let whole = seconds("iat").map_or(left, |issued| (expires - issued) * 1000.0);
    let life = left.min(whole);
    (life > 0.0).then_some(life as u64)
}
