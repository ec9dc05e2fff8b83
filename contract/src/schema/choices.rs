//! Schemas of what is one of several: a plan, and the result of one item.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::limits::{MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES};
use crate::{CreateResult, Grant, OpaqueState, PartGrant, Plan, ProblemBody, StorageKey, UploadId};

/// One presigned PUT.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct SinglePlan {
    /// The whole file in one request.
    #[schemars(extend("const" = "single"))]
    kind: String,
    /// The grant for that PUT.
    put: Grant,
}

/// Presigned parts, signed just in time.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct MultipartPlan {
    /// Parts of one size.
    #[schemars(extend("const" = "multipart"))]
    kind: String,
    /// Bytes of every part but the last.
    #[schemars(range(min = MIN_PART_BYTES, max = MAX_PART_BYTES))]
    part_size: u64,
    /// Number of parts.
    #[schemars(range(min = 1, max = MAX_PARTS))]
    part_count: u32,
}

/// Presigned parts of a live upload, signed just in time. Part n, from 1, has `partSize * 2^((n - 1) / doubleEvery)` bytes
/// by integer division, at most 5 GiB; only the last part may be shorter.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct LiveParts {
    /// Parts whose sizes follow from their numbers.
    #[schemars(extend("const" = "live"))]
    kind: String,
    /// Bytes of the first part.
    #[schemars(range(min = MIN_PART_BYTES, max = MAX_PART_BYTES))]
    part_size: u64,
    /// Parts after which the size doubles; absent if all parts have the same.
    #[schemars(range(min = 1), skip_serializing_if = "Option::is_none")]
    double_every: Option<u32>,
    /// The most bytes that the upload may have.
    #[schemars(range(min = 1))]
    max_bytes: u64,
}

/// A pending upload and how to send its bytes.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct CreatedUpload {
    /// The item's id.
    id: UploadId,
    /// Location of the object.
    key: StorageKey,
    /// How to send it.
    plan: Plan,
    /// Whether the client must call `complete` for a single PUT too: this server is told of stored objects by nobody
    /// else.
    #[schemars(skip_serializing_if = "std::ops::Not::not")]
    confirm: bool,
    /// What the client keeps for this server.
    #[schemars(skip_serializing_if = "Option::is_none")]
    state: Option<OpaqueState>,
    /// Grants for the first parts that the item asked for, beside a multipart plan of the expected part size.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    grants: Vec<PartGrant>,
}

/// An item that was refused; other items are not affected.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct RefusedUpload {
    /// The item's id.
    id: UploadId,
    /// Why.
    error: ProblemBody,
}

/// The schema of a type that is one of several.
macro_rules! one_of {
    ($type:ident, $description:literal, $($variant:ident),*) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": $description,
                    "oneOf": [$( generator.subschema_for::<$variant>() ),*],
                })
            }
        }
    };
}

one_of!(
    Plan,
    "How the bytes are sent to storage.",
    SinglePlan,
    MultipartPlan,
    LiveParts
);
one_of!(
    CreateResult,
    "The outcome of one item.",
    CreatedUpload,
    RefusedUpload
);
