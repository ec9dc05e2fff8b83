//! The fault proxy, the sink and the server under them: each fault and each rule is shown to be applied.

mod answers;
mod common;
mod control;
mod link;
mod lost;
mod matching;
mod s3_rules;
mod server;
mod sink;
mod streaming;
