//! The long form of the engine's random worlds, and of pages that end at any moment; `test` runs a tenth.

use std::time::{SystemTime, UNIX_EPOCH};

use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::chromium;
use crate::{package, paths, step};

const UPLOADS: u64 = 20_000_000;
const KILLS: u64 = 100;

/// Simulates `--uploads N` uploads (twenty million, in more than a million worlds) and ends `--kills N` pages
/// (a hundred) from `--seed N` on (another one each time). A number of 0 leaves that part out.
///
/// # Errors
/// If a promise is broken: then with the seed.
pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let (mut uploads, mut kills, mut seed) = (UPLOADS, KILLS, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("uploads") => uploads = arguments.value()?.parse()?,
            Arg::Long("kills") => kills = arguments.value()?.parse()?,
            Arg::Long("seed") => seed = Some(arguments.value()?.parse::<u64>()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let seed = seed.unwrap_or_else(|| {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        now.as_secs() * 1_000_000
    });
    if uploads > 0 {
        simulate(uploads, seed)?;
    }
    if kills > 0 {
        end_pages(kills, seed)?;
    }
    Ok(())
}

fn simulate(uploads: u64, seed: u64) -> Result<(), Error> {
    step::step(&format!("{uploads} uploads from seed {seed}"), || {
        Cmd::new("cargo")
            .args([
                "test",
                "--package",
                "crowfly-engine",
                "--test",
                "worlds",
                "--",
                "--nocapture",
            ])
            .env("CROWFLY_UPLOADS", uploads.to_string())
            .env("CROWFLY_SEED", seed.to_string())
            .log("soak")
            .run()
    })?;
    simulated("soak");
    Ok(())
}

/// Ends pages in the middle of an upload, in Chromium, each at another moment.
fn end_pages(kills: u64, seed: u64) -> Result<(), Error> {
    package::build()?;
    let browser = chromium::ready()?;
    let result = step::step(&format!("{kills} pages ended, from seed {seed}"), || {
        Cmd::new("cargo")
            .args(["test", "--package", "e2e", "--test", "faults", "--"])
            .arg("kills")
            .env("CHROME", &browser.chrome)
            .env("CHROMEDRIVER", &browser.driver)
            .env("CROWFLY_KILLS", kills.to_string())
            .env("CROWFLY_SEED", seed.to_string())
            .log("soak-kills")
            .run()
    });
    let log = std::fs::read_to_string(paths::log("soak-kills")).unwrap_or_default();
    for line in log.lines().filter(|line| line.starts_with("test ")) {
        step::say(&format!("     {line}"));
    }
    result
}

/// Prints what a log of the worlds says about how much was simulated.
pub(crate) fn simulated(log: &str) {
    let log = std::fs::read_to_string(paths::log(log)).unwrap_or_default();
    for line in log.lines() {
        if let Some(at) = line.find("simulated ") {
            step::say(&format!("     {}", &line[at..]));
        }
    }
}
