//! The `read` function: `POST /uploads/status`, `GET /uploads`, `GET /uploads/{id}`,
//! `GET /uploads/{id}/content`.
//!
//! IAM: `dynamodb:GetItem` and `dynamodb:BatchGetItem` on the table, `dynamodb:Query` on its index
//! `byCreatedAt`, `dynamodb:UpdateItem` on the rates of reads; `s3:GetObject` on the uploads.

use crowfly_aws::{Presigner, Table};
use crowfly_contract::{OwnerId, UploadId};
use crowfly_core::ports::{AdvanceRate, GetRow, GetRows, ListRows, PresignGet};
use crowfly_core::rate::{Rate, admit, reading};
use crowfly_core::read::{content, get, list, status};
use crowfly_core::request::{check_content_type, parse_limit, parse_path_id, parse_status};
use crowfly_core::{Error, Refusal, port_set};
use serde_json::Value;

use crate::environment::Environment;
use crate::http::{Answer, Gate, Request, answer, no_method, no_route};
use crate::runtime::{CallError, Function, Moment};
use crate::variables::{StartError, Variables};

port_set! {
    /// Ports of the table.
    pub trait Rows = GetRow + GetRows + ListRows + AdvanceRate;
}

/// The settings of this function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Admits callers.
    pub gate: Gate,
    /// Rate of each owner on these routes.
    pub rate: Rate,
}

impl Settings {
    /// Reads the variables of gate and rate.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn read(variables: &Variables<'_>) -> Result<Self, StartError> {
        Ok(Self {
            gate: Gate::read(variables)?,
            rate: variables.read_rate()?,
        })
    }
}

/// The function with its clients.
#[derive(Debug)]
pub struct Read {
    rows: Table,
    signer: Presigner,
    settings: Settings,
}

impl Function for Read {
    type Answer = Answer;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        Ok(Self {
            rows: environment.table()?,
            signer: environment.presigner()?,
            settings: Settings::read(&environment.variables)?,
        })
    }

    /// Never fails: every failure is a response.
    async fn call(&self, event: Value, now: Moment) -> Result<Answer, CallError> {
        Ok(handle(&self.rows, &self.signer, &self.settings, event, now.ms).await)
    }
}

/// Answers one event, over any ports.
pub async fn handle(
    rows: &impl Rows,
    signer: &impl PresignGet,
    settings: &Settings,
    event: Value,
    now_ms: u64,
) -> Answer {
    answer(event, &settings.gate, async |request, owner| {
        let call = Call::parse(request);
        // A request that cannot be parsed is paid for as well.
        let cost = call.as_ref().map_or(1, Call::cost);
        admit(rows, owner, settings.rate, cost, now_ms).await?;
        perform(rows, signer, call?, owner, now_ms).await
    })
    .await
}

/// A parsed request.
enum Call<'a> {
    List { limit: u32, cursor: Option<&'a str> },
    Status(Vec<UploadId>),
    Get(UploadId),
    Content(UploadId),
}

impl<'a> Call<'a> {
    fn parse(request: &'a Request) -> Result<Self, Refusal> {
        match (request.method(), request.segments().as_slice()) {
            (_, segments) if segments.contains(&"") => Err(no_route()),
            ("GET", ["uploads"]) => Ok(Self::List {
                limit: parse_limit(request.query("limit"))?,
                cursor: request.query("cursor"),
            }),
            ("POST", ["uploads", "status"]) => {
                check_content_type(request.content_type())?;
                Ok(Self::Status(parse_status(&request.body()?)?))
            }
            (_, ["uploads", "status"]) => Err(no_method("POST")),
            ("GET", ["uploads", id]) => Ok(Self::Get(parse_path_id(id)?)),
            ("GET", ["uploads", id, "content"]) => Ok(Self::Content(parse_path_id(id)?)),
            (_, ["uploads"] | ["uploads", _] | ["uploads", _, "content"]) => Err(no_method("GET")),
            _ => Err(no_route()),
        }
    }

    /// Its cost in tokens of the rate, by the records that it may read.
    fn cost(&self) -> u64 {
        match self {
            Self::List { limit, .. } => reading(usize::try_from(*limit).unwrap_or(usize::MAX)),
            Self::Status(ids) => reading(ids.len()),
            Self::Get(_) | Self::Content(_) => reading(1),
        }
    }
}

async fn perform(
    rows: &impl Rows,
    signer: &impl PresignGet,
    call: Call<'_>,
    owner: &OwnerId,
    now_ms: u64,
) -> Result<Answer, Error> {
    match call {
        Call::List { limit, cursor } => {
            Answer::json(200, &list(rows, owner, limit, cursor, now_ms).await?)
        }
        Call::Status(ids) => Answer::json(200, &status(rows, owner, &ids, now_ms).await?),
        Call::Get(id) => Answer::json(200, &get(rows, owner, id, now_ms).await?),
        Call::Content(id) => Answer::json(200, &content(rows, signer, owner, id, now_ms).await?),
    }
}
