use std::collections::HashSet;

use crowfly_contract::limits::{DEFAULT_PAGE, MAX_PAGE};
use crowfly_contract::{
    ByteSize, CompleteRequest, Crc64Nvme, Duration, ErrorCode, PartNumber, PartToSign,
    SignPartsRequest, StatusRequest, UploadId,
};
use serde::Deserialize;
use serde_json::Value;

use super::create::{check_count, check_distinct};
use super::json::{self, Fields, check_content_type};
use crate::Refusal;

const COMPLETE: &Fields = &[
    ("crc64nvme", ErrorCode::InvalidChecksum),
    ("size", ErrorCode::InvalidSize),
    ("durationMs", ErrorCode::InvalidSize),
];
const PART: &Fields = &[
    ("number", ErrorCode::InvalidPart),
    ("crc64nvme", ErrorCode::InvalidChecksum),
    ("size", ErrorCode::InvalidPart),
];

/// What a client says of its file when all of it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileEnd {
    /// Its checksum, if the client has it.
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its bytes: of a live upload.
    pub size: Option<u64>,
    /// How long it plays, in milliseconds: of a live upload.
    pub duration_ms: Option<u64>,
}

impl From<Option<Crc64Nvme>> for FileEnd {
    fn from(crc64nvme: Option<Crc64Nvme>) -> Self {
        Self {
            crc64nvme,
            ..Self::default()
        }
    }
}

/// Parses the id in a path.
///
/// # Errors
/// `not_found`: a malformed id cannot be that of an upload.
pub fn parse_path_id(text: &str) -> Result<UploadId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

/// Parses the body of `POST /uploads/{id}/complete`: the file's checksum, if the client has it, and what only a live
/// upload has. An empty body counts as `{}`.
///
/// # Errors
/// `invalid_json`, `unknown_field`, `body_too_large`, `invalid_checksum` or `invalid_size`.
pub fn parse_complete(body: &[u8]) -> Result<FileEnd, Refusal> {
    if body.is_empty() {
        return Ok(FileEnd::default());
    }
    let request: CompleteRequest<ByteSize, Duration> = json::body(body, COMPLETE)?;
    Ok(FileEnd {
        crc64nvme: request.crc64nvme,
        size: request.size.map(ByteSize::get),
        duration_ms: request.duration_ms.map(Duration::get),
    })
}

/// Checks the body of `DELETE /uploads/{id}/content`, which has no field: empty, or `{}` as JSON.
///
/// # Errors
/// `unsupported_media_type`, `invalid_json`, `unknown_field` or `body_too_large`.
pub fn check_no_fields(content_type: Option<&str>, body: &[u8]) -> Result<(), Refusal> {
    #[derive(Deserialize)]
    struct NoFields {}
    if body.is_empty() {
        return Ok(());
    }
    check_content_type(content_type)?;
    json::body(body, &[]).map(|NoFields {}| ())
}

