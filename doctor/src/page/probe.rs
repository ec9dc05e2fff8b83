//! The probe of storage: a PUT whose signed checksum is not that of its body.

use js_sys::{Date, Math, Uint8Array};
use wasm_bindgen::prelude::*;

use super::api::Api;
use super::js::{answers, body, call, fetch, get, text};
use crate::probe::{create_refused, element, new_id, origin_of, request};
use crate::{Finding, Reach, judge_large, judge_storage};

/// Bytes of the two probes: one that any proxy lets through, and one that is larger than nginx's default limit of
/// 1 MiB. <https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size>
const SMALL: u32 = 16;
const LARGE: u32 = 2 * 1024 * 1024;

/// Judges storage by both probes, the small one under every host name that the grant has.
pub(super) async fn storage(api: &Api, origin: &str) -> Vec<Finding> {
    let hosts = match put(api, SMALL, true).await {
        Ok(hosts) => hosts,
        Err(refusal) => return vec![refusal],
    };
    let judged = hosts.iter();
    let judged = judged.map(|(host, reach)| judge_storage(host, origin, reach));
    let mut findings: Vec<_> = judged.collect();
    let through = |first: &Finding| first.ok || first.code == "storage_headers";
    if findings.first().is_some_and(through)
        && let Ok(hosts) = put(api, LARGE, false).await
    {
        let judged = hosts.iter();
        findings.extend(judged.map(|(host, reach)| judge_large(host, LARGE.into(), reach)));
    }
    findings
}

/// Creates an upload, sends its wrong bytes, and cancels it: the host, or `all` of them, and how far the request came.
async fn put(api: &Api, size: u32, all: bool) -> Result<Vec<(String, Reach)>, Finding> {
    let random = (Math::random() * 1e15) as u128;
    let id = new_id(Date::now() as u64, random);
    let created = api.create(&request(&id, size.into())).await;
    let created = created.map_err(|why| create_refused(&why))?;
    let grant = get(&get(&created, "plan"), "put");
    let url = text(&grant, "url");
    if url.is_empty() {
        api.abort(&id, &created).await;
        let fix = "answer with a plan of kind single for a file of a few bytes";
        let message = "the answer to a create call has no uploads[0].plan.put.url";
        return Err(Finding::bad("bad_response", message, fix));
    }
    let headers = get(&grant, "headers");
    let mut hosts = vec![(origin_of(&url).to_owned(), sent(&url, &headers, size).await)];
    let other = text(&grant, "otherUrl");
    if all && !other.is_empty() {
        let reach = sent(&other, &headers, size).await;
        hosts.push((origin_of(&other).to_owned(), reach));
    }
    api.abort(&id, &created).await;
    Ok(hosts)
}

async fn sent(url: &str, headers: &JsValue, size: u32) -> Reach {
    let bytes = Uint8Array::new_with_length(size);
    let init = [
        ("method", "PUT".into()),
        ("headers", headers.clone()),
        ("body", bytes.into()),
    ];
    let Some(answer) = fetch(url, &init).await else {
        return match answers(origin_of(url)).await {
            true => Reach::Hidden,
            false => Reach::Nothing,
        };
    };
    let xml = body(&answer).await;
    let exposed = call(
        &get(&answer, "headers"),
        "get",
        &["x-amz-request-id".into()],
    );
    Reach::Answered {
        status: get(&answer, "status").as_f64().unwrap_or_default() as u16,
        code: element(&xml, "Code"),
        message: element(&xml, "Message"),
        expected: exposed.is_ok_and(|id| id.is_string()),
    }
}
