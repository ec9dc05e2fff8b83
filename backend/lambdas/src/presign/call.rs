use crowfly_contract::{PartToSign, UploadId};
use crowfly_core::Refusal;
use crowfly_core::request::{
    FileEnd, Item, check_content_type, parse_complete, parse_create, parse_path_id,
    parse_sign_parts,
};

use crate::http::{Request, no_method, no_route};

/// A parsed request.
pub(super) enum Call {
    /// `POST /uploads`.
    Create(Vec<Item>),
    /// `POST /uploads/{id}/complete`.
    Complete(UploadId, FileEnd),
    /// `POST /uploads/{id}/parts`.
    SignParts(UploadId, Vec<PartToSign>),
    /// `GET /uploads/{id}/parts`.
    ListParts(UploadId),
    /// `DELETE /uploads/{id}`.
    Cancel(UploadId),
}

impl Call {
    /// Parses a request; it calls no service.
    pub(super) fn parse(request: &Request) -> Result<Self, Refusal> {
        match (request.method(), request.segments().as_slice()) {
            (_, segments) if segments.contains(&"") => Err(no_route()),
            ("POST", ["uploads"]) => Ok(Self::Create(parse_create(&json_body(request)?)?)),
            ("POST", ["uploads", id, "complete"]) => {
                let id = parse_path_id(id)?;
                Ok(Self::Complete(id, parse_complete(&json_body(request)?)?))
            }
            ("POST", ["uploads", id, "parts"]) => {
                let id = parse_path_id(id)?;
                Ok(Self::SignParts(id, parse_sign_parts(&json_body(request)?)?))
            }
            ("GET", ["uploads", id, "parts"]) => Ok(Self::ListParts(parse_path_id(id)?)),
            ("DELETE", ["uploads", id]) => Ok(Self::Cancel(parse_path_id(id)?)),
            (_, ["uploads"] | ["uploads", _, "complete"]) => Err(no_method("POST")),
            (_, ["uploads", _, "parts"]) => Err(no_method("GET and POST")),
            (_, ["uploads", _]) => Err(no_method("DELETE")),
            _ => Err(no_route()),
        }
    }

    /// Its cost in tokens of the rate: one for each upload that is read or written. Signing parts
    /// calls no service for each of them, whichever call signs them.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Self::Create(items) => u64::try_from(items.len()).unwrap_or(u64::MAX),
            Self::Complete(..) | Self::SignParts(..) | Self::ListParts(_) | Self::Cancel(_) => 1,
        }
    }
}

fn json_body(request: &Request) -> Result<Vec<u8>, Refusal> {
    check_content_type(request.content_type())?;
    request.body()
}
