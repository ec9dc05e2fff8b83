use crowfly_contract::{ErrorCode, Problem, ProblemBody};
use devkit::http::Reply;

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
        Reply::json(self.status(), &Problem { error })
    }
}
