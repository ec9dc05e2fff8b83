//! What is set up wrongly around a client: API, token, bucket, page. Judgements are pure functions of what was
//! observed, so that `client.doctor()` in a page and `cargo xtask doctor` at an operator's say the same sentences.
//!
//! Storage is probed by a PUT whose signed CRC64NVME is deliberately not that of the body: S3 refuses it by 400
//! `BadDigest` after it has checked the rest of the request, which proves reach, CORS, signature and region, and
//! stores nothing. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>
#![forbid(unsafe_code)]

mod api;
mod finding;
#[cfg(not(target_arch = "wasm32"))]
mod operator;
#[cfg(target_arch = "wasm32")]
mod page;
mod probe;
mod storage;
mod token;

pub use api::judge_api;
pub use finding::{Finding, Reach};
#[cfg(not(target_arch = "wasm32"))]
pub use operator::{Provider, examine, examine_provider};
#[cfg(target_arch = "wasm32")]
pub use page::diagnose;
pub use storage::{judge_large, judge_storage};
pub use token::{Claims, judge_token};
