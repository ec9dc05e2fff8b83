use crowfly_contract::limits::{MAX_METADATA_BYTES, MAX_METADATA_ENTRIES, MAX_METADATA_KEY_BYTES};
use crowfly_contract::{ErrorCode, Metadata};
use serde_json::Value;

use crate::Refusal;
use crate::name::is_refused;

/// Reads metadata: a small map of printable text. It is kept in the record and never sent to storage, so
/// any script is welcome.
pub(super) fn parse(value: Option<&Value>) -> Result<Metadata, Refusal> {
    let Some(value) = value else {
        return Ok(Metadata::new());
    };
    let map = value
        .as_object()
        .ok_or_else(|| invalid("`metadata` must be an object of texts"))?;
    if map.len() > MAX_METADATA_ENTRIES {
        return Err(invalid(format!(
            "`metadata` must have at most {MAX_METADATA_ENTRIES} entries"
        )));
    }
    let metadata = map
        .iter()
        .map(|(key, value)| {
            let value = value
                .as_str()
                .ok_or_else(|| invalid("every value of `metadata` must be a text"))?;
            check(key, value)?;
            Ok((key.clone(), value.to_owned()))
        })
        .collect::<Result<Metadata, Refusal>>()?;
    let bytes: usize = metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if bytes > MAX_METADATA_BYTES {
        return Err(invalid(format!(
            "keys and values of `metadata` must have at most {MAX_METADATA_BYTES} bytes together"
        )));
    }
    Ok(metadata)
}

fn check(key: &str, value: &str) -> Result<(), Refusal> {
    if !(1..=MAX_METADATA_KEY_BYTES).contains(&key.len()) {
        return Err(invalid(format!(
            "every key of `metadata` must have 1 to {MAX_METADATA_KEY_BYTES} bytes"
        )));
    }
    if key.chars().chain(value.chars()).any(is_refused) {
        return Err(invalid(
            "`metadata` must not have control characters, line breaks or invisible characters",
        ));
    }
    Ok(())
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidMetadata, message)
}
