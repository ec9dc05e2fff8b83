//! From the bytes of a request to values that need no further check, with a precise refusal otherwise.
//!
//! The shapes and the rules of values are the contract's, and serde reads them. Here is what is policy: which
//! code a refused field has, how many items a list may have, and that one item does not refuse the others.

mod create;
mod json;
mod small;
mod strict;

pub use create::{Item, ValidItem, parse_create};
pub use json::check_content_type;
pub use small::{parse_complete, parse_limit, parse_path_id, parse_sign_parts, parse_status};
