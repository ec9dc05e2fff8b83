//! The functions' zips: as they are deployed, or without optimisation for `dev` and `test`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;
use crate::local::architecture;
use crate::native::NATIVE;
use crate::process::{self, Cmd};
use crate::setup::{cross_target, python};
use crate::{paths, step};

/// The binaries of `backend/lambdas`.
pub(crate) const BINS: &[&str] = &["presign", "forward", "record", "read", "remove", "sweep"];

/// The binary of `examples/scanner`.
pub(crate) const SCANNER: &str = "scanner";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// By cargo-lambda, as they are deployed. Minutes, because the linker optimises the whole program.
    Release,
    /// By the tests' profile and selection of packages, so that both are compiled once.
    Tests,
    /// By the tests' profile, and no crate that the functions do not need.
    Dev,
}

#[derive(Debug)]
pub(crate) struct Functions {
    /// One folder for each function, with its `bootstrap.zip`.
    folder: PathBuf,
}

impl Functions {
    /// Those that an earlier build left in this folder.
    pub(crate) fn built(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub(crate) fn zip(&self, bin: &str) -> PathBuf {
        self.folder.join(bin).join("bootstrap.zip")
    }
}

/// Builds every function, and for the whole-system tests the example scanner. Cargo decides what is up to date.
pub(crate) fn build(how: Build, scanner: bool) -> Result<Functions, Error> {
    let mut bins = BINS.to_vec();
    if scanner {
        bins.push(SCANNER);
    }
    if how == Build::Release {
        return release(architecture(), &bins);
    }
    step::step("Lambda binaries, not optimised", || {
        compile(how == Build::Dev)
    })?;
    zipped(&bins)
}

/// The functions as they are deployed to this architecture. zig is their linker and C compiler, as in a `sam build` of
/// the README: they need no newer C library than that of Lambda, whatever this machine has.
pub(crate) fn release(architecture: &str, bins: &[&str]) -> Result<Functions, Error> {
    let functions = Functions {
        folder: paths::target().join(format!("lambda-{architecture}")),
    };
    cross_target::ready(architecture)?;
    let what = format!("Lambda binaries for {architecture}, optimised as a whole");
    step::step(&what, || {
        release_of(paths::root(), architecture, &functions.folder)
    })?;
    if bins.contains(&SCANNER) {
        step::step("example scanner, optimised as a whole", || {
            let folder = paths::root().join("examples/scanner");
            by_cargo_lambda(folder, architecture, &functions.folder)
        })?;
    }
    let mut zips = bins.iter().map(|bin| functions.zip(bin));
    match zips.find(|zip| !zip.is_file()) {
        None => Ok(functions),
        Some(zip) => Err(Error::failed(format!(
            "the build left no {}",
            paths::short(&zip)
        ))),
    }
}

/// The functions of a checkout with this root, into a folder.
pub(crate) fn release_of(root: &Path, architecture: &str, out: &Path) -> Result<(), Error> {
    by_cargo_lambda(root.join("backend/lambdas"), architecture, out)
}

fn by_cargo_lambda(folder: PathBuf, architecture: &str, out: &Path) -> Result<(), Error> {
    // The flags of `sam build`, so that both share one compilation.
    Cmd::new("cargo")
        .words("lambda build --release --output-format zip --bins")
        .arg(format!("--{}", architecture.replace('_', "-")))
        .arg("--lambda-dir")
        .arg(out)
        .env("PATH", path()?)
        .dir(folder)
        .log("lambdas")
        .run()
}

/// `PATH` with cargo-lambda, and with the Python in which it looks for zig.
pub(crate) fn path() -> Result<OsString, Error> {
    Ok(process::path_with(&[
        python::zig()?,
        python::cargo_lambda()?,
    ]))
}

fn compile(only_functions: bool) -> Result<(), Error> {
    let selection: &[&str] = match only_functions {
        true => &["--package", "crowfly-lambdas"],
        false => &NATIVE,
    };
    let build = Cmd::new("cargo").arg("build").args(selection);
    build.arg("--bins").log("lambdas").run()
}

/// Zips what cargo compiled, where a zip is older than its binary.
fn zipped(bins: &[&str]) -> Result<Functions, Error> {
    let functions = Functions {
        folder: paths::target().join("lambda-debug"),
    };
    let binary = |bin: &str| paths::cargo_target().join("debug").join(bin);
    let mut stale = bins.to_vec();
    stale.retain(|bin| changed(&binary(bin)) >= changed(&functions.zip(bin)));
    if stale.is_empty() {
        return Ok(functions);
    }
    let python = python::local_aws()?.join("python");
    step::step("zips of the Lambda binaries", || {
        let mut command = Cmd::new(python)
            .arg(paths::root().join("xtask/local-aws/zip_binaries.py"))
            .log("zip-binaries");
        for bin in stale {
            command = command.arg(binary(bin)).arg(functions.zip(bin));
        }
        command.run()
    })?;
    Ok(functions)
}

/// When `file` was last written; `None` is before every time.
fn changed(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|data| data.modified()).ok()
}
