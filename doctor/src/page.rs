//! What a page can observe, for `client.doctor()`.

mod api;
mod js;
mod probe;

use js_sys::{Array, Date, Function, Promise};
use wasm_bindgen::prelude::*;

use crate::token::{Claims, judge_token};
use crate::{Finding, judge_api};
use api::Api;
use js::{call, get, global, object, text, wait};

/// Looks at everything around a client of these options. `page` says what the page's own scripts have seen:
/// `worker`, why no worker can be started, and `journal`, why IndexedDB cannot be used. Resolves to a list of
/// `{ code, ok, message, fix }`; never rejects.
#[wasm_bindgen]
pub async fn diagnose(options: JsValue, page: JsValue) -> Array {
    let mut findings = vec![
        seen(
            &page,
            "worker",
            "worker_blocked",
            "checksums are computed in a worker",
            "the sentence goes on with it; without a worker uploads work, but the page is less smooth",
        ),
        seen(
            &page,
            "journal",
            "indexeddb_refused",
            "uploads can be resumed after a reload",
            "uploads work in private windows and sandboxed frames, but cannot be resumed",
        ),
    ];
    findings.push(service_worker());
    let mut token = String::new();
    let provider = get(&options, "token");
    if provider.is_function() {
        let (found, given) = ask(&provider).await;
        findings.extend(found);
        token = given;
    }
    let origin = text(&get(&global(), "location"), "origin");
    let api = Api::of(&options, token);
    let mut reached = true;
    if let Some(address) = &api.address {
        let finding = judge_api(address, &origin, &api.read().await);
        reached = finding.ok || finding.code == "throttled";
        findings.push(finding);
    }
    if reached {
        findings.extend(probe::storage(&api, &origin).await);
    }
    findings.iter().map(shown).collect()
}

/// What the page's scripts have seen: nothing, or why it does not work.
fn seen(page: &JsValue, name: &str, code: &'static str, good: &str, fix: &str) -> Finding {
    let why = text(page, name);
    if why.is_empty() {
        let code = if name == "worker" {
            "worker"
        } else {
            "indexeddb"
        };
        return Finding::good(code, good);
    }
    Finding::bad(code, why, fix)
}

fn service_worker() -> Finding {
    let container = get(&get(&global(), "navigator"), "serviceWorker");
    if get(&container, "controller").is_falsy() {
        return Finding::good(
            "service_worker",
            "no service worker stands between page and storage",
        );
    }
    let fix = "return from its fetch handler before respondWith if the method is PUT";
    Finding::bad(
        "service_worker",
        "a service worker controls this page: if it answers requests to storage, it hides their progress",
        fix,
    )
}

/// Asks the application for a token and judges it.
async fn ask(provider: &JsValue) -> (Vec<Finding>, String) {
    let reason = object(&[("reason", "initial".into())]);
    let provider: &Function = provider.unchecked_ref();
    let given = match provider.call1(&JsValue::UNDEFINED, &reason) {
        Ok(promise) => wait(promise).await,
        Err(thrown) => Err(thrown),
    };
    let given = match given {
        Ok(given) => given.as_string().unwrap_or_default(),
        Err(thrown) => {
            let message = format!(
                "`token` threw {}: {}",
                text(&thrown, "name"),
                text(&thrown, "message")
            );
            let fix = "let `token` resolve to the access token";
            return (
                vec![Finding::bad("token_missing", message, fix)],
                String::new(),
            );
        }
    };
    let bare = given.trim();
    let bare = match bare.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => bare.get(7..).unwrap_or_default(),
        _ => bare,
    };
    let now = (Date::now() / 1000.0) as i64;
    (judge_token(claims(bare).as_ref(), now), bare.to_owned())
}

/// The claims of a JWT; nothing is verified. <https://www.rfc-editor.org/rfc/rfc7519#section-7.2>
fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let decoded = call(&global(), "atob", &[payload.into()]).ok()?;
    let claims = js_sys::JSON::parse(&decoded.as_string()?).ok()?;
    let seconds = |name: &str| get(&claims, name).as_f64().map(|seconds| seconds as i64);
    claims.is_object().then(|| Claims {
        expires: seconds("exp"),
        issued: seconds("iat"),
        issuer: text(&claims, "iss"),
        kind: text(&claims, "token_use"),
    })
}

fn shown(finding: &Finding) -> JsValue {
    object(&[
        ("code", finding.code.into()),
        ("ok", finding.ok.into()),
        ("message", finding.message.as_str().into()),
        ("fix", finding.fix.as_str().into()),
    ])
}

/// A value as a promise.
fn promise(value: &JsValue) -> Promise {
    Promise::resolve(value)
}
