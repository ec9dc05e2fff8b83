use crowfly_contract::{
    Completing, CreateResult, Created, ErrorCode, GatewayMessage, Grant, LivePlan, Outcome,
    PartGrant, Plan, ProblemBody, Stored, StoredPart, UploadId, limits,
};
use crowfly_engine::StatusNews;
use wasm_bindgen::JsValue;

use super::fields::{CRC, Fields, HTTP, ID, KEY, WORD, is_http};
use super::record::record;
use crate::LIVE;
use crate::page::property;

const STATE: &str = "1 to 2048 visible characters of ASCII";
const PARTS: std::ops::RangeInclusive<u32> = 1..=limits::MAX_PARTS;

pub(crate) fn create_response(body: &JsValue) -> Option<Vec<CreateResult>> {
    Fields::of(body).list("uploads", create_result)
}

fn create_result(item: &JsValue) -> Option<CreateResult> {
    let fields = Fields::of(item);
    let id = fields.parsed("id", ID)?;
    let outcome = match fields.get("error") {
        Some(_) => Outcome::Refused(fields.object("error", problem_body)?),
        None => Outcome::Created(Created {
            key: fields.parsed("key", KEY)?,
            plan: fields.object("plan", plan)?,
            confirm: fields.flag("confirm").unwrap_or_default(),
            state: fields.maybe_parsed("state", STATE),
            grants: match fields.get("grants") {
                Some(_) => sign_response(item)?,
                None => Vec::new(),
            },
        }),
    };
    fields.all(CreateResult { id, outcome })
}

fn plan(plan: &JsValue) -> Option<Plan> {
    let fields = Fields::of(plan);
    match fields.text("kind").as_str() {
        "single" => Some(Plan::Single {
            put: fields.object("put", grant)?,
        }),
        "multipart" => fields.all(Plan::Multipart {
            part_size: fields.integer("partSize"),
            part_count: fields.integer_in("partCount", PARTS),
        }),
        "live" if LIVE => {
            let every = fields.get("doubleEvery");
            let every = every.map(|_| fields.integer_in("doubleEvery", 1..=u32::MAX));
            let plan = LivePlan::new(fields.integer("partSize"), every).ok();
            fields.must("partSize", "5 MiB to 5 GiB", plan.map(drop));
            let max_bytes = fields.integer("maxBytes");
            fields.all(plan.map(|plan| Plan::Live { plan, max_bytes })?)
        }
        _ => fields.must("kind", "single or multipart", None),
    }
}

fn grant(grant: &JsValue) -> Option<Grant> {
    let fields = Fields::of(grant);
    let url = fields.text("url");
    fields.must("url", HTTP, is_http(&url).then_some(()));
    fields.all(Grant {
        url,
        other_url: fields.maybe_text("otherUrl"),
        headers: fields.texts("headers"),
        expires_in_ms: fields.integer("expiresInMs"),
    })
}

pub(crate) fn sign_response(body: &JsValue) -> Option<Vec<PartGrant>> {
    Fields::of(body).list("grants", part_grant)
}

fn part_grant(part: &JsValue) -> Option<PartGrant> {
    let fields = Fields::of(part);
    let number = fields.integer_in("number", PARTS);
    let grant = grant(part)?;
    fields.all(PartGrant { number, grant })
}

pub(crate) fn parts_response(body: &JsValue) -> Option<Vec<StoredPart>> {
    Fields::of(body).list("parts", stored_part)
}

fn stored_part(part: &JsValue) -> Option<StoredPart> {
    let fields = Fields::of(part);
    let stored = StoredPart {
        number: fields.integer_in("number", PARTS),
        size: fields.integer("size"),
        crc64nvme: fields.maybe_parsed("crc64nvme", CRC),
        etag: fields.maybe_text("etag"),
    };
    fields.all(stored)
}

/// The error in a Problem.
pub(crate) fn problem(body: &JsValue) -> Option<ProblemBody> {
    Fields::of(body).object("error", problem_body)
}

fn problem_body(error: &JsValue) -> Option<ProblemBody> {
    let fields = Fields::of(error);
    let code = fields.text("code").parse().ok();
    let problem = ProblemBody {
        // The other codes are the client's own.
        code: code
            .filter(|code: &ErrorCode| code.http_status().is_some())
            .unwrap_or(ErrorCode::Unknown),
        message: fields.sentence("message"),
        request_id: match fields.get("requestId") {
            Some(_) => fields.sentence("requestId"),
            None => String::new(),
        },
        retry_after_ms: fields.maybe_integer("retryAfterMs"),
    };
    fields.all(problem)
}

pub(crate) fn gateway_message(body: &JsValue) -> Option<GatewayMessage> {
    let fields = Fields::of(body);
    let message = fields.sentence("message");
    fields.all(GatewayMessage { message })
}

pub(crate) fn stored(body: &JsValue) -> Option<Stored> {
    let fields = Fields::of(body);
    let stored = Stored {
        id: fields.parsed("id", ID)?,
        key: fields.parsed("key", KEY)?,
        size: fields.integer("size"),
        crc64nvme: fields.maybe_parsed("crc64nvme", CRC),
        etag: fields.text("etag"),
        version_id: fields.maybe_text("versionId"),
    };
    fields.all(stored)
}

pub(crate) fn completing(body: &JsValue) -> Option<Completing> {
    let fields = Fields::of(body);
    let retry_after_ms = fields.integer("retryAfterMs");
    fields.all(Completing { retry_after_ms })
}

/// The statuses; `keep` takes each record as the page sees it, undefined if there is none.
pub(crate) fn status_response(
    body: &JsValue,
    keep: &dyn Fn(UploadId, JsValue),
) -> Option<Vec<StatusNews>> {
    let mut all = Vec::new();
    let whole = Fields::of(body).each("uploads", &mut |entry| {
        let status = status_entry(&entry, keep);
        status.map(|status| all.push(status)).is_some()
    });
    whole.then_some(all)
}

fn status_entry(entry: &JsValue, keep: &dyn Fn(UploadId, JsValue)) -> Option<StatusNews> {
    let fields = Fields::of(entry);
    let id = fields.parsed("id", ID)?;
    let status = fields.parsed("status", WORD)?;
    let recorded = fields.get("record").is_some();
    let mut kept = JsValue::UNDEFINED;
    if recorded {
        kept = fields.object("record", record)?;
        // The record of another upload must not pass for this one's.
        let own = property(&kept, "id") == property(entry, "id");
        fields.must("record.id", "the id of the entry", own.then_some(()));
    }
    let news = fields.all(StatusNews {
        id,
        status,
        recorded,
    })?;
    keep(id, kept);
    Some(news)
}
