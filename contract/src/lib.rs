//! The wire contract of Crowfly: everything that the browser SDK and the backend both know.
//!
//! Each type here has exactly one JSON form, pinned by a golden file under `tests/golden`. Values that
//! carry a rule ([`UploadId`], [`OwnerId`], [`ObjectKey`], [`StorageKey`], [`Crc64Nvme`], [`FileName`], [`MediaType`],
//! [`ByteSize`], [`PartNumber`], [`BoundedMetadata`]) can only be made by parsing, so code that holds one need not
//! check it again; enums have one spelling of each word. There is no IO, no clock and no randomness.
//!
//! A request has one shape on both sides. Where the client writes what it was given (`CreateItem`, with a name
//! that is any text), the backend puts the parsed types in the same places (`CreateItem<FileName, ByteSize,
//! MediaType>`), and a list whose items are answered one by one is read with the items still unread.
//!
//! Conventions: sizes are bytes as JSON integers, durations are milliseconds and end in `Ms`, moments are
//! Unix milliseconds and end in `At`, field names are camelCase.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod base64;
mod checksum;
mod code;
mod create;
mod given;
mod grant;
mod id;
mod key;
pub mod limits;
mod media;
mod message;
mod metadata;
mod name;
mod number;
mod parts;
mod pieces;
mod plan;
mod problem;
mod record;
mod storage_key;
mod texts;
mod word;

pub use checksum::{ChecksumError, Crc64Nvme};
pub use code::ErrorCode;
pub use create::{CreateItem, CreateRequest, CreateResponse, CreateResult, Created, Outcome, Plan};
pub use grant::Grant;
pub use id::{IdError, UploadId};
pub use key::{KeyError, ObjectKey, OwnerId};
pub use media::{
    Kind, MediaType, MediaTypeError, Mismatch, OCTET_STREAM, SNIFF_BYTES, is_media_type,
    is_refused, mismatch, served_type, sniff, standard_type,
};
pub use message::{EventKind, QueueMessage};
pub use metadata::{BoundedMetadata, Metadata, MetadataError};
pub use name::{FileName, NameError};
pub use number::{ByteSize, PartNumber, RangeError};
pub use parts::{
    CompleteRequest, Completing, ListPartsResponse, PartGrant, PartToSign, SignPartsRequest,
    SignPartsResponse, Stored, StoredPart,
};
pub use plan::{PartPlan, PartRange, PlanError, PlanKind};
pub use problem::{GatewayMessage, Problem, ProblemBody};
pub use record::{
    Content, ListResponse, ListResponseOf, Record, RecordOf, ScanStatus, StatusEntry,
    StatusEntryOf, StatusRequest, StatusResponse, StatusResponseOf, UploadStatus, Visibility,
    Withheld,
};
pub use storage_key::StorageKey;
pub use texts::Texts;
pub use word::UnknownWord;
