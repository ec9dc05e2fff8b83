//! The options on the command line.

use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;

/// What `--only` accepts besides the names of variants.
const GROUPS: &str = "loopback long hosts hosts-large small resets uplink stall busy hash live engine backend functions pipeline";
/// Those that are measured with `--peers` alone, unless they are named.
const COMPARED: [&str; 5] = ["hosts-large", "resets", "uplink", "stall", "busy"];

#[derive(Debug)]
pub(super) struct Options {
    only: Vec<String>,
    pub(super) runs: usize,
    /// Size of the file on the loopback path, in MiB; on the long path an eighth of it.
    pub(super) size: u64,
    /// How many small files.
    pub(super) files: u64,
    /// The tarball of another version of the package, which takes turns with this one.
    pub(super) against: Option<PathBuf>,
    /// Whether other uploaders take turns, too; the comparison is written to `docs/BENCHMARKS.md`, and with `load` to
    /// `docs/BENCHMARKS-LOAD.md`.
    pub(super) peers: bool,
    /// Seconds of each recording, if not those of its link.
    pub(super) seconds: Option<u64>,
    /// Whether the processors are kept busy meanwhile.
    pub(super) load: bool,
    /// Warm calls of each function in a run.
    pub(super) calls: u64,
    pub(super) events: Vec<u64>,
    /// Zips of the functions that were built before, `NAME/bootstrap.zip`, to be measured instead of these.
    pub(super) zips: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(mut arguments: Parser) -> Result<Self, Error> {
        let mut options = Self {
            only: Vec::new(),
            runs: 3,
            size: 1024,
            files: 500,
            against: None,
            peers: false,
            seconds: None,
            load: false,
            calls: 2_000,
            events: vec![100, 1_000, 10_000],
            zips: None,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("only") => options.only.push(arguments.value()?.string()?),
                Arg::Long("runs") => options.runs = arguments.value()?.parse()?,
                Arg::Long("size") => options.size = arguments.value()?.parse()?,
                Arg::Long("files") => options.files = arguments.value()?.parse()?,
                Arg::Long("peers") => options.peers = true,
                Arg::Long("seconds") => options.seconds = Some(arguments.value()?.parse()?),
                Arg::Long("load") => options.load = true,
                Arg::Long("against") => options.against = Some(arguments.value()?.into()),
                Arg::Long("zips") => options.zips = Some(arguments.value()?.into()),
                Arg::Long("quick") => {
                    (options.runs, options.size, options.files) = (1, 256, 100);
                    (options.calls, options.events) = (500, vec![100, 1_000]);
                }
                // A group as a plain argument: `bench backend`.
                Arg::Value(name) => options.only.push(name.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        options.check()?;
        Ok(options)
    }

    /// Whether this benchmark is named, as one must be that takes many minutes.
    pub(super) fn names(&self, name: &str) -> bool {
        self.only.iter().any(|only| only == name)
    }

    /// Whether `--only` is absent or has this name.
    pub(super) fn wants(&self, name: &str) -> bool {
        let compared = COMPARED.contains(&name);
        let any = match self.peers {
            // Load says nothing new of a path that is slow.
            true => {
                compared && !self.load || ["loopback", "long", "hosts", "small"].contains(&name)
            }
            false => !compared,
        };
        self.only.is_empty() && any || self.only.iter().any(|only| only == name)
    }

    /// Whether a variant of a group is wanted: `--only` may name groups, variants, or both.
    pub(super) fn wants_variant(&self, group: &str, variant: &str) -> bool {
        if variant.starts_with("before") && self.against.is_none() {
            return false;
        }
        let named = |name: &str| self.only.iter().any(|only| only == name);
        let mut peers = super::plan::peers();
        if peers.any(|peer| peer.name == variant) && !self.peers && !named(variant) {
            return false;
        }
        let groups = GROUPS.split(' ').any(named);
        let is_group = |only: &String| GROUPS.split(' ').any(|group| group == only);
        let variants = !self.only.iter().all(is_group);
        (!groups || named(group)) && (!variants || named(variant))
    }

    fn check(&self) -> Result<(), Error> {
        let variants = super::plan::all().map(|variant| variant.name);
        let known: Vec<&str> = GROUPS.split(' ').chain(variants).collect();
        let mut names = self.only.iter();
        if let Some(name) = names.find(|name| !known.contains(&name.as_str())) {
            let known = known.join(", ");
            let text = format!("there is no benchmark `{name}`; the names are {known}");
            return Err(Error::Usage(text));
        }
        if self.runs == 0 || self.size < 8 {
            let text = "at least one run and 8 MiB are needed";
            return Err(Error::Usage(text.to_owned()));
        }
        Ok(())
    }
}
