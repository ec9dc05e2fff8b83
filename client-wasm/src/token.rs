//! The application's JWT: one request at a time, kept in memory only, never in a message or a log.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crowfly_engine::{TokenFailure, TokenLife, TokenReason};
use js_sys::{Date, Error, Function, JSON};
use wasm_bindgen::prelude::*;

use crate::clock::{alarm, now};
use crate::object::ObjectBuilder;
use crate::page::{Held, first_match, property};
use crate::task::{Settle, Wait, follow};
use crate::text::append_with;

const LATE: &str = "`token` gave no token in time";
const CLOSED: &str = "the client was closed";
const NO_TOKEN: &str = "`token` must give a JWT as a string, and nothing else";

#[wasm_bindgen]
extern "C" {
    /// <https://developer.mozilla.org/docs/Web/API/Window/atob>
    #[wasm_bindgen(catch)]
    fn atob(text: &str) -> Result<String, JsValue>;
}

/// The token function and the last token.
pub(crate) struct TokenSource {
    /// The application's function; undefined where no token is needed.
    provider: Held,
    timeout_ms: u32,
    token: RefCell<Option<Token>>,
    /// The last exception of the application's function.
    pub(crate) failure: Held,
    /// Cancels the wait for the application.
    limit: Cell<Option<Rc<Settle>>>,
}

/// A token and its expiry, if known.
struct Token {
    header: String,
    expires_at: Option<u64>,
}

impl TokenSource {
    pub(crate) fn new(provider: JsValue, timeout_ms: u32) -> Self {
        Self {
            provider: Held::new(provider),
            timeout_ms,
            token: RefCell::default(),
            failure: Held::default(),
            limit: Cell::default(),
        }
    }

    /// The value of the `Authorization` header. <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>
    pub(crate) fn header(&self) -> Option<String> {
        let token = self.token.borrow();
        token.as_ref().map(|token| token.header.clone())
    }

    /// Calls the application's function.
    pub(crate) async fn ask(&self, reason: TokenReason) -> Result<TokenLife, TokenFailure> {
        if !self.provider.is_set() {
            return Ok(TokenLife::default());
        }
        let token = self.call(reason).await.and_then(|given| read(&given));
        match token {
            Ok(token) => {
                let left = token.expires_at.map(|at| at.saturating_sub(now()));
                self.failure.clear();
                self.token.replace(Some(token));
                Ok(TokenLife {
                    expires_in_ms: left,
                })
            }
            Err(thrown) => {
                self.failure.set(thrown);
                Err(TokenFailure)
            }
        }
    }

    async fn call(&self, reason: TokenReason) -> Result<JsValue, JsValue> {
        let argument = ObjectBuilder::new()
            .with("reason", reason.as_str())
            .freeze();
        let provider: Function = self.provider.get().unchecked_into();
        let given = provider.call1(&JsValue::UNDEFINED, &argument)?;
        let (settle, wait) = Wait::open();
        follow(given, &settle);
        self.limit.set(Some(Rc::clone(&settle)));
        let late = move |_| settle.settle(Err(Error::new(LATE).into()));
        let _timer = alarm(self.timeout_ms, Box::new(late));
        wait.await
    }

    /// Cancels a wait for the application, and forgets the token.
    pub(crate) fn close(&self) {
        self.token.take();
        self.provider.clear();
        if let Some(limit) = self.limit.take() {
            limit.settle(Err(Error::new(CLOSED).into()));
        }
    }
}

/// The token returned by the application. Some libraries include the `Bearer` prefix.
fn read(given: &JsValue) -> Result<Token, JsValue> {
    let text = given.as_string().unwrap_or_default();
    let bare = first_match(
        r"^\s*(?:bearer(?:\s+|$))*(?!bearer\s*$)([\x21-\x7e]+)\s*$",
        "i",
        &text,
    );
    let text = bare.ok_or_else(|| Error::new(NO_TOKEN))?;
    Ok(Token {
        expires_at: life_ms(&text).map(|life| now().saturating_add(life)),
        header: ["Bearer ", &text].concat(),
    })
}

/// Remaining life of a JWT, estimated without trusting the local clock: at most `exp - iat`, and unknown if
/// the token appears expired when received. <https://www.rfc-editor.org/rfc/rfc7519#section-4.1>
fn life_ms(token: &str) -> Option<u64> {
    let claims = first_match(r"^[^.]*\.([^.]*)", "", token)?;
    // From base64url to base64 digits. https://www.rfc-editor.org/rfc/rfc4648#section-5
    let mut digits = String::new();
    append_with(&mut digits, &claims, &|digit| match digit {
        b'-' => Some("+".to_owned()),
        b'_' => Some("/".to_owned()),
        _ => None,
    });
    let claims = JSON::parse(&atob(&digits).ok()?).ok()?;
    let expires = property(&claims, "exp").as_f64()?;
    let mut life = expires * 1000.0 - Date::now();
    if let Some(issued) = property(&claims, "iat").as_f64() {
        life = life.min((expires - issued) * 1000.0);
    }
    (life > 0.0).then_some(life as u64)
}
