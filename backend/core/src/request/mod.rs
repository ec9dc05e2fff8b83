//! From the bytes of a request to values that need no further check, with a precise refusal otherwise.

mod create;
mod json;
mod metadata;
mod small;

pub use create::{Item, Wish, parse_create};
pub use json::check_content_type;
pub use small::{parse_complete, parse_limit, parse_path_id, parse_sign_parts, parse_status};
