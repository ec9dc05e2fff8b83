//! The routes: those of `template.yaml`.

use super::Body;
use crate::ErrorCode;

/// One route.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    /// Whether a server without records answers 501.
    pub(super) records: bool,
    /// Whether the answer has one result for each item of a list.
    pub(super) batch: bool,
    /// Names of shared parameters.
    pub(super) parameters: &'static [&'static str],
    /// The body, and whether it is required.
    pub(super) request: Option<(Body, bool)>,
    /// Status, body and meaning of each answer that is no error.
    pub(super) answers: &'static [(u16, Option<Body>, &'static str)],
    /// The codes of its refusals, besides those of every route.
    refusals: &'static [&'static [ErrorCode]],
}

/// What every route may answer: who the caller is, how often it asks, and what fails behind the API.
pub(super) const ALWAYS: &[ErrorCode] = &[
    ErrorCode::Unauthenticated,
    ErrorCode::InsufficientScope,
    ErrorCode::InvalidSubject,
    ErrorCode::Forbidden,
    ErrorCode::NotFound,
    ErrorCode::RateLimited,
    ErrorCode::Internal,
    ErrorCode::ServiceUnavailable,
];
/// What a body of JSON may be refused for.
const JSON: &[ErrorCode] = &[
    ErrorCode::InvalidJson,
    ErrorCode::UnknownField,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::BodyTooLarge,
];
/// What a route of parts may answer about the state of the upload.
const PARTS: &[ErrorCode] = &[
    ErrorCode::InvalidPart,
    ErrorCode::UploadEnded,
    ErrorCode::AlreadyStored,
    ErrorCode::MultipartGone,
];
/// What a server without records answers.
pub(super) const NO_RECORDS: &[ErrorCode] = &[ErrorCode::Unsupported];

impl Operation {
    /// The codes of all its refusals.
    pub(super) fn codes(&self) -> Vec<ErrorCode> {
        let own = self.refusals.iter().copied().flatten();
        let records = NO_RECORDS.iter().filter(|_| self.records);
        ALWAYS.iter().chain(own).chain(records).copied().collect()
    }
}

const UPLOAD: &[&str] = &["id"];
const UPLOAD_AND_STATE: &[&str] = &["id", "state"];

