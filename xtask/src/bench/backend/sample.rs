//! The usual sample for presigned uploads in Node.js, packaged in the two ways in which it is deployed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::node;
use crate::{files, paths, step};

/// The handler's imports.
const PACKAGES: [&str; 2] = ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"];
/// Our replacement of Lambda's Node.js runtime, and the handler.
const FILES: [&str; 2] = ["bootstrap.mjs", "handler.mjs"];

pub(super) struct Sample {
    pub(super) node: PathBuf,
    pub(super) bundled: Packed,
    pub(super) plain: Packed,
}

/// One packaging.
pub(super) struct Packed {
    /// The file that Node runs.
    pub(super) entry: PathBuf,
    pub(super) zip: u64,
}

/// Builds both packagings in `target/bench/sample`.
pub(super) fn ready() -> Result<Sample, Error> {
    node::ready()?;
    let node = paths::on_path("node");
    let node = node.ok_or_else(|| Error::Missing("node is needed on PATH".to_owned()))?;
    let folder = paths::target().join("bench/sample");
    step::step("sample in Node.js", || {
        files::empty(&folder)?;
        Ok(Sample {
            node,
            bundled: bundled(&folder.join("bundled"))?,
            plain: plain(&folder.join("plain"))?,
        })
    })
}

fn bundled(folder: &Path) -> Result<Packed, Error> {
    let entry = folder.join("index.mjs");
    // Some of the packages are CommonJS and `require` Node's built-in modules.
    let require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    Cmd::new(node::tool("esbuild"))
        .arg(paths::root().join("xtask/bench/lambda/bootstrap.mjs"))
        .words("--bundle --minify --platform=node --target=node20 --format=esm")
        .arg(format!("--banner:js={require}"))
        .arg(format!("--outfile={}", entry.display()))
        .env("NODE_PATH", node::modules())
        .log("bench-sample-bundle")
        .run()?;
    Ok(Packed {
        zip: zipped(folder)?,
        entry,
    })
}

fn plain(folder: &Path) -> Result<Packed, Error> {
    let modules = folder.join("node_modules");
    files::create(&modules)?;
    for name in FILES {
        let source = paths::root().join("xtask/bench/lambda").join(name);
        files::copy(&source, &folder.join(name))?;
    }
    for package in needed()? {
        let to = modules.join(&package);
        if let Some(parent) = to.parent() {
            files::create(parent)?;
        }
        let from = node::modules().join(&package);
        Cmd::new("cp").arg("-r").arg(from).arg(&to).run()?;
    }
    Ok(Packed {
        zip: zipped(folder)?,
        entry: folder.join(FILES[0]),
    })
}

/// The handler's packages and all their dependencies, by their folders below `node_modules`.
fn needed() -> Result<BTreeSet<String>, Error> {
    let mut needed = BTreeSet::new();
    let mut open: Vec<String> = PACKAGES.iter().map(|name| (*name).to_owned()).collect();
    while let Some(package) = open.pop() {
        let folder = node::modules().join(&package);
        // A package nested in another's folder is copied with it.
        if !folder.is_dir() || !needed.insert(package) {
            continue;
        }
        let file = folder.join("package.json");
        let manifest: Value = serde_json::from_slice(&files::read(&file)?).unwrap_or_default();
        let dependencies = manifest["dependencies"].as_object().into_iter().flatten();
        open.extend(dependencies.map(|(name, _)| name.clone()));
    }
    Ok(needed)
}

/// Size of the folder as a zip, in bytes.
fn zipped(folder: &Path) -> Result<u64, Error> {
    let zip = folder.with_extension("zip");
    let zipped = Cmd::new("python3").words("-m zipfile -c").arg(&zip);
    let files = format!("{}/.", folder.display());
    zipped.arg(files).log("bench-sample-zip").run()?;
    files::size(&zip)
}
