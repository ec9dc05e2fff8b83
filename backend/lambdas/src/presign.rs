//! The `presign` function: `POST /uploads`, `POST` and `GET /uploads/{id}/parts`,
//! `POST /uploads/{id}/complete`, `DELETE /uploads/{id}`.
//!
//! IAM: `dynamodb:PutItem`, `dynamodb:GetItem`, `dynamodb:BatchGetItem` and `dynamodb:UpdateItem` on
//! the table; `s3:PutObject`, `s3:GetObject`, `s3:ListMultipartUploadParts` and
//! `s3:AbortMultipartUpload` on the uploads, `s3:ListBucket` on the bucket, `s3:PutObjectAcl` if
//! public objects are allowed.

mod call;

use std::time::Duration;

use crowfly_aws::{Bucket, Presigner, Table};
use crowfly_contract::{ErrorCode, OwnerId};
use crowfly_core::cancel::cancel;
use crowfly_core::complete::{Completed, complete, working};
use crowfly_core::create::{self, Creator, create};
use crowfly_core::parts::Signing;
use crowfly_core::path::KeyLayout;
use crowfly_core::policy::Policy;
use crowfly_core::ports::{
    AbortMultipart, AdvanceRate, ClearMultipart, CompleteMultipart, CreateMultipart,
    DeclareChecksum, EndLive, FindMultipart, GetRow, GetRows, GrantLive, HeadObject, ListParts,
    MarkAborted, OpenUploads, PresignPart, PresignPut, PutPending, Release, SetMultipart, Touch,
};
use crowfly_core::quota::Limits;
use crowfly_core::rate::{Rate, admit};
use crowfly_core::{Error, parts, port_set};
use serde_json::{Value, json};

use crate::environment::Environment;
use crate::http::{Answer, Gate, Request, answer};
use crate::log;
use crate::runtime::{CallError, Function, Moment};
use crate::variables::{StartError, Variables};
use call::Call;

/// Timeout of a complete call; API Gateway itself times out after 30 s:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>.
const COMPLETE_WITHIN: Duration = Duration::from_secs(20);
/// Time reserved for the response before Lambda stops the function.
const ANSWER_MARGIN: Duration = Duration::from_secs(1);

port_set! {
    /// Ports of the table.
    pub trait Rows = PutPending + OpenUploads + Release + Touch + AdvanceRate + GetRow + GetRows
        + MarkAborted + SetMultipart + ClearMultipart + DeclareChecksum + GrantLive + EndLive;
}
port_set! {
    /// Ports of the bucket.
    pub trait Objects = HeadObject + CreateMultipart + ListParts + FindMultipart + CompleteMultipart
        + AbortMultipart;
}
port_set! {
    /// Ports of the presigner.
    pub trait Signer = PresignPut + PresignPart;
}

/// The settings of this function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bucket's name.
    pub bucket: String,
    /// What uploads are accepted.
    pub policy: Policy,
    /// Whether keys have folders.
    pub layout: KeyLayout,
    /// Admits callers.
    pub gate: Gate,
    /// Limits on the open uploads of each owner.
    pub limits: Limits,
    /// Rate of each owner on these routes.
    pub rate: Rate,
    /// Delay from creation to the first look of the sweep, in milliseconds.
    pub repair_after_ms: u64,
}

/// The function with its clients.
#[derive(Debug)]
pub struct Presign {
    rows: Table,
    objects: Bucket,
    signer: Presigner,
    settings: Settings,
}

impl Function for Presign {
    type Answer = Answer;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        Ok(Self {
            rows: environment.table()?,
            objects: environment.bucket()?,
            signer: environment.presigner()?,
            settings: Settings::read(&environment.variables)?,
        })
    }

    /// Never fails: every failure is a response.
    async fn call(&self, event: Value, now: Moment) -> Result<Answer, CallError> {
        Ok(handle(
            &self.rows,
            &self.objects,
            &self.signer,
            &self.settings,
            event,
            now,
        )
        .await)
    }
}

impl Settings {
    /// Reads `BUCKET`, and the variables of policy, layout, gate and limits.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn read(variables: &Variables<'_>) -> Result<Self, StartError> {
        Ok(Self {
            bucket: variables.needed("BUCKET")?,
            policy: variables.policy()?,
            layout: variables.key_layout()?,
            gate: Gate::read(variables)?,
            limits: variables.limits()?,
            rate: variables.upload_rate()?,
            repair_after_ms: variables.repair_after_ms()?,
        })
    }
}

