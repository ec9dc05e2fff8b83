//! The wire contract of Crowfly, shared by the browser SDK and the backend.
//!
//! Each type has exactly one JSON form, pinned by a golden file under `tests/golden`. Values with an invariant
//! ([`UploadId`], [`OwnerId`], [`ObjectKey`], [`StorageKey`], [`Crc64Nvme`], [`FileName`], [`FolderPath`],
//! [`MediaType`], [`ByteSize`], [`Duration`], [`PartNumber`], [`LivePlan`], [`FirstParts`], [`BoundedMetadata`]) can only be made by parsing, so they need no further checks;
//! each enum variant has one spelling. No IO, no clock, no randomness.
//!
//! A request has one shape on both sides. The client writes raw values (`CreateItem`, whose name is any text); the
//! backend reads the parsed types in the same places (`CreateItem<FileName, ByteSize, MediaType, FolderPath>`). A list whose
//! items are answered one by one is read with the items unparsed.
//!
//! Conventions: sizes are bytes as JSON integers, durations are milliseconds and end in `Ms`, timestamps are
//! Unix milliseconds and end in `At`, field names are camelCase.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod base64;
mod checksum;
mod code;
mod create;
mod first_parts;
mod given;
mod grant;
mod id;
mod key;
pub mod limits;
mod live;
mod marks;
mod media;
mod message;
mod metadata;
mod name;
mod notification;
mod number;
#[cfg(feature = "schema")]
pub mod openapi;
mod parts;
mod path;
mod pieces;
mod plan;
mod problem;
mod record;
#[cfg(feature = "schema")]
mod schema;
mod state;
mod storage_key;
mod texts;
mod word;

pub use checksum::{ChecksumError, Crc64Nvme};
pub use code::ErrorCode;
pub use create::{CreateItem, CreateRequest, CreateResponse, CreateResult, Created, Outcome, Plan};
pub use first_parts::{FirstParts, FirstPartsError};
pub use grant::Grant;
pub use id::{IdError, UploadId};
pub use key::{KeyError, ObjectKey, OwnerId};
pub use live::{LivePlan, LivePlanError};
pub use marks::{is_blank, is_ignorable};
pub use media::{
    Kind, MediaType, MediaTypeError, Mismatch, OCTET_STREAM, SNIFF_BYTES, essence, is_media_type,
    is_refused, mismatch, served_type, sniff, standard_type,
};
pub use message::{EventKind, QueueMessage};
pub use metadata::{BoundedMetadata, Metadata, MetadataError};
pub use name::{FileName, NameError, split_extension};
pub use notification::{Notification, NotificationKind};
pub use number::{ByteSize, Duration, PartNumber, RangeError};
pub use parts::{
    CompleteRequest, Completing, ListPartsResponse, PartGrant, PartToSign, SignPartsRequest,
    SignPartsResponse, Stored, StoredPart,
};
pub use path::{FolderPath, PathError};
pub use plan::{PartPlan, PartRange, PlanError, PlanKind};
pub use problem::{GatewayMessage, Problem, ProblemBody};
pub use record::{
    Content, ListResponse, ListResponseOf, Record, RecordOf, ScanStatus, StatusEntry,
    StatusEntryOf, StatusRequest, StatusResponse, StatusResponseOf, UploadStatus, Visibility,
    Withheld,
};
pub use state::{OpaqueState, StateError};
pub use storage_key::StorageKey;
pub use texts::Texts;
pub use word::UnknownWord;
