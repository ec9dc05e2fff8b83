//! Builds the Lambda binaries as they are deployed, by cargo-lambda.

use std::path::PathBuf;

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::python;
use crate::{paths, step};

/// The binaries of `backend/lambdas`.
pub(crate) const BINS: &[&str] = &["presign", "forward", "record", "read", "sweep"];

/// The binary of `examples/scanner`.
pub(crate) const SCANNER: &str = "scanner";

/// For this machine's own architecture the native linker is enough; zig is for cross-compiling.
pub(crate) const ENV: [(&str, &str); 1] = [("CARGO_LAMBDA_COMPILER", "cargo")];

/// Builds every binary into `target/lambda/<bin>/bootstrap.zip`. Cargo decides what is up to date.
///
/// # Errors
/// If cargo-lambda cannot be installed, or the build fails.
pub(crate) fn build() -> Result<(), Error> {
    step::step("Lambda binaries", || build_in("backend/lambdas"))?;
    BINS.iter().try_for_each(|bin| is_built(bin))
}

/// Builds the example scanner in the same way.
///
/// # Errors
/// As [`build`].
pub(crate) fn build_scanner() -> Result<(), Error> {
    step::step("example scanner", || build_in("examples/scanner"))?;
    is_built(SCANNER)
}

fn build_in(folder: &str) -> Result<(), Error> {
    let tools = python::cargo_lambda()?;
    // The flags of `sam build`, so that both share one compilation.
    Cmd::new("cargo")
        .args([
            "lambda",
            "build",
            "--release",
            "--output-format",
            "zip",
            "--bins",
        ])
        .arg("--lambda-dir")
        .arg(paths::lambdas())
        .env("PATH", process::path_with(&[tools]))
        .envs(ENV)
        .dir(paths::root().join(folder))
        .log("lambdas")
        .run()
}

fn is_built(bin: &str) -> Result<(), Error> {
    let file = zip(bin);
    if file.is_file() {
        return Ok(());
    }
    Err(Error::failed(format!(
        "the build left no {}",
        paths::short(&file)
    )))
}

/// The deployable zip of one binary.
pub(crate) fn zip(bin: &str) -> PathBuf {
    paths::lambdas().join(bin).join("bootstrap.zip")
}
