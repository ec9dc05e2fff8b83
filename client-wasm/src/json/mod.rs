//! The contract's types as JavaScript values and as JSON text, field by field.
//!
//! serde's derived readers and serde-wasm-bindgen together would be a sixth of the published module. The
//! tests hold every type against the contract's golden JSON, so that the two cannot drift apart.

mod fields;
mod read;
pub(crate) mod text;
mod write;

pub(crate) use read::{
    completing, content, create_item, create_response, gateway_message, list_response,
    parts_response, problem, receipt, record, refusal, retry_after, sign_response, status_response,
    stored,
};
pub(crate) use write::{content_to_js, list_to_js, record_to_js, stored_to_js, unless_empty};

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
