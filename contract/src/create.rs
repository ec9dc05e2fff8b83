use serde::{Deserialize, Serialize};

use crate::given::null_as_default;
use crate::metadata;
use crate::{Crc64Nvme, Grant, Metadata, ProblemBody, StorageKey, UploadId, Visibility};

/// Body of `POST /uploads`: 1 to 100 uploads to create, or to have signed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest<Item = CreateItem> {
    /// The uploads, each with its own id.
    pub uploads: Vec<Item>,
}

/// One upload to create. Creating is idempotent by `id`: the same item again signs again.
///
/// A client writes what it was given; the backend reads the name as a [`FileName`](crate::FileName) in its
/// composed form, the size as [`ByteSize`](crate::ByteSize), and the type as [`MediaType`](crate::MediaType).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateItem<Name = String, Size = u64, Type = String> {
    /// Made by the client.
    pub id: UploadId,
    /// The file's original name, 1 to 1,024 bytes of UTF-8.
    pub name: Name,
    /// The file's size in bytes.
    pub size: Size,
    /// The media type to store, such as `video/webm`; no parameters.
    #[serde(rename = "type")]
    pub media_type: Type,
    /// The file's checksum, when the client has computed it. It is signed into a single PUT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// Who may read the object without a credential; nobody by default.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Visibility::is_private"
    )]
    pub visibility: Visibility,
    /// Free text of the application, kept in the record only. Read as
    /// [`BoundedMetadata`](crate::BoundedMetadata).
    #[serde(
        default,
        deserialize_with = "metadata::bounded",
        skip_serializing_if = "Metadata::is_empty"
    )]
    pub metadata: Metadata,
}

/// Answer of `POST /uploads`: one result for each item, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateResponse {
    /// The results.
    pub uploads: Vec<CreateResult>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ResultWire", try_from = "ResultWire")]
pub struct CreateResult {
    /// The item's id.
    pub id: UploadId,
    /// Leave to upload, or the refusal.
    pub outcome: Outcome,
}

/// The two outcomes of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upload exists, pending.
    Created(Created),
    /// The item was refused; other items are not affected.
    Refused(ProblemBody),
}

/// A pending upload and how to send its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Where the object will be.
    pub key: StorageKey,
    /// How to send it.
    pub plan: Plan,
}

/// How the bytes go to storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "PlanWire", try_from = "PlanWire")]
pub enum Plan {
    /// One presigned PUT.
    Single {
        /// Leave for that PUT.
        put: Grant,
    },
    /// Presigned parts, signed just in time.
    Multipart {
        /// Bytes of every part but the last.
        part_size: u64,
        /// Number of parts.
        part_count: u32,
    },
}

// Plain structs with optional fields stand for the enums on the wire: serde's tagged and untagged enums
// buffer their content, which costs kilobytes of WebAssembly.
#[derive(Serialize, Deserialize)]
struct ResultWire {
    id: UploadId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<StorageKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ProblemBody>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanWire {
    kind: KindWire,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    put: Option<Grant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part_size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part_count: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KindWire {
    Single,
    Multipart,
}

impl From<CreateResult> for ResultWire {
    fn from(result: CreateResult) -> Self {
        let id = result.id;
        match result.outcome {
            Outcome::Created(Created { key, plan }) => Self {
                id,
                key: Some(key),
                plan: Some(plan),
                error: None,
            },
            Outcome::Refused(error) => Self {
                id,
                key: None,
                plan: None,
                error: Some(error),
            },
        }
    }
}

impl TryFrom<ResultWire> for CreateResult {
    type Error = &'static str;

    fn try_from(wire: ResultWire) -> Result<Self, Self::Error> {
        let outcome = match (wire.key, wire.plan, wire.error) {
            (Some(key), Some(plan), None) => Outcome::Created(Created { key, plan }),
            (_, _, Some(error)) => Outcome::Refused(error),
            _ => return Err("a create result needs key and plan, or error"),
        };
        Ok(Self {
            id: wire.id,
            outcome,
        })
    }
}

impl From<Plan> for PlanWire {
    fn from(plan: Plan) -> Self {
        match plan {
            Plan::Single { put } => Self {
                kind: KindWire::Single,
                put: Some(put),
                part_size: None,
                part_count: None,
            },
            Plan::Multipart {
                part_size,
                part_count,
            } => Self {
                kind: KindWire::Multipart,
                put: None,
                part_size: Some(part_size),
                part_count: Some(part_count),
            },
        }
    }
}

impl TryFrom<PlanWire> for Plan {
    type Error = &'static str;

    fn try_from(wire: PlanWire) -> Result<Self, Self::Error> {
        match (wire.kind, wire.put, wire.part_size, wire.part_count) {
            (KindWire::Single, Some(put), ..) => Ok(Self::Single { put }),
            (KindWire::Multipart, _, Some(part_size), Some(part_count)) => Ok(Self::Multipart {
                part_size,
                part_count,
            }),
            (KindWire::Single, ..) => Err("a single plan needs put"),
            (KindWire::Multipart, ..) => Err("a multipart plan needs partSize and partCount"),
        }
    }
}
