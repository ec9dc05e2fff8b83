//! The long forms of what `test` does in short: simulated worlds, pages killed at random moments, recordings too, fuzzing,
//! the load spike, permissions removed one by one, every region's schema, and two builds of one commit.

use devkit::time::unix;
use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::browsers;
use crate::{fuzz, kit, package, step, test};

/// The name of each part, its usual length, and what it does.
const PARTS: &[(&str, u64, &str)] = &[
    ("uploads", 20_000_000, "upload N files in simulated worlds"),
    ("kills", 100, "kill N pages during an upload, in Chromium"),
    ("fuzz-seconds", 60, "fuzz each target for N seconds"),
    (
        "events",
        10_000,
        "send the events of N uploads at once through the local pipeline",
    ),
    (
        "recordings",
        20,
        "end N pages in the middle of a recording, in Chromium",
    ),
    (
        "conversations",
        10_000,
        "have N conversations with hostile signers, APIs and stores",
    ),
    (
        "openapi-seconds",
        120,
        "send requests made from the OpenAPI document for N seconds",
    ),
    (
        "rights",
        1,
        "remove each permission of each function once; its test must fail",
    ),
    (
        "stores",
        1,
        "drive the example signers and the upload handler against real stores",
    ),
    (
        "regions",
        1,
        "lint the template by the schemas of every region of AWS",
    ),
    (
        "reproducible",
        1,
        "build the functions twice, in two folders, and compare them byte for byte",
    ),
];

fn usage() -> String {
    let mut text = "cargo xtask soak [--PART N]...\n\nEvery part runs unless it is set to 0; a number sets its length.\n\n".to_owned();
    for (name, usual, what) in PARTS {
        text += &format!("  --{name:<15} N  {what} ({usual})\n");
    }
    text + "  --seed            N  seed of all random choices (a new one each time)\n"
}

/// The length of each part in the order of [`PARTS`], and the seed if one is given; `None` when `--help` is.
type Parsed = Option<(Vec<u64>, Option<u64>)>;

fn parse(mut arguments: Parser) -> Result<Parsed, Error> {
    let mut lengths: Vec<u64> = PARTS.iter().map(|(_, usual, _)| *usual).collect();
    let mut seed = None;
    while let Some(argument) = arguments.next()? {
        let part = match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("seed") => Some(seed.insert(0)),
            Arg::Long(name) => {
                let place = PARTS.iter().position(|(part, ..)| *part == name);
                place.and_then(|place| lengths.get_mut(place))
            }
            _ => None,
        };
        let Some(part) = part else {
            return Err(argument.unexpected().into());
        };
        *part = arguments.value()?.parse()?;
    }
    Ok(Some((lengths, seed)))
}

/// Runs every part that is not set to 0.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let Some((lengths, seed)) = parse(arguments)? else {
        print!("{}", usage());
        return Ok(());
    };
    let [
        uploads,
        kills,
        fuzz_seconds,
        events,
        recordings,
        conversations,
        openapi_seconds,
        rights,
        stores,
        regions,
        reproducible,
    ] = lengths[..]
    else {
        return Ok(());
    };
    let seed = seed.unwrap_or_else(|| unix() * 1_000_000);
    if uploads > 0 {
        simulate(uploads, seed)?;
    }
    if fuzz_seconds > 0 {
        fuzz::run(fuzz::Plan {
            seconds: fuzz_seconds,
            // libFuzzer's seed has 32 bits, and 0 means none.
            seed: u32::try_from(seed % u64::from(u32::MAX)).unwrap_or_default(),
            goes_on: true,
        })?;
    }
    if kills > 0 {
        end_pages(kills, seed)?;
    }
    if conversations > 0 {
        test::conversations(conversations, seed)?;
    }
    if events > 0 || recordings > 0 || openapi_seconds > 0 || rights > 0 {
        test::long_forms(&test::Long {
            events,
            recordings,
            openapi_seconds,
            rights: rights > 0,
            seed,
        })?;
    }
    if stores > 0 {
        test::run(Parser::from_args(["--only", "stores"]))?;
        test::servers("garage")?;
    }
    if regions > 0 {
        test::regions()?;
    }
    if reproducible > 0 {
        kit::compare()?;
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

    use super::{PARTS, parse, usage};

    #[test]
    fn every_part_can_be_left_out_and_help_names_each() {
        let parts = |arguments: &[&str]| parse(Parser::from_args(arguments)).expect("understood");
        let usual: Vec<u64> = PARTS.iter().map(|(_, usual, _)| *usual).collect();
        assert_eq!(parts(&[]), Some((usual.clone(), None)));
        assert_eq!(parts(&["--help"]), None);
        let some = parts(&["--uploads", "0", "--events", "5", "--seed", "7"]);
        let [_, kills, fuzz, _, more @ ..] = &usual[..] else {
            panic!("the parts")
        };
        let wanted = [&[0, *kills, *fuzz, 5], more].concat();
        assert_eq!(some, Some((wanted, Some(7))));
        assert!(parse(Parser::from_args(["--upload", "1"])).is_err());
        assert!(
            PARTS
                .iter()
                .all(|(name, ..)| usage().contains(&format!("--{name}")))
        );
    }
}
