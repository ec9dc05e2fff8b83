//! The tarball, which contains what its manifest lists and nothing that runs at install.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::{files, paths};

/// `target/npm/crowfly.tgz`.
pub(crate) fn file() -> PathBuf {
    paths::target().join("npm").join("crowfly.tgz")
}

/// Files of the repository root that are packed where they exist.
pub(super) fn texts() -> Vec<PathBuf> {
    let names = ["LICENSE-MIT", "LICENSE-APACHE", "LICENSE", "CHANGELOG.md"];
    let files = names.iter().map(|name| paths::root().join(name));
    files.filter(|path| path.is_file()).collect()
}

/// Packs the folder and checks the result.
pub(super) fn pack(package: &Path) -> Result<(), Error> {
    check_manifest(&manifest(package)?)?;
    let destination = paths::target().join("npm");
    let report = Cmd::new("npm")
        .args(["pack", "--json", "--ignore-scripts", "--pack-destination"])
        .arg(&destination)
        .dir(package)
        .log("npm-pack")
        .output()?;
    let report: Value = files::json("npm pack's report", report)?;
    // Newer versions of npm print an object by package name, older ones a list.
    let packed = report.get(0).or_else(|| report.get("crowfly"));
    let packed = packed.unwrap_or(&report);
    let found = strings(packed.get("files"), |value| value.get("path")?.as_str());
    compare(&listed_in(package)?, &found)?;
    let name = packed["filename"].as_str().unwrap_or_default();
    std::fs::rename(destination.join(name), file()).map_err(Error::io("name the tarball"))
}

/// What the manifest in `folder` lists, and what npm adds by itself if it exists:
/// <https://docs.npmjs.com/cli/v10/configuring-npm/package-json#files>.
pub(super) fn listed_in(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let mut names = strings(manifest(folder)?.get("files"), |value| value.as_str());
    let by_itself = ["package.json", "README.md", "LICENSE"];
    let present = by_itself.iter().filter(|name| folder.join(name).is_file());
    names.extend(present.map(|name| (*name).to_owned()));
    Ok(names)
}

/// The scripts that the manifest in `folder` gives to `import`.
pub(super) fn entries(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let manifest = manifest(folder)?;
    let exports = manifest["exports"].as_object().into_iter().flatten();
    let scripts = exports.filter_map(|(_, entry)| entry["import"]["default"].as_str());
    Ok(scripts
        .map(|path| path.trim_start_matches("./").to_owned())
        .collect())
}

fn manifest(folder: &Path) -> Result<Value, Error> {
    let file = folder.join("package.json");
    files::json("the package's package.json", files::read(&file)?)
}

/// No dependencies and no scripts: nothing of ours runs at install.
fn check_manifest(manifest: &Value) -> Result<(), Error> {
    let mut banned = "scripts dependencies optionalDependencies bundleDependencies bin".split(' ');
    match banned.find(|name| manifest.get(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(Error::failed(format!(
            "client-wasm/npm/package.json has `{name}`; the package promises to have none"
        ))),
    }
}

fn strings(list: Option<&Value>, pick: impl Fn(&Value) -> Option<&str>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    let picked = list.filter_map(|value| pick(value).map(str::to_owned));
    picked.collect()
}

fn compare(expected: &BTreeSet<String>, found: &BTreeSet<String>) -> Result<(), Error> {
    let list = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let missing = list(expected.difference(found).collect());
    let surplus = list(found.difference(expected).collect());
    if missing.is_empty() && surplus.is_empty() {
        return Ok(());
    }
    Err(Error::failed(format!(
        "the npm package differs from the `files` of client-wasm/npm/package.json: missing [{missing}], \
         not listed [{surplus}]"
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{check_manifest, compare};

    #[test]
    fn a_package_that_runs_something_at_install_is_refused() {
        assert!(check_manifest(&json!({"name": "crowfly"})).is_ok());
        assert!(check_manifest(&json!({"scripts": {"postinstall": "x"}})).is_err());
        assert!(check_manifest(&json!({"dependencies": {}})).is_err());
    }

    #[test]
    fn a_missing_or_a_surplus_file_is_named() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert!(compare(&set(&["a"]), &set(&["a"])).is_ok());
        let error = compare(&set(&["a", "b"]), &set(&["b", "c"])).expect_err("they differ");
        assert!(error.to_string().contains("missing [a]"), "{error}");
        assert!(error.to_string().contains("not listed [c]"), "{error}");
    }
}
