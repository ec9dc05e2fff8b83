//! `cargo xtask tools`: the packed npm package in the projects of `tests/tools`, each as its tool's starter makes it.

use std::collections::BTreeSet;

use lexopt::{Arg, Parser, ValueExt};
use serde_json::Value;

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{browsers, node};
use crate::{files, package, paths, step, test};

/// The projects of every test run.
const USUAL: [&str; 7] = [
    "vite-7", "vite-8", "webpack", "esbuild", "plain", "node", "stranger",
];
/// Projects that are of a version, so that they have no newest one.
const OLDER: [&str; 4] = ["vite-5", "vite-6", "vite-7", "web-worker-vite-7"];

/// Uploads in every chosen tool; prints the matrix, what the example apps show, and what is to be said of
/// the package itself.
///
/// # Errors
/// If a row does not show what it should, or nothing could be run.
pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let (mut only, mut newest) = (Vec::new(), false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("only") => only.push(arguments.value()?.string()?),
            Arg::Long("newest") => newest = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let mut projects = all()?;
    projects.retain(|name| !newest || !OLDER.contains(&name.as_str()));
    if !only.is_empty() {
        let project = |row: &String| row.split(' ').next().unwrap_or_default().to_owned();
        let wanted: BTreeSet<String> = only.iter().map(project).collect();
        if let Some(unknown) = wanted.iter().find(|name| !projects.contains(name)) {
            let text = format!(
                "there is no `{unknown}`; the tools are {}",
                projects.join(", ")
            );
            return Err(Error::Usage(text));
        }
        projects.retain(|name| wanted.contains(name));
    }
    let rows = if only.is_empty() { &projects } else { &only };
    let mut env = vec![("CROWFLY_TOOLS", rows.join(","))];
    if newest {
        let path = process::path_with(&[node::newest()?]);
        let path = path.to_string_lossy().into_owned();
        for name in locked(&projects) {
            // The row says why it cannot run.
            let _ = install_newest(name, &path);
        }
        env.push(("PATH", path));
        env.push(("CROWFLY_TOOLS_NEWEST", "1".into()));
    } else {
        install(&projects)?;
    }
    browsers::chromium()?;
    let result = test::tools(&env);
    show("tools");
    let apps = if only.is_empty() && !newest {
        test::adapters().and(test::servers("local-aws"))
    } else {
        Ok(())
    };
    result.and(apps).and(package::report())
}

/// The projects of a test run: the usual ones, and another one for each commit.
pub(crate) fn of_a_test_run() -> Result<Vec<String>, Error> {
    let mut others = all()?;
    others.retain(|name| !USUAL.contains(&name.as_str()));
    let commit = Cmd::new("git").words("rev-parse HEAD").log("git").output();
    // Not every copy of the sources is a repository.
    let commit = commit.unwrap_or_default();
    let number = commit
        .get(..8)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let place = number.unwrap_or_default() as usize % others.len().max(1);
    let mut projects = USUAL.map(str::to_owned).to_vec();
    projects.extend(others.into_iter().nth(place));
    Ok(projects)
}

/// The rows of these projects in a test run: the usual ones, and all of another project.
pub(crate) fn rows(projects: &[String]) -> String {
    let others = projects
        .iter()
        .filter(|name| !USUAL.contains(&name.as_str()));
    let words = std::iter::once("usual").chain(others.map(String::as_str));
    words.collect::<Vec<_>>().join(",")
}

/// Installs what the projects' lock files name.
pub(crate) fn install(projects: &[String]) -> Result<(), Error> {
    locked(projects).try_for_each(node::project)
}

/// Prints the matrix from a log, and what failed.
pub(crate) fn show(log: &str) {
    let log = process::logged(log);
    step::quote(log.lines().skip_while(|line| !line.starts_with("tool ")));
}

/// Every project by the name of its folder.
fn all() -> Result<Vec<String>, Error> {
    let folders = files::list(&paths::root().join("tests/tools"))?;
    let folders = folders.iter().filter(|folder| folder.is_dir());
    let names = folders.filter_map(|folder| folder.file_name()?.to_str());
    Ok(names.map(str::to_owned).collect())
}

/// Those that need packages of others.
fn locked(projects: &[String]) -> impl Iterator<Item = &str> {
    let has = |name: &&str| source(name).join("package-lock.json").is_file();
    projects.iter().map(String::as_str).filter(has)
}

fn source(name: &str) -> std::path::PathBuf {
    paths::root().join("tests/tools").join(name)
}

/// Installs the newest versions of a project's packages into `target/tools/newest`.
fn install_newest(name: &str, path: &str) -> Result<(), Error> {
    let folder = paths::tools().join("newest").join(name);
    let manifest = files::read(&source(name).join("package.json"))?;
    let mut manifest: Value = files::json("a package.json", manifest)?;
    for list in ["dependencies", "devDependencies"] {
        let versions = manifest.get_mut(list).and_then(Value::as_object_mut);
        for version in versions
            .into_iter()
            .flat_map(|versions| versions.values_mut())
        {
            // A range is what another package needs, which knows best.
            let ranged = version
                .as_str()
                .is_some_and(|text| text.starts_with(['~', '^']));
            *version = Value::from(if ranged { "*" } else { "latest" });
        }
    }
    files::empty(&folder)?;
    files::write(&folder.join("package.json"), manifest.to_string())?;
    step::step(&format!("newest packages of {name} from npm"), || {
        let install = Cmd::new("npm").words("install --ignore-scripts --no-audit --no-fund");
        let install = install.dir(&folder).env("PATH", path);
        install.log(&format!("newest-{name}")).run()?;
        node::finish_bun(&folder)
    })
}
