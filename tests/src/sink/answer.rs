use crowfly_contract::{ErrorCode, Problem, ProblemBody};
use devkit::http::Reply;
use serde::Serialize;

pub(super) struct Refusal(pub(super) ErrorCode, pub(super) &'static str);

/// What a route answers.
pub(super) type Answered = Result<Reply, Refusal>;

impl Refusal {
    pub(super) fn status(&self) -> u16 {
        self.0.http_status().unwrap_or(500)
    }

    pub(super) fn body(&self) -> ProblemBody {
        ProblemBody {
            code: self.0,
            message: self.1.into(),
            request_id: "sink".into(),
            retry_after_ms: (self.0 == ErrorCode::QuotaOpenUploads).then_some(1_000),
        }
    }

    pub(super) fn reply(self) -> Reply {
        let error = self.body();
        ok(self.status(), &Problem { error })
    }
}

/// A JSON answer of a contract type.
pub(super) fn ok(status: u16, body: &impl Serialize) -> Reply {
    match serde_json::to_value(body) {
        Ok(body) => Reply::json(status, &body),
        Err(_) => Reply::new(500),
    }
}
