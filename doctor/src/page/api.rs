//! The API, or the functions of a signer.

use js_sys::JSON;
use wasm_bindgen::prelude::*;

use super::js::{answers, body, call, fetch, get, global, object, text, wait};
use crate::Reach;

/// What the page talks to.
pub(super) struct Api {
    /// The address of the API; `None` with a signer.
    pub(super) address: Option<String>,
    signer: JsValue,
    /// Empty where a cookie is the session.
    token: String,
    credentials: JsValue,
}

/// An answer: its status, and its body if it is JSON.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: JsValue,
}

impl Api {
    pub(super) fn of(options: &JsValue, token: String) -> Self {
        let api = get(options, "api");
        let api = api.as_string().unwrap_or_else(|| text(&api, "href"));
        let page = text(&get(&global(), "location"), "href");
        let absolute = web_address(&api, &page).unwrap_or(api);
        let address = absolute.trim().trim_end_matches('/').to_owned();
        Self {
            address: (!address.is_empty()).then_some(address),
            signer: get(options, "signer"),
            token,
            credentials: match get(options, "credentials") {
                given if given.is_string() => given,
                _ => "omit".into(),
            },
        }
    }

    /// Reads one record.
    pub(super) async fn read(&self) -> Reach {
        let address = self.address.clone().unwrap_or_default();
        match self.ask("GET", "?limit=1", None, JsValue::UNDEFINED).await {
            Some(answer) => {
                let error = get(&answer.body, "error");
                Reach::Answered {
                    status: answer.status,
                    code: text(&error, "code"),
                    message: text(&error, "message"),
                    expected: answer.body.is_object(),
                }
            }
            None if answers(&address).await => Reach::Hidden,
            None => Reach::Nothing,
        }
    }

    /// Calls a route; `state` is what the server gave to keep, or undefined.
    async fn ask(
        &self,
        method: &str,
        path: &str,
        json: Option<&str>,
        state: JsValue,
    ) -> Option<Answer> {
        let address = self.address.as_ref()?;
        let mut headers = Vec::new();
        if !self.token.is_empty() {
            headers.push(("authorization", format!("Bearer {}", self.token).into()));
        }
        if json.is_some() {
            headers.push(("content-type", "application/json".into()));
        }
        if state.is_string() {
            headers.push(("crowfly-state", state));
        }
        let headers = object(&headers);
        let init = [
            ("method", method.into()),
            ("headers", headers),
            ("body", json.into()),
            ("redirect", "error".into()),
            ("credentials", self.credentials.clone()),
        ];
        let answer = fetch(&format!("{address}/uploads{path}"), &init).await?;
        let status = get(&answer, "status").as_f64().unwrap_or_default() as u16;
        let body = JSON::parse(&body(&answer).await).unwrap_or_default();
        Some(Answer { status, body })
    }

    /// Creates an upload: its result, or the sentence of the refusal.
    pub(super) async fn create(&self, request: &str) -> Result<JsValue, String> {
        let answer = if self.address.is_some() {
            let answer = self
                .ask("POST", "", Some(request), JsValue::UNDEFINED)
                .await;
            answer
                .map(|answer| answer.body)
                .ok_or("there is no answer")?
        } else {
            let request = JSON::parse(request).unwrap_or_default();
            self.sign("create", &[request], JsValue::UNDEFINED).await?
        };
        let result = get(&get(&answer, "uploads"), "0");
        for error in [get(&answer, "error"), get(&result, "error")] {
            if error.is_object() {
                return Err(format!(
                    "{}: {}",
                    text(&error, "code"),
                    text(&error, "message")
                ));
            }
        }
        Ok(result)
    }

    /// Cancels the upload of this create result.
    pub(super) async fn abort(&self, id: &str, created: &JsValue) {
        let state = get(created, "state");
        if self.address.is_some() {
            self.ask("DELETE", &format!("/{id}"), None, state).await;
        } else {
            let _ = self.sign("abort", &[id.into()], state).await;
        }
    }

    /// Calls a function of the signer.
    async fn sign(
        &self,
        name: &str,
        arguments: &[JsValue],
        state: JsValue,
    ) -> Result<JsValue, String> {
        let never = get(&global(), "AbortController");
        let signal = js_sys::Reflect::construct(
            never.unchecked_ref::<js_sys::Function>(),
            &js_sys::Array::new(),
        )
        .map(|controller| get(&controller, "signal"));
        let mut all = arguments.to_vec();
        all.push(signal.unwrap_or_default());
        all.push(state);
        let given = match call(&self.signer, name, &all) {
            Ok(promise) => wait(promise).await,
            Err(thrown) => Err(thrown),
        };
        given.map_err(|thrown| {
            let (kind, message) = (text(&thrown, "name"), text(&thrown, "message"));
            // A query may be a credential.
            let plain = message.split('?').next().unwrap_or_default().to_owned();
            format!("signer.{name} threw {kind}: {plain}")
        })
    }
}

/// An address, or a path of the page's own server, as an absolute address.
fn web_address(api: &str, page: &str) -> Option<String> {
    let class = get(&global(), "URL");
    let arguments: js_sys::Array = [api, page]
        .iter()
        .map(|text| JsValue::from_str(text))
        .collect();
    if api.is_empty() {
        return None;
    }
    let url =
        js_sys::Reflect::construct(class.unchecked_ref::<js_sys::Function>(), &arguments).ok()?;
    Some(text(&url, "href"))
}
