use std::borrow::Cow;

use crowfly_contract::ErrorCode;
use crowfly_contract::limits::MAX_BODY_BYTES;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::error::Category;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use crate::Refusal;
use crate::strict::Strict;

/// Checks the `content-type` of a request that has a body.
///
/// Only JSON is accepted. So a cross-site request always needs a CORS preflight:
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>.
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

/// The fields of an object, each with the error code of an invalid value.
pub(super) type Fields = [(&'static str, ErrorCode)];

/// Parses the body of a request.
pub(super) fn body<T: DeserializeOwned>(body: &[u8], fields: &Fields) -> Result<T, Refusal> {
    read(object(parse(body)?, "")?, "", fields)
}

/// Converts a value to an object. `path` is its location in the body, empty for the body itself.
pub(super) fn object(value: Value, path: &str) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Object(object) => Ok(object),
        _ if path.is_empty() => Err(invalid_json("the body must be a JSON object")),
        _ => Err(invalid_json(format!("`{path}` must be a JSON object"))),
    }
}

/// Deserialises an object as `T`, whose fields are `fields`.
pub(super) fn read<T: DeserializeOwned>(
    mut object: Map<String, Value>,
    path: &str,
    fields: &Fields,
) -> Result<T, Refusal> {
    let full = |field: &str| match path {
        "" => format!("`{field}`"),
        path => format!("`{path}.{field}`"),
    };
    let code = |field: &str| fields.iter().find(|(known, _)| *known == field);
    // Report an unknown field first: it is often a misspelt known one.
    if let Some(unknown) = object.keys().find(|field| code(field).is_none()) {
        return Err(unknown_field(&full(&shown(unknown)), fields));
    }
    // In the order of the table, so that of several errors the same one is reported whatever the
    // order in the body. A missing field is `null`, which its type refuses like any other invalid
    // value.
    let members = fields
        .iter()
        .map(|(field, _)| (*field, object.remove(*field).unwrap_or_default()));
    let members = MapDeserializer::<_, serde_json::Error>::new(members);
    serde_path_to_error::deserialize(members).map_err(|error| {
        let field = match error.path().iter().next() {
            Some(Segment::Map { key }) => key.as_str(),
            _ => "",
        };
        match code(field) {
            Some((_, ErrorCode::InvalidJson)) | None => {
                // Only lists have this code; their items are deserialised separately.
                invalid_json(format!("{} must be a list", full(field)))
            }
            Some((_, code)) => Refusal::new(*code, format!("{}: {}", full(field), error.inner())),
        }
    })
}

/// Deserialises a value other than an object.
pub(super) fn value<T: DeserializeOwned>(
    value: Option<&Value>,
    path: &str,
    code: ErrorCode,
) -> Result<T, Refusal> {
    T::deserialize(value.unwrap_or(&Value::Null))
        .map_err(|error| Refusal::new(code, format!("`{path}`: {error}")))
}

fn unknown_field(field: &str, fields: &Fields) -> Refusal {
    let known: Vec<_> = fields.iter().map(|(known, _)| *known).collect();
    let known = match known.join(", ") {
        none if none.is_empty() => "none".to_owned(),
        some => some,
    };
    Refusal::new(
        ErrorCode::UnknownField,
        format!("{field} is an unknown field; there may be: {known}"),
    )
}

/// The part of a caller's field name that a message may repeat.
fn shown(name: &str) -> String {
    let plain = name.chars().filter(char::is_ascii_graphic);
    plain.take(40).collect()
}

/// Parses JSON. The parser refuses nesting deeper than 128.
fn parse(body: &[u8]) -> Result<Value, Refusal> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Refusal::new(
            ErrorCode::BodyTooLarge,
            format!("the body must have at most {MAX_BODY_BYTES} bytes"),
        ));
    }
    let Strict(value) = serde_json::from_slice(body)
        .or_else(|error| serde_json::from_slice(&without_lone_surrogates(body)).map_err(|_| error))
        .map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let what = match error.classify() {
                Category::Data => "an object has a duplicate name",
                _ => "the body is not JSON",
            };
            invalid_json(format!("{what}: see line {line}, column {column}"))
        })?;
    Ok(value)
}

fn invalid_json(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidJson, message)
}

/// Replaces each `\uXXXX` escape of a lone surrogate by a noncharacter, which every text field
/// refuses, so that the refusal names the field. JSON allows lone surrogates
/// (<https://www.rfc-editor.org/rfc/rfc8259#section-8.2>), Rust strings do not.
fn without_lone_surrogates(body: &[u8]) -> Vec<u8> {
    let mut replaced = body.to_vec();
    let mut at = 0;
    while let Some(rest) = body.get(at..) {
        at += match (escape(rest), rest.get(6..).and_then(escape)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                if let Some(digits) = replaced.get_mut(at + 2..at + 6) {
                    digits.copy_from_slice(b"fffe");
                }
                6
            }
            (Some(_), _) => 6,
            // A backslash escapes the next byte, so an escaped backslash starts no escape.
            (None, _) if rest.first() == Some(&b'\\') => 2,
            (None, _) if rest.is_empty() => break,
            (None, _) => 1,
        };
    }
    replaced
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

    fn code(bytes: &[u8]) -> ErrorCode {
        body::<Value>(bytes, &[]).unwrap_err().code
    }

    #[test]
    fn a20_bodies_that_are_not_a_json_object() {
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
    fn a20_a_name_twice_in_an_object_is_refused_wherever_it_is() {
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":[{"b":{"c":1,"d":2,"c":3}}]}"#,
        ] {
            let refusal = parse(twice.as_bytes()).unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidJson, "{twice}");
            assert!(refusal.message.contains("duplicate"), "{}", refusal.message);
        }
        let apart = r#"{"a":{"b":1},"b":[{"b":1},{"b":1}]}"#;
        assert_eq!(parse(apart.as_bytes()).unwrap().to_string(), apart);
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
            parse(body.as_bytes()).unwrap()["a"]
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
