//! The functions' zips: as they are deployed, or without optimisation for `dev` and `test`.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;
use crate::native::NATIVE;
use crate::process::{self, Cmd};
use crate::setup::{cross_target, python};
use crate::{paths, step};

/// The binaries of `backend/lambdas`.
pub(crate) const BINS: &[&str] = &["presign", "forward", "record", "read", "remove", "sweep"];

/// The binary of `examples/scanner`.
pub(crate) const SCANNER: &str = "scanner";

/// For this machine's own architecture the native linker is enough; zig is for cross-compiling.
pub(crate) const ENV: [(&str, &str); 1] = [("CARGO_LAMBDA_COMPILER", "cargo")];

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
        return release(&bins);
    }
    step::step("Lambda binaries, not optimised", || {
        compile(how == Build::Dev)
    })?;
    zipped(&bins)
}

fn release(bins: &[&str]) -> Result<Functions, Error> {
    let functions = Functions {
        folder: paths::target().join("lambda"),
    };
    step::step("Lambda binaries, optimised as a whole", || {
        by_cargo_lambda("backend/lambdas", &functions.folder)
    })?;
    if bins.contains(&SCANNER) {
        step::step("example scanner, optimised as a whole", || {
            by_cargo_lambda("examples/scanner", &functions.folder)
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

/// Builds every function for the other architecture, with zig as linker and C compiler.
pub(crate) fn cross(architecture: &str) -> Result<Functions, Error> {
    let functions = Functions {
        folder: paths::target().join(format!("lambda-{architecture}")),
    };
    cross_target::ready(architecture)?;
    step::step(&format!("Lambda binaries for {architecture}"), || {
        let zig = python::zig()?;
        cargo_lambda("backend/lambdas", &functions.folder)?
            .arg(format!("--{}", architecture.replace('_', "-")))
            .env("PATH", process::path_with(&[zig, python::cargo_lambda()?]))
            .run()
    })?;
    Ok(functions)
}

fn by_cargo_lambda(folder: &str, out: &Path) -> Result<(), Error> {
    cargo_lambda(folder, out)?.envs(ENV).run()
}

fn cargo_lambda(folder: &str, out: &Path) -> Result<Cmd, Error> {
    let tools = python::cargo_lambda()?;
    // The flags of `sam build`, so that both share one compilation.
    Ok(Cmd::new("cargo")
        .words("lambda build --release --output-format zip --bins --lambda-dir")
        .arg(out)
        .env("PATH", process::path_with(&[tools]))
        .dir(paths::root().join(folder))
        .log("lambdas"))
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
