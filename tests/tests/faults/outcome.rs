//! The end of an upload, as the application saw it.

use serde_json::Value;

/// What the page recorded.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    /// `{"stored": ...}` or `{"error": ...}`.
    pub(crate) ending: Value,
    pub(crate) states: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// The reasons with which the `token` function was called.
    pub(crate) reasons: Vec<String>,
}

impl Outcome {
    /// Parses it, and checks what holds for every outcome: valid progress, and no secret in an error.
    #[track_caller]
    pub(crate) fn of(seen: &Value) -> Self {
        let texts = |name: &str| -> Vec<String> {
            let all = seen[name].as_array();
            all.into_iter()
                .flatten()
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        assert_eq!(seen["invalid"], serde_json::json!([]), "progress");
        let ending = seen["ended"].clone();
        let message = ending["error"]["message"].as_str().unwrap_or_default();
        for secret in ["X-Amz-", "Signature", "token-"] {
            assert!(!message.contains(secret), "an error contains {secret}");
        }
        Self {
            id: seen["id"].as_str().unwrap_or_default().to_owned(),
            states: texts("states"),
            warnings: texts("warnings"),
            reasons: texts("reasons"),
            ending,
        }
    }

    /// The error's code.
    pub(crate) fn code(&self) -> Option<&str> {
        self.ending["error"]["code"].as_str()
    }

    #[track_caller]
    pub(crate) fn assert_stored(&self, crc64nvme: &str) {
        let stored = &self.ending["stored"];
        assert!(stored.is_object(), "{:?}", self.ending);
        assert_eq!(stored["crc64nvme"], crc64nvme, "the returned checksum");
        assert_eq!(stored["id"], *self.id);
    }

    /// Whether the upload was ever in this state.
    pub(crate) fn was(&self, state: &str) -> bool {
        self.states.iter().any(|seen| seen == state)
    }
}
