use crowfly_contract::{
    Completing, CreateResult, Created, ErrorCode, GatewayMessage, Grant, Outcome, PartGrant, Plan,
    ProblemBody, Stored, StoredPart, limits,
};
use crowfly_engine::StatusNews;
use wasm_bindgen::JsValue;

use super::fields::Fields;
use super::record::record;
use crate::page::property;

pub(super) const ID: &str = "an upload id";
pub(super) const KEY: &str = "a key of 1 to 1024 bytes";
pub(super) const CRC: &str = "base64 of 8 bytes";
pub(super) const WORD: &str = "a word of the contract";
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
        }),
    };
    Some(CreateResult { id, outcome })
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
        _ => fields.must("kind", "single or multipart", None),
    }
}

fn grant(grant: &JsValue) -> Option<Grant> {
    let fields = Fields::of(grant);
    let grant = Grant {
        url: fields.text("url"),
        headers: fields.texts("headers"),
        expires_in_ms: fields.integer("expiresInMs"),
    };
    fields.all(grant)
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
    };
    fields.all(stored)
}

/// The error in a Problem.
pub(crate) fn problem(body: &JsValue) -> Option<ProblemBody> {
    Fields::of(body).object("error", problem_body)
}

fn problem_body(error: &JsValue) -> Option<ProblemBody> {
    let fields = Fields::of(error);
    let problem = ProblemBody {
        code: fields.text("code").parse().unwrap_or(ErrorCode::Unknown),
        message: fields.text("message"),
        request_id: fields.maybe_text("requestId").unwrap_or_default(),
        retry_after_ms: fields.maybe_integer("retryAfterMs"),
    };
    fields.all(problem)
}

pub(crate) fn gateway_message(body: &JsValue) -> Option<GatewayMessage> {
    let fields = Fields::of(body);
    let message = fields.text("message");
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

/// One upload's status, and its record as the page sees it; undefined if there is none.
pub(crate) struct Status {
    pub(crate) news: StatusNews,
    pub(crate) record: JsValue,
}

pub(crate) fn status_response(body: &JsValue) -> Option<Vec<Status>> {
    Fields::of(body).list("uploads", status_entry)
}

fn status_entry(entry: &JsValue) -> Option<Status> {
    let fields = Fields::of(entry);
    let id = fields.parsed("id", ID)?;
    let status = fields.parsed("status", WORD)?;
    let recorded = fields.get("record").is_some();
    let record = if recorded {
        fields.object("record", record)?
    } else {
        JsValue::UNDEFINED
    };
    // The record of another upload must not pass for this one's.
    let own = !recorded || property(&record, "id") == property(entry, "id");
    fields.must("record.id", "the id of the entry", own.then_some(()));
    fields.all(Status {
        news: StatusNews {
            id,
            status,
            recorded,
        },
        record,
    })
}
