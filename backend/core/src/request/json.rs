use std::borrow::Cow;

use crowfly_contract::limits::MAX_BODY_BYTES;
use crowfly_contract::{ErrorCode, UploadId};
use serde_json::{Map, Value};

use crate::Refusal;

/// Checks the `content-type` of a request that has a body.
///
/// Only JSON is read. That also means that no plain form of another site can reach the API.
///
/// # Errors
/// `unsupported_media_type`.
pub fn check_content_type(content_type: Option<&str>) -> Result<(), Refusal> {
    let media_type = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if media_type.trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Refusal::new(
            ErrorCode::UnsupportedMediaType,
            "the request's content-type must be application/json",
        ))
    }
}

/// Reads a JSON object. Nesting deeper than 128 is refused by the JSON reader itself.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Refusal::new(
            ErrorCode::BodyTooLarge,
            format!("the body must have at most {MAX_BODY_BYTES} bytes"),
        ));
    }
    let value = serde_json::from_slice(body)
        .or_else(|error| serde_json::from_slice(&without_lone_surrogates(body)).map_err(|_| error))
        .map_err(|error| {
            let (line, column) = (error.line(), error.column());
            invalid_json(format!(
                "the body is not JSON: see line {line}, column {column}"
            ))
        })?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(invalid_json("the body must be a JSON object")),
    }
}

pub(super) fn invalid_json(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidJson, message)
}

/// Refuses fields that are not `known`.
pub(super) fn only(
    object: &Map<String, Value>,
    known: &[&str],
    place: &str,
) -> Result<(), Refusal> {
    match object.keys().find(|field| !known.contains(&field.as_str())) {
        None => Ok(()),
        Some(field) => {
            let shown: String = field
                .chars()
                .filter(|c| c.is_ascii_graphic())
                .take(40)
                .collect();
            let known = known.join(", ");
            Err(Refusal::new(
                ErrorCode::UnknownField,
                format!("{place} has the unknown field `{shown}`; it may have: {known}"),
            ))
        }
    }
}

/// A field's value; `null` counts as absent.
pub(super) fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// Reads an id of a body.
pub(super) fn id(value: Option<&Value>) -> Result<UploadId, Refusal> {
    value
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidId,
                "each `id` must be a ULID: 26 upper-case Crockford base32 characters",
            )
        })
}

/// Replaces each `\uXXXX` escape that is half of a surrogate pair by a noncharacter, which every text of
/// ours refuses; so the refusal can say which field is wrong. JSON text may carry such halves, Rust's may
/// not.
fn without_lone_surrogates(body: &[u8]) -> Vec<u8> {
    let mut mended = body.to_vec();
    let mut at = 0;
    while let Some(rest) = body.get(at..) {
        at += match (escape(rest), rest.get(6..).and_then(escape)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                if let Some(digits) = mended.get_mut(at + 2..at + 6) {
                    digits.copy_from_slice(b"fffe");
                }
                6
            }
            (Some(_), _) => 6,
            // A backslash takes its follower along, so an escaped backslash starts no escape.
            (None, _) if rest.first() == Some(&b'\\') => 2,
            (None, _) if rest.is_empty() => break,
            (None, _) => 1,
        };
    }
    mended
}

/// The code unit of a `\uXXXX` escape at the start of `text`.
fn escape(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, &digit| {
        Some(unit * 16 + char::from(digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &[u8]) -> ErrorCode {
        object(body).unwrap_err().code
    }

    #[test]
    fn a20_what_is_no_json_object() {
        let deep = [
            b"{\"a\":".repeat(10_000),
            b"1".to_vec(),
            b"}".repeat(10_000),
        ]
        .concat();
        for body in [
            &b""[..],
            b"{",
            b"[]",
            b"\"x\"",
            b"null",
            b"{} {}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":NaN}",
            b"{\"a\":1e400}",
            b"{\"a\":\"\xff\"}",
            b"{'a':1}",
            &deep,
        ] {
            assert_eq!(code(body), ErrorCode::InvalidJson, "{:?}", body.get(..20));
        }
        assert_eq!(
            code(&vec![b' '; MAX_BODY_BYTES + 1]),
            ErrorCode::BodyTooLarge
        );
    }

    #[test]
    fn a20_a81_only_json_is_read() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
        ] {
            assert!(check_content_type(Some(good)).is_ok(), "{good}");
        }
        for bad in [
            None,
            Some(""),
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=x"),
            Some("application/jsonp"),
        ] {
            assert_eq!(
                check_content_type(bad).unwrap_err().code,
                ErrorCode::UnsupportedMediaType
            );
        }
    }

    #[test]
    fn a25_lone_surrogates_become_a_refused_character() {
        let read = |body: &str| {
            object(body.as_bytes()).unwrap()["a"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(read(r#"{"a":"x\ud800y"}"#), "x\u{fffe}y");
        assert_eq!(read(r#"{"a":"\uDC00"}"#), "\u{fffe}");
        assert_eq!(read(r#"{"a":"\ud800\ud83d\ude00"}"#), "\u{fffe}😀");
        assert_eq!(read(r#"{"a":"\\ud800 \ud800"}"#), "\\ud800 \u{fffe}");
    }
}
