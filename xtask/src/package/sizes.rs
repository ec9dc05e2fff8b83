//! Download sizes: raw, gzip and brotli, and the budget.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use super::tarball;
use crate::error::Error;
use crate::files;
use crate::process::Cmd;

/// Budget of `import "crowfly"`, in bytes of gzip.
const AT_IMPORT: u64 = 1_000;
/// Budget of all that the default entry loads, in bytes of gzip.
const IN_ALL: u64 = 90_000;
/// Budget of all that the entry `crowfly/live` loads before it records, in bytes of gzip.
const LIVE_IN_ALL: u64 = 102_000;
/// Budget of what an adapter of a framework adds, in bytes of gzip.
const ADAPTER: u64 = 1_500;
/// Budgets of adapters that do more, in bytes of gzip.
const LARGER: [(&str, u64); 1] = [("uppy.js", 2_000)];
/// Budgets of what the web components load at once, in bytes of gzip.
const COMPONENTS: [(&str, u64); 2] = [("element.js", 14_000), ("recorder.js", 11_200)];

/// Entries that are no adapters.
const OWN_ENTRIES: [&str; 7] = [
    "index.js",
    LIVE,
    "slim.js",
    "inline.js",
    "crowfly.min.js",
    SERVER,
    TESTING,
];
/// Never part of an application's page.
const TESTING: &str = "testing.js";
const SERVER: &str = "server.js";
const LIVE: &str = "live.js";
/// What a web component loads when it is needed: Korean, words for trouble, previews, what an earlier page left.
const LATER: [&str; 7] = [
    "element-ko.js",
    "element-take.js",
    "element-preview.js",
    "element-earlier.js",
    "recorder-ko.js",
    "recorder-rare.js",
    "recorder-left.js",
];

/// What the default entry loads when a client is created, besides its static imports.
const ON_DEMAND: [&str; 3] = ["start.js", "crowfly_bg.wasm", "worker.js"];
/// The same of the entry `crowfly/live`, besides the two scripts that it imports.
const LIVE_ON_DEMAND: [&str; 3] = ["start-live.js", "live-crowfly_bg.wasm", "worker.js"];
/// What a recording loads besides.
const SPOOLING: &str = "spooling.js";

/// Measured with Node's zlib at the strongest settings, as a CDN compresses files. The line that names a script's source map
/// is left out: bundlers drop it, and only developers' tools read it.
const MEASURE: &str = "
const { readFileSync } = require('node:fs');
const zlib = require('node:zlib');
const sizes = {};
for (const file of process.argv.slice(1)) {
  const all = readFileSync(file);
  const map = all.lastIndexOf('//# sourceMappingURL=');
  const bytes = map < 0 ? all : all.subarray(0, map);
  sizes[file] = [bytes.length, zlib.gzipSync(bytes, { level: 9 }).length, zlib.brotliCompressSync(bytes).length];
}
process.stdout.write(JSON.stringify(sizes));
";

#[derive(Debug)]
pub(super) struct Sizes {
    files: BTreeMap<String, [u64; 3]>,
    at_import: BTreeSet<String>,
    /// Each adapter's files.
    adapters: BTreeMap<String, BTreeSet<String>>,
    /// What each web component loads at once.
    components: BTreeMap<String, BTreeSet<String>>,
}

/// Measures all scripts and modules of the package.
pub(super) fn measure(package: &Path) -> Result<Sizes, Error> {
    let at_import = imported(package, "index.js")?;
    let mut names: BTreeSet<String> = at_import.clone();
    names.extend(ON_DEMAND.map(str::to_owned));
    names.extend(LIVE_ON_DEMAND.map(str::to_owned));
    let more = ["slim.js", "inline.js", "inline-data.js", LIVE, SPOOLING];
    names.extend(more.into_iter().chain([SERVER, TESTING]).map(str::to_owned));
    names.extend(LATER.map(str::to_owned));
    let (mut adapters, mut components) = (BTreeMap::new(), BTreeMap::new());
    for entry in tarball::entries(package)? {
        if !OWN_ENTRIES.contains(&entry.as_str()) {
            let mut own = imported(package, &entry)?;
            own.retain(|name| !at_import.contains(name));
            names.extend(own.iter().cloned());
            let component = COMPONENTS.iter().any(|(name, _)| *name == entry);
            let group = if component {
                &mut components
            } else {
                &mut adapters
            };
            group.insert(entry, own);
        }
    }
    Ok(Sizes {
        files: compressed(package, &names)?,
        at_import,
        adapters,
        components,
    })
}

