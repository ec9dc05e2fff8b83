use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_STATE_BYTES;

/// What a stateless server knows of an upload, in its own form: the client keeps it and returns it unchanged with every
/// later call of that upload, in the body, or in the header `crowfly-state` where there is none.
///
/// 1 to 2,048 visible ASCII characters, so that it fits a header as it is
/// (<https://www.rfc-editor.org/rfc/rfc9110#section-5.5>). `Debug` does not show it: it may be a credential.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct OpaqueState(String);

/// Text that is no [`OpaqueState`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateError;

impl fmt::Display for StateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a state has 1 to 2048 visible ASCII characters")
    }
}

impl std::error::Error for StateError {}

impl OpaqueState {
    /// The state as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OpaqueState {
    type Err = StateError;

    fn from_str(text: &str) -> Result<Self, StateError> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=MAX_STATE_BYTES).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(StateError)
        }
    }
}

impl TryFrom<String> for OpaqueState {
    type Error = StateError;

    fn try_from(text: String) -> Result<Self, StateError> {
        text.parse()
    }
}

impl From<OpaqueState> for String {
    fn from(state: OpaqueState) -> Self {
        state.0
    }
}

impl fmt::Debug for OpaqueState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("OpaqueState(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_a_header_is_a_state() {
        for good in ["x".to_owned(), "~!".to_owned(), "y".repeat(MAX_STATE_BYTES)] {
            assert_eq!(good.parse::<OpaqueState>().unwrap().as_str(), good);
        }
        for bad in [
            String::new(),
            "a b".to_owned(),
            "a\nb".to_owned(),
            "é".to_owned(),
            "y".repeat(MAX_STATE_BYTES + 1),
        ] {
            assert_eq!(bad.parse::<OpaqueState>(), Err(StateError), "{bad:?}");
        }
    }

    #[test]
    fn a_state_is_not_shown() {
        let state: OpaqueState = "secret".parse().unwrap();
        assert!(!format!("{state:?}").contains("secret"));
    }
}
