//! Parses requests into validated values, with a precise refusal otherwise.
//!
//! Types and rules of values are part of the contract, and serde applies them. This module decides
//! which error code a field has, how many items a list may have, and that one item does not refuse
//! the others.

mod create;
mod json;
mod small;

pub use create::{Item, ValidItem, parse_create};
pub use json::check_content_type;
pub use small::{
    FileEnd, check_no_fields, parse_complete, parse_limit, parse_path_id, parse_sign_parts,
    parse_status,
};
