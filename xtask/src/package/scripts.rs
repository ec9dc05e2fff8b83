//! The package's files: minified JavaScript, everything else as it is; `client-wasm/build/entries.mjs` adds what the
//! manifest promises besides.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use super::module::Build;
use super::{module, source, tarball};
use crate::error::Error;
use crate::files;
use crate::process::Cmd;
use crate::setup::node;

/// What is one download: with its glue, and all that it imports.
const BUNDLED: [&str; 2] = [START, "doctor.js"];
const START: &str = "start.js";
/// The same of the build with live uploads.
const START_LIVE: &str = "start-live.js";
/// Of the scripts of the browser crate those that most pages never load.
const STAMPS: &str = "stamps.js";
const SPOOLING: &str = "spooling.js";
/// Scripts without a source map: they have a few lines, or are copied into other scripts as text.
const UNMAPPED: [&str; 6] = [
    "index.js",
    "live.js",
    "shared.js",
    "slim.js",
    "inline.js",
    "worker.js",
];
const WORKER: &str = "worker.js";
/// A module and the worker as text.
const DATA: &str = "inline-data.js";
const DATA_LIVE: &str = "live-data.js";
/// The part of the worker that writes the spools of live uploads.
const SPOOL_WORKER: &str = "spool-worker.js";

pub(super) fn assemble(package: &Path) -> Result<(), Error> {
    let listed = tarball::listed_in(&source())?;
    for from in files::list(&source())? {
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let to = package.join(&*name);
        if !listed.contains(&*name) {
            // Needed by developers of the package, not by its users.
            continue;
        }
        if BUNDLED.contains(&&*name) {
            bundle(Build::Client, &name, &to)?;
        } else if name == WORKER {
            worker(&from, &to)?;
        } else if name.ends_with(".js") {
            minify(&from, &to, &[])?;
        } else {
            files::copy(&from, &to)?;
        }
    }
    bundle(Build::Live, START, &package.join(START_LIVE))?;
    // Beside those that load them, where there are no Web Locks, and for a live upload.
    minify(&script(STAMPS), &package.join(STAMPS), &[])?;
    minify(&script(SPOOLING), &package.join(SPOOLING), &["--bundle"])?;
    for build in Build::ALL {
        let module = build.glue().join(Build::Client.module());
        files::copy(&module, &package.join(build.module()))?;
    }
    for text in tarball::texts() {
        if let Some(name) = text.file_name() {
            files::copy(&text, &package.join(name))?;
        }
    }
    inline(package, Build::Client, DATA)?;
    inline(package, Build::Live, DATA_LIVE)?;
    one_file(package, "inline.js", "crowfly.min.js", &["--format=esm"])?;
    let shim = format!("--inject:{}", module::recipes().join("text.js").display());
    let common = ["--format=cjs", "--platform=node", &shim];
    one_file(package, "inline.js", "index.cjs", &common)?;
    inlined_live(package, "live.cjs", &common)?;
    // Who brings the module wants a small file: the doctor is loaded when it is called.
    let slim = [&common[..], &["--external:./doctor.js"]].concat();
    one_file(package, "slim.js", "slim.cjs", &slim)?;
    Cmd::new("node")
        .arg(module::recipes().join("entries.mjs"))
        .arg(source())
        .arg(package)
        .arg(node::modules())
        .log("entries")
        .run()
}

/// An entry and all that it loads as one file: for pages and service workers without a bundler, and for CommonJS.
fn one_file(package: &Path, from: &str, name: &str, more: &[&str]) -> Result<(), Error> {
    Cmd::new(node::tool("esbuild"))
        .arg(package.join(from))
        .args(["--bundle", "--minify", "--target=es2022", "--charset=utf8"])
        .args(["--legal-comments=none", "--log-level=warning"])
        .args(more)
        .arg(format!("--outfile={}", package.join(name).display()))
        .log("esbuild")
        .run()
}

/// As [`one_file`] of `inline.js`, with the build that has live uploads.
fn inlined_live(package: &Path, name: &str, more: &[&str]) -> Result<(), Error> {
    let from = "live-inline.js";
    let text = files::text(&package.join("inline.js"))?;
    let text = text.replace(START, START_LIVE).replace(DATA, DATA_LIVE);
    files::write(&package.join(from), text)?;
    one_file(package, from, name, more)?;
    std::fs::remove_file(package.join(from)).map_err(Error::io("remove an intermediate script"))
}

/// The worker: checksums, and the spools of live uploads.
fn worker(from: &Path, to: &Path) -> Result<(), Error> {
    let both = Build::Client.glue().join(WORKER);
    let text = files::text(from)? + &files::text(&script(SPOOL_WORKER))?;
    files::write(&both, text)?;
    minify(&both, to, &[])
}

/// A script of the browser crate.
fn script(name: &str) -> PathBuf {
    source().with_file_name("js").join(name)
}

/// `start.js` or `doctor.js`, the glue of a build and all that they import as one file, as it is one download. What of
/// the glue nobody calls is left out, and so are the scripts that most pages never load.
fn bundle(build: Build, name: &str, to: &Path) -> Result<(), Error> {
    let folder = build.glue();
    for script in files::list(&source())? {
        if script.extension().is_some_and(|ending| ending == "js") {
            let to = folder.join(script.file_name().unwrap_or_default());
            files::copy(&script, &to)?;
        }
    }
    let mut more = vec![
        "--bundle",
        "--external:./fallback.js",
        "--external:./doctor.js",
        "--external:./stamps.js",
        "--external:./spooling.js",
    ];
    if name == START {
        // Names of the glue that only the glue uses; `shorten.mjs` has shortened those that the module uses too.
        more.push("--mangle-props=^_+(wbg|wrap|destroy)");
    }
    minify(&folder.join(name), to, &more)
}

/// One file, minified; its imports stay as they are, unless `more` says otherwise.
fn minify(from: &Path, to: &Path, more: &[&str]) -> Result<(), Error> {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let mapped = !UNMAPPED.contains(&&*name);
    let map = format!(
        "content='{}.map',url='{name}.map',includeSources",
        to.display()
    );
    Cmd::new(node::tool("esbuild"))
        .arg(from)
        .args(mapped.then_some("--sourcemap"))
        .words("--minify --format=esm --target=es2022 --charset=utf8")
        .words("--legal-comments=none --log-level=warning")
        .args(more)
        .arg(format!("--outfile={}", to.display()))
        .log("esbuild")
        .run()?;
    // What esbuild leaves: a variable that is used once, and functions that can be arrows. Of the glue that is 4 %.
    Cmd::new(node::tool("terser"))
        .arg(to)
        .args(["--module", "--mangle", "toplevel", "--ecma", "2022"])
        .args([
            "--compress",
            "passes=3,inline=1,unsafe_arrows,unsafe_methods",
        ])
        .args(mapped.then_some(["--source-map", &*map]).iter().flatten())
        .arg("--output")
        .arg(to)
        .log("terser")
        .run()
}

/// A module and the worker as text, for pages that cannot load them from beside the JavaScript.
fn inline(package: &Path, build: Build, to: &str) -> Result<(), Error> {
    let wasm = BASE64.encode(&files::read(&package.join(build.module()))?);
    let worker = files::text(&package.join(WORKER))?;
    let worker = serde_json::Value::from(worker);
    let text = format!("export const wasm=\"{wasm}\";export const worker={worker};\n");
    files::write(&package.join(to), text)
}