/// All of them.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: "post",
        path: "/uploads",
        id: "createUploads",
        summary: "Create uploads, or presign them again",
        description: "1 to 100 uploads, each with an id that the client made. Repeating an item gives the same upload \
            and a new presigned URL. Results are in the order of the items; one that is refused does not affect the \
            others. If all items share one outcome, the status is that outcome, and for a single refused item the \
            body is the error itself.",
        records: false,
        batch: true,
        parameters: &[],
        request: Some((Body::Create, true)),
        answers: &[
            (201, Some(Body::Created), "All were created."),
            (
                200,
                Some(Body::Created),
                "All were there, and are presigned again.",
            ),
            (
                207,
                Some(Body::Created),
                "The items have different outcomes.",
            ),
        ],
        refusals: &[
            JSON,
            &[
                ErrorCode::InvalidBatch,
                ErrorCode::InvalidId,
                ErrorCode::InvalidName,
                ErrorCode::InvalidPath,
                ErrorCode::InvalidSize,
                ErrorCode::InvalidType,
                ErrorCode::InvalidChecksum,
                ErrorCode::InvalidMetadata,
                ErrorCode::InvalidVisibility,
                ErrorCode::TooLarge,
                ErrorCode::TypeNotAllowed,
                ErrorCode::PublicNotAllowed,
                ErrorCode::QuotaOpenUploads,
                ErrorCode::QuotaBytes,
                ErrorCode::UploadMismatch,
                ErrorCode::UploadEnded,
                ErrorCode::AlreadyStored,
                ErrorCode::Conflict,
            ],
        ],
    },
    Operation {
        method: "post",
        path: "/uploads/status",
        id: "getStatuses",
        summary: "Read the status of many uploads",
        description: "One call for all uploads that wait for their record, in the order of the ids.",
        records: true,
        batch: false,
        parameters: &[],
        request: Some((Body::Status, true)),
        answers: &[(200, Some(Body::Statuses), "One entry for each id.")],
        refusals: &[JSON, &[ErrorCode::InvalidBatch, ErrorCode::InvalidId]],
    },
    Operation {
        method: "post",
        path: "/uploads/{id}/parts",
        id: "signParts",
        summary: "Presign parts of a multipart upload",
        description: "1 to 100 parts, each number once, just before they are sent. Of a live upload a part without \
            `size` is a whole one; a `size` makes it the last. What is signed counts in the quota of its owner.",
        records: false,
        batch: false,
        parameters: UPLOAD,
        request: Some((Body::SignParts, true)),
        answers: &[(200, Some(Body::Grants), "One grant for each part.")],
        refusals: &[
            JSON,
            PARTS,
            &[
                ErrorCode::InvalidBatch,
                ErrorCode::InvalidChecksum,
                ErrorCode::TooLarge,
                ErrorCode::QuotaBytes,
            ],
        ],
    },
    Operation {
        method: "get",
        path: "/uploads/{id}/parts",
        id: "listParts",
        summary: "List the parts that storage holds",
        description: "All of them, ordered by number: what a resumed upload need not send again.",
        records: false,
        batch: false,
        parameters: UPLOAD_AND_STATE,
        request: None,
        answers: &[(200, Some(Body::Parts), "The parts.")],
        refusals: &[PARTS],
    },
    Operation {
        method: "post",
        path: "/uploads/{id}/complete",
        id: "completeUpload",
        summary: "Complete an upload",
        description: "Joins the parts after they are compared with the plan. For a single PUT it only looks whether \
            the object is stored. It can be repeated. An empty body counts as `{}`. A live upload needs `size`: its parts must be \
            an unbroken run of the plan's sizes that has so many bytes.",
        records: false,
        batch: false,
        parameters: UPLOAD,
        request: Some((Body::Complete, false)),
        answers: &[
            (200, Some(Body::Stored), "The object is stored."),
            (
                202,
                Some(Body::Completing),
                "Storage still works; repeat the call.",
            ),
        ],
        refusals: &[
            JSON,
            PARTS,
            &[
                ErrorCode::InvalidChecksum,
                ErrorCode::InvalidSize,
                ErrorCode::TooLarge,
                ErrorCode::NotStored,
                ErrorCode::SizeMismatch,
                ErrorCode::ChecksumMismatch,
                ErrorCode::PartsMismatch,
                ErrorCode::ContentEncoding,
                ErrorCode::Conflict,
            ],
        ],
    },
    Operation {
        method: "delete",
        path: "/uploads/{id}",
        id: "cancelUpload",
        summary: "Cancel an upload",
        description: "Aborts its multipart upload and marks its record. It can be repeated. An upload that is stored \
            already can no longer be cancelled.",
        records: false,
        batch: false,
        parameters: UPLOAD_AND_STATE,
        request: None,
        answers: &[(204, None, "It is cancelled.")],
        refusals: &[&[ErrorCode::AlreadyStored, ErrorCode::UploadEnded]],
    },
    Operation {
        method: "get",
        path: "/uploads",
        id: "listUploads",
        summary: "List my uploads, newest first",
        description: "One page. It may be short or empty and still have a cursor.",
        records: true,
        batch: false,
        parameters: &["limit", "cursor"],
        request: None,
        answers: &[(200, Some(Body::Page), "The page.")],
        refusals: &[&[ErrorCode::InvalidLimit, ErrorCode::InvalidCursor]],
    },
    Operation {
        method: "get",
        path: "/uploads/{id}",
        id: "getUpload",
        summary: "Read the record of an upload",
        description: "What the database says of it.",
        records: true,
        batch: false,
        parameters: UPLOAD,
        request: None,
        answers: &[(200, Some(Body::Record), "The record.")],
        refusals: &[],
    },
    Operation {
        method: "get",
        path: "/uploads/{id}/content",
        id: "getContent",
        summary: "Get the address of the stored bytes",
        description: "A presigned GET that downloads as an attachment, or the public address.",
        records: true,
        batch: false,
        parameters: UPLOAD,
        request: None,
        answers: &[(200, Some(Body::Content), "The address.")],
        refusals: &[&[
            ErrorCode::NotStored,
            ErrorCode::UploadEnded,
            ErrorCode::TypeMismatch,
            ErrorCode::ScanPending,
            ErrorCode::Infected,
            ErrorCode::ContentEncoding,
        ]],
    },
    Operation {
        method: "delete",
        path: "/uploads/{id}/content",
        id: "deleteContent",
        summary: "Delete the stored file",
        description: "The record stays, and becomes `deleted`. It can be repeated. There is no body, or an empty \
            object.",
        records: true,
        batch: false,
        parameters: UPLOAD,
        request: Some((Body::NoFields, false)),
        answers: &[(204, None, "It is deleted.")],
        refusals: &[JSON, &[ErrorCode::NotStored, ErrorCode::UploadEnded]],
    },
];
