use serde::{Deserialize, Serialize};

use crate::{Crc64Nvme, Grant, StorageKey, Texts, UploadId};

/// Body of `POST /uploads/{id}/parts`: at most 100 parts to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignPartsRequest<Part = PartToSign> {
    /// The parts, each number once.
    pub parts: Vec<Part>,
}

/// One part to sign. The backend reads the number as a [`PartNumber`](crate::PartNumber).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartToSign<Number = u32> {
    /// From 1 to the plan's part count.
    pub number: Number,
    /// The part's checksum; when given it is signed, and storage refuses other bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
}

/// Answer of `POST /uploads/{id}/parts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignPartsResponse {
    /// One grant for each part, in the order asked.
    pub grants: Vec<PartGrant>,
}

/// Leave to send one part. On the wire the grant's fields stand beside the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "PartGrantWire", from = "PartGrantWire")]
pub struct PartGrant {
    /// The part's number.
    pub number: u32,
    /// Leave for its PUT.
    pub grant: Grant,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartGrantWire {
    number: u32,
    url: String,
    headers: Texts,
    expires_in_ms: u64,
}

impl From<PartGrant> for PartGrantWire {
    fn from(PartGrant { number, grant }: PartGrant) -> Self {
        let Grant {
            url,
            headers,
            expires_in_ms,
        } = grant;
        Self {
            number,
            url,
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
            headers,
            expires_in_ms,
        }: PartGrantWire,
    ) -> Self {
        Self {
            number,
            grant: Grant {
                url,
                headers,
                expires_in_ms,
            },
        }
    }
}

/// Answer of `GET /uploads/{id}/parts`: what storage holds, all pages, in order of number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPartsResponse {
    /// The stored parts.
    pub parts: Vec<StoredPart>,
}

/// One part that storage holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPart {
    /// The part's number.
    pub number: u32,
    /// Its bytes.
    pub size: u64,
    /// Its checksum, when it was sent with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
}

/// Body of `POST /uploads/{id}/complete`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest {
    /// The whole file's checksum, when the client has computed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
}

/// Answer 200 of `POST /uploads/{id}/complete`: storage holds the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The upload.
    pub id: UploadId,
    /// Where the object is.
    pub key: StorageKey,
    /// Its bytes.
    pub size: u64,
    /// Its full-object checksum as storage states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its version, in a versioned bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

/// Answer 202 of `POST /uploads/{id}/complete`: storage still works; ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completing {
    /// When to ask again, in milliseconds.
    pub retry_after_ms: u64,
}
