//! `cargo xtask bench`: the cost of the package beside the minimum that a browser can do, measured in one run on
//! one computer.
//!
//! Variants alternate, each run in a new browser, and medians are printed. Nothing here passes or fails by a
//! figure: that would depend on how busy the computer is.

mod backend;
mod chrome;
mod engine;
mod files;
mod hash;
mod live;
mod load;
mod options;
mod page;
mod peers;
mod plan;
mod report;
mod run;
mod sink;

use std::path::Path;

use lexopt::Parser;
use serde_json::{Value, json};

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::{browsers, node};
use crate::{package, paths, step};
use options::Options;
use plan::Variant;

/// Runs the selected benchmarks and prints a table; the samples go to `target/bench/result.json`.
pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let options = Options::parse(arguments)?;
    let mut result = json!({"runs": options.runs});
    let mut show = |name: &str, (table, samples): (String, Value)| {
        step::clear();
        println!("\n{table}");
        result[name] = samples;
    };
    let mut good = true;

    let settings = plan::settings(&options);
    let mut variants = settings.iter().flat_map(|setting| &setting.variants);
    if options.names("live")
        || options.wants("hash")
        || variants.any(|variant| variant.function == "ours")
    {
        package::build()?;
    }
    if let Some(tarball) = &options.against {
        unpack(tarball)?;
    }
    if !settings.is_empty() {
        browsers::chromium()?;
        sink::build()?;
        let named = |setting: &plan::Setting| setting.variants.iter().any(Variant::is_peer);
        let clients = match settings.iter().any(named) {
            true => peers::build()?,
            false => Vec::new(),
        };
        let server = sink::page()?;
        let load = options.load.then(load::Load::start);
        let rows = run::all(&settings, &options, &server)?;
        drop(load);
        good &= rows.iter().all(|row| row.failures.is_empty());
        show("throughput", report::throughput(&rows));
        if options.peers {
            page::write(&rows, &clients, options.load)?;
        }
    }
    if options.wants("hash") {
        aws_script()?;
        let server = sink::page()?;
        show("hash", hash::measure(&server, &options)?);
    }
    if options.wants("engine") {
        show("engine", engine::measure(&options)?);
    }
    if options.names("live") {
        browsers::chromium()?;
        sink::build()?;
        let server = sink::page()?;
        show("live", live::measure(&server, &options)?);
    }
    let backend = ["backend", "functions", "pipeline"];
    if backend.iter().any(|name| options.wants(name)) {
        show("backend", backend::measure(&options)?);
    }
    let file = paths::target().join("bench/result.json");
    crate::files::write(&file, format!("{result:#}\n"))?;
    println!("\nAll samples: {}", paths::short(&file));
    match good {
        true => Ok(()),
        false => Err(Error::failed("a variant failed")),
    }
}

/// The other version of the package, as `npm pack` packs one: all its files are in the folder `package`.
fn unpack(tarball: &Path) -> Result<(), Error> {
    let folder = sink::before();
    crate::files::empty(&folder)?;
    let tar = Cmd::new("tar").words("--extract --strip-components=1 --directory");
    let tar = tar.arg(&folder).arg("--file").arg(tarball);
    tar.log("bench-unpack").run()
}

/// The CRC64NVME of AWS's packages as one module for a browser: `target/bench/built/aws-crc64.js`.
fn aws_script() -> Result<(), Error> {
    node::ready()?;
    let built = paths::target().join("bench/built/aws-crc64.js");
    Cmd::new(node::tool("esbuild"))
        .arg(node::modules().join("@aws-sdk/crc64-nvme/dist-es/index.js"))
        .args(["--bundle", "--format=esm", "--minify"])
        .arg(format!("--outfile={}", built.display()))
        .log("bench-aws-crc64")
        .step("CRC64NVME of AWS")
}