/// Parses the body of `POST /uploads/{id}/parts`: 1 to 100 parts with different numbers.
///
/// # Errors
/// `invalid_json`, `unknown_field`, `body_too_large`, `invalid_batch`, `invalid_part` or `invalid_checksum`.
pub fn parse_sign_parts(body: &[u8]) -> Result<Vec<PartToSign>, Refusal> {
    let request: SignPartsRequest<Value> = json::body(body, &[("parts", ErrorCode::InvalidJson)])?;
    let parts = request.parts;
    check_count(parts.len(), "parts")?;
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| {
            let path = format!("parts[{index}]");
            let part: PartToSign<PartNumber, ByteSize> =
                json::read(json::object(part, &path)?, &path, PART)?;
            Ok(PartToSign {
                number: part.number.get(),
                crc64nvme: part.crc64nvme,
                size: part.size.map(ByteSize::get),
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let mut numbers = HashSet::new();
    match parts.iter().find(|part| !numbers.insert(part.number)) {
        None => Ok(parts),
        Some(duplicate) => Err(Refusal::new(
            ErrorCode::InvalidPart,
            format!("part {} is in the list twice", duplicate.number),
        )),
    }
}

/// Parses the body of `POST /uploads/status`: 1 to 100 different ids.
///
/// # Errors
/// `invalid_json`, `unknown_field`, `body_too_large`, `invalid_batch` or `invalid_id`.
pub fn parse_status(body: &[u8]) -> Result<Vec<UploadId>, Refusal> {
    let StatusRequest::<Value> { ids } = json::body(body, &[("ids", ErrorCode::InvalidJson)])?;
    check_count(ids.len(), "ids")?;
    let ids = ids
        .iter()
        .enumerate()
        .map(|(index, id)| json::value(Some(id), &format!("ids[{index}]"), ErrorCode::InvalidId))
        .collect::<Result<Vec<_>, _>>()?;
    check_distinct(ids.iter().copied())?;
    Ok(ids)
}

/// Parses the `limit` of `GET /uploads`.
///
/// # Errors
/// `invalid_limit`.
pub fn parse_limit(text: Option<&str>) -> Result<u32, Refusal> {
    let Some(text) = text else {
        return Ok(DEFAULT_PAGE);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|limit| digits && (1..=MAX_PAGE).contains(limit))
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidLimit,
                format!("`limit` must be an integer from 1 to {MAX_PAGE}"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a65_limits() {
        for text in [
            "0",
            "-1",
            "1e9",
            "101",
            "1000000000",
            "abc",
            "",
            "+5",
            " 5",
            "5.0",
            "10,20",
            "99999999999",
        ] {
            assert_eq!(
                parse_limit(Some(text)).unwrap_err().code,
                ErrorCode::InvalidLimit,
                "{text}"
            );
        }
        assert_eq!(parse_limit(None), Ok(25));
        assert_eq!(parse_limit(Some("100")), Ok(100));
        assert_eq!(parse_limit(Some("1")), Ok(1));
    }

    #[test]
    fn a70_a_malformed_id_in_a_path_is_not_found() {
        for text in [
            "",
            "0",
            "%00",
            "..",
            "0b5c3d2e-11aa-4bbb-8ccc-0123456789ab",
            &"0".repeat(1000),
        ] {
            assert_eq!(parse_path_id(text), Err(Refusal::not_found()), "{text}");
        }
        assert!(parse_path_id("01JD7ZK3V8Q2X5N6R9T0W1Y4AB").is_ok());
    }

    #[test]
    fn complete_takes_nothing_or_a_checksum() {
        assert_eq!(parse_complete(b""), Ok(FileEnd::default()));
        assert_eq!(parse_complete(b"{}"), Ok(FileEnd::default()));
        let crc = parse_complete(br#"{"crc64nvme":"rosUhgp5mIg="}"#).unwrap();
        assert_eq!(crc.crc64nvme.unwrap().to_string(), "rosUhgp5mIg=");
        let live = parse_complete(br#"{"size":0,"durationMs":9007199254740992}"#).unwrap();
        let expected = FileEnd {
            crc64nvme: None,
            size: Some(0),
            duration_ms: Some(1 << 53),
        };
        assert_eq!(live, expected);
        for (body, code) in [
            (&br#"{"crc64nvme":"x"}"#[..], ErrorCode::InvalidChecksum),
            (br#"{"size":-1}"#, ErrorCode::InvalidSize),
            (br#"{"size":9007199254740992}"#, ErrorCode::InvalidSize),
            (br#"{"size":"9"}"#, ErrorCode::InvalidSize),
            (
                br#"{"durationMs":9007199254740993}"#,
                ErrorCode::InvalidSize,
            ),
            (br#"{"durationMs":1.5}"#, ErrorCode::InvalidSize),
            (br#"{"parts":[]}"#, ErrorCode::UnknownField),
            (b"[]", ErrorCode::InvalidJson),
        ] {
            assert_eq!(parse_complete(body).unwrap_err().code, code);
        }
    }

    #[test]
    fn a20_a_body_without_fields_is_empty_or_an_empty_object_as_json() {
        let json = Some("application/json");
        assert_eq!(check_no_fields(None, b""), Ok(()));
        assert_eq!(check_no_fields(json, b"{}"), Ok(()));
        for (content_type, body, code) in [
            (None, &b"{}"[..], ErrorCode::UnsupportedMediaType),
            (Some("text/plain"), b"{}", ErrorCode::UnsupportedMediaType),
            (json, b"{", ErrorCode::InvalidJson),
            (json, b"[]", ErrorCode::InvalidJson),
            (json, br#"{"id":"x"}"#, ErrorCode::UnknownField),
        ] {
            assert_eq!(check_no_fields(content_type, body).unwrap_err().code, code);
        }
    }

    #[test]
    fn status_takes_1_to_100_different_ids() {
        let id = "01JD7ZK3V8Q2X5N6R9T0W1Y4AB";
        let body = |ids: &str| format!(r#"{{"ids":[{ids}]}}"#).into_bytes();
        assert_eq!(parse_status(&body(&format!("\"{id}\""))).unwrap().len(), 1);
        for (bytes, code) in [
            (body(""), ErrorCode::InvalidBatch),
            (body(&format!("\"{id}\",\"{id}\"")), ErrorCode::InvalidBatch),
            (
                body(&vec![format!("\"{id}\""); 101].join(",")),
                ErrorCode::InvalidBatch,
            ),
            (body("1"), ErrorCode::InvalidId),
            (body("\"x\""), ErrorCode::InvalidId),
            (b"{}".to_vec(), ErrorCode::InvalidJson),
            (
                br#"{"ids":[],"owner":"x"}"#.to_vec(),
                ErrorCode::UnknownField,
            ),
        ] {
            assert_eq!(parse_status(&bytes).unwrap_err().code, code);
        }
    }

    #[test]
    fn a33_sign_takes_1_to_100_different_parts() {
        let body = |parts: &str| format!(r#"{{"parts":[{parts}]}}"#).into_bytes();
        let parts = parse_sign_parts(&body(
            r#"{"number":10000},{"number":1,"crc64nvme":"rosUhgp5mIg="}"#,
        ))
        .unwrap();
        assert_eq!((parts[0].number, parts[0].crc64nvme), (10_000, None));
        assert_eq!(parts[1].crc64nvme.unwrap().to_string(), "rosUhgp5mIg=");
        let many = |count: u32| {
            let parts: Vec<String> = (1..=count)
                .map(|n| format!(r#"{{"number":{n}}}"#))
                .collect();
            body(&parts.join(","))
        };
        assert_eq!(parse_sign_parts(&many(100)).unwrap().len(), 100);
        for (bytes, code) in [
            (many(101), ErrorCode::InvalidBatch),
            (body(""), ErrorCode::InvalidBatch),
            (body("1"), ErrorCode::InvalidJson),
            (body("{}"), ErrorCode::InvalidPart),
            (body(r#"{"number":0}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":-1}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":1.5}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":"1"}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":10001}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":4294967297}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":1},{"number":1}"#), ErrorCode::InvalidPart),
            (
                body(r#"{"number":1,"crc64nvme":"x"}"#),
                ErrorCode::InvalidChecksum,
            ),
            (body(r#"{"number":1,"size":-5}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":1,"size":"5"}"#), ErrorCode::InvalidPart),
            (body(r#"{"number":1,"length":5}"#), ErrorCode::UnknownField),
            (b"{}".to_vec(), ErrorCode::InvalidJson),
        ] {
            assert_eq!(
                parse_sign_parts(&bytes).unwrap_err().code,
                code,
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}
