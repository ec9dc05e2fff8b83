/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for it, such as `storage_cors`.
    pub code: &'static str,
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was found, in one sentence.
    pub message: String,
    /// What to do about it; empty if it is well.
    pub fix: String,
}

impl Finding {
    pub(crate) fn good(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            ok: true,
            message: message.into(),
            fix: String::new(),
        }
    }

    pub(crate) fn bad(
        code: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            code,
            ok: false,
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// How far a request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The page may read the answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The `code` of the API's Problem, or the `Code` of storage's XML; empty if there is none.
        code: String,
        /// Its message; empty if there is none. It must hold no URL.
        message: String,
        /// The body is JSON (of the API), or the headers that the SDK reads are exposed (of storage).
        expected: bool,
    },
    /// The server answers, but not to this page: CORS.
    Hidden,
    /// Nothing answers.
    Nothing,
}
