//! One PUT by `fetch`, in a service worker.

use std::rc::Rc;

use crowfly_contract::Grant;
use crowfly_engine::{Receipt, SendFailure};
use wasm_bindgen::JsValue;

use super::{News, outcome};
use crate::api::{AbortGuard, Request, whole};
use crate::page::texts_to_object;
use crate::task::{spawn, wait_foreign};

pub(super) fn start(
    grant: &Grant,
    body: &JsValue,
    hear: Rc<dyn Fn(News)>,
) -> Result<AbortGuard, JsValue> {
    let guard = AbortGuard::new().ok_or(JsValue::UNDEFINED)?;
    let asked = Request {
        method: "PUT",
        headers: texts_to_object(&grant.headers),
        body: body.clone(),
        // A 307 keeps method and body: https://www.rfc-editor.org/rfc/rfc9110#section-15.4.8
        redirect: "follow",
        // A presigned URL needs none: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
        credentials: "omit",
    };
    let asked = asked.send(&grant.url, &guard.signal())?;
    spawn(async move { hear(News::End(ended(asked).await)) });
    Ok(guard)
}

async fn ended(asked: JsValue) -> Result<Receipt, SendFailure> {
    let answer = wait_foreign(asked).await.ok();
    let read = match answer {
        Some(answer) => whole(answer).await,
        None => None,
    };
    let (answer, text) = read.ok_or(SendFailure::Network)?;
    outcome(answer.status(), &|name| answer.headers().get(name), &text)
}
