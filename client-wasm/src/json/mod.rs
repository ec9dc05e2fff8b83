//! The contract's types as JavaScript values, field by field.
//!
//! serde's derived readers and serde-wasm-bindgen together would be a sixth of the published module. The
//! tests hold every type against the contract's golden JSON, so that the two cannot drift apart.

mod fields;
mod read;
mod write;

pub(crate) use read::{
    completing, content, create_item, create_response, gateway_message, list_response,
    parts_response, problem, receipt, record, refusal, retry_after, sign_response, status_response,
    stored,
};
pub(crate) use write::{
    complete_request, content_to_js, create_request, item_to_js, list_to_js, record_to_js,
    sign_request, status_request, stored_to_js, unless_empty,
};

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