/// Raw, gzip and brotli sizes of these files of a folder.
pub(super) fn compressed<S: AsRef<OsStr>>(
    folder: &Path,
    names: impl IntoIterator<Item = S>,
) -> Result<BTreeMap<String, [u64; 3]>, Error> {
    let report = Cmd::new("node")
        .args(["-e", MEASURE])
        .args(names)
        .dir(folder)
        .log("sizes")
        .output()?;
    files::json("the list of sizes", report)
}

impl Sizes {
    pub(super) fn check(&self) -> Result<(), Error> {
        let ([_, at_import, _], [_, in_all, _]) = (self.import(), self.all());
        let mut parts = vec![
            ("what runs at import", at_import, AT_IMPORT),
            ("module, glue and worker", in_all, IN_ALL),
            ("crowfly/live", self.live()[1], LIVE_IN_ALL),
        ];
        for (entry, own) in self.adapters.iter().chain(&self.components) {
            let [_, gzip, _] = self.sum(|name| own.contains(name));
            let mut larger = LARGER.iter().chain(&COMPONENTS);
            let larger = larger.find(|(name, _)| name == entry);
            let budget = larger.map_or(ADAPTER, |(_, budget)| *budget);
            parts.push((entry.as_str(), gzip, budget));
        }
        for (what, bytes, budget) in parts {
            if bytes > budget {
                return Err(Error::failed(format!(
                    "the npm package is over its budget: {what} has {bytes} bytes of gzip, {budget} are allowed; after changes of the module, `cargo xtask package --order` may save some hundred"
                )));
            }
        }
        Ok(())
    }

    pub(super) fn gzip(&self, name: &str) -> u64 {
        self.files.get(name).map_or(0, |[_, gzip, _]| *gzip)
    }

    fn import(&self) -> [u64; 3] {
        self.sum(|name| self.at_import.contains(name))
    }

    pub(super) fn all(&self) -> [u64; 3] {
        self.sum(|name| self.at_import.contains(name) || ON_DEMAND.contains(&name))
    }

    /// All that the entry `crowfly/live` loads before it records.
    fn live(&self) -> [u64; 3] {
        self.sum(|name| [LIVE, "shared.js"].contains(&name) || LIVE_ON_DEMAND.contains(&name))
    }

    fn sum(&self, counts: impl Fn(&str) -> bool) -> [u64; 3] {
        let mut total = [0; 3];
        for (_, sizes) in self.files.iter().filter(|(name, _)| counts(name)) {
            let pairs = total.iter_mut().zip(sizes);
            pairs.for_each(|(total, size)| *total += size);
        }
        total
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, [raw, gzip, brotli]: [u64; 3]| {
            writeln!(f, "{name:<34}{raw:>10}{gzip:>10}{brotli:>10}")
        };
        for (name, sizes) in &self.files {
            row(name, *sizes)?;
        }
        for (entry, own) in &self.adapters {
            row(
                &format!("{entry} (adapter)"),
                self.sum(|name| own.contains(name)),
            )?;
        }
        for (entry, own) in &self.components {
            let stem = entry.trim_end_matches(".js");
            let later = |name: &str| LATER.contains(&name) && name.starts_with(stem);
            row(
                &format!("{entry} (at once)"),
                self.sum(|name| own.contains(name)),
            )?;
            row(
                &format!("{entry} (all it may load)"),
                self.sum(|name| own.contains(name) || later(name)),
            )?;
        }
        row("at import (crowfly)", self.import())?;
        row("in all (crowfly)", self.all())?;
        row("in all (crowfly/live)", self.live())?;
        let [bytes, raw, gzip, brotli] = ["bytes", "raw", "gzip", "brotli"];
        write!(f, "{bytes:<34}{raw:>10}{gzip:>10}{brotli:>10}")
    }
}

/// The files that loading `entry` loads at once: itself and its static imports, transitively.
fn imported(package: &Path, entry: &str) -> Result<BTreeSet<String>, Error> {
    let mut found = BTreeSet::new();
    let mut open = vec![entry.to_owned()];
    while let Some(name) = open.pop() {
        let text = files::text(&package.join(&name))?;
        if found.insert(name) {
            open.extend(static_imports(&text));
        }
    }
    Ok(found)
}

/// The relative files in `from "./x"` and `import "./x"`, but not in `import("./x")`.
fn static_imports(script: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in script.match_indices("\"./") {
        let before = script[..at].trim_end();
        if before.ends_with("from") || before.ends_with("import") {
            names.extend(script[at + 3..].split('"').next().map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::static_imports;

    #[test]
    fn only_what_loads_at_once_counts() {
        let script = r#"import{a}from"./a.js";import "./b.js";export { c } from "./c.js";
            const d = await import("./d.js"); new URL("./e.wasm", import.meta.url)"#;
        assert_eq!(static_imports(script), ["a.js", "b.js", "c.js"]);
    }
}
