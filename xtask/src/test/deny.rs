//! The project's dependencies: free licences, no wildcards, and nothing from outside crates.io.

use std::path::{Path, PathBuf};

use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::files;
use crate::process::Cmd;
use crate::setup::cargo_tools;
use crate::{paths, step};

/// `cargo deny check` of every workspace in the repository. Advisories change without a commit and need a database
/// from the network: the public CI checks them beside this step, and once a week.
pub(super) fn check(counts: &mut Counts) -> Result<(), Error> {
    for manifest in workspaces()? {
        let name = paths::short(&manifest);
        step::step(&format!("cargo deny, {name}"), || {
            allowed(&manifest, "cargo-deny")
        })?;
        counts.add(Kind::Check, 1, 0);
    }
    Ok(())
}

/// The root's workspace, that of the fuzz targets, and the examples that are one.
fn workspaces() -> Result<Vec<PathBuf>, Error> {
    let mut found = vec![paths::root().join("Cargo.toml")];
    let mut folders = vec![paths::root().join("fuzz")];
    let examples = paths::root().join("examples");
    if examples.is_dir() {
        folders.extend(files::list(&examples)?);
    }
    folders.sort();
    for manifest in folders.iter().map(|folder| folder.join("Cargo.toml")) {
        let text = std::fs::read_to_string(&manifest).unwrap_or_default();
        if text.lines().any(|line| line.trim() == "[workspace]") {
            found.push(manifest);
        }
    }
    Ok(found)
}

fn allowed(manifest: &Path, log: &str) -> Result<(), Error> {
    Cmd::new(cargo_tools::cargo_deny()?)
        .args(["--log-level", "error", "--manifest-path"])
        .arg(manifest)
        .arg("--config")
        .arg(paths::root().join("deny.toml"))
        .args(["check", "licenses", "bans", "sources"])
        .log(log)
        .run()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::allowed;
    use crate::process::Cmd;
    use devkit::paths;

    /// Checks a package `app` that depends on a package `dep` of this licence; `how` is the dependency's table.
    fn check(name: &str, licence: &str, how: impl Fn(&Path) -> String) -> Result<(), String> {
        let folder = paths::target().join("test/deny").join(name);
        let _ = fs::remove_dir_all(&folder);
        let dep = folder.join("dep");
        package(&dep, "dep", licence, "");
        let dependency = format!("dep = {{ version = \"0.1.0\", {} }}", how(&dep));
        package(&folder.join("app"), "app", "MIT", &dependency);
        let checked = allowed(&folder.join("app/Cargo.toml"), &format!("unit-deny-{name}"));
        checked.map_err(|error| error.to_string())
    }

    fn package(folder: &Path, name: &str, licence: &str, dependencies: &str) {
        fs::create_dir_all(folder.join("src")).expect("a folder");
        fs::write(folder.join("src/lib.rs"), "").expect("a file");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"{licence}\"\n\
             [workspace]\n[dependencies]\n{dependencies}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
    }

    fn by_path(dep: &Path) -> String {
        format!("path = \"{}\"", dep.display())
    }

    /// The same package from a git repository on this machine.
    fn by_git(dep: &Path) -> String {
        let git = |arguments: &[&str]| {
            let person = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
            let git = Cmd::new("git").args(person).args(arguments).dir(dep);
            git.log("unit-deny-git").run().expect("git works");
        };
        git(&["init", "--quiet"]);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", "A package"]);
        format!("git = \"file://{}\"", dep.display())
    }

    #[test]
    fn a96_only_free_licences_that_are_listed_are_taken() {
        let refused = check("gpl", "GPL-3.0-only", by_path);
        let text = refused.expect_err("the licence is not on the list");
        assert!(text.contains("GPL-3.0-only"), "{text}");
        let free = check("mit", "MIT", by_path);
        assert_eq!(free, Ok(()));
    }

    #[test]
    fn a96_nothing_comes_from_git() {
        let refused = check("git", "MIT", by_git);
        let text = refused.expect_err("git is no source");
        assert!(text.contains("source-not-allowed"), "{text}");
    }

    #[test]
    fn a96_every_workspace_of_the_repository_is_checked() {
        let all = super::workspaces().expect("they are found");
        let names: Vec<String> = all.iter().map(|path| paths::short(path)).collect();
        assert!(names.contains(&"Cargo.toml".to_owned()), "{names:?}");
        assert!(names.contains(&"fuzz/Cargo.toml".to_owned()), "{names:?}");
    }
}
