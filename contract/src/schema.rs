//! JSON Schemas of the values with an invariant: what their parsers accept, as far as a schema can say it.
//!
//! The other wire types derive theirs. Where an invariant needs more than a schema has (an NFC form, bytes of UTF-8,
//! the sum of several lengths), the description says so, and the parser stays the authority.
//! <https://json-schema.org/draft/2020-12>

mod choices;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::limits::{
    MAX_DURATION_MS, MAX_FIRST_PARTS, MAX_KEY_BYTES, MAX_METADATA_BYTES, MAX_METADATA_ENTRIES,
    MAX_METADATA_KEY_BYTES, MAX_NAME_BYTES, MAX_NAME_CHARS, MAX_PARTS, MAX_PATH_BYTES,
    MAX_SAFE_INTEGER, MAX_STATE_BYTES, MAX_TYPE_BYTES,
};
use crate::{
    BoundedMetadata, ByteSize, Crc64Nvme, Duration, ErrorCode, FileName, FirstParts, FolderPath,
    MediaType, OpaqueState, PartNumber, PartToSign, ScanStatus, StorageKey, Texts, UploadId,
    UploadStatus, Visibility, Withheld,
};

/// Text without control characters, line breaks and the noncharacters of the basic plane.
const PRINTABLE: &str = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029\uFDD0-\uFDEF\uFFFE\uFFFF]*$";

/// Gives a type its name and its schema.
macro_rules! schema {
    ($type:ty, $name:expr, $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(
    UploadId,
    "UploadId",
    json_schema!({
        "type": "string",
        "description": "The id of one upload: a ULID made by the client, 26 upper-case Crockford base32 digits.",
        "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        "minLength": 26,
        "maxLength": 26,
        "examples": ["01JD7ZK3V8Q2X5N6R9T0W1Y4AB"],
    })
);

schema!(
    Crc64Nvme,
    "Crc64Nvme",
    json_schema!({
        "type": "string",
        "description": "A CRC64NVME as S3 writes it: base64 of eight big-endian bytes. That of `123456789` is \
            `rosUhgp5mIg=`.",
        // The last digit carries four bits.
        "pattern": "^[A-Za-z0-9+/]{10}[AEIMQUYcgkosw048]=$",
        "minLength": 12,
        "maxLength": 12,
        "examples": ["rosUhgp5mIg="],
    })
);

schema!(
    ByteSize,
    "ByteSize",
    json_schema!({
        "type": "integer",
        "description": "A size in bytes, at most what a JavaScript number represents exactly.",
        "minimum": 0,
        "maximum": MAX_SAFE_INTEGER,
    })
);

schema!(
    Duration,
    "Duration",
    json_schema!({
        "type": "integer",
        "description": "How long a recording plays, in milliseconds.",
        "minimum": 0,
        "maximum": MAX_DURATION_MS,
    })
);

schema!(
    PartNumber,
    "PartNumber",
    json_schema!({
        "type": "integer",
        "description": "The number of a part, from 1; the plan of an upload may have fewer.",
        "minimum": 1,
        "maximum": MAX_PARTS,
    })
);

impl JsonSchema for FirstParts {
    fn schema_name() -> Cow<'static, str> {
        "FirstParts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "description": "The first parts of a file: numbered from 1 without a gap.",
            "items": generator.subschema_for::<PartToSign<PartNumber, ByteSize>>(),
            "maxItems": MAX_FIRST_PARTS,
        })
    }
}

schema!(
    FileName,
    "FileName",
    json_schema!({
        "type": "string",
        "description": format!("The file's original name. Its NFC form, without the characters that only hide or \
            reorder text, has at most {MAX_NAME_CHARS} characters and {MAX_NAME_BYTES} bytes of UTF-8."),
        "minLength": 1,
        "maxLength": MAX_NAME_CHARS,
        "pattern": PRINTABLE,
        "examples": ["holiday.webm"],
    })
);

schema!(
    FolderPath,
    "FolderPath",
    json_schema!({
        "type": "string",
        "description": format!("The folder of the file, relative to what the person picked. No segment is `..`; its NFC \
            form has at most {MAX_PATH_BYTES} bytes of UTF-8."),
        "maxLength": MAX_PATH_BYTES,
        "pattern": PRINTABLE,
        "examples": ["photos/2026"],
    })
);

schema!(
    MediaType,
    "MediaType",
    json_schema!({
        "type": "string",
        "description": "`type/subtype` in lower case without parameters.",
        "pattern": r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$",
        "maxLength": MAX_TYPE_BYTES,
        "examples": ["video/webm"],
    })
);

schema!(
    OpaqueState,
    "OpaqueState",
    json_schema!({
        "type": "string",
        "description": "What a server without a database had the client keep, in its own form: visible ASCII. A server \
            that gave none refuses it.",
        "pattern": "^[!-~]+$",
        "minLength": 1,
        "maxLength": MAX_STATE_BYTES,
    })
);

schema!(
    StorageKey,
    "StorageKey",
    json_schema!({
        "type": "string",
        "description": format!("The object's key: any text of 1 to {MAX_KEY_BYTES} bytes of UTF-8. The stack's own are \
            `uploads/{{owner}}/{{id}}/{{name}}`, with folders before the name where `KeyLayout` is `path`."),
        "minLength": 1,
        "maxLength": MAX_KEY_BYTES,
    })
);

schema!(
    Texts,
    "Texts",
    json_schema!({
        "type": "object",
        "description": "A map from text to text.",
        "additionalProperties": {"type": "string"},
    })
);

schema!(
    BoundedMetadata,
    "Metadata",
    json_schema!({
        "type": "object",
        "description": format!("Free text of the application, kept in the record only. Keys and values have at most \
            {MAX_METADATA_BYTES} bytes of UTF-8 together, and keys differ visibly from each other."),
        "additionalProperties": {"type": "string", "maxLength": MAX_METADATA_BYTES, "pattern": PRINTABLE},
        "propertyNames": {"minLength": 1, "maxLength": MAX_METADATA_KEY_BYTES, "pattern": PRINTABLE},
        "maxProperties": MAX_METADATA_ENTRIES,
    })
);

/// A closed list of words.
macro_rules! word_schema {
    ($type:ident, $description:literal) => {
        schema!($type, stringify!($type), json_schema!({
            "type": "string",
            "description": $description,
            "enum": $type::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>(),
        }));
    };
}

word_schema!(Visibility, "Who may read an object without credentials.");
word_schema!(
    ScanStatus,
    "Result of the malware scan of the stored object."
);
word_schema!(Withheld, "Why the address of a stored object is withheld.");
word_schema!(
    UploadStatus,
    "State of an upload; `not_found` only in the answer of `POST /uploads/status`."
);

schema!(
    ErrorCode,
    "ErrorCode",
    json_schema!({
        "type": "string",
        "description": "The stable code of an error. A code never changes its meaning; a newer server may have more. \
            `docs/SDK.md` lists those that only the package raises, too.",
        "enum": answered().map(ErrorCode::as_str).collect::<Vec<_>>(),
        "x-codes": answered().map(explained).collect::<serde_json::Map<_, _>>(),
    })
);

/// The codes that a server answers with.
fn answered() -> impl Iterator<Item = ErrorCode> {
    let all = ErrorCode::ALL.iter().copied();
    all.filter(|code| code.http_status().is_some())
}

fn explained(code: ErrorCode) -> (String, serde_json::Value) {
    let about = serde_json::json!({
        "status": code.http_status(),
        "retryable": code.retryable(),
        "meaning": code.meaning().trim(),
    });
    (code.as_str().to_owned(), about)
}