/// Answers one event, over any ports.
pub async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    signer: &impl Signer,
    settings: &Settings,
    event: Value,
    now: Moment,
) -> Answer {
    answer(event, &settings.gate, async |request, owner| {
        let call = Call::parse(request);
        // A request that cannot be parsed is paid for as well.
        let cost = call.as_ref().map_or(1, Call::cost);
        admit(rows, owner, settings.rate, cost, now.ms).await?;
        let by = (request, owner);
        perform(rows, objects, signer, settings, call?, by, now).await
    })
    .await
}

async fn perform(
    rows: &impl Rows,
    objects: &impl Objects,
    signer: &impl Signer,
    settings: &Settings,
    call: Call,
    (request, owner): (&Request, &OwnerId),
    now: Moment,
) -> Result<Answer, Error> {
    match call {
        Call::Create(items) => {
            let creator = Creator {
                owner,
                policy: &settings.policy,
                bucket: &settings.bucket,
                layout: settings.layout,
                limits: settings.limits,
                repair_after_ms: settings.repair_after_ms,
                now_ms: now.ms,
            };
            let results = create(rows, objects, signer, creator, items).await;
            log_created(request, owner, &results);
            count_created(request, owner, &results, now.ms);
            match create::answer(results, request.id()) {
                (status, create::Answer::Response(response)) => Answer::json(status, &response),
                (_, create::Answer::Refused(error)) => Err(error),
            }
        }
        Call::Complete(id, end) => {
            let completing = complete(rows, objects, owner, id, end);
            // S3 continues the completion, and the repeated call finds the object.
            let completed = tokio::time::timeout(complete_within(now.left), completing).await;
            match completed.unwrap_or_else(|_| Ok(working()))? {
                Completed::Stored(stored) => Answer::json(200, &stored),
                Completed::Working(working) => Answer::json(202, &working),
            }
        }
        Call::SignParts(id, asked) => {
            let signing = Signing {
                owner,
                id,
                limits: settings.limits,
                now_ms: now.ms,
            };
            let grants = parts::sign(rows, objects, signer, signing, &asked).await?;
            Answer::json(200, &grants)
        }
        Call::ListParts(id) => {
            Answer::json(200, &parts::list(rows, objects, owner, id, now.ms).await?)
        }
        Call::Cancel(id) => {
            cancel(rows, objects, owner, id, now.ms).await?;
            Ok(Answer::empty(204))
        }
    }
}

/// How long a complete call waits for S3 when the function may run for `left` longer.
fn complete_within(left: Duration) -> Duration {
    COMPLETE_WITHIN.min(left.saturating_sub(ANSWER_MARGIN))
}

/// Counts the results; a refusal of the whole request is counted with its response.
fn count_created(request: &Request, owner: &OwnerId, results: &[create::ItemResult], now_ms: u64) {
    let granted = |repeated: bool| {
        let of_kind = |result: &&create::ItemResult| matches!(&result.1, Ok(granted) if granted.repeated == repeated);
        results.iter().filter(of_kind).count()
    };
    log::Metrics::at(now_ms)
        .count("UploadsCreated", granted(false))
        .count("UploadsRepeated", granted(true))
        .write();
    if results.len() > 1 {
        let mut codes: Vec<ErrorCode> = results
            .iter()
            .filter_map(|(_, result)| Some(result.as_ref().err()?.to_refusal().code))
            .collect();
        codes.sort_unstable_by_key(|code| code.as_str());
        let caller = log::Caller {
            request_id: request.id(),
            owner: Some(owner),
        };
        for same_code in codes.chunk_by(|a, b| a == b) {
            if let Some(code) = same_code.first() {
                log::refused(now_ms, *code, same_code.len(), caller);
            }
        }
    }
}

fn log_created(request: &Request, owner: &OwnerId, results: &[create::ItemResult]) {
    let mut lines = log::Lines::default();
    for (id, result) in results {
        let (level, outcome) = match result {
            Ok(granted) if granted.repeated => ("info", json!({"outcome": "repeated"})),
            Ok(_) => ("info", json!({"outcome": "created"})),
            Err(Error::Fault(fault)) => ("error", json!({"fault": fault.to_string()})),
            Err(error) => ("info", json!({"outcome": error.to_refusal().code.as_str()})),
        };
        let mut fields = json!({"requestId": request.id(), "owner": owner.as_str(), "upload": id});
        if let (Some(fields), Value::Object(outcome)) = (fields.as_object_mut(), outcome) {
            fields.extend(outcome);
        }
        lines.add(level, "create", fields);
    }
    lines.write();
}

#[cfg(test)]
mod tests {
    use super::{Duration, complete_within};

    #[test]
    fn f38_a_complete_call_answers_before_the_gateway_and_lambda_end_it() {
        for (left, within) in [(28, 20), (6, 5), (1, 0), (0, 0)] {
            let within = Duration::from_secs(within);
            assert_eq!(complete_within(Duration::from_secs(left)), within);
        }
    }
}
