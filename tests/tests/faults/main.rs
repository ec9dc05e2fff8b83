//! Faults of network, storage, API, clock, disk and browser, injected into the SDK in a real Chromium whose
//! every request goes through the fault proxy. The name of a case begins with the rows of the list that it shows.
//!
//! Not libtest's harness: one browser runs all cases, some of them concurrently. The output has libtest's
//! format. Arguments select cases by a part of their name. What needs no browser is tested in virtual time by
//! `engine/tests/behaviour` (F10 lasts three minutes; F31 and F35 need orders and bytes that a network cannot
//! make) and by `backend` and `tests/tests/system` (F36 to F40 are about the server).
#![forbid(unsafe_code)]

mod api;
mod big;
mod cancel;
mod case;
mod content;
mod files;
mod harness;
mod hosts;
mod kills;
mod many;
mod network;
mod offline;
mod outcome;
mod quota;
mod recordings;
mod site;
mod storage;
mod tabs;
mod time;
mod world;

use std::process::ExitCode;

use harness::Test;

fn main() -> ExitCode {
    let all: Vec<&[Test]> = vec![
        // The longest of the concurrent cases come first.
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
        recordings::TESTS,
        kills::TESTS,
        many::TESTS,
        big::TESTS,
        offline::BARE,
        hosts::BARE,
    ];
    harness::run(&all.concat())
}
