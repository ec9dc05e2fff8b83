//! The long forms of what `test` does in short: simulated worlds, pages killed at random moments, fuzzing, the load
//! spike, and permissions removed one by one.

use devkit::time::unix;
use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::browsers;
use crate::{fuzz, package, step, test};

const USAGE: &str = "\
cargo xtask soak [--PART N]...

Every part runs unless it is set to 0; a number sets its length.

  --uploads N        upload N files in simulated worlds (20000000)
  --kills N          kill N pages during an upload, in Chromium (100)
  --fuzz-seconds N   fuzz each target for N seconds (60)
  --events N         send the events of N uploads at once through the local pipeline (10000)
  --conversations N  have N conversations with hostile signers, APIs and stores (10000)
  --rights N         remove each permission of each function once; its test must fail (1)
  --stores N         drive the example signers against real stores (1)
  --seed N           seed of all random choices (a new one each time)
";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    uploads: u64,
    kills: u64,
    fuzz_seconds: u64,
    events: u64,
    rights: u64,
    conversations: u64,
    stores: u64,
    seed: Option<u64>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            uploads: 20_000_000,
            kills: 100,
            fuzz_seconds: 60,
            events: 10_000,
            rights: 1,
            conversations: 10_000,
            stores: 1,
            seed: None,
        }
    }
}

impl Parts {
    /// `None` when `--help` is given.
    fn parse(mut arguments: Parser) -> Result<Option<Self>, Error> {
        let mut parts = Self::default();
        while let Some(argument) = arguments.next()? {
            let part = match argument {
                Arg::Long("uploads") => &mut parts.uploads,
                Arg::Long("kills") => &mut parts.kills,
                Arg::Long("fuzz-seconds") => &mut parts.fuzz_seconds,
                Arg::Long("events") => &mut parts.events,
                Arg::Long("rights") => &mut parts.rights,
                Arg::Long("conversations") => &mut parts.conversations,
                Arg::Long("stores") => &mut parts.stores,
                Arg::Long("seed") => parts.seed.insert(0),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            };
            *part = arguments.value()?.parse()?;
        }
        Ok(Some(parts))
    }
}

/// Runs every part that is not set to 0; [`USAGE`] describes them.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let Some(parts) = Parts::parse(arguments)? else {
        print!("{USAGE}");
        return Ok(());
    };
    let seed = parts.seed.unwrap_or_else(|| unix() * 1_000_000);
    if parts.uploads > 0 {
        simulate(parts.uploads, seed)?;
    }
    if parts.fuzz_seconds > 0 {
        fuzz::run(fuzz::Plan {
            seconds: parts.fuzz_seconds,
            // libFuzzer's seed has 32 bits, and 0 means none.
            seed: u32::try_from(seed % u64::from(u32::MAX)).unwrap_or_default(),
            goes_on: true,
        })?;
    }
    if parts.kills > 0 {
        end_pages(parts.kills, seed)?;
    }
    if parts.conversations > 0 {
        test::conversations(parts.conversations, seed)?;
    }
    if parts.events > 0 || parts.rights > 0 {
        test::long_forms(parts.events, parts.rights > 0, seed)?;
    }
    if parts.stores > 0 {
        test::run(Parser::from_args(["--only", "stores"]))?;
    }
    Ok(())
}

fn simulate(uploads: u64, seed: u64) -> Result<(), Error> {
    Cmd::new("cargo")
        .words("test --package crowfly-engine --test worlds -- --nocapture")
        .env("CROWFLY_UPLOADS", uploads.to_string())
        .env("CROWFLY_SEED", seed.to_string())
        .log("soak")
        .step(&format!("{uploads} uploads from seed {seed}"))?;
    simulated("soak");
    Ok(())
}

/// Kills pages in Chromium during an upload, each at another moment.
fn end_pages(kills: u64, seed: u64) -> Result<(), Error> {
    package::build()?;
    let browser = browsers::chromium()?;
    let result = Cmd::new("cargo")
        .words("test --package e2e --test faults -- kills")
        .envs(browser.env())
        .env("CROWFLY_KILLS", kills.to_string())
        .env("CROWFLY_SEED", seed.to_string())
        .log("soak-kills")
        .step(&format!("{kills} pages ended, from seed {seed}"));
    let log = process::logged("soak-kills");
    step::quote(log.lines().filter(|line| line.starts_with("test ")));
    result
}

/// Prints how much was simulated, from the log of the worlds.
pub(crate) fn simulated(log: &str) {
    let log = process::logged(log);
    let from = |line| str::find(line, "simulated ").map(|at| &line[at..]);
    step::quote(log.lines().filter_map(from));
}

#[cfg(test)]
mod tests {
    use lexopt::Parser;

    use super::{Parts, USAGE};

    fn parts(arguments: &[&str]) -> Option<Parts> {
        Parts::parse(Parser::from_args(arguments)).expect("it is understood")
    }

    #[test]
    fn every_part_can_be_left_out_and_help_names_each() {
        assert_eq!(parts(&[]), Some(Parts::default()));
        assert_eq!(parts(&["--help"]), None);
        let some = parts(&["--uploads", "0", "--events", "5", "--seed", "7"]);
        let wanted = Parts {
            uploads: 0,
            events: 5,
            seed: Some(7),
            ..Parts::default()
        };
        assert_eq!(some, Some(wanted));
        for part in "uploads kills fuzz-seconds events rights conversations stores seed".split(' ') {
            assert!(USAGE.contains(&format!("--{part} N")), "{part}");
        }
    }
}
