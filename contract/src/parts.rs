use serde::{Deserialize, Serialize};

use crate::{Crc64Nvme, Grant, OpaqueState, StorageKey, Texts, UploadId};

/// Body of `POST /uploads/{id}/parts`: at most 100 parts to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "SignPartsRequest"))]
#[serde(deny_unknown_fields)]
pub struct SignPartsRequest<Part = PartToSign> {
    /// The parts, each number once.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = crate::limits::MAX_BATCH)))]
    pub parts: Vec<Part>,
    /// What the server had the client keep. Our own backend gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<OpaqueState>,
}

/// One part to sign. The backend reads the number as a [`PartNumber`](crate::PartNumber).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "PartToSign", description = "One part to sign.")
)]
#[serde(deny_unknown_fields)]
pub struct PartToSign<Number = u32, Size = u64> {
    /// From 1 to the plan's part count; of a live upload to 10,000.
    pub number: Number,
    /// The part's checksum; if given it is signed, and storage rejects a body with another one.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// Only of a live upload, and only of its last part: the part's bytes, at least 1 and at most what the plan has for
    /// this number; 0 for part 1 of an empty recording. A part without it has the plan's size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

/// Answer of `POST /uploads/{id}/parts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignPartsResponse {
    /// One grant per part, in request order.
    pub grants: Vec<PartGrant>,
}

/// Grant for one part. On the wire the grant's fields are flattened beside the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "PartGrantWire", from = "PartGrantWire")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartGrant {
    /// The part's number.
    pub number: u32,
    /// The grant for its PUT.
    pub grant: Grant,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(
        rename = "PartGrant",
        description = "Grant for one part: send exactly these headers and no others."
    )
)]
#[serde(rename_all = "camelCase")]
struct PartGrantWire {
    /// The part's number.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = crate::limits::MAX_PARTS)))]
    number: u32,
    /// The presigned URL.
    url: String,
    /// The same request by another host name of the bucket, if it has one: for a client that cannot reach the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other_url: Option<String>,
    /// The signed headers to send, lower-case names.
    headers: Texts,
    /// Lifetime of the URL, counted from the answer, in milliseconds.
    expires_in_ms: u64,
}

impl From<PartGrant> for PartGrantWire {
    fn from(PartGrant { number, grant }: PartGrant) -> Self {
        let Grant {
            url,
            other_url,
            headers,
            expires_in_ms,
        } = grant;
        Self {
            number,
            url,
            other_url,
            headers,
            expires_in_ms,
        }
    }
}

impl From<PartGrantWire> for PartGrant {
    fn from(
        PartGrantWire {
            number,
            url,
            other_url,
            headers,
            expires_in_ms,
        }: PartGrantWire,
    ) -> Self {
        Self {
            number,
            grant: Grant {
                url,
                other_url,
                headers,
                expires_in_ms,
            },
        }
    }
}

/// Answer of `GET /uploads/{id}/parts`: all parts that storage holds, ordered by number, not paginated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListPartsResponse {
    /// The stored parts.
    pub parts: Vec<StoredPart>,
}

/// One part that storage holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredPart {
    /// The part's number.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = crate::limits::MAX_PARTS)))]
    pub number: u32,
    /// Its bytes.
    pub size: u64,
    /// Its checksum, if it was uploaded with one and storage states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its entity tag, where storage states no checksum: a client that has seen this tag acknowledged knows the part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// Body of `POST /uploads/{id}/complete`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest<Size = u64, Time = u64> {
    /// The whole file's checksum, if the client has computed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// The file's bytes. Required of a live upload, and of no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Only of a live upload: how long the recording plays, in milliseconds, for the record.
    #[serde(rename = "durationMs", skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<Time>,
    /// What the server had the client keep. Our own backend gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<OpaqueState>,
}

/// Answer 200 of `POST /uploads/{id}/complete`: the object is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The upload.
    pub id: UploadId,
    /// Location of the object.
    pub key: StorageKey,
    /// Its bytes.
    pub size: u64,
    /// Its full-object checksum as reported by storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its version, in a versioned bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

/// Answer 202 of `POST /uploads/{id}/complete`: storage has not finished; repeat the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Completing {
    /// When to repeat the call, in milliseconds.
    pub retry_after_ms: u64,
}
