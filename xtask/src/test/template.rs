//! Checks of `template.yaml` by the tools that deploy it.

use super::checkov;
use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::lambdas::{self, Build};
use crate::process::Cmd;
use crate::setup::python;
use crate::{kit, local, paths};

/// cfn-lint, SAM's own validation and checkov, over the template and those that the kit makes of it.
pub(super) fn lint(counts: &mut Counts) -> Result<(), Error> {
    let kits = kit::templates(&paths::target().join("lint"))?;
    let lint = cfn_lint()?
        .words("template.yaml examples/scanner/template.yaml examples/events/template.yaml");
    lint.args(&kits).step("cfn-lint")?;
    let validate = sam()?.words("validate --lint").log("sam-validate");
    validate.step("sam validate --lint")?;
    checkov::check()?;
    counts.add(Kind::Template, 5, 0);
    Ok(())
}

/// cfn-lint by the schemas of every region: minutes.
pub(super) fn regions() -> Result<(), Error> {
    let lint = cfn_lint()?.words("--regions ALL_REGIONS -- template.yaml");
    lint.step("cfn-lint, every region")
}

fn cfn_lint() -> Result<Cmd, Error> {
    Ok(Cmd::new(python::sam()?.join("cfn-lint")).log("cfn-lint"))
}

/// `sam build`, which reuses the existing release build of the Lambdas; and the kit for this processor, which the
/// whole-system tests deploy.
pub(super) fn build(counts: &mut Counts) -> Result<(), Error> {
    lambdas::build(Build::Release, false)?;
    sam()?
        // As a reader of the README has it.
        .words("build --config-file samconfig.example.toml --build-dir")
        .arg(paths::target().join("sam").join("build"))
        .arg("--parameter-overrides")
        .arg(format!("Architecture={}", local::architecture()))
        .log("sam-build")
        .step("sam build")?;
    for function in lambdas::BINS {
        built(function)?;
    }
    kit::build(&[local::architecture()])?;
    counts.add(Kind::Template, 2, 0);
    Ok(())
}

/// `sam` with cargo-lambda and zig on `PATH`, and without telemetry.
fn sam() -> Result<Cmd, Error> {
    let sam = python::sam()?;
    Ok(Cmd::new(sam.join("sam"))
        .env("PATH", lambdas::path()?)
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_DEFAULT_REGION", "eu-west-1"))
}

/// A function's folder is named after its logical id, such as `PresignFunction`.
fn built(bin: &str) -> Result<(), Error> {
    let mut name = bin.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let file = format!("sam/build/{name}Function/bootstrap");
    match paths::target().join(&file).is_file() {
        true => Ok(()),
        false => Err(Error::failed(format!("sam build left no target/{file}"))),
    }
}
