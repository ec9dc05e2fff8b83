//! The npm package: hand-written JavaScript and types from `client-wasm/npm`, the module and its glue.

mod module;
mod scripts;
mod shares;
mod sizes;
mod tarball;

use std::path::{Path, PathBuf};

use devkit::hash::sha256_hex;

use self::module::Build;
use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{self, node};
use crate::{files, paths, step};

/// Builds `target/npm/package/` and `target/npm/crowfly.tgz`; does nothing if both are up to date.
pub(crate) fn build() -> Result<(), Error> {
    setup::ready(setup::WASM, &[node::ready])?;
    step::step("browser module", module::compile)?;
    let package = paths::npm_package();
    let mut outputs = vec![tarball::file(), package.clone()];
    outputs.extend(
        Build::ALL
            .iter()
            .flat_map(|build| [build.named(), build.ordered()]),
    );
    let fingerprint = fingerprint()?;
    setup::stamp::once("npm-package", "npm package", &fingerprint, &outputs, || {
        files::empty(&package)?;
        for build in Build::ALL {
            module::bind(build)?;
        }
        module::bind_doctor()?;
        scripts::assemble(&package)?;
        tarball::pack(&package)
    })
}

/// The files of the repository that are made from the built package, and are to be made anew.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Renewed {
    /// The report of the public types.
    pub(crate) api: bool,
    /// The order of the module's functions.
    pub(crate) order: bool,
}

/// As [`build`], then as [`report`].
pub(crate) fn run(renewed: Renewed) -> Result<(), Error> {
    build()?;
    if renewed.order {
        step::step("order of the module's functions", module::search_order)?;
        build()?;
    }
    if renewed.api {
        let api = recipe("api.mjs")
            .arg(paths::npm_package())
            .arg(node::modules());
        api.log("api-report").run()?;
    }
    report()
}

/// Prints the sizes of the built package, and what publint and are-the-types-wrong say of it; fails if one is over its
/// budget, or a tool finds anything.
pub(crate) fn report() -> Result<(), Error> {
    weigh()?;
    let lint = recipe("lint.mjs").arg(tarball::file()).arg(node::modules());
    let found = lint.log("package-lint").run();
    println!("\n{}", process::logged("package-lint").trim_end());
    found
}

/// A script of `client-wasm/build/`.
fn recipe(name: &str) -> Cmd {
    Cmd::new("node").arg(module::recipes().join(name))
}

/// Prints the sizes of the built package and checks them against the budget.
pub(crate) fn weigh() -> Result<(), Error> {
    let table = sizes::measure(&paths::npm_package())?;
    step::clear();
    println!("{table}");
    println!("{}", by_part(&table)?);
    println!("{}", paths::short(&tarball::file()));
    table.check()
}

/// Bytes of gzip of all that the default entry loads.
pub(crate) fn in_all() -> Result<u64, Error> {
    let [_, gzip, _] = sizes::measure(&paths::npm_package())?.all();
    Ok(gzip)
}

/// Bytes of gzip of one script of a folder.
pub(crate) fn gzip(folder: &Path, name: &str) -> Result<u64, Error> {
    let sizes = sizes::compressed(folder, [name])?;
    let size = sizes.get(name);
    Ok(size.map_or(0, |[_, gzip, _]| *gzip))
}

/// The gzip size of the module, split in proportion to each part's code.
fn by_part(sizes: &sizes::Sizes) -> Result<String, Error> {
    let named = Build::Client.named();
    let shares = shares::shares(&files::read(&named)?)
        .map_err(|error| Error::failed(format!("{}: {error}", paths::short(&named))))?;
    let whole = sizes.gzip("crowfly_bg.wasm");
    let rows = shares.iter().map(|(name, share)| {
        let weight = whole * share / 1000;
        let percent = *share as f64 / 10.0;
        format!("module: {name:<29}{percent:>6.1}%{weight:>10}")
    });
    Ok(rows.collect::<Vec<_>>().join("\n"))
}

/// The folder of the package's hand-written files.
fn source() -> PathBuf {
    paths::root().join("client-wasm/npm")
}

/// A hash of all inputs: the compiled modules, the files beside them, the tools and these build scripts.
fn fingerprint() -> Result<String, Error> {
    let root = paths::root();
    let lock = root.join("xtask/node/package-lock.json");
    let types = root.join("server/tsconfig.json");
    let mut inputs = vec![module::raw_doctor(), lock, types];
    inputs.extend(Build::ALL.map(Build::raw));
    let folders = [
        "client-wasm/js",
        "client-wasm/element",
        "client-wasm/recorder",
        "server/src",
        "xtask/src/package",
    ];
    let folders = folders.map(|folder| root.join(folder));
    for folder in [source(), module::recipes()].into_iter().chain(folders) {
        let found = files::list(&folder)?.into_iter();
        inputs.extend(found.filter(|path| path.is_file()));
    }
    inputs.extend(tarball::texts());
    inputs.sort();
    let mut all = Vec::new();
    for file in inputs {
        all.extend(paths::short(&file).into_bytes());
        all.extend(sha256_hex(&files::read(&file)?).into_bytes());
    }
    Ok(sha256_hex(&all))
}
