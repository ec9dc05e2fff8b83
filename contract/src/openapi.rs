//! The OpenAPI document of the HTTP contract, made of the wire types.
//!
//! <https://spec.openapis.org/oas/v3.1.1.html>

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::limits::{DEFAULT_PAGE, MAX_BODY_BYTES, MAX_PAGE};
use crate::{
    ByteSize, CompleteRequest, Completing, Content, CreateItem, CreateRequest, CreateResponse,
    Duration, FileName, FolderPath, GatewayMessage, ListPartsResponse, ListResponseOf, MediaType,
    PartNumber, PartToSign, Problem, RecordOf, SignPartsRequest, SignPartsResponse, StatusRequest,
    StatusResponseOf, StorageKey, Stored,
};

mod answers;
mod operations;
mod tidy;

use operations::{OPERATIONS, Operation};

/// Where the schemas are.
const SCHEMAS: &str = "/components/schemas";

/// The document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = describe(operation, &mut schemas);
    }
    let shared = answers::shared(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Crowfly",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Uploads from the browser straight to storage.",
            "description": "The HTTP contract between the package `crowfly` and a server: the stack of \
                `template.yaml`, the handler of `crowfly/server`, or one of your own. Sizes are bytes, durations are \
                milliseconds and end in `Ms`, moments are Unix milliseconds and end in `At`. A presigned URL is a \
                credential until it expires.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{
            "url": "https://{api}.execute-api.{region}.amazonaws.com",
            "description": "The output `Api` of a deployed stack.",
            "variables": {"api": {"default": "abcdefghij"}, "region": {"default": "eu-west-1"}},
        }],
        "security": [{"accessToken": []}],
        "tags": [
            {"name": "uploads", "description": "Create an upload, send it, end it."},
            {"name": "records", "description": "What is stored. A server that keeps no records answers 501."},
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {"accessToken": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "An access token of the configured issuer, with the required scope. A server of your \
                    own may take its session cookie instead.",
            }},
            "parameters": parameters(),
            "responses": shared,
            "schemas": schemas.finish(),
        },
    })
}

/// The schemas that the operations name: a request is described by what is read, an answer by what is written.
struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let generator = |contract: Contract| {
            SchemaSettings::draft2020_12()
                .with(|settings| {
                    settings.definitions_path = SCHEMAS.into();
                    settings.meta_schema = None;
                    settings.contract = contract;
                })
                .into_generator()
        };
        Self {
            read: generator(Contract::Deserialize),
            written: generator(Contract::Serialize),
        }
    }

    /// A reference to the schema of this type.
    fn of(&mut self, body: Body) -> Value {
        let Self { read, written } = self;
        match body {
            Body::Create => reference::<CreateRequest<ReadItem>>(read),
            Body::SignParts => {
                reference::<SignPartsRequest<PartToSign<PartNumber, ByteSize>>>(read)
            }
            Body::Complete => reference::<CompleteRequest<ByteSize, Duration>>(read),
            Body::Status => reference::<StatusRequest>(read),
            Body::NoFields => json!({"type": "object", "additionalProperties": false}),
            Body::Created => reference::<CreateResponse>(written),
            Body::Grants => reference::<SignPartsResponse>(written),
            Body::Parts => reference::<ListPartsResponse>(written),
            Body::Stored => reference::<Stored>(written),
            Body::Completing => reference::<Completing>(written),
            Body::Statuses => reference::<StatusResponseOf<StorageKey>>(written),
            Body::Page => reference::<ListResponseOf<StorageKey>>(written),
            Body::Record => reference::<RecordOf<StorageKey>>(written),
            Body::Content => reference::<Content>(written),
        }
    }

    fn problem(&mut self) -> Value {
        reference::<Problem>(&mut self.written)
    }

    fn gateway(&mut self) -> Value {
        reference::<GatewayMessage>(&mut self.written)
    }

    fn finish(mut self) -> Map<String, Value> {
        let mut all = self.written.take_definitions(true);
        tidy::never_null(&mut all);
        // A type of both directions has one form: it is in no object with fields of its own.
        all.extend(self.read.take_definitions(true));
        all.values_mut().for_each(tidy::tidy);
        all
    }
}

fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// An item as the backend parses it.
type ReadItem = CreateItem<FileName, ByteSize, MediaType, FolderPath>;

/// A body of a request or an answer.
#[derive(Clone, Copy)]
enum Body {
    Create,
    SignParts,
    Complete,
    Status,
    /// An object without fields.
    NoFields,
    Created,
    Grants,
    Parts,
    Stored,
    Completing,
    Statuses,
    Page,
    Record,
    Content,
}

fn describe(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut about = json!({
        "operationId": operation.id,
        "tags": [if operation.records { "records" } else { "uploads" }],
        "summary": operation.summary,
        "description": operation.description,
        "responses": answers::answers(operation, schemas),
    });
    let named = operation.parameters.iter();
    let named = named.map(|name| json!({"$ref": format!("#/components/parameters/{name}")}));
    let named: Vec<Value> = named.collect();
    if !named.is_empty() {
        about["parameters"] = named.into();
    }
    if let Some((body, required)) = operation.request {
        let content = json!({"application/json": {"schema": schemas.of(body)}});
        about["requestBody"] = json!({
            "required": required,
            "description": format!("At most {MAX_BODY_BYTES} bytes."),
            "content": content,
        });
    }
    about
}

fn parameters() -> Value {
    json!({
        "id": {
            "name": "id",
            "in": "path",
            "required": true,
            "description": "The upload. That of another caller is answered like an unknown one: 404.",
            "schema": {"$ref": "#/components/schemas/UploadId"},
        },
        "limit": {
            "name": "limit",
            "in": "query",
            "description": "Most records on the page.",
            "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
        },
        "cursor": {
            "name": "cursor",
            "in": "query",
            "description": "The `cursor` of the page before; its form is the server's own.",
            "schema": {"type": "string", "minLength": 1},
        },
        "state": {
            "name": "crowfly-state",
            "in": "header",
            "description": "The `state` of the create result, if there was one: 1 to 2,048 visible ASCII characters. \
                The stack gives none.",
            "schema": {"type": "string"},
        },
    })
}
