//! The fault proxy and the sink themselves: each fault and each rule is shown to be applied.

mod answers;
mod common;
mod control;
mod link;
mod lost;
mod matching;
mod s3_rules;
mod sink;
mod streaming;
