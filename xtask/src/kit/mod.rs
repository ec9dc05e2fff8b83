//! `cargo xtask kit`: the stack for people without Rust, as `target/kit/crowfly-<version>.zip`.
//!
//! It holds the functions for both processors, a template for each, the demo page with the npm package, and a page of
//! instructions. It depends on the commit, the toolchain and the path of cargo's home (in the messages of panics) alone:
//! packed files have no time.

mod reproducible;
mod template;

use std::path::{Path, PathBuf};

use devkit::hash::sha256_hex;
use lexopt::{Arg, Parser, ValueExt};

use crate::error::Error;
use crate::lambdas::{self, BINS};
use crate::process::Cmd;
use crate::setup::python;
use crate::{files, package, paths, step};

pub(crate) use reproducible::compare;

const ARCHITECTURES: [&str; 2] = ["x86_64", "arm64"];
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What `cargo xtask config` writes into `www/` for a stack of this checkout.
const OWN: [&str; 2] = ["config.json", "crowfly"];
const NAME: &str = concat!("crowfly-", env!("CARGO_PKG_VERSION"));

/// Builds the kit; `--architecture NAME` leaves the other one out.
pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let mut chosen = ARCHITECTURES.to_vec();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("architecture") => {
                let name = arguments.value()?.string()?;
                chosen.retain(|architecture| **architecture == name);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if chosen.is_empty() {
        let known = ARCHITECTURES.join(" or ");
        return Err(Error::Usage(format!("--architecture is {known}")));
    }
    let file = build(&chosen)?;
    step::clear();
    for architecture in chosen {
        let zips = BINS
            .iter()
            .map(|bin| function(&folder(), architecture, bin));
        let bytes = zips.map(|zip| files::size(&zip)).sum::<Result<u64, _>>()?;
        println!("functions {architecture:<8}{:>12} bytes", bytes);
    }
    println!("{:<18}{:>12} bytes", "all, zipped", files::size(&file)?);
    println!("{}", paths::short(&file));
    Ok(())
}

/// Builds the kit for these architectures; returns its zip.
pub(crate) fn build(architectures: &[&str]) -> Result<PathBuf, Error> {
    package::build()?;
    let kit = folder();
    files::empty(&kit)?;
    for architecture in architectures {
        let functions = lambdas::release(architecture, BINS)?;
        files::create(&kit.join("functions").join(architecture))?;
        for bin in BINS {
            let zip = function(&kit, architecture, bin);
            pack(
                "function",
                &[&functions.zip(bin), &zip, Path::new(architecture)],
            )?;
        }
        write_template(&kit, architecture)?;
    }
    texts(&kit)?;
    page(&kit.join("page"))?;
    sums(&kit)?;
    let file = paths::target().join(format!("kit/{NAME}.zip"));
    step::step("kit", || pack("folder", &[&kit, &file]))?;
    let sum = sha256_hex(&files::read(&file)?);
    files::write(&checksum(&file), format!("{sum}  {NAME}.zip\n"))?;
    Ok(file)
}

/// Writes the templates of all kits into a folder, without their functions; returns the files.
pub(crate) fn templates(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let all = ARCHITECTURES.iter();
    all.map(|architecture| write_template(folder, architecture))
        .collect()
}

fn write_template(folder: &Path, architecture: &str) -> Result<PathBuf, Error> {
    let one = files::text(&paths::root().join("template.yaml"))?;
    let file = folder.join(format!("template-{architecture}.yaml"));
    files::write(&file, template::for_architecture(&one, architecture)?)?;
    Ok(file)
}

/// `target/kit/crowfly-<version>/`.
fn folder() -> PathBuf {
    // Not by `with_extension`, which takes the last number of a version for one.
    paths::target()
        .join("kit")
        .join(format!("crowfly-{VERSION}"))
}

/// The file beside the kit's zip with its checksum, in the form of `sha256sum`.
fn checksum(zip: &Path) -> PathBuf {
    let mut name = zip.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

fn function(kit: &Path, architecture: &str, bin: &str) -> PathBuf {
    kit.join("functions")
        .join(architecture)
        .join(format!("{bin}.zip"))
}

fn texts(kit: &Path) -> Result<(), Error> {
    let source = paths::root().join("xtask/kit");
    let readme = files::text(&source.join("README.md"))?;
    files::write(&kit.join("README.md"), readme.replace("VERSION", VERSION))?;
    files::copy(&source.join("configure.sh"), &kit.join("configure.sh"))?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files::copy(&paths::root().join(name), &kit.join(name))?;
    }
    Ok(())
}

/// The demo page with the package beside it, as any web server can serve them.
fn page(folder: &Path) -> Result<(), Error> {
    files::copy_but(&paths::root().join("www"), folder, &OWN)?;
    files::copy_all(&paths::npm_package(), &folder.join("crowfly"))
}

/// `SHA256SUMS`, in the form of `sha256sum`.
fn sums(kit: &Path) -> Result<(), Error> {
    let mut lines = Vec::new();
    walk(kit, &mut |file| {
        let name = file.strip_prefix(kit).unwrap_or(file).display().to_string();
        lines.push((name, sha256_hex(&files::read(file)?)));
        Ok(())
    })?;
    lines.sort();
    let text: String = lines
        .iter()
        .map(|(name, sum)| format!("{sum}  {name}\n"))
        .collect();
    files::write(&kit.join("SHA256SUMS"), text)
}

fn walk(folder: &Path, each: &mut impl FnMut(&Path) -> Result<(), Error>) -> Result<(), Error> {
    for file in files::list(folder)? {
        match file.is_dir() {
            true => walk(&file, each)?,
            false => each(&file)?,
        }
    }
    Ok(())
}

fn pack(what: &str, arguments: &[&Path]) -> Result<(), Error> {
    let python = python::local_aws()?.join("python");
    Cmd::new(python)
        .arg(paths::root().join("xtask/kit/pack.py"))
        .arg(what)
        .args(arguments)
        .log(&format!("kit-{what}"))
        .run()
}
