//! Faults of network, storage, API, clock, disk and browser, met by the SDK in a real Chromium whose every
//! request goes through the fault proxy. Names begin with the rows that a case shows.
//!
//! Not libtest's harness: one browser goes through all cases, some of them side by side. It prints what
//! libtest would. Arguments choose cases by a part of their name. What no browser is needed for is shown on
//! virtual time by `engine/tests/behaviour` (F10 lasts three minutes, F31 and F35 are about orders and bytes
//! that a network cannot make), and by `backend` with `tests/tests/system` (F36 to F40 are the server's part).
#![forbid(unsafe_code)]

mod api;
mod big;
mod cancel;
mod case;
mod content;
mod files;
mod harness;
mod kills;
mod many;
mod memory;
mod network;
mod offline;
mod outcome;
mod quota;
mod site;
mod storage;
mod tabs;
mod time;
mod world;

use std::process::ExitCode;

use harness::Test;

fn main() -> ExitCode {
    let all: Vec<&[Test]> = vec![
        // The longest of those that run side by side come first.
        network::TESTS,
        storage::TESTS,
        api::TESTS,
        time::TESTS,
        quota::TESTS,
        content::TESTS,
        cancel::TESTS,
        files::TESTS,
        offline::TESTS,
        network::ALONE,
        time::ALONE,
        cancel::ALONE,
        files::ALONE,
        tabs::TESTS,
        kills::TESTS,
        many::TESTS,
        big::TESTS,
        offline::BARE,
    ];
    harness::run(&all.concat())
}
