//! The probe of storage: a PUT whose signed checksum is not that of its body.

use crowfly_contract::{Crc64Nvme, UploadId};
use js_sys::{Date, Math, Uint8Array};
use wasm_bindgen::prelude::*;

use super::api::Api;
use super::js::{answers, body, call, fetch, get, text};
use crate::{Finding, Reach, judge_large, judge_storage};

/// Bytes of the two probes: one that any proxy lets through, and one that is larger than nginx's default limit of
/// 1 MiB. <https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size>
const SMALL: u32 = 16;
const LARGE: u32 = 2 * 1024 * 1024;

/// A checksum that no body of zeros has.
const WRONG: u64 = 0x6372_6f77_666c_7921;

/// Judges storage by both probes.
pub(super) async fn storage(api: &Api, origin: &str) -> Vec<Finding> {
    let (host, reach) = match put(api, SMALL).await {
        Ok(found) => found,
        Err(refusal) => return vec![refusal],
    };
    let first = judge_storage(&host, origin, &reach);
    let through = first.ok || first.code == "storage_headers";
    let mut findings = vec![first];
    if through && let Ok((host, reach)) = put(api, LARGE).await {
        findings.push(judge_large(&host, LARGE.into(), &reach));
    }
    findings
}

/// Creates an upload, sends its wrong bytes, and cancels it: the host, and how far the request came.
async fn put(api: &Api, size: u32) -> Result<(String, Reach), Finding> {
    let random = (Math::random() * 1e15) as u128;
    let id = UploadId::from_parts(Date::now() as u64, random)
        .to_text()
        .to_string();
    let crc = Crc64Nvme::new(WRONG).to_text().to_string();
    let request = format!(
        r#"{{"uploads":[{{"id":"{id}","name":"crowfly-doctor.txt","size":{size},"type":"text/plain","crc64nvme":"{crc}"}}]}}"#
    );
    let created = api.create(&request).await.map_err(|why| {
        let fix = "the refusal names what it does not like; a read of records was allowed before";
        Finding::bad(
            "create_refused",
            format!("a small text file may not be uploaded: {why}"),
            fix,
        )
    })?;
    let grant = get(&get(&created, "plan"), "put");
    let url = text(&grant, "url");
    if url.is_empty() {
        let fix = "answer with a plan of kind single for a file of a few bytes";
        let message = "the answer to a create call has no uploads[0].plan.put.url";
        return Err(Finding::bad("bad_response", message, fix));
    }
    let reach = sent(&url, &get(&grant, "headers"), size).await;
    api.abort(&id).await;
    let place = origin_of(&url);
    Ok((place.to_owned(), reach))
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

/// Scheme, host and port of a URL: the rest of a presigned one is a credential.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#']));
    end.and_then(|end| url.get(..host + end)).unwrap_or(url)
}

/// The text of the first element of this name, up to the first query.
fn element(xml: &str, name: &str) -> String {
    let inside = xml
        .split_once(&format!("<{name}>"))
        .map_or("", |(_, rest)| rest);
    let inside = inside.split(['<', '?']).next().unwrap_or_default();
    inside.chars().take(200).collect()
}
