//! Faults of network, storage, API, clock, disk and browser, met by the SDK in a real Chromium whose every
//! request goes through the fault proxy. Names begin with the rows that a case shows.
//!
//! Not libtest's harness: one browser goes through all cases, some of them side by side. It prints what
//! libtest would. Arguments choose cases by a part of their name. What no browser is needed for is shown on
//! virtual time by `engine/tests/behaviour`.
#![forbid(unsafe_code)]

mod api;
mod case;
mod content;
mod harness;
mod network;
mod outcome;
mod site;
mod storage;
mod world;

use std::process::ExitCode;

use harness::Test;

fn main() -> ExitCode {
    let all: Vec<&[Test]> = vec![network::TESTS, storage::TESTS, api::TESTS];
    harness::run(&all.concat())
}
