//! The `remove` function: `DELETE /uploads/{id}/content`.
//!
//! A function of its own, so that no other may delete an object.
//!
//! IAM: `dynamodb:GetItem` and `dynamodb:UpdateItem` on the table; `s3:DeleteObject` on the uploads.

use crowfly_aws::{Bucket, Table};
use crowfly_contract::UploadId;
use crowfly_core::ports::{AdvanceRate, ApplyRemoval, DeleteObject, GetRow, Release};
use crowfly_core::rate::{Rate, admit};
use crowfly_core::remove::remove;
use crowfly_core::request::{check_no_fields, parse_path_id};
use crowfly_core::{Outbox, Refusal, port_set};
use serde_json::Value;

use crate::environment::Environment;
use crate::http::{Answer, Gate, Request, answer, no_method, no_route};
use crate::runtime::{CallError, Function, Moment};
use crate::variables::{StartError, Variables};

/// The tokens of the rate that a call costs, as a cancel does.
const COST: u64 = 1;

port_set! {
    /// Ports of the table.
    pub trait Rows = GetRow + ApplyRemoval + Release + AdvanceRate;
}

/// The settings of this function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Admits callers.
    pub gate: Gate,
    /// Rate of each owner, shared with the upload routes.
    pub rate: Rate,
    /// Whether the application is notified of deletions.
    pub outbox: Outbox,
}

impl Settings {
    /// Reads the variables of gate and rate.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn read(variables: &Variables<'_>) -> Result<Self, StartError> {
        Ok(Self {
            gate: Gate::read(variables)?,
            rate: variables.upload_rate()?,
            outbox: variables.outbox(),
        })
    }
}

/// The function with its clients.
#[derive(Debug)]
pub struct Remove {
    rows: Table,
    objects: Bucket,
    settings: Settings,
}

impl Function for Remove {
    type Answer = Answer;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        Ok(Self {
            rows: environment.table()?,
            objects: environment.bucket()?,
            settings: Settings::read(&environment.variables)?,
        })
    }

    /// Never fails: every failure is a response.
    async fn call(&self, event: Value, now: Moment) -> Result<Answer, CallError> {
        Ok(handle(&self.rows, &self.objects, &self.settings, event, now.ms).await)
    }
}

/// Answers one event, over any ports.
pub async fn handle(
    rows: &impl Rows,
    objects: &impl DeleteObject,
    settings: &Settings,
    event: Value,
    now_ms: u64,
) -> Answer {
    answer(event, &settings.gate, async |request, owner| {
        // A request that cannot be parsed is paid for as well.
        let id = parse(request);
        admit(rows, owner, settings.rate, COST, now_ms).await?;
        remove(rows, objects, settings.outbox, owner, id?, now_ms).await?;
        Ok(Answer::empty(204))
    })
    .await
}

/// Parses a request; it calls no service.
fn parse(request: &Request) -> Result<UploadId, Refusal> {
    match (request.method(), request.segments().as_slice()) {
        ("DELETE", ["uploads", id, "content"]) => {
            check_no_fields(request.content_type(), &request.body()?)?;
            parse_path_id(id)
        }
        (_, ["uploads", id, "content"]) if !id.is_empty() => Err(no_method("DELETE")),
        _ => Err(no_route()),
    }
}
