use crowfly_contract::{
    Completing, Content, CreateResult, Created, ErrorCode, GatewayMessage, Grant, ListResponseOf,
    Outcome, PartGrant, Plan, ProblemBody, RecordOf, ScanStatus, StatusEntryOf, StorageKey, Stored,
    StoredPart, Withheld, limits,
};
use wasm_bindgen::JsValue;

use super::fields::Fields;

const ID: &str = "an upload id";
const KEY: &str = "a key of 1 to 1024 bytes";
const CRC: &str = "base64 of 8 bytes";
const WORD: &str = "a word of the contract";
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

pub(crate) fn status_response(body: &JsValue) -> Option<Vec<StatusEntryOf<StorageKey>>> {
    Fields::of(body).list("uploads", status_entry)
}

fn status_entry(entry: &JsValue) -> Option<StatusEntryOf<StorageKey>> {
    let fields = Fields::of(entry);
    Some(StatusEntryOf {
        id: fields.parsed("id", ID)?,
        status: fields.parsed("status", WORD)?,
        record: match fields.get("record") {
            Some(_) => Some(fields.object("record", record)?),
            None => None,
        },
    })
}

pub(crate) fn record(body: &JsValue) -> Option<RecordOf<StorageKey>> {
    let fields = Fields::of(body);
    let record = RecordOf {
        id: fields.parsed("id", ID)?,
        status: fields.parsed("status", WORD)?,
        key: fields.parsed("key", KEY)?,
        bucket: fields.text("bucket"),
        name: fields.text("name"),
        size: fields.integer("size"),
        media_type: fields.text("type"),
        visibility: fields.parsed("visibility", WORD)?,
        metadata: fields.texts("metadata"),
        part_size: fields.maybe_integer("partSize"),
        crc64nvme: fields.maybe_parsed("crc64nvme", CRC),
        verified: fields.must(
            "verified",
            "true or false",
            fields.get("verified").and_then(|value| value.as_bool()),
        ),
        etag: fields.maybe_text("etag"),
        version_id: fields.maybe_text("versionId"),
        sequencer: fields.maybe_text("sequencer"),
        type_mismatch: fields
            .get("typeMismatch")
            .is_some_and(|value| value.is_truthy()),
        seen_type: fields.maybe_text("seenType"),
        scan: fields.maybe_text("scan").map(|text| scan(&text)),
        withheld: fields.maybe_text("withheld").map(|text| withheld(&text)),
        url: fields.maybe_text("url"),
        created_at: fields.integer("createdAt"),
        stored_at: fields.maybe_integer("storedAt"),
        expires_at: fields.maybe_integer("expiresAt"),
    };
    fields.all(record)
}

/// An unknown status counts as one without an address.
fn scan(text: &str) -> ScanStatus {
    text.parse().unwrap_or(ScanStatus::Unscannable)
}

/// An unknown reason withholds the address all the same.
fn withheld(text: &str) -> Withheld {
    text.parse().unwrap_or(Withheld::ActiveContent)
}

pub(crate) fn list_response(body: &JsValue) -> Option<ListResponseOf<StorageKey>> {
    let fields = Fields::of(body);
    let page = ListResponseOf {
        uploads: fields.list("uploads", record)?,
        cursor: fields.maybe_text("cursor"),
    };
    fields.all(page)
}

pub(crate) fn content(body: &JsValue) -> Option<Content> {
    let fields = Fields::of(body);
    let content = Content {
        url: fields.text("url"),
        expires_in_ms: fields.maybe_integer("expiresInMs"),
    };
    fields.all(content)
}
