//! Other uploaders, as one file each: `target/bench/built/peers`.

use std::path::PathBuf;

use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::node;
use crate::{files, package, paths};

/// A client in the comparison.
#[derive(Debug)]
pub(super) struct Peer {
    /// The variant is this name, or starts with it and `-`.
    pub(super) name: &'static str,
    /// Packages and versions.
    pub(super) packages: String,
    /// Bytes of its files, as `gzip -9` makes them.
    pub(super) gzip: u64,
}

/// Name, the package that it is known by.
const PEERS: [(&str, &str); 5] = [
    ("uppy", "@uppy/aws-s3"),
    ("lib-storage", "@aws-sdk/lib-storage"),
    ("tus", "tus-js-client"),
    ("better-upload", "@better-upload/client"),
    ("evaporate", "evaporate"),
];

/// Installs and bundles them.
pub(super) fn build() -> Result<Vec<Peer>, Error> {
    node::ready()?;
    let modules = node::peers()?;
    let built = paths::target().join("bench/built/peers");
    let source = paths::root().join("xtask/bench/peers");
    let files: Vec<PathBuf> = PEERS
        .iter()
        .map(|(name, _)| source.join(name).with_extension("js"))
        .collect();
    Cmd::new(node::tool("esbuild"))
        .args(&files)
        .args(["--bundle", "--format=esm", "--minify"])
        .arg(format!("--outdir={}", built.display()))
        .env("NODE_PATH", &modules)
        .log("bench-peers")
        .step("other uploaders")?;
    let peer = |&(name, package)| {
        let manifest = modules.join(package).join("package.json");
        let manifest: Value = files::json(package, files::read(&manifest)?)?;
        let version = manifest["version"].as_str().unwrap_or_default();
        Ok(Peer {
            name,
            packages: format!("{package} {version}"),
            gzip: package::gzip(&built, &format!("{name}.js"))?,
        })
    };
    PEERS.iter().map(peer).collect()
}

impl Peer {
    /// Whether a variant is this client.
    pub(super) fn is(&self, variant: &str) -> bool {
        let rest = variant.strip_prefix(self.name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("-x"))
    }
}
