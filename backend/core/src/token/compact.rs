use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use super::header::Header;
use super::json::object;
use super::{MAX_TOKEN_BYTES, TokenError};

/// A token taken apart (RFC 7515, section 7.1). Nothing of it is proven yet.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    /// What the signature is over: header, dot, claims, as they stand.
    pub(super) signed: &'a [u8],
    /// What the header says, as far as it is listened to.
    pub(super) header: Header,
    /// The claims.
    pub(super) claims: Map<String, Value>,
    /// The signature's bytes.
    pub(super) signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Exactly three segments, each the one base64url text of its bytes, so that a token has one spelling.
    pub(super) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Form)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Form)?;
        let header = object(&decode(header)?).ok_or(TokenError::Json)?;
        Ok(Self {
            signed: signed.as_bytes(),
            header: Header::read(&header)?,
            claims: object(&decode(claims)?).ok_or(TokenError::Json)?,
            signature: decode(signature)?,
        })
    }
}

/// A dot is no digit, so a fourth segment fails here.
fn decode(segment: &str) -> Result<Vec<u8>, TokenError> {
    match BASE64URL_NOPAD.decode(segment.as_bytes()) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(TokenError::Form),
    }
}
