//! The long form of the engine's random worlds; `test` runs a tenth of it.

use std::time::{SystemTime, UNIX_EPOCH};

use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::process::Cmd;
use crate::{paths, step};

const UPLOADS: u64 = 1_000_000;

/// Simulates `--uploads N` uploads (a million) from `--seed N` on (another one each time).
///
/// # Errors
/// If a promise of the engine is broken: then with the seed of that world.
pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let (mut uploads, mut seed) = (UPLOADS, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("uploads") => uploads = arguments.value()?.parse()?,
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

/// Prints what a log of the worlds says about how much was simulated.
pub(crate) fn simulated(log: &str) {
    let log = std::fs::read_to_string(paths::log(log)).unwrap_or_default();
    for line in log.lines() {
        if let Some(at) = line.find("simulated ") {
            step::say(&format!("     {}", &line[at..]));
        }
    }
}
