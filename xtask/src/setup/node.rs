//! Tools from npm, pinned by `xtask/node/package-lock.json` and installed into `target/tools/node`.

use std::path::{Path, PathBuf};

use devkit::hash::sha256_hex;

use super::stamp;
use crate::error::Error;
use crate::files;
use crate::paths;
use crate::process::Cmd;

/// The oldest Node that the tools run on.
const OLDEST: (u32, u32) = (20, 19);

pub(crate) fn ready() -> Result<(), Error> {
    install("node", "packages from npm", "xtask/node")
}

/// Installs what the lock file of a project in `tests/tools` names into `target/tools/projects`.
pub(crate) fn project(name: &str) -> Result<(), Error> {
    let at = format!("projects/{name}");
    let what = format!("packages of {name} from npm");
    install(&at, &what, &format!("tests/tools/{name}"))?;
    finish_bun(&paths::tools().join(at))
}

/// Puts Bun's program in its place, which is all that its install script does; no other package's script is run.
pub(crate) fn finish_bun(project: &Path) -> Result<(), Error> {
    let bun = project.join("node_modules/bun");
    match bun.join("install.js").is_file() {
        true => Cmd::new("node").arg("install.js").dir(bun).log("bun").run(),
        false => Ok(()),
    }
}

/// Installs a newer Node.js into `target/tools/node-newest`; returns the folder of its program.
pub(crate) fn newest() -> Result<PathBuf, Error> {
    install(
        "node-newest",
        "a newer Node.js from npm",
        "xtask/node/newest",
    )?;
    let modules = paths::tools().join("node-newest/node_modules");
    let mut found = files::list(&modules)?
        .into_iter()
        .map(|package| package.join("bin"));
    let found = found.find(|folder| folder.join("node").is_file());
    found.ok_or_else(|| Error::Missing("npm has no newer Node.js for this machine".into()))
}

/// Installs the OpenID provider of the sign-in tests into `target/tools/node-oidc`.
pub(crate) fn provider() -> Result<(), Error> {
    install("node-oidc", "an OpenID provider from npm", "tests/oidc")
}

/// Installs what makes the documents' site into `target/tools/node-site`.
pub(crate) fn site() -> Result<(), Error> {
    install("node-site", "packages of the site from npm", "xtask/site")
}

/// Installs the uploaders that the benchmarks compare with into `target/tools/node-peers`; returns its packages.
pub(crate) fn peers() -> Result<PathBuf, Error> {
    let what = "other uploaders from npm";
    install("node-peers", what, "xtask/bench/peers")?;
    Ok(paths::tools().join("node-peers/node_modules"))
}

/// Installs Lighthouse into `target/tools/node-audit`.
pub(crate) fn audit() -> Result<(), Error> {
    install("node-audit", "Lighthouse from npm", "tests/audit")
}

/// Installs what the adapters' apps need.
pub(crate) fn examples() -> Result<(), Error> {
    apps(&["react", "vue", "svelte", "solid", "uppy"])
}

/// Installs what the apps of `crowfly/server` need whose cases these words choose.
pub(crate) fn servers(words: &str) -> Result<(), Error> {
    for kind in chosen(words) {
        if kind == "next" {
            let starter = "tests/tests/servers/next";
            install("projects/server-next", "create-next-app from npm", starter)?;
        } else {
            apps(&[&format!("server-{kind}")])?;
        }
    }
    Ok(())
}

/// The apps whose cases are chosen by one of these words, as in `local-aws::express`. One that names no app, such as
/// that of a store, may choose any.
fn chosen(words: &str) -> Vec<&'static str> {
    let all = ["express", "hono", "fastify", "next"];
    let chooses =
        |word: &str, app: &str| word.contains(app) || !all.iter().any(|other| word.contains(other));
    let wanted = |app: &&str| words.split(',').any(|word| chooses(word, app));
    all.into_iter().filter(wanted).collect()
}

/// Installs what example apps need into `target/tools/node-react` and so on, but not the package itself.
fn apps(names: &[&str]) -> Result<(), Error> {
    for name in names {
        let (folder, what) = (
            format!("node-{name}"),
            format!("packages of the {name} example"),
        );
        install(&folder, &what, &format!("examples/{name}"))?;
    }
    Ok(())
}

fn install(name: &str, what: &str, source: &str) -> Result<(), Error> {
    let read = |file: &str| files::read(&paths::root().join(source).join(file));
    let (manifest, lock) = (read("package.json")?, read("package-lock.json")?);
    let fingerprint = sha256_hex(&[manifest.as_slice(), lock.as_slice()].concat());
    let folder = paths::tools().join(name);
    let modules = [folder.join("node_modules")];
    stamp::once(name, what, &fingerprint, &modules, || {
        check_version()?;
        files::write(&folder.join("package.json"), &manifest)?;
        files::write(&folder.join("package-lock.json"), &lock)?;
        Cmd::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .dir(&folder)
            .log(&format!("{name}-npm-ci"))
            .run()
    })
}

/// One of the installed tools by its command name, such as `wasm-opt`.
pub(crate) fn tool(name: &str) -> PathBuf {
    modules().join(".bin").join(name)
}

pub(crate) fn modules() -> PathBuf {
    paths::tools().join("node").join("node_modules")
}

fn check_version() -> Result<(), Error> {
    let (major, minor) = OLDEST;
    let missing = |found: &str| {
        Error::Missing(format!(
            "Node.js {major}.{minor} or newer with npm is needed, {found}; install it from your system's \
             packages or from nodejs.org"
        ))
    };
    if paths::on_path("node").is_none() || paths::on_path("npm").is_none() {
        return Err(missing("and there is none on PATH"));
    }
    let version = Cmd::new("node").arg("--version").log("node-version");
    let text = version.output()?;
    match version_of(&text) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(missing(&format!("and this machine has {}", text.trim()))),
    }
}

fn version_of(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{chosen, version_of};

    #[test]
    fn only_what_the_words_may_choose_is_installed() {
        let all = ["express", "hono", "fastify", "next"];
        assert_eq!(chosen("local-aws::express"), ["express"]);
        assert_eq!(
            chosen("garage::next,local-aws::hono::a_cancel"),
            ["hono", "next"]
        );
        assert_eq!(chosen("garage"), all);
        assert_eq!(chosen("local-aws::express,a_cancel"), all);
        assert_eq!(chosen(""), all);
    }

    #[test]
    fn a_version_is_major_and_minor() {
        assert_eq!(version_of("v20.20.2\n"), Some((20, 20)));
        assert!(version_of("v18.19.0") < Some(super::OLDEST));
        assert_eq!(version_of("nonsense"), None);
    }
}
