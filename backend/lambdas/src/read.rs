//! The `read` function: `POST /uploads/status`, `GET /uploads`, `GET /uploads/{id}`,
//! `GET /uploads/{id}/content`.
//!
//! IAM: `dynamodb:GetItem` and `dynamodb:BatchGetItem` on the table, `dynamodb:Query` on its index
//! `byCreatedAt`; `s3:GetObject` on the uploads.

use crowfly_aws::{Presigner, Table};
use crowfly_contract::OwnerId;
use crowfly_core::Error;
use crowfly_core::ports::{GetRow, GetRows, ListRows, PresignGet};
use crowfly_core::read::{content, get, list, status};
use crowfly_core::request::{check_content_type, parse_limit, parse_path_id, parse_status};
use serde_json::Value;

use crate::environment::Environment;
use crate::http::{Answer, Gate, Request, answer, no_method, no_route};
use crate::runtime::{self, Function, Moment};
use crate::variables::StartError;

/// The function with its clients.
#[derive(Debug)]
pub struct Read {
    rows: Table,
    signer: Presigner,
    gate: Gate,
}

impl Function for Read {
    type Answer = Answer;

    fn open(environment: &Environment<'_>) -> Result<Self, StartError> {
        Ok(Self {
            rows: environment.table()?,
            signer: environment.presigner()?,
            gate: Gate::read(&environment.variables)?,
        })
    }

    /// Never fails: every failure is a response.
    async fn call(&self, event: Value, now: Moment) -> Result<Answer, runtime::Error> {
        Ok(handle(&self.rows, &self.signer, &self.gate, event, now.ms).await)
    }
}

/// Answers one event, over any ports.
pub async fn handle(
    rows: &(impl GetRow + GetRows + ListRows),
    signer: &impl PresignGet,
    gate: &Gate,
    event: Value,
    now_ms: u64,
) -> Answer {
    answer(event, gate, async |request, owner| {
        route(rows, signer, request, owner, now_ms).await
    })
    .await
}

async fn route(
    rows: &(impl GetRow + GetRows + ListRows),
    signer: &impl PresignGet,
    request: &Request,
    owner: &OwnerId,
    now_ms: u64,
) -> Result<Answer, Error> {
    match (request.method(), request.segments().as_slice()) {
        (_, segments) if segments.contains(&"") => Err(no_route().into()),
        ("GET", ["uploads"]) => {
            let limit = parse_limit(request.query("limit"))?;
            let cursor = request.query("cursor");
            let page = list(rows, owner, limit, cursor, now_ms).await?;
            Answer::json(200, &page)
        }
        ("POST", ["uploads", "status"]) => {
            check_content_type(request.content_type())?;
            let ids = parse_status(&request.body()?)?;
            Answer::json(200, &status(rows, owner, &ids, now_ms).await?)
        }
        (_, ["uploads", "status"]) => Err(no_method("POST").into()),
        ("GET", ["uploads", id]) => {
            Answer::json(200, &get(rows, owner, parse_path_id(id)?, now_ms).await?)
        }
        ("GET", ["uploads", id, "content"]) => {
            let id = parse_path_id(id)?;
            Answer::json(200, &content(rows, signer, owner, id, now_ms).await?)
        }
        (_, ["uploads"] | ["uploads", _] | ["uploads", _, "content"]) => {
            Err(no_method("GET").into())
        }
        _ => Err(no_route().into()),
    }
}
